/*
 * Rungs of the three matrix products and of the packing: plain loops, then vectors along the outputs, then a register tile.
 * Every sum starts from +0 and goes through k in ascending order, so all rungs have the same bits. The kernel that ships adds
 * tiles as high as the registers allow, blocks of k and rows, and panels if rows would share the sets of a cache.
 */
#include "rungs.h"

#include "pack-weights.h"

/* The rows of the larger tile of the rungs. Its 4 x 2 vectors of sums and the factors fit into 16 registers. */
#define RUNG_ROWS 4

/* out[r][c] = sum over k of left[r leftRow + k leftStep] * right[k rightStep + c rightColumn], then what is fused. */
typedef struct {
  float *out;
  int rows;
  int columns;
  int steps;
  const float *left;
  intptr_t leftRow;
  intptr_t leftStep;
  const float *right;
  intptr_t rightStep;
  intptr_t rightColumn;
  /* The distance between panels of PANEL_COLUMNS columns, if rightColumn is 1. */
  intptr_t rightPanel;
  /* Added to every row; a null pointer if there is no bias. */
  const float *bias;
  /* Whether out becomes relu(out). */
  int relu;
  /* The m or h of the layer below, if out is multiplied by relu'(source); else a null pointer. */
  const float *source;
  /* Receives the sums of the columns of left; a null pointer if they are not needed. */
  float *biasBar;
} Factors;

/* Reads the weight without packing. */
static Factors denseFactors(const Run *run, const int32_t *op) {
  const int32_t *dense = opAfter(op);
  const int fanIn = dense[DENSE_FAN_IN];
  return (Factors){
      .out = tensorAt(run, dense[DENSE_OUT]),
      .rows = run->rows,
      .columns = dense[DENSE_FAN_OUT],
      .steps = fanIn,
      .left = tensorAt(run, dense[DENSE_INPUT]),
      .leftRow = fanIn,
      .leftStep = 1,
      .right = tensorAt(run, op[PACK_WEIGHTS_WEIGHT]),
      .rightStep = 1,
      .rightColumn = fanIn,
      .bias = tensorAt(run, dense[DENSE_BIAS]),
      .relu = dense[DENSE_ACTIVATION] == PHI_RELU,
  };
}

static Factors inputAdjointFactors(const Run *run, const int32_t *op) {
  const int fanIn = op[DENSE_INPUT_ADJOINT_FAN_IN];
  const int fanOut = op[DENSE_INPUT_ADJOINT_FAN_OUT];
  return (Factors){
      .out = tensorAt(run, op[DENSE_INPUT_ADJOINT_INPUT_BAR]),
      .rows = run->rows,
      .columns = fanIn,
      .steps = fanOut,
      .left = tensorAt(run, op[DENSE_INPUT_ADJOINT_OUT_BAR]),
      .leftRow = fanOut,
      .leftStep = 1,
      .right = tensorAt(run, op[DENSE_INPUT_ADJOINT_WEIGHT]),
      .rightStep = fanIn,
      .rightColumn = 1,
      .rightPanel = PANEL_COLUMNS,
      .source = tensorAt(run, op[DENSE_INPUT_ADJOINT_SOURCE]),
  };
}

static Factors weightAdjointFactors(const Run *run, const int32_t *op) {
  const int fanIn = op[DENSE_WEIGHT_ADJOINT_FAN_IN];
  const int fanOut = op[DENSE_WEIGHT_ADJOINT_FAN_OUT];
  return (Factors){
      .out = tensorAt(run, op[DENSE_WEIGHT_ADJOINT_WEIGHT_BAR]),
      .rows = fanOut,
      .columns = fanIn,
      .steps = run->rows,
      .left = tensorAt(run, op[DENSE_WEIGHT_ADJOINT_OUT_BAR]),
      .leftRow = 1,
      .leftStep = fanOut,
      .right = tensorAt(run, op[DENSE_WEIGHT_ADJOINT_INPUT]),
      .rightStep = fanIn,
      .rightColumn = 1,
      .rightPanel = PANEL_COLUMNS,
      .biasBar = tensorAt(run, op[DENSE_WEIGHT_ADJOINT_BIAS_BAR]),
  };
}

static Factors factorsOf(const Run *run, const int32_t *op) {
  switch (op[OP_KIND]) {
    case OP_PACK_WEIGHTS:
      return denseFactors(run, op);
    case OP_DENSE_INPUT_ADJOINT:
      return inputAdjointFactors(run, op);
    default:
      return weightAdjointFactors(run, op);
  }
}

/* The number of groups of four columns that a packing fills. */
static int packedColumns(const Packing *packing) {
  return (packing->fanOut + QUAD - 1) / QUAD * QUAD;
}

static float *packedAt(const Packing *packing, int i, int o) {
  return packing->packed + ((intptr_t)(o / PANEL_COLUMNS) * packing->fanIn + i) * PANEL_COLUMNS +
         o % PANEL_COLUMNS;
}

INLINE float weightAt(const Packing *packing, int i, int o) {
  return o < packing->fanOut ? packing->weight[(intptr_t)o * packing->fanIn + i] : 0.0f;
}

/* Reads the weight row by row. */
RUNG(plainPacking) {
  const Packing packing = packingAt(run, op);
  for (int o = 0; o < packedColumns(&packing); o++) {
    for (int i = 0; i < packing.fanIn; i++) *packedAt(&packing, i, o) = weightAt(&packing, i, o);
  }
}

