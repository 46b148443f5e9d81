/*
 * denseInputAdjoint: x-bar = z-bar W, then (if fused) times phi' of the layer below: eq. (13), (20), with
 * (16), (23).
 */
#include "product.h"

/*
 * inputBar[n][i] = sum over o of outBar[n][o] * weight[o][i], o ascending from +0.
 */
void runDenseInputAdjoint(const Run *run, const int32_t *op) {
  float *inputBar = tensorAt(run, op[DENSE_INPUT_ADJOINT_INPUT_BAR]);
  const float *source = tensorAt(run, op[DENSE_INPUT_ADJOINT_SOURCE]);
  const int fanIn = op[DENSE_INPUT_ADJOINT_FAN_IN];
  const int fanOut = op[DENSE_INPUT_ADJOINT_FAN_OUT];
  const Product product = {
      .out = inputBar,
      .outStride = fanIn,
      .rows = run->rows,
      .columns = fanIn,
      .steps = fanOut,
      .left = tensorAt(run, op[DENSE_INPUT_ADJOINT_OUT_BAR]),
      .leftRow = fanOut,
      .leftStep = 1,
      .right = tensorAt(run, op[DENSE_INPUT_ADJOINT_WEIGHT]),
      .rightStep = fanIn,
      .numerics = op[DENSE_INPUT_ADJOINT_NUMERICS],
  };
  const Part part = multiply(run, &product);
  if (source == 0) return;
  const Activation phi = {op[DENSE_INPUT_ADJOINT_ACTIVATION], doubleAt(op + DENSE_INPUT_ADJOINT_PARAMETER)};
  activatePart(inputBar, inputBar, source, fanIn, part, phi);
}
