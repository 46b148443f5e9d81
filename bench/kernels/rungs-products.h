/*
 * What the rungs of the matrix products share in both numerics: their factors, the packing, and the operations of a dense op after its
 * product. expand-products.h has the products themselves.
 */
#ifndef VINCULUM_RUNGS_PRODUCTS_H
#define VINCULUM_RUNGS_PRODUCTS_H

#include "pack-weights.h"
#include "rungs.h"

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
static inline Factors denseFactors(const Run *run, const int32_t *op) {
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

static inline Factors inputAdjointFactors(const Run *run, const int32_t *op) {
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

static inline Factors weightAdjointFactors(const Run *run, const int32_t *op) {
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

static inline Factors factorsOf(const Run *run, const int32_t *op) {
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
static inline int packedColumns(const Packing *packing) {
  return (packing->fanOut + QUAD - 1) / QUAD * QUAD;
}

static inline float *packedAt(const Packing *packing, int i, int o) {
  return packing->packed + ((intptr_t)(o / PANEL_COLUMNS) * packing->fanIn + i) * PANEL_COLUMNS +
         o % PANEL_COLUMNS;
}

INLINE float weightAt(const Packing *packing, int i, int o) {
  return o < packing->fanOut ? packing->weight[(intptr_t)o * packing->fanIn + i] : 0.0f;
}

/* Writes a panel line by line, so that it writes in the order of the addresses. */
static inline void packLines(const Packing *packing) {
  for (int from = 0; from < packedColumns(packing); from += PANEL_COLUMNS) {
    const int rest = packedColumns(packing) - from;
    const int some = rest < PANEL_COLUMNS ? rest : PANEL_COLUMNS;
    for (int i = 0; i < packing->fanIn; i++) {
      float *line = packedAt(packing, i, from);
      for (int c = 0; c < some; c++) line[c] = weightAt(packing, i, from + c);
    }
  }
}

/* biasBar[r] = sum over k of left[r][k]. */
static inline void sumLeft(const Factors *f) {
  for (int r = 0; f->biasBar && r < f->rows; r++) {
    float sum = 0.0f;
    for (int k = 0; k < f->steps; k++) sum += f->left[r * f->leftRow + k * f->leftStep];
    f->biasBar[r] = sum;
  }
}

/* The operations of a dense op after its product, in a loop of their own. */
static inline void finish(const Factors *f) {
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
static inline void finishVectors(const Factors *f) {
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

#endif