/* Writes a panel line by line, so that it writes in the order of the addresses. */
RUNG(linePacking) {
  const Packing packing = packingAt(run, op);
  for (int from = 0; from < packedColumns(&packing); from += PANEL_COLUMNS) {
    const int rest = packedColumns(&packing) - from;
    const int some = rest < PANEL_COLUMNS ? rest : PANEL_COLUMNS;
    for (int i = 0; i < packing.fanIn; i++) {
      float *line = packedAt(&packing, i, from);
      for (int c = 0; c < some; c++) line[c] = weightAt(&packing, i, from + c);
    }
  }
}

/* biasBar[r] = sum over k of left[r][k]. */
static void sumLeft(const Factors *f) {
  for (int r = 0; f->biasBar && r < f->rows; r++) {
    float sum = 0.0f;
    for (int k = 0; k < f->steps; k++) sum += f->left[r * f->leftRow + k * f->leftStep];
    f->biasBar[r] = sum;
  }
}

/* The operations of a dense op after its product, in a loop of their own. */
static void finish(const Factors *f) {
  for (int r = 0; r < f->rows; r++) {
    for (int c = 0; c < f->columns; c++) {
      const intptr_t at = (intptr_t)r * f->columns + c;
      if (f->bias) f->out[at] += f->bias[c];
      if (f->relu && f->out[at] <= 0.0f) f->out[at] = 0.0f;
      if (f->source) f->out[at] *= f->source[at] > 0.0f ? 1.0f : 0.0f;
    }
  }
  sumLeft(f);
}

/* The same in vectors. */
static void finishVectors(const Factors *f) {
  const f32v zero = {0};
  for (int r = 0; r < f->rows; r++) {
    for (int c = 0; c < f->columns; c += F32V_LANES) {
      const int some = f->columns - c;
      const intptr_t at = (intptr_t)r * f->columns + c;
      f32v sum = loadSome(f->out + at, some);
      if (f->bias) sum += loadSome(f->bias + c, some);
      if (f->relu) sum = choose(sum <= zero, zero, sum);
      if (f->source) sum *= choose(loadSome(f->source + at, some) > zero, splat(1.0f), zero);
      storeSome(f->out + at, sum, some);
    }
  }
  sumLeft(f);
}

RUNG(plainProduct) {
  const Factors f = factorsOf(run, op);
  for (int r = 0; r < f.rows; r++) {
    for (int c = 0; c < f.columns; c++) {
      float sum = 0.0f;
      for (int k = 0; k < f.steps; k++) {
        sum += f.left[r * f.leftRow + k * f.leftStep] * f.right[k * f.rightStep + c * f.rightColumn];
      }
      f.out[(intptr_t)r * f.columns + c] = sum;
    }
  }
  finish(&f);
}

/* `rows` x `vectors` vectors of sums in registers; or, with `some`, the last `some` columns of one vector. */
INLINE void tileAt(const Factors *f, int r, int c, int some, const int rows, const int vectors,
                   const int partial) {
  f32v sums[RUNG_ROWS][PANEL_VECTORS];
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int v = 0; v < vectors; v++) sums[i][v] = (f32v){0};
  }
  const float *left = f->left + r * f->leftRow;
  const float *right = f->right + c / PANEL_COLUMNS * f->rightPanel + c % PANEL_COLUMNS;
  for (int k = f->steps; k > 0; k--) {
    UNROLL for (int v = 0; v < vectors; v++) {
      const float *from = right + v * F32V_LANES;
      const f32v factor = partial ? loadPartial(from, some) : loadVector(from);
      UNROLL for (int i = 0; i < rows; i++) sums[i][v] += splat(left[i * f->leftRow]) * factor;
    }
    left += f->leftStep;
    right += f->rightStep;
  }
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int v = 0; v < vectors; v++) {
      float *out = f->out + (intptr_t)(r + i) * f->columns + c + v * F32V_LANES;
      if (partial) {
        storePartial(out, sums[i][v], some);
      } else {
        storeVector(out, sums[i][v]);
      }
    }
  }
}

/* All columns of some rows, `vectors` at a time while there are as many. */
INLINE void rowsAt(const Factors *f, int r, const int rows, const int vectors) {
  int c = 0;
  for (; c + vectors * F32V_LANES <= f->columns; c += vectors * F32V_LANES) {
    tileAt(f, r, c, 0, rows, vectors, 0);
  }
  for (; c + F32V_LANES <= f->columns; c += F32V_LANES) tileAt(f, r, c, 0, rows, 1, 0);
  if (c < f->columns) tileAt(f, r, c, f->columns - c, rows, 1, 1);
}

INLINE void tiledProduct(const Run *run, const int32_t *op, const int rows, const int vectors) {
  Factors f = factorsOf(run, op);
  if (op[OP_KIND] == OP_PACK_WEIGHTS) {
    linePackingRung(run, op);
    f.right = packingAt(run, op).packed;
    f.rightStep = PANEL_COLUMNS;
    f.rightPanel = (intptr_t)f.steps * PANEL_COLUMNS;
  }
  int r = 0;
  for (; r + rows <= f.rows; r += rows) rowsAt(&f, r, rows, vectors);
  for (; r < f.rows; r++) rowsAt(&f, r, 1, vectors);
  finishVectors(&f);
}

/* Computes one vector of outputs at a time. */
RUNG(vectorProduct) { tiledProduct(run, op, 1, 1); }

/* Computes 4 x 2 vectors at a time, and reads both factors without packing. */
RUNG(tileProduct) { tiledProduct(run, op, RUNG_ROWS, PANEL_VECTORS); }
