/*
 * loss: the losses of the rows, in float64 from the float32 logits, and their weighted sum in the scalar
 * `loss`: eq. (5), (10). A loss with an output function also stores y for the adjoint. Numerics rule 5: from logits, so
 * that nothing overflows and CE([20, 0], 0) is 2.06e-9, not 0.
 */
#include "kernels.h"
#include "reduce.h"
#include "softmax.h"

/* What every row loss sees. */
typedef struct {
  const float *logits;
  /* Class index, or a null pointer. */
  const int32_t *label;
  /* K reals if there is no label. */
  const float *target;
  int columns;
  /* Label smoothing, delta or the quantile. */
  double parameter;
} LossRow;

/* t of class c in float64, before smoothing. */
INLINE double targetOf(const LossRow *row, int c) {
  if (row->label == 0) return (double)row->target[c];
  return c == *row->label ? 1.0 : 0.0;
}

/*
 * l = sum over k of t'[k] * ((max - z[k]) + log1p(rest)), k ascending, terms with t' = 0 left out;
 * t' = (1 - e) t + e / K. With a label and no smoothing that is one term.
 */
static double softmaxCrossEntropy(const LossRow *row, double maximum, double tail) {
  const double smoothing = row->parameter;
  const double shared = smoothing / row->columns;
  double sum = 0.0;
  for (int c = 0; c < row->columns; c++) {
    const double target = (1.0 - smoothing) * targetOf(row, c) + shared;
    if (target != 0.0) sum += target * ((maximum - (double)row->logits[c]) + tail);
  }
  return sum;
}

/* Lane by lane: (max(z, 0) - z t') + log1p(exp(-|z|)), t' = t (1 - e) + e / 2. */
INLINE f64v binaryCrossEntropy(f64v z, f64v target, double smoothing) {
  const f64v smoothed = target * (1.0 - smoothing) + smoothing * 0.5;
  const f64v positive = v_select((z > 0.0) | (z != z), z, v_broadcast(0.0));
  return (positive - z * smoothed) + logOnePlus(exponential(-v_abs(z)));
}

INLINE f64v squaredError(f64v z, f64v target, double unused) {
  (void)unused;
  const f64v d = z - target;
  return d * d;
}

INLINE f64v absoluteError(f64v z, f64v target, double unused) {
  (void)unused;
  return v_abs(z - target);
}

/* d^2 / 2 up to delta, then delta (|d| - delta / 2). */
INLINE f64v huber(f64v z, f64v target, double delta) {
  const f64v size = v_abs(z - target);
  return v_select(size <= delta, (0.5 * size) * size, delta * (size - 0.5 * delta));
}

/* e^z - t z. */
INLINE f64v poisson(f64v z, f64v target, double unused) {
  (void)unused;
  return exponential(z) - target * z;
}

/* tau |d| where the target is above z, else (1 - tau) |d|. */
INLINE f64v pinball(f64v z, f64v target, double quantile) {
  const f64v share = v_select(target > z, v_broadcast(quantile), v_broadcast(1.0 - quantile));
  return share * v_abs(z - target);
}

/* t of the classes from c on, a lane each. */
INLINE f64v targetsOf(const LossRow *row, int c) {
  if (row->label == 0) return toDoubles(loadSomeHalf(row->target + c, row->columns - c));
  return v_select(indicesFrom(c) == (double)*row->label, v_broadcast(1.0), v_broadcast(0.0));
}

typedef f64v Term(f64v z, f64v target, double parameter);

/* The mean of a term over the outputs: 8 lanes by output mod 8, then divided by K. */
INLINE double meanOverOutputs(const LossRow *row, Term *term) {
  double lanes[SUM_LANES] = {0};
  for (int c = 0; c < row->columns; c += F64V_LANES) {
    const f64v z = toDoubles(loadSomeHalf(row->logits + c, row->columns - c));
    const f64v terms = term(z, targetsOf(row, c), row->parameter);
    const i64v present = indicesFrom(c) < (double)row->columns;
    *(f64vAny *)(lanes + c % SUM_LANES) += v_select(present, terms, v_broadcast(0.0));
  }
  return joinLanes(lanes) / row->columns;
}

static double rowLoss(const LossRow *row, int kind) {
  switch (kind) {
    case LOSS_KIND_BINARY_CROSS_ENTROPY:
      return meanOverOutputs(row, binaryCrossEntropy);
    case LOSS_KIND_MSE:
      return meanOverOutputs(row, squaredError);
    case LOSS_KIND_MAE:
      return meanOverOutputs(row, absoluteError);
    case LOSS_KIND_POISSON:
      return meanOverOutputs(row, poisson);
    case LOSS_KIND_PINBALL:
      return meanOverOutputs(row, pinball);
    default:
      return meanOverOutputs(row, huber);
  }
}

/* The rows of a loss op; [rows] means the rows of the run. */
typedef struct {
  int kind;
  int columns;
  double parameter;
  /* [rows][columns]. */
  const float *logits;
  float *probabilities;
  /* Class indices, or [rows][columns] reals. */
  const int32_t *labels;
  const float *targets;
  /* [rows], written. */
  double *rowLosses;
} LossRows;

