/*
 * sumOfSquares: ||g||^2 in float64 and max |g| of a flat region, for the finite check and for clipping by
 * norm: eq. (30).
 */
#include "kernels.h"
#include "reduce.h"
#include "scalars.h"

#define SQUARE_VECTORS (SUM_LANES / F64V_LANES)

/* Bits of the largest |g| so far, lane by lane; see largestOf. */
typedef i32v Largest;

/*
 * The sum of g^2 over up to SUM_BLOCK elements by the rule of reduce.h, and max |g| joined to `largest`.
 */
static double blockOfSquares(const float *values, int count, Largest *largest) {
  f64v sums[SQUARE_VECTORS] = {{0}};
  Largest most = *largest;
  const int whole = count - count % SUM_LANES;
  for (int i = 0; i < whole; i += SUM_LANES) {
    UNROLL for (int v = 0; v < SUM_LANES / F32V_LANES; v++) {
      const i32v bits = (i32v)absolute(loadVector(values + i + v * F32V_LANES));
      const i32v larger = bits > most;
      most = (bits & larger) | (most & ~larger);
    }
    UNROLL for (int v = 0; v < SQUARE_VECTORS; v++) {
      const f64v g = loadDoubles(values + i + v * F64V_LANES);
      sums[v] += g * g;
    }
  }
  double lanes[SUM_LANES];
  UNROLL for (int v = 0; v < SQUARE_VECTORS; v++) *(f64vAny *)(lanes + v * F64V_LANES) = sums[v];
  for (int i = whole; i < count; i++) {
    const i32v bits = (i32v)absolute(splat(values[i]));
    const i32v larger = bits > most;
    most = (bits & larger) | (most & ~larger);
    lanes[i - whole] += (double)values[i] * (double)values[i];
  }
  *largest = most;
  return joinLanes(lanes);
}

/*
 * The largest |g|, NaN if any element is. Compared as integers: the bits of non-negative floats are in
 * their order, with the NaNs above infinity.
 */
static float largestOf(Largest largest) {
  int32_t result = 0;
  for (int lane = 0; lane < F32V_LANES; lane++) {
    if (largest[lane] > result) result = largest[lane];
  }
  return floatAt(&result);
}

void runSumOfSquares(const Run *run, const int32_t *op) {
  const float *source = tensorAt(run, op[SUM_OF_SQUARES_SOURCE]);
  const int size = op[SUM_OF_SQUARES_SIZE];
  Largest largest = {0};
  double sum = 0.0;
  for (int start = 0; start < size; start += SUM_BLOCK) {
    const int count = size - start < SUM_BLOCK ? size - start : SUM_BLOCK;
    sum += blockOfSquares(source + start, count, &largest);
  }
  run->scalars[SCALAR_NORM_SQUARED] = sum;
  run->scalars[SCALAR_MAX_ABSOLUTE] = (double)largestOf(largest);
}
