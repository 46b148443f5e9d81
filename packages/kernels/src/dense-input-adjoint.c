/*
 * denseInputAdjoint: x-bar = z-bar W, then times phi' of the layer below where fused: eq. (13), (20), with
 * (16), (23).
 */
#include "tile.h"

/*
 * inputBar[n][i] = sum over o of outBar[n][o] * weight[o][i], o ascending from +0.
 *
 * inputBar: [rows][fanIn], overwritten; must not overlap outBar, [rows][fanOut], or weight,
 * [fanOut][fanIn]. scratch: SCRATCH_PANELS floats.
 */
static void denseInputAdjoint(float *inputBar, const float *outBar, const float *weight,
                              float *scratch, int rows, int fanIn, int fanOut) {
  for (int first = 0; first < fanIn; first += GROUP_COLUMNS) {
    const int rest = fanIn - first;
    const int columns = rest < GROUP_COLUMNS ? rest : GROUP_COLUMNS;
    for (int k = 0; k < fanOut; k += K_BLOCK) {
      const int steps = fanOut - k < K_BLOCK ? fanOut - k : K_BLOCK;
      for (int c = 0; c < columns; c += PANEL_COLUMNS) {
        packPanel(scratch + c * steps, weight + (uintptr_t)k * (uintptr_t)fanIn + first + c, fanIn,
                  steps, columns - c);
      }
      const Block block = {
          .out = inputBar + first,
          .outStride = fanIn,
          .rows = rows,
          .columns = columns,
          .resume = k > 0,
          .left = outBar + k,
          .leftRow = fanOut,
          .right = scratch,
          .rightStep = PANEL_COLUMNS,
          .rightPanel = steps * PANEL_COLUMNS,
          .steps = steps,
      };
      multiplyByRows(&block);
    }
  }
}

void runDenseInputAdjoint(const Run *run, const int32_t *op) {
  float *inputBar = tensorAt(run, op[DENSE_INPUT_ADJOINT_INPUT_BAR]);
  const float *source = tensorAt(run, op[DENSE_INPUT_ADJOINT_SOURCE]);
  const int fanIn = op[DENSE_INPUT_ADJOINT_FAN_IN];
  const float *outBar = tensorAt(run, op[DENSE_INPUT_ADJOINT_OUT_BAR]);
  const float *weight = tensorAt(run, op[DENSE_INPUT_ADJOINT_WEIGHT]);
  const int fanOut = op[DENSE_INPUT_ADJOINT_FAN_OUT];
  for (int n = 0; n < run->rows; n += ROW_BLOCK) {
    const int rows = run->rows - n < ROW_BLOCK ? run->rows - n : ROW_BLOCK;
    float *at = inputBar + (uintptr_t)n * (uintptr_t)fanIn;
    denseInputAdjoint(at, outBar + (uintptr_t)n * (uintptr_t)fanOut, weight, run->scratch, rows,
                      fanIn, fanOut);
    if (source) {
      activationBackward(at, at, source + (uintptr_t)n * (uintptr_t)fanIn, rows * fanIn,
                         op[DENSE_INPUT_ADJOINT_ACTIVATION],
                         doubleAt(op + DENSE_INPUT_ADJOINT_PARAMETER));
    }
  }
}
