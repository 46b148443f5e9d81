/*
 * normalizeRows: a row minus its mean, over its standard deviation: eq. (38), (39). normalizeRowsAdjoint: the adjoint of the
 * input: eq. (42). Both are computed in float64 and rounded once, because a variance is a small difference of large
 * squares. A sum of a row takes 8 lanes by column mod 8, tail included, joined as in numerics rule 3.
 */
#include "elementary.h"
#include "kernels.h"
#include "reduce.h"

/* Keeps the lanes of a vector that are columns of the row, and sets the others to 0. */
INLINE f64v present(f64v value, int c, int columns) {
  return v_select(indicesFrom(c) < (double)columns, value, v_broadcast(0.0));
}

/* The WebAssembly build must stay small, so it calls functions that the other builds expand at each use. */
#if F64V_LANES > 2
#define EXPANDED INLINE
#else
#define EXPANDED static __attribute__((noinline))
#endif

/* Columns c, c + 1, ... of a row, as float64. */
EXPANDED f64v columnsFrom(const float *row, int c, int columns) {
  return toDoubles(loadSomeHalf(row + c, columns - c));
}

EXPANDED double meanOf(const float *row, int columns) {
  double lanes[SUM_LANES] = {0};
  for (int c = 0; c < columns; c += F64V_LANES) {
    *(f64vAny *)(lanes + c % SUM_LANES) += columnsFrom(row, c, columns);
  }
  return joinLanes(lanes) / columns;
}

/* The mean of the squared distances from `mean`. */
EXPANDED double varianceOf(const float *row, double mean, int columns) {
  double lanes[SUM_LANES] = {0};
  for (int c = 0; c < columns; c += F64V_LANES) {
    const f64v distance = columnsFrom(row, c, columns) - mean;
    *(f64vAny *)(lanes + c % SUM_LANES) += present(distance * distance, c, columns);
  }
  return joinLanes(lanes) / columns;
}

/* to[c], rounded to float32. */
EXPANDED void storeColumns(float *to, f64v value, int c, int columns) {
  storeSomeHalf(to + c, __builtin_convertvector(value, f32h), columns - c);
}

/*
 * out[n][c] = f32((x - mean) * r) with r = 1 / sqrt(variance + epsilon). means[n] = f32(mean) and inverseDeviations[n] =
 * f32(r) if they are needed: either may be a null pointer.
 */
void runNormalizeRows(const Run *run, const int32_t *op) {
  const int columns = op[NORMALIZE_ROWS_COLUMNS];
  const double epsilon = doubleAt(op + NORMALIZE_ROWS_EPSILON);
  const float *input = tensorAt(run, op[NORMALIZE_ROWS_INPUT]);
  float *out = tensorAt(run, op[NORMALIZE_ROWS_OUT]);
  float *means = tensorAt(run, op[NORMALIZE_ROWS_MEANS]);
  float *inverseDeviations = tensorAt(run, op[NORMALIZE_ROWS_INVERSE_DEVIATIONS]);
  const Share own = ownShare(run, run->rows);
  for (int n = own.from; n < own.to; n++) {
    const float *row = input + (intptr_t)n * columns;
    const double mean = meanOf(row, columns);
    const double r = 1.0 / __builtin_sqrt(varianceOf(row, mean, columns) + epsilon);
    for (int c = 0; c < columns; c += F64V_LANES) {
      storeColumns(out + (intptr_t)n * columns, (columnsFrom(row, c, columns) - mean) * r, c, columns);
    }
    if (means) means[n] = (float)mean;
    if (inverseDeviations) inverseDeviations[n] = (float)r;
  }
}

/*
 * out[n][c] = f32(r * ((g - mean of g) - x * mean of g x)), with g = input[n][c], the adjoint of x = normalized[n][c].
 *
 * out may be input.
 */
void runNormalizeRowsAdjoint(const Run *run, const int32_t *op) {
  const int columns = op[NORMALIZE_ROWS_ADJOINT_COLUMNS];
  const float *input = tensorAt(run, op[NORMALIZE_ROWS_ADJOINT_INPUT]);
  const float *normalized = tensorAt(run, op[NORMALIZE_ROWS_ADJOINT_NORMALIZED]);
  const float *inverseDeviations = tensorAt(run, op[NORMALIZE_ROWS_ADJOINT_INVERSE_DEVIATIONS]);
  float *out = tensorAt(run, op[NORMALIZE_ROWS_ADJOINT_OUT]);
  const Share own = ownShare(run, run->rows);
  for (int n = own.from; n < own.to; n++) {
    const intptr_t at = (intptr_t)n * columns;
    const float *g = input + at;
    const float *x = normalized + at;
    const double r = inverseDeviations[n];
    const double mean = meanOf(g, columns);
    double lanes[SUM_LANES] = {0};
    for (int c = 0; c < columns; c += F64V_LANES) {
      *(f64vAny *)(lanes + c % SUM_LANES) += columnsFrom(g, c, columns) * columnsFrom(x, c, columns);
    }
    const double share = joinLanes(lanes) / columns;
    for (int c = 0; c < columns; c += F64V_LANES) {
      const f64v centred = columnsFrom(g, c, columns) - mean;
      storeColumns(out + at, (centred - columnsFrom(x, c, columns) * share) * r, c, columns);
    }
  }
}
