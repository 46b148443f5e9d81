/*
 * lossAdjoint: z-bar of every row from what the loss op stored: eq. (12), (19). In float32, with
 * r = f32(f64(w) * (1 / sum of w)) the share of the row in the mean.
 */
#include "kernels.h"

/* Rows of the same share, side by side; every term is float32, rounded after each operation. */
typedef struct {
  /* [rows][columns]. */
  float *out;
  const float *logits;
  const float *probabilities;
  /* A class index for each row, or a null pointer. */
  const int32_t *labels;
  const float *targets;
  int rows;
  int columns;
  /* r. */
  float share;
  double parameter;
} AdjointRows;

INLINE intptr_t elementsOf(const AdjointRows *all) { return (intptr_t)all->rows * all->columns; }

/* t' = (1 - e) t + background, in float64, rounded once. */
INLINE float smoothedTarget(float target, double smoothing, double background) {
  return (float)((1.0 - smoothing) * (double)target + background);
}

/* z-bar = (y - t') * factor: both cross-entropies, and poisson, whose smoothing is 0. With a label, t' is the same for every class but one. */
static void crossEntropyAdjoint(const AdjointRows *all, double background, float factor) {
  const intptr_t count = elementsOf(all);
  if (all->labels == 0) {
    for (intptr_t i = 0; i < count; i++) {
      all->out[i] = (all->probabilities[i] - smoothedTarget(all->targets[i], all->parameter, background)) * factor;
    }
    return;
  }
  const float off = smoothedTarget(0.0f, all->parameter, background);
  const float on = smoothedTarget(1.0f, all->parameter, background);
  for (intptr_t i = 0; i < count; i += F32V_LANES) {
    const int some = count - i < F32V_LANES ? (int)(count - i) : F32V_LANES;
    storeSome(all->out + i, (loadSome(all->probabilities + i, some) - off) * factor, some);
  }
  for (int n = 0; n < all->rows; n++) {
    const intptr_t i = (intptr_t)n * all->columns + all->labels[n];
    all->out[i] = (all->probabilities[i] - on) * factor;
  }
}

/* z-bar = ((z - t) * (2 / K)) * r. */
static void squaredErrorAdjoint(const AdjointRows *all) {
  const float scale = 2.0f / (float)all->columns;
  for (intptr_t i = 0; i < elementsOf(all); i++) {
    all->out[i] = ((all->logits[i] - all->targets[i]) * scale) * all->share;
  }
}

/* z-bar = sign(z - t) * (r / K); sign keeps zero and NaN. */
static void absoluteErrorAdjoint(const AdjointRows *all) {
  const float factor = all->share / (float)all->columns;
  for (intptr_t i = 0; i < elementsOf(all); i++) {
    const float d = all->logits[i] - all->targets[i];
    all->out[i] = (d > 0.0f ? 1.0f : d < 0.0f ? -1.0f : d) * factor;
  }
}

/* z-bar = clamp(z - t, -delta, delta) * (r / K); NaN stays. */
static void huberAdjoint(const AdjointRows *all) {
  const float factor = all->share / (float)all->columns;
  const float delta = (float)all->parameter;
  for (intptr_t i = 0; i < elementsOf(all); i++) {
    const float d = all->logits[i] - all->targets[i];
    all->out[i] = (d > delta ? delta : d < -delta ? -delta : d) * factor;
  }
}

/* z-bar = (1 - tau) * (r / K) above the target, -tau * (r / K) below it; zero and NaN stay. */
static void pinballAdjoint(const AdjointRows *all) {
  const float factor = all->share / (float)all->columns;
  const float above = (float)(1.0 - all->parameter);
  const float below = (float)all->parameter;
  for (intptr_t i = 0; i < elementsOf(all); i++) {
    const float d = all->logits[i] - all->targets[i];
    all->out[i] = (d > 0.0f ? above : d < 0.0f ? -below : d) * factor;
  }
}

static void rowsAdjoint(const AdjointRows *all, int kind) {
  switch (kind) {
    case LOSS_KIND_SOFTMAX_CROSS_ENTROPY:
      crossEntropyAdjoint(all, all->parameter / all->columns, all->share);
      break;
    case LOSS_KIND_BINARY_CROSS_ENTROPY:
    case LOSS_KIND_POISSON:
      crossEntropyAdjoint(all, all->parameter * 0.5, all->share / (float)all->columns);
      break;
    case LOSS_KIND_MSE:
      squaredErrorAdjoint(all);
      break;
    case LOSS_KIND_MAE:
      absoluteErrorAdjoint(all);
      break;
    case LOSS_KIND_PINBALL:
      pinballAdjoint(all);
      break;
    default:
      huberAdjoint(all);
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
  const Share own = ownShare(run, run->rows);
  /* Without weights all rows have the same share. */
  const int some = rowWeights ? 1 : own.to - own.from;
  for (int n = own.from; n < own.to; n += some) {
    const uintptr_t start = (uintptr_t)n * (uintptr_t)columns;
    const AdjointRows rows = {
        .out = out + start,
        .logits = logits + start,
        .probabilities = probabilities ? probabilities + start : 0,
        .labels = op[LOSS_ADJOINT_LABELS] ? (const int32_t *)target + n : 0,
        .targets = op[LOSS_ADJOINT_LABELS] ? 0 : (const float *)target + start,
        .rows = some,
        .columns = columns,
        .share = (float)((rowWeights ? (double)rowWeights[n] : 1.0) *
                         run->scalars[SCALAR_INVERSE_WEIGHT_SUM]),
        .parameter = doubleAt(op + LOSS_ADJOINT_PARAMETER),
    };
    rowsAdjoint(&rows, op[LOSS_ADJOINT_KIND]);
  }
}
