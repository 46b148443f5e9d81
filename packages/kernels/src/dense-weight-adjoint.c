/*
 * denseWeightAdjoint: W-bar = z-bar-t x and b-bar = sum over rows of z-bar: eq. (14), (15), (17), (18) for a
 * point, (21), (22), (24), (25) for a batch.
 */
#include "tile.h"

/*
 * weightBar[o][i] = sum over n of outBar[n][o] * input[n][i], n ascending from +0.
 *
 * weightBar: [fanOut][fanIn], overwritten; must not overlap outBar, [rows][fanOut], or input,
 * [rows][fanIn]. scratch: SCRATCH_FLOATS floats.
 */
static void denseWeightAdjoint(float *weightBar, const float *outBar, const float *input,
                               float *scratch, int rows, int fanIn, int fanOut) {
  for (int first = 0; first < fanIn; first += GROUP_PANELS * PANEL_COLUMNS) {
    const int rest = fanIn - first;
    const int columns = rest < GROUP_PANELS * PANEL_COLUMNS ? rest : GROUP_PANELS * PANEL_COLUMNS;
    /* No rows still write zeros: one block of no steps. */
    int k = 0;
    do {
      const int steps = rows - k < K_BLOCK ? rows - k : K_BLOCK;
      for (int c = 0; c < columns; c += PANEL_COLUMNS) {
        packPanel(scratch + c * steps, input + (uintptr_t)k * (uintptr_t)fanIn + first + c, fanIn,
                  steps, columns - c);
      }
      const Block block = {
          .out = weightBar + first,
          .outStride = fanIn,
          .rows = fanOut,
          .columns = columns,
          .resume = k > 0,
          .left = outBar + (uintptr_t)k * (uintptr_t)fanOut,
          .leftRow = 1,
          .leftStep = fanOut,
          .right = scratch,
          .rightStep = PANEL_COLUMNS,
          .rightPanel = steps * PANEL_COLUMNS,
          .steps = steps,
          .bias = 0,
      };
      multiplyByColumns(&block);
      k += K_BLOCK;
    } while (k < rows);
  }
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