static LossRow rowAt(const LossRows *rows, int n) {
  const intptr_t start = (intptr_t)n * rows->columns;
  return (LossRow){
      .logits = rows->logits + start,
      .label = rows->labels ? rows->labels + n : 0,
      .target = rows->labels ? 0 : rows->targets + start,
      .columns = rows->columns,
      .parameter = rows->parameter,
  };
}

/* The losses of `some` rows from row `n` on, one in each lane. */
static void storeLosses(const LossRows *rows, int n, int some, f64v maximum, f64v tail) {
  const float *logits = rows->logits + (intptr_t)n * rows->columns;
  double *rowLosses = rows->rowLosses + n;
  if (rows->labels && rows->parameter == 0.0) {
    const int32_t *labels = rows->labels + n;
    f32h labelled = {0};
    for (int lane = 0; lane < some; lane++) labelled[lane] = logits[lane * rows->columns + labels[lane]];
    const f64v losses = (maximum - toDoubles(labelled)) + tail;
    for (int lane = 0; lane < some; lane++) rowLosses[lane] = losses[lane];
    return;
  }
  for (int lane = 0; lane < some; lane++) {
    const LossRow row = rowAt(rows, n + lane);
    rowLosses[lane] = softmaxCrossEntropy(&row, maximum[lane], tail[lane]);
  }
}

static void lossesInLanes(const LossRows *rows, int n, int some) {
  const intptr_t at = (intptr_t)n * rows->columns;
  const SoftmaxLanes lanes =
      softmaxLanes(rows->probabilities + at, rows->logits + at, some, rows->columns);
  storeLosses(rows, n, some, lanes.maximum, logOnePlus(lanes.rest));
}

/* The softmax cross-entropies of a share, and their probabilities. */
static void softmaxLosses(const LossRows *rows, Share share) {
  int n = share.from;
  if (fitsInLanes(rows->columns)) {
    for (; n + F64V_LANES <= share.to; n += F64V_LANES) lossesInLanes(rows, n, F64V_LANES);
    if (n < share.to) lossesInLanes(rows, n, share.to - n);
    return;
  }
  for (; n < share.to; n++) {
    const intptr_t at = (intptr_t)n * rows->columns;
    const SoftmaxRow row = softmaxRow(rows->probabilities + at, rows->logits + at, rows->columns);
    storeLosses(rows, n, 1, v_broadcast((double)row.maximum), logOnePlus(v_broadcast(row.rest)));
  }
}

/* Sum over rows of weight * loss by the rule of reduce.h; without weights each is 1. */
static double weightedSum(const double *rowLosses, const float *rowWeights, int rows) {
  double total = 0.0;
  for (int start = 0; start < rows; start += SUM_BLOCK) {
    double lanes[SUM_LANES] = {0};
    const int end = rows - start < SUM_BLOCK ? rows : start + SUM_BLOCK;
    int n = start;
    for (; !rowWeights && n + SUM_LANES <= end; n += SUM_LANES) {
      for (int lane = 0; lane < SUM_LANES; lane += F64V_LANES) {
        *(f64vAny *)(lanes + lane) += *(const f64vAny *)(rowLosses + n + lane);
      }
    }
    for (; n < end; n++) {
      const double weight = rowWeights ? (double)rowWeights[n] : 1.0;
      lanes[(n - start) % SUM_LANES] += weight * rowLosses[n];
    }
    total += joinLanes(lanes);
  }
  return total;
}

void runLoss(const Run *run, const int32_t *op) {
  const void *target = tensorAt(run, op[LOSS_TARGET]);
  const LossRows rows = {
      .kind = op[LOSS_KIND],
      .columns = op[LOSS_COLUMNS],
      .parameter = doubleAt(op + LOSS_PARAMETER),
      .logits = tensorAt(run, op[LOSS_LOGITS]),
      .probabilities = tensorAt(run, op[LOSS_PROBABILITIES]),
      .labels = op[LOSS_LABELS] ? target : 0,
      .targets = target,
      .rowLosses = tensorAt(run, op[LOSS_ROW_LOSSES]),
  };
  const Part own = {ownShare(run, run->rows), {0, rows.columns}};
  if (rows.kind == LOSS_KIND_SOFTMAX_CROSS_ENTROPY) {
    softmaxLosses(&rows, own.rows);
  } else {
    for (int n = own.rows.from; n < own.rows.to; n++) {
      const LossRow row = rowAt(&rows, n);
      rows.rowLosses[n] = rowLoss(&row, rows.kind);
    }
  }
  if (rows.kind == LOSS_KIND_BINARY_CROSS_ENTROPY) {
    activatePart(rows.probabilities, rows.logits, 0, rows.columns, own,
                 (Activation){PHI_SIGMOID, 0.0});
  }
  if (rows.kind == LOSS_KIND_POISSON) {
    const intptr_t at = (intptr_t)own.rows.from * rows.columns;
    const intptr_t count = (intptr_t)(own.rows.to - own.rows.from) * rows.columns;
    exponentials(rows.probabilities + at, rows.logits + at, count);
  }
}

void finishLoss(const Run *run, const int32_t *op) {
  run->scalars[SCALAR_LOSS] = weightedSum(tensorAt(run, op[LOSS_ROW_LOSSES]),
                                          tensorAt(run, op[LOSS_ROW_WEIGHTS]), run->rows);
}
