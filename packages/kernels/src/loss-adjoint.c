/*
 * lossAdjoint: z-bar of every row from what the loss op stored: eq. (12), (19). In float32, with
 * r = f32(f64(w) * (1 / sum of w)) the share of the row in the mean.
 */
#include "kernels.h"

/* One row; every term is float32, rounded after each operation. */
typedef struct {
  float *out;
  const float *logits;
  const float *probabilities;
  /* Class index, or a null pointer. */
  const int32_t *label;
  const float *target;
  int columns;
  /* r. */
  float share;
  double parameter;
  /* t' of the other classes and of the label, for cross-entropies with labels. */
  float off;
  float on;
} AdjointRow;

/* t' = (1 - e) t + background, in float64, rounded once. */
INLINE float smoothedTarget(float target, double smoothing, double background) {
  return (float)((1.0 - smoothing) * (double)target + background);
}

/* z-bar = (y - t') * factor: both cross-entropies. With a label, t' is the same for every class but one. */
static void crossEntropyAdjoint(const AdjointRow *row, double background, float factor) {
  if (row->label == 0) {
    for (int c = 0; c < row->columns; c++) {
      row->out[c] = (row->probabilities[c] - smoothedTarget(row->target[c], row->parameter, background)) * factor;
    }
    return;
  }
  const float off = row->off;
  for (int c = 0; c < row->columns; c += F32V_LANES) {
    const int count = row->columns - c;
    storeSome(row->out + c, (loadSome(row->probabilities + c, count) - off) * factor, count);
  }
  const int label = *row->label;
  row->out[label] = (row->probabilities[label] - row->on) * factor;
}

/* z-bar = ((z - t) * (2 / K)) * r. */
static void squaredErrorAdjoint(const AdjointRow *row) {
  const float scale = 2.0f / (float)row->columns;
  for (int c = 0; c < row->columns; c++) {
    row->out[c] = ((row->logits[c] - row->target[c]) * scale) * row->share;
  }
}

/* z-bar = sign(z - t) * (r / K); sign keeps zero and NaN. */
static void absoluteErrorAdjoint(const AdjointRow *row) {
  const float factor = row->share / (float)row->columns;
  for (int c = 0; c < row->columns; c++) {
    const float d = row->logits[c] - row->target[c];
    row->out[c] = (d > 0.0f ? 1.0f : d < 0.0f ? -1.0f : d) * factor;
  }
}

/* z-bar = clamp(z - t, -delta, delta) * (r / K); NaN stays. */
static void huberAdjoint(const AdjointRow *row) {
  const float factor = row->share / (float)row->columns;
  const float delta = (float)row->parameter;
  for (int c = 0; c < row->columns; c++) {
    const float d = row->logits[c] - row->target[c];
    row->out[c] = (d > delta ? delta : d < -delta ? -delta : d) * factor;
  }
}

/* What smoothing adds to every target of a cross-entropy. */
static double backgroundOf(int kind, double smoothing, int columns) {
  return kind == LOSS_KIND_SOFTMAX_CROSS_ENTROPY ? smoothing / columns : smoothing * 0.5;
}

static void rowAdjoint(const AdjointRow *row, int kind) {
  const double background = backgroundOf(kind, row->parameter, row->columns);
  switch (kind) {
    case LOSS_KIND_SOFTMAX_CROSS_ENTROPY:
      crossEntropyAdjoint(row, background, row->share);
      break;
    case LOSS_KIND_BINARY_CROSS_ENTROPY:
      crossEntropyAdjoint(row, background, row->share / (float)row->columns);
      break;
    case LOSS_KIND_MSE:
      squaredErrorAdjoint(row);
      break;
    case LOSS_KIND_MAE:
      absoluteErrorAdjoint(row);
      break;
    default:
      huberAdjoint(row);
      break;
  }
}

void runLossAdjoint(const Run *run, const int32_t *op) {
  const int columns = op[LOSS_ADJOINT_COLUMNS];
  float *out = tensorAt(run, op[LOSS_ADJOINT_OUT]);
  const float *logits = tensorAt(run, op[LOSS_ADJOINT_LOGITS]);
  const float *probabilities = tensorAt(run, op[LOSS_ADJOINT_PROBABILITIES]);
  const void *target = tensorAt(run, op[LOSS_ADJOINT_TARGET]);
  const float *rowWeights = tensorAt(run, op[LOSS_ADJOINT_ROW_WEIGHTS]);
  const double inverse = run->scalars[SCALAR_INVERSE_WEIGHT_SUM];
  const double smoothing = doubleAt(op + LOSS_ADJOINT_PARAMETER);
  const double background = backgroundOf(op[LOSS_ADJOINT_KIND], smoothing, columns);
  const float off = smoothedTarget(0.0f, smoothing, background);
  const float on = smoothedTarget(1.0f, smoothing, background);
  const Share own = ownShare(run, run->rows);
  for (int n = own.from; n < own.to; n++) {
    const uintptr_t start = (uintptr_t)n * (uintptr_t)columns;
    const AdjointRow row = {
        .out = out + start,
        .logits = logits + start,
        .probabilities = probabilities ? probabilities + start : 0,
        .label = op[LOSS_ADJOINT_LABELS] ? (const int32_t *)target + n : 0,
        .target = op[LOSS_ADJOINT_LABELS] ? 0 : (const float *)target + start,
        .columns = columns,
        .share = (float)((rowWeights ? (double)rowWeights[n] : 1.0) * inverse),
        .parameter = smoothing,
        .off = off,
        .on = on,
    };
    rowAdjoint(&row, op[LOSS_ADJOINT_KIND]);
  }
}
