/*
 * dense: m = x Wt + b, h = phi(m): eq. (1)-(3) for a point, (6)-(8) for a batch.
 */
#include "tile.h"

/*
 * out[n][o] = (sum over i of input[n][i] * weight[o][i]) + bias[o], i ascending from +0.
 *
 * out:    [rows][fanOut], overwritten; must not overlap the inputs.
 * input:  [rows][fanIn].
 * packed: panels of packWeights.
 * bias:   [fanOut], or a null pointer.
 */
static void denseForward(float *out, const float *input, const float *packed, const float *bias,
                         int rows, int fanIn, int fanOut) {
  for (int first = 0; first < fanOut; first += GROUP_COLUMNS) {
    const int columns = fanOut - first;
    for (int k = 0; k < fanIn; k += K_BLOCK) {
      const int last = fanIn - k <= K_BLOCK;
      const Block block = {
          .out = out + first,
          .outStride = fanOut,
          .rows = rows,
          .columns = columns < GROUP_COLUMNS ? columns : GROUP_COLUMNS,
          .resume = k > 0,
          .left = input + k,
          .leftRow = fanIn,
          .right = packed + (uintptr_t)first * (uintptr_t)fanIn + k * PANEL_COLUMNS,
          .rightStep = PANEL_COLUMNS,
          .rightPanel = fanIn * PANEL_COLUMNS,
          .steps = last ? fanIn - k : K_BLOCK,
          .bias = bias && last ? bias + first : 0,
      };
      multiplyByRows(&block);
    }
  }
}

void runDense(const Run *run, const int32_t *op) {
  float *out = tensorAt(run, op[DENSE_OUT]);
  float *preActivation = tensorAt(run, op[DENSE_PRE_ACTIVATION]);
  float *sums = preActivation ? preActivation : out;
  const int fanOut = op[DENSE_FAN_OUT];
  const float *input = tensorAt(run, op[DENSE_INPUT]);
  const float *packed = tensorAt(run, op[DENSE_PACKED]);
  const float *bias = tensorAt(run, op[DENSE_BIAS]);
  const int fanIn = op[DENSE_FAN_IN];
  for (int n = 0; n < run->rows; n += ROW_BLOCK) {
    const int rows = run->rows - n < ROW_BLOCK ? run->rows - n : ROW_BLOCK;
    const uintptr_t at = (uintptr_t)n * (uintptr_t)fanOut;
    denseForward(sums + at, input + (uintptr_t)n * (uintptr_t)fanIn, packed, bias, rows, fanIn,
                 fanOut);
    if (op[DENSE_ACTIVATION] != PHI_IDENTITY || sums != out) {
      activationForward(out + at, sums + at, rows * fanOut, op[DENSE_ACTIVATION],
                        doubleAt(op + DENSE_PARAMETER));
    }
  }
}
