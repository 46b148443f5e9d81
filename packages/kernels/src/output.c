/*
 * output: what predict applies to the logits, y = softmax(z), sigmoid(z) or exp(z): eq. (4), (9). The row of softmax
 * and the exponentials serve the loss too.
 */
#include "kernels.h"
#include "reduce.h"
#include "softmax.h"

/* v_exp. It is inline if vectors are wide, because a call then takes as long as the function itself. */
#if F64V_LANES > 2
#define EXPONENTIAL v_exp
#else
#define EXPONENTIAL exponential
#endif

/* The index of the first largest value, 0 if the first is NaN; other NaNs are passed over. count >= F32V_LANES. */
static int firstMaximum(const float *values, int count) {
  i32v lanes = {0};
  UNROLL for (int lane = 0; lane < F32V_LANES; lane++) lanes[lane] = lane;
  f32v largest = splat(values[0]);
  i32v firsts = {0};
  for (int c = 0; c < count; c += F32V_LANES) {
    /* The last vector ends with the row. */
    const int at = c < count - F32V_LANES ? c : count - F32V_LANES;
    const f32v value = loadVector(values + at);
    const i32v larger = value > largest;
    largest = choose(larger, value, largest);
    firsts = (larger & (lanes + at)) | (~larger & firsts);
  }
  float maximum = largest[0];
  UNROLL for (int lane = 1; lane < F32V_LANES; lane++) {
    maximum = largest[lane] > maximum ? largest[lane] : maximum;
  }
  int first = count;
  UNROLL for (int lane = 0; lane < F32V_LANES; lane++) {
    if (largest[lane] == maximum && firsts[lane] < first) first = firsts[lane];
  }
  return first == count ? 0 : first;
}

SoftmaxRow softmaxRow(float *restrict y, const float *restrict z, int classes) {
  const int first = firstMaximum(z, classes);
  const double maximum = z[first];
  const f64v zero = {0};
  float sums[ROW_LANES] = {0};
  double rests[SUM_LANES] = {0};
  for (int c = 0; c < classes; c += F64V_LANES) {
    const f64v index = indicesFrom(c);
    f64v e = v_exp(toDoubles(loadSomeHalf(z + c, classes - c)) - maximum);
    e = v_select(index < (double)classes, e, zero);
    const f32h rounded = __builtin_convertvector(e, f32h);
    storeSomeHalf(y + c, rounded, classes - c);
    *(f32hAny *)(sums + c % ROW_LANES) += rounded;
    *(f64vAny *)(rests + c % SUM_LANES) += v_select(index == (double)first, zero, e);
  }
  for (int half = ROW_LANES / 2; half > 0; half /= 2) {
    for (int lane = 0; lane < half; lane++) sums[lane] += sums[lane + half];
  }
  for (int c = 0; c < classes; c += F32V_LANES) {
    storeSome(y + c, loadSome(y + c, classes - c) / sums[0], classes - c);
  }
  return (SoftmaxRow){z[first], joinLanes(rests)};
}

/* The sum over classes by the halving tree; the absent lanes would add +0. */
INLINE f32h sumOfClasses(f32h *values, int classes) {
  for (int half = ROW_LANES / 2; half > 0; half /= 2) {
    for (int lane = 0; lane < half && lane + half < classes; lane++) values[lane] += values[lane + half];
    if (classes > half) classes = half;
  }
  return values[0];
}

/* softmaxLanes; the two numbers may be constants in an expansion of this function. */
INLINE SoftmaxLanes lanesOf(float *restrict y, const float *restrict z, const int rows, const int classes) {
  f32h columns[ROW_LANES];
  f32h sums[ROW_LANES];
  f64v rests[SUM_LANES];
  UNROLL for (int lane = 0; lane < SUM_LANES; lane++) rests[lane] = (f64v){0};
  columns[0] = loadColumn(z, rows, classes);
  f64v maximum = toDoubles(columns[0]);
  i64v first = {0};
  for (int c = 1; c < classes; c++) {
    columns[c] = loadColumn(z + c, rows, classes);
    const f64v logit = toDoubles(columns[c]);
    const i64v larger = logit > maximum;
    maximum = v_select(larger, logit, maximum);
    first = (larger & c) | (~larger & first);
  }
  for (int c = 0; c < classes; c++) {
    const f64v e = EXPONENTIAL(toDoubles(columns[c]) - maximum);
    rests[c % SUM_LANES] += v_select(first == c, v_broadcast(0.0), e);
    sums[c] = columns[c] = __builtin_convertvector(e, f32h);
  }
  const f32h sum = sumOfClasses(sums, classes);
  for (int c = 0; c < classes; c++) {
    const f32h share = columns[c] / sum;
    UNROLL for (int lane = 0; lane < F64V_LANES; lane++) {
      if (lane < rows) y[(intptr_t)lane * classes + c] = share[lane];
    }
  }
  const f64v rest = ((rests[0] + rests[1]) + (rests[2] + rests[3])) +
                    ((rests[4] + rests[5]) + (rests[6] + rests[7]));
  return (SoftmaxLanes){maximum, rest};
}

SoftmaxLanes softmaxLanes(float *restrict y, const float *restrict z, int rows, int classes) {
#if F64V_LANES > 2
  /* With constants the rows stay in registers from end to end. */
  if (classes == 2 && rows == F64V_LANES) return lanesOf(y, z, F64V_LANES, 2);
#endif
  return lanesOf(y, z, rows, classes);
}

static void softmax(float *out, const float *logits, int rows, int columns) {
  if (fitsInLanes(columns)) {
    for (int n = 0; n < rows; n += F64V_LANES) {
      const int some = rows - n < F64V_LANES ? rows - n : F64V_LANES;
      softmaxLanes(out + (intptr_t)n * columns, logits + (intptr_t)n * columns, some, columns);
    }
    return;
  }
  for (int n = 0; n < rows; n++) {
    softmaxRow(out + (intptr_t)n * columns, logits + (intptr_t)n * columns, columns);
  }
}

void exponentials(float *y, const float *z, intptr_t count) {
  for (intptr_t i = 0; i < count; i += F64V_LANES) {
    const int some = count - i < F64V_LANES ? (int)(count - i) : F64V_LANES;
    const f64v e = exponential(toDoubles(loadSomeHalf(z + i, some)));
    storeSomeHalf(y + i, __builtin_convertvector(e, f32h), some);
  }
}

void runOutput(const Run *run, const int32_t *op) {
  float *out = tensorAt(run, op[OUTPUT_OUT]);
  const float *logits = tensorAt(run, op[OUTPUT_LOGITS]);
  const int columns = op[OUTPUT_COLUMNS];
  const Part own = {ownShare(run, run->rows), {0, columns}};
  if (op[OUTPUT_FUNCTION] == FUNCTION_SIGMOID) {
    activatePart(out, logits, 0, columns, own, (Activation){PHI_SIGMOID, 0.0});
    return;
  }
  const intptr_t at = (intptr_t)own.rows.from * columns;
  const int rows = own.rows.to - own.rows.from;
  if (op[OUTPUT_FUNCTION] == FUNCTION_EXP) {
    exponentials(out + at, logits + at, (intptr_t)rows * columns);
  } else {
    softmax(out + at, logits + at, rows, columns);
  }
}
