/*
 * Rungs of the kernels that compute row by row: softmax, the losses and their adjoints. The first rung takes one class of a
 * row after the other; the second computes the exponentials in the lanes of a vector. The kernel that ships computes maximum
 * and sums in lanes too, and takes rows of few classes side by side, one in each lane.
 */
#include "rungs.h"

#include "reduce.h"

/* The number of float32 lanes of the sum of a row. */
#define ROW_LANES 16

/* The numbers that a loss needs besides y. */
typedef struct {
  double maximum;
  /* The sum of exp(z - maximum) over all classes but that of the maximum. */
  double rest;
} SoftmaxSums;

/* y = softmax(z) for `classes` numbers. */
typedef SoftmaxSums SoftmaxOf(float *y, const float *z, int classes);

INLINE int firstLargest(const float *z, int classes) {
  int first = 0;
  for (int c = 1; c < classes; c++) {
    if (z[c] > z[first]) first = c;
  }
  return first;
}

/* The lanes of the two sums, to which each class adds its exponential. */
typedef struct {
  float sums[ROW_LANES];
  double rests[SUM_LANES];
} SoftmaxLanes;

INLINE void addClass(SoftmaxLanes *lanes, float *y, int c, int first, double e) {
  y[c] = (float)e;
  lanes->sums[c % ROW_LANES] += y[c];
  if (c != first) lanes->rests[c % SUM_LANES] += e;
}

INLINE SoftmaxSums divideBySum(SoftmaxLanes *lanes, float *y, int classes, double maximum) {
  for (int half = ROW_LANES / 2; half > 0; half /= 2) {
    for (int lane = 0; lane < half; lane++) lanes->sums[lane] += lanes->sums[lane + half];
  }
  for (int c = 0; c < classes; c++) y[c] = y[c] / lanes->sums[0];
  return (SoftmaxSums){maximum, joinLanes(lanes->rests)};
}

INLINE SoftmaxSums plainRow(float *y, const float *z, int classes) {
  const int first = firstLargest(z, classes);
  const double maximum = (double)z[first];
  SoftmaxLanes lanes = {{0}, {0}};
  for (int c = 0; c < classes; c++) addClass(&lanes, y, c, first, expOf((double)z[c] - maximum));
  return divideBySum(&lanes, y, classes, maximum);
}

INLINE SoftmaxSums vectorRow(float *y, const float *z, int classes) {
  const int first = firstLargest(z, classes);
  const double maximum = (double)z[first];
  SoftmaxLanes lanes = {{0}, {0}};
  for (int c = 0; c < classes; c += F64V_LANES) {
    const int some = classes - c < F64V_LANES ? classes - c : F64V_LANES;
    f64v x = {0};
    if (some == F64V_LANES) {
      x = loadDoubles(z + c);
    } else {
      for (int lane = 0; lane < some; lane++) x[lane] = (double)z[c + lane];
    }
    const f64v e = v_exp(x - maximum);
    for (int lane = 0; lane < some; lane++) addClass(&lanes, y, c + lane, first, e[lane]);
  }
  return divideBySum(&lanes, y, classes, maximum);
}

INLINE void softmaxRows(const Run *run, const int32_t *op, SoftmaxOf *softmax) {
  float *out = tensorAt(run, op[OUTPUT_OUT]);
  const float *logits = tensorAt(run, op[OUTPUT_LOGITS]);
  const int classes = op[OUTPUT_COLUMNS];
  for (int n = 0; n < run->rows; n++) softmax(out + n * classes, logits + n * classes, classes);
}

RUNG(plainSoftmax) { softmaxRows(run, op, plainRow); }

RUNG(vectorSoftmax) { softmaxRows(run, op, vectorRow); }

/* The losses of the rows, unweighted, summed in eight lanes by the rule of reduce.h. */
static void sumLosses(const Run *run, const double *rowLosses) {
  double total = 0.0;
  for (int start = 0; start < run->rows; start += SUM_BLOCK) {
    double lanes[SUM_LANES] = {0};
    for (int n = start; n < run->rows && n < start + SUM_BLOCK; n++) {
      lanes[n % SUM_LANES] += rowLosses[n];
    }
    total += joinLanes(lanes);
  }
  run->scalars[SCALAR_LOSS] = total;
}

/* Softmax cross-entropy of labels, without smoothing. */
INLINE void crossEntropies(const Run *run, const int32_t *op, SoftmaxOf *softmax) {
  const float *logits = tensorAt(run, op[LOSS_LOGITS]);
  float *probabilities = tensorAt(run, op[LOSS_PROBABILITIES]);
  double *rowLosses = tensorAt(run, op[LOSS_ROW_LOSSES]);
  const int32_t *labels = tensorAt(run, op[LOSS_TARGET]);
  const int classes = op[LOSS_COLUMNS];
  for (int n = 0; n < run->rows; n++) {
    const float *z = logits + n * classes;
    const SoftmaxSums sums = softmax(probabilities + n * classes, z, classes);
    rowLosses[n] = (sums.maximum - (double)z[labels[n]]) + log1pOf(sums.rest);
  }
  sumLosses(run, rowLosses);
}

RUNG(plainCrossEntropy) { crossEntropies(run, op, plainRow); }

RUNG(vectorCrossEntropy) { crossEntropies(run, op, vectorRow); }

