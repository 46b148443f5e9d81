/*
 * denseWeightAdjoint: W-bar = z-bar-t x and b-bar = sum over rows of z-bar: eq. (14), (15), (17), (18) for a
 * point, (21), (22), (24), (25) for a batch.
 */
#include "product.h"

/*
 * biasBar[o] = sum over n of outBar[n][o], n ascending from +0, for the outputs of a share.
 *
 * biasBar: [fanOut], overwritten; must not overlap outBar, [rows][fanOut].
 */
static void biasAdjoint(float *biasBar, const float *outBar, int rows, int fanOut, Share outputs) {
  for (int o = outputs.from; o < outputs.to; o += F32V_LANES) {
    const int count = outputs.to - o;
    f32v sum = splat(0.0f);
    for (int n = 0; n < rows; n++) {
      sum += loadSome(outBar + (intptr_t)n * fanOut + o, count);
    }
    storeSome(biasBar + o, sum, count);
  }
}

/*
 * weightBar[o][i] = sum over n of outBar[n][o] * input[n][i], n ascending from +0.
 */
void runDenseWeightAdjoint(const Run *run, const int32_t *op) {
  const float *outBar = tensorAt(run, op[DENSE_WEIGHT_ADJOINT_OUT_BAR]);
  float *biasBar = tensorAt(run, op[DENSE_WEIGHT_ADJOINT_BIAS_BAR]);
  const int fanIn = op[DENSE_WEIGHT_ADJOINT_FAN_IN];
  const int fanOut = op[DENSE_WEIGHT_ADJOINT_FAN_OUT];
  const Product product = {
      .out = tensorAt(run, op[DENSE_WEIGHT_ADJOINT_WEIGHT_BAR]),
      .outStride = fanIn,
      .rows = fanOut,
      .columns = fanIn,
      .steps = run->rows,
      .left = outBar,
      .leftRow = 1,
      .leftStep = fanOut,
      .right = tensorAt(run, op[DENSE_WEIGHT_ADJOINT_INPUT]),
      .rightStep = fanIn,
      .numerics = op[DENSE_WEIGHT_ADJOINT_NUMERICS],
  };
  multiply(run, &product);
  if (biasBar) biasAdjoint(biasBar, outBar, run->rows, fanOut, ownShare(run, fanOut));
}
