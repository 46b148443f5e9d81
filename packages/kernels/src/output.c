/*
 * output: what predict applies to the logits, y = softmax(z) or sigmoid(z): eq. (4), (9). The row of softmax
 * serves the loss too.
 */
#include "kernels.h"
#include "reduce.h"
#include "softmax.h"

/* v_exp; inline where vectors are wide, since a call costs as much as it there. */
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
  int first = firsts[0];
  UNROLL for (int lane = 1; lane < F32V_LANES; lane++) {
    const int other = firsts[lane];
    if (values[other] > values[first] || (values[other] == values[first] && other < first)) first = other;
  }
  return first;
}

/* The sums of a row as they grow. */
typedef struct {
  float all[ROW_LANES];
  double rests[SUM_LANES];
} RowSums;

/* e of ROW_LANES classes, which the sums take up; class `first` of them, if there is one, is left out of the rests. */
INLINE void addExponentials(RowSums *sums, float *e, const float *z, double maximum, int first) {
  for (int c = 0; c < ROW_LANES; c += F64V_LANES) {
    const f64v exact = v_exp(loadDoubles(z + c) - maximum);
    const f32h rounded = __builtin_convertvector(exact, f32h);
    *(f32hAny *)(e + c) = rounded;
    *(f32hAny *)(sums->all + c) += rounded;
    *(f64vAny *)(sums->rests + c % SUM_LANES) +=
        v_select(indicesFrom(c) == (double)first, v_broadcast(0.0), exact);
  }
}

SoftmaxRow softmaxRow(float *restrict y, const float *restrict z, int classes) {
  const int first = firstMaximum(z, classes);
  RowSums sums = {{0}, {0}};
  for (int c = 0; c < classes; c += ROW_LANES) {
    const uintptr_t rest = sizeof(float) * (uintptr_t)(classes - c);
    const float *from = z + c;
    float *to = y + c;
    float tail[ROW_LANES];
    if (rest < sizeof tail) {
      /* e^-Infinity = 0 changes no sum. */
      for (int lane = 0; lane < ROW_LANES; lane++) tail[lane] = -__builtin_inff();
      __builtin_memcpy(tail, from, rest);
      from = to = tail;
    }
    addExponentials(&sums, to, from, z[first], first - c);
    if (to == tail) __builtin_memcpy(y + c, tail, rest);
  }
  for (int half = ROW_LANES / 2; half > 0; half /= 2) {
    for (int lane = 0; lane < half; lane++) sums.all[lane] += sums.all[lane + half];
  }
  for (int c = 0; c < classes; c += F32V_LANES) {
    storeSome(y + c, loadSome(y + c, classes - c) / sums.all[0], classes - c);
  }
  return (SoftmaxRow){z[first], joinLanes(sums.rests)};
}

/* The sum over classes by the halving tree; the absent lanes would add +0. */
INLINE f32h sumOfClasses(f32h *values, int classes) {
  for (int half = ROW_LANES / 2; half > 0; half /= 2) {
    for (int lane = 0; lane < half && lane + half < classes; lane++) values[lane] += values[lane + half];
    if (classes > half) classes = half;
  }
  return values[0];
}

/* softmaxLanes; the two numbers may be constants where this is expanded. */
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
  softmax(out + at, logits + at, own.rows.to - own.rows.from, columns);
}