/* The mean of (z - t)^2 over the outputs. */
RUNG(plainSquaredError) {
  const float *logits = tensorAt(run, op[LOSS_LOGITS]);
  const float *target = tensorAt(run, op[LOSS_TARGET]);
  double *rowLosses = tensorAt(run, op[LOSS_ROW_LOSSES]);
  const int columns = op[LOSS_COLUMNS];
  for (int n = 0; n < run->rows; n++) {
    double lanes[SUM_LANES] = {0};
    for (int c = 0; c < columns; c++) {
      const double d = (double)logits[n * columns + c] - (double)target[n * columns + c];
      lanes[c % SUM_LANES] += d * d;
    }
    rowLosses[n] = joinLanes(lanes) / columns;
  }
  sumLosses(run, rowLosses);
}

/* The same with the lanes in vectors. The last vector of a row is filled up with zeros. */
RUNG(vectorSquaredError) {
  const float *logits = tensorAt(run, op[LOSS_LOGITS]);
  const float *target = tensorAt(run, op[LOSS_TARGET]);
  double *rowLosses = tensorAt(run, op[LOSS_ROW_LOSSES]);
  const int columns = op[LOSS_COLUMNS];
  const int whole = columns - columns % SUM_LANES;
  for (int n = 0; n < run->rows; n++) {
    const float *z = logits + n * columns;
    const float *t = target + n * columns;
    f64v sums[SUM_LANES / F64V_LANES] = {{0}};
    float tails[2][SUM_LANES] = {{0}};
    for (int c = whole; c < columns; c++) {
      tails[0][c - whole] = z[c];
      tails[1][c - whole] = t[c];
    }
    for (int c = 0; c < columns; c += SUM_LANES) {
      const float *zs = c < whole ? z + c : tails[0];
      const float *ts = c < whole ? t + c : tails[1];
      UNROLL for (int v = 0; v < SUM_LANES / F64V_LANES; v++) {
        const f64v d = loadDoubles(zs + v * F64V_LANES) - loadDoubles(ts + v * F64V_LANES);
        sums[v] += d * d;
      }
    }
    double lanes[SUM_LANES];
    UNROLL for (int v = 0; v < SUM_LANES / F64V_LANES; v++) {
      *(f64vAny *)(lanes + v * F64V_LANES) = sums[v];
    }
    rowLosses[n] = joinLanes(lanes) / columns;
  }
  sumLosses(run, rowLosses);
}

/* The factor r of a row, without row weights. */
static float shareOfRow(const Run *run) {
  return (float)(1.0 * run->scalars[SCALAR_INVERSE_WEIGHT_SUM]);
}

RUNG(plainCrossEntropyAdjoint) {
  float *out = tensorAt(run, op[LOSS_ADJOINT_OUT]);
  const float *probabilities = tensorAt(run, op[LOSS_ADJOINT_PROBABILITIES]);
  const int32_t *labels = tensorAt(run, op[LOSS_ADJOINT_TARGET]);
  const int classes = op[LOSS_ADJOINT_COLUMNS];
  for (int n = 0; n < run->rows; n++) {
    for (int c = 0; c < classes; c++) {
      const float target = c == labels[n] ? 1.0f : 0.0f;
      out[n * classes + c] = (probabilities[n * classes + c] - target) * shareOfRow(run);
    }
  }
}

/* First all rows at once as if every target were 0, and then the class of each label again. */
RUNG(flatCrossEntropyAdjoint) {
  float *out = tensorAt(run, op[LOSS_ADJOINT_OUT]);
  const float *probabilities = tensorAt(run, op[LOSS_ADJOINT_PROBABILITIES]);
  const int32_t *labels = tensorAt(run, op[LOSS_ADJOINT_TARGET]);
  const int classes = op[LOSS_ADJOINT_COLUMNS];
  const int count = run->rows * classes;
  const float share = shareOfRow(run);
  for (int i = 0; i < count; i += F32V_LANES) {
    storeSome(out + i, (loadSome(probabilities + i, count - i) - 0.0f) * share, count - i);
  }
  for (int n = 0; n < run->rows; n++) {
    const int at = n * classes + labels[n];
    out[at] = (probabilities[at] - 1.0f) * share;
  }
}

RUNG(plainSquaredErrorAdjoint) {
  float *out = tensorAt(run, op[LOSS_ADJOINT_OUT]);
  const float *logits = tensorAt(run, op[LOSS_ADJOINT_LOGITS]);
  const float *target = tensorAt(run, op[LOSS_ADJOINT_TARGET]);
  const int columns = op[LOSS_ADJOINT_COLUMNS];
  const float scale = 2.0f / (float)columns;
  for (int n = 0; n < run->rows; n++) {
    for (int c = 0; c < columns; c++) {
      const int at = n * columns + c;
      out[at] = ((logits[at] - target[at]) * scale) * shareOfRow(run);
    }
  }
}

/* All rows at once, because the expression is the same for every element. */
RUNG(flatSquaredErrorAdjoint) {
  float *out = tensorAt(run, op[LOSS_ADJOINT_OUT]);
  const float *logits = tensorAt(run, op[LOSS_ADJOINT_LOGITS]);
  const float *target = tensorAt(run, op[LOSS_ADJOINT_TARGET]);
  const int columns = op[LOSS_ADJOINT_COLUMNS];
  const int count = run->rows * columns;
  const float scale = 2.0f / (float)columns;
  const float share = shareOfRow(run);
  for (int i = 0; i < count; i += F32V_LANES) {
    const f32v d = loadSome(logits + i, count - i) - loadSome(target + i, count - i);
    storeSome(out + i, (d * scale) * share, count - i);
  }
}
