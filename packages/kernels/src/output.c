/*
 * output: what predict applies to the logits, y = softmax(z) or sigmoid(z): eq. (4), (9). The row of softmax
 * serves the loss too.
 */
#include "kernels.h"
#include "reduce.h"
#include "softmax.h"

/* The float32 lanes of a row in pieces of F64V_LANES, as the exponentials come. */
#define ROW_PIECES (ROW_LANES / F64V_LANES)
#define REST_PIECES (SUM_LANES / F64V_LANES)

/* The larger of each pair; `other` where neither is or one is NaN. */
INLINE f32q largerOf(f32q x, f32q other) { return selectQuad(x > other, x, other); }

INLINE i32q smallerOf(i32q x, i32q other) {
  return (x & (x < other)) | (other & ~(x < other));
}

/* Up to four values, the lanes beyond `count` filled with the first value of the row. */
INLINE f32q loadRow(const float *values, int count, float filler) {
  if (count >= 4) return loadQuad(values);
  f32q x = splatQuad(filler);
  UNROLL for (int lane = 0; lane < 3; lane++) {
    if (lane < count) x[lane] = values[lane];
  }
  return x;
}

/* The index of the first largest value; any index where one is NaN. No branch on the values. */
static int firstMaximum(const float *values, int count) {
  f32q largest = splatQuad(values[0]);
  for (int c = 0; c < count; c += 4) {
    largest = largerOf(loadRow(values + c, count - c, values[0]), largest);
  }
  largest = largerOf(__builtin_shufflevector(largest, largest, 2, 3, 0, 1), largest);
  largest = largerOf(__builtin_shufflevector(largest, largest, 1, 0, 3, 2), largest);
  i32q index = {0, 1, 2, 3};
  i32q first = (count - 1) - (i32q){0};
  for (int c = 0; c < count; c += 4) {
    const i32q equal = loadRow(values + c, count - c, __builtin_nanf("")) == largest;
    first = smallerOf((index & equal) | (first & ~equal), first);
    index += 4;
  }
  first = smallerOf(__builtin_shufflevector(first, first, 2, 3, 0, 1), first);
  first = smallerOf(__builtin_shufflevector(first, first, 1, 0, 3, 2), first);
  return first[0];
}

/* 0, 1, … */
INLINE f64v firstIndices(void) {
  f64v indices = {0};
  UNROLL for (int lane = 0; lane < F64V_LANES; lane++) indices[lane] = lane;
  return indices;
}

/* F64V_LANES floats, or the first `count` and zeros. */
INLINE f32h loadPiece(const float *from, int count) {
  if (count >= F64V_LANES) return *(const f32hAny *)from;
  f32h piece = {0};
  UNROLL for (int lane = 0; lane < F64V_LANES; lane++) {
    if (lane < count) piece[lane] = from[lane];
  }
  return piece;
}

INLINE void storePiece(float *to, f32h piece, int count) {
  if (count >= F64V_LANES) {
    *(f32hAny *)to = piece;
  } else {
    UNROLL for (int lane = 0; lane < F64V_LANES; lane++) {
      if (lane < count) to[lane] = piece[lane];
    }
  }
}

SoftmaxRow softmaxRow(float *restrict y, const float *restrict z, int classes) {
  const int first = firstMaximum(z, classes);
  const double shift = z[first];
  f32h sums[ROW_PIECES] = {{0}};
  f64v rests[REST_PIECES] = {{0}};
  f64v index = firstIndices();
  const f64v zero = {0};
  for (int start = 0; start < classes; start += ROW_LANES) {
    for (int p = 0; p < ROW_PIECES; p++) {
      const int c = start + p * F64V_LANES;
      if (c >= classes) break;
      f64v e = v_exp(__builtin_convertvector(loadPiece(z + c, classes - c), f64v) - shift);
      e = v_select(index < (double)classes, e, zero);
      const f32h rounded = __builtin_convertvector(e, f32h);
      storePiece(y + c, rounded, classes - c);
      sums[p] += rounded;
      rests[p % REST_PIECES] += v_select(index == (double)first, zero, e);
      index += F64V_LANES;
    }
  }
  float lanes[ROW_LANES];
  double restLanes[SUM_LANES];
  UNROLL for (int p = 0; p < ROW_PIECES; p++) *(f32hAny *)(lanes + p * F64V_LANES) = sums[p];
  UNROLL for (int p = 0; p < REST_PIECES; p++) *(f64vAny *)(restLanes + p * F64V_LANES) = rests[p];
  for (int half = ROW_LANES / 2; half > 0; half /= 2) {
    for (int lane = 0; lane < half; lane++) lanes[lane] += lanes[lane + half];
  }
  for (int c = 0; c < classes; c += F64V_LANES) {
    storePiece(y + c, loadPiece(y + c, classes - c) / lanes[0], classes - c);
  }
  return (SoftmaxRow){z[first], joinLanes(restLanes)};
}

#if F64V_LANES > 2

/* The sum over classes by the halving tree; the absent lanes would add +0. */
static f32h sumOfClasses(f32h *values, int classes) {
  for (int half = ROW_LANES / 2; half > 0; half /= 2) {
    for (int lane = 0; lane < half && lane + half < classes; lane++) values[lane] += values[lane + half];
    if (classes > half) classes = half;
  }
  return values[0];
}

SoftmaxLanes softmaxLanes(float *restrict y, const float *restrict z, int rows, int classes) {
  f32h columns[ROW_LANES];
  f32h sums[ROW_LANES];
  f64v rests[SUM_LANES] = {{0}};
  for (int lane = 0; lane < F64V_LANES; lane++) {
    const float *row = z + (intptr_t)(lane < rows ? lane : 0) * classes;
    for (int c = 0; c < classes; c++) columns[c][lane] = row[c];
  }
  f64v maximum = __builtin_convertvector(columns[0], f64v);
  i64v first = {0};
  for (int c = 1; c < classes; c++) {
    const f64v logit = __builtin_convertvector(columns[c], f64v);
    const i64v larger = logit > maximum;
    maximum = v_select(larger, logit, maximum);
    first = (larger & c) | (~larger & first);
  }
  for (int c = 0; c < classes; c++) {
    const f64v e = v_exp(__builtin_convertvector(columns[c], f64v) - maximum);
    rests[c % SUM_LANES] += v_select(first == c, v_broadcast(0.0), e);
    sums[c] = columns[c] = __builtin_convertvector(e, f32h);
  }
  const f32h sum = sumOfClasses(sums, classes);
  for (int c = 0; c < classes; c++) {
    const f32h share = columns[c] / sum;
    for (int lane = 0; lane < rows; lane++) y[(intptr_t)lane * classes + c] = share[lane];
  }
  const f64v rest = ((rests[0] + rests[1]) + (rests[2] + rests[3])) +
                    ((rests[4] + rests[5]) + (rests[6] + rests[7]));
  return (SoftmaxLanes){maximum, rest};
}

#endif

static void softmax(float *out, const float *logits, int rows, int columns) {
#if F64V_LANES > 2
  if (fitsInLanes(columns)) {
    for (int n = 0; n < rows; n += F64V_LANES) {
      const int some = rows - n < F64V_LANES ? rows - n : F64V_LANES;
      softmaxLanes(out + (intptr_t)n * columns, logits + (intptr_t)n * columns, some, columns);
    }
    return;
  }
#endif
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
