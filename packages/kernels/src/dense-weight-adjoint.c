/*
 * denseWeightAdjoint: W-bar = z-bar-t x and b-bar = sum over rows of z-bar: eq. (14), (15), (17), (18) for a
 * point, (21), (22), (24), (25) for a batch.
 */
#include "tile.h"

/* Floats of z-bar above which reading it by columns misses the caches, so that packing it pays. */
#ifndef DIRECT_BARS
#define DIRECT_BARS 65536
#endif

/* packed[o - o % 4][k][o % 4] = from[k][o] for o < columns, +0 beyond; `from` has row stride `stride`. */
static void packBars(float *restrict packed, const float *restrict from, int stride, int steps,
                     int columns) {
  for (int o = 0; o < columns; o += TILE_ROWS) {
    float *to = packed + (uintptr_t)o * (uintptr_t)steps;
    for (int k = 0; k < steps; k++) {
      const float *row = from + (uintptr_t)k * (uintptr_t)stride + o;
      for (int c = 0; c < TILE_ROWS; c++) to[k * TILE_ROWS + c] = o + c < columns ? row[c] : 0.0f;
    }
  }
}

/* One block of rows of data, all of fanIn, for the outputs of `block`, whose other fields are set here. */
static void accumulate(Block block, const float *input, float *panels, int fanIn) {
  float *weightBar = block.out;
  for (int first = 0; first < fanIn; first += GROUP_COLUMNS) {
    const int rest = fanIn - first;
    block.out = weightBar + first;
    block.columns = rest < GROUP_COLUMNS ? rest : GROUP_COLUMNS;
    for (int c = 0; c < block.columns; c += PANEL_COLUMNS) {
      packPanel(panels + c * block.steps, input + first + c, fanIn, block.steps,
                block.columns - c);
    }
    multiplyByColumns(&block);
  }
}

/*
 * weightBar[o][i] = sum over n of outBar[n][o] * input[n][i], n ascending from +0.
 *
 * weightBar: [fanOut][fanIn], overwritten; must not overlap outBar, [rows][fanOut], or input,
 * [rows][fanIn]. scratch: SCRATCH_FLOATS floats.
 */
static void denseWeightAdjoint(float *weightBar, const float *outBar, const float *input,
                               float *scratch, int rows, int fanIn, int fanOut) {
  float *bars = scratch + SCRATCH_PANELS;
  /* No rows still write zeros: one block of no steps. */
  int k = 0;
  do {
    const int steps = rows - k < K_BLOCK ? rows - k : K_BLOCK;
    const int packs = (uintptr_t)rows * (uintptr_t)fanOut > DIRECT_BARS;
    const int most = packs ? PACKED_BARS : fanOut;
    for (int o = 0; o < fanOut; o += most) {
      const int outputs = fanOut - o < most ? fanOut - o : most;
      const float *from = outBar + (uintptr_t)k * (uintptr_t)fanOut + o;
      if (packs) packBars(bars, from, fanOut, steps, outputs);
      const Block block = {
          .out = weightBar + (uintptr_t)o * (uintptr_t)fanIn,
          .outStride = fanIn,
          .rows = outputs,
          .resume = k > 0,
          .left = packs ? bars : from,
          .leftRow = packs ? steps : 1,
          .leftStep = packs ? TILE_ROWS : fanOut,
          .right = scratch,
          .rightStep = PANEL_COLUMNS,
          .rightPanel = steps * PANEL_COLUMNS,
          .steps = steps,
      };
      accumulate(block, input + (uintptr_t)k * (uintptr_t)fanIn, scratch, fanIn);
    }
    k += K_BLOCK;
  } while (k < rows);
}

/*
 * biasBar[o] = sum over n of outBar[n][o], n ascending from +0.
 *
 * biasBar: [fanOut], overwritten; must not overlap outBar, [rows][fanOut].
 */
static void biasAdjoint(float *biasBar, const float *outBar, int rows, int fanOut) {
  for (int o = 0; o < fanOut; o += F32V_LANES) {
    f32v sum = splat(0.0f);
    for (int n = 0; n < rows; n++) {
      sum += loadSome(outBar + (uintptr_t)n * (uintptr_t)fanOut + o, fanOut - o);
    }
    storeSome(biasBar + o, sum, fanOut - o);
  }
}

void runDenseWeightAdjoint(const Run *run, const int32_t *op) {
  const float *outBar = tensorAt(run, op[DENSE_WEIGHT_ADJOINT_OUT_BAR]);
  float *biasBar = tensorAt(run, op[DENSE_WEIGHT_ADJOINT_BIAS_BAR]);
  const int fanOut = op[DENSE_WEIGHT_ADJOINT_FAN_OUT];
  denseWeightAdjoint(tensorAt(run, op[DENSE_WEIGHT_ADJOINT_WEIGHT_BAR]), outBar,
                     tensorAt(run, op[DENSE_WEIGHT_ADJOINT_INPUT]), run->scratch, run->rows,
                     op[DENSE_WEIGHT_ADJOINT_FAN_IN], fanOut);
  if (biasBar) biasAdjoint(biasBar, outBar, run->rows, fanOut);
}
