/*
 * dense: m = x Wt + b, h = phi(m): eq. (1)-(3) for a point, (6)-(8) for a batch.
 */
#include "product.h"

/*
 * out[n][o] = phi((sum over i of input[n][i] * weight[o][i]) + bias[o]), i ascending from +0.
 *
 * The sums are stored in preActivation too, if the op has one. The weight is read from the panels of packWeights.
 */
void runDense(const Run *run, const int32_t *op) {
  float *out = tensorAt(run, op[DENSE_OUT]);
  float *preActivation = tensorAt(run, op[DENSE_PRE_ACTIVATION]);
  float *sums = preActivation ? preActivation : out;
  const int fanIn = op[DENSE_FAN_IN];
  const int fanOut = op[DENSE_FAN_OUT];
  const Product product = {
      .out = sums,
      .outStride = fanOut,
      .rows = run->rows,
      .columns = fanOut,
      .steps = fanIn,
      .left = tensorAt(run, op[DENSE_INPUT]),
      .leftRow = fanIn,
      .leftStep = 1,
      .right = tensorAt(run, op[DENSE_PACKED]),
      .rightPanel = (intptr_t)fanIn * PANEL_COLUMNS,
      .bias = tensorAt(run, op[DENSE_BIAS]),
      .numerics = op[DENSE_NUMERICS],
  };
  const Part part = multiply(run, &product);
  if (op[DENSE_ACTIVATION] == PHI_IDENTITY && sums == out) return;
  const Activation phi = {op[DENSE_ACTIVATION], doubleAt(op + DENSE_PARAMETER)};
  activatePart(out, sums, 0, fanOut, part, phi);
}
