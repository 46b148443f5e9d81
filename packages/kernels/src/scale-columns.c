/*
 * scaleColumns: a factor for each column, and a shift: eq. (35), and without a shift the adjoint of the input, eq. (37).
 * scaleColumnsWeightAdjoint: the adjoints of both: eq. (36).
 */
#include "kernels.h"

/*
 * out[n][c] = input[n][c] * weight[c] + bias[c], rounded twice.
 *
 * [rows][columns]; weight and bias: [columns], bias may be a null pointer. out may be input.
 */
static void scaleColumns(float *out, const float *input, const float *weight, const float *bias, Share rows,
                         int columns) {
  for (int n = rows.from; n < rows.to; n++) {
    const intptr_t row = (intptr_t)n * columns;
    for (int c = 0; c < columns; c += F32V_LANES) {
      const int some = columns - c;
      f32v value = loadSome(input + row + c, some) * loadSome(weight + c, some);
      if (bias) value += loadSome(bias + c, some);
      storeSome(out + row + c, value, some);
    }
  }
}

void runScaleColumns(const Run *run, const int32_t *op) {
  scaleColumns(tensorAt(run, op[SCALE_COLUMNS_OUT]), tensorAt(run, op[SCALE_COLUMNS_INPUT]),
               tensorAt(run, op[SCALE_COLUMNS_WEIGHT]), tensorAt(run, op[SCALE_COLUMNS_BIAS]),
               ownShare(run, run->rows), op[SCALE_COLUMNS_COLUMNS]);
}

/*
 * weightBar[c] = sum over n of outBar[n][c] * input[n][c], each product rounded; biasBar[c] = sum over n of outBar[n][c].
 * n ascending from +0.
 *
 * weightBar and biasBar: [columns], overwritten; biasBar may be a null pointer. They must not overlap the others.
 */
static void weightAdjoint(float *weightBar, float *biasBar, const float *outBar, const float *input, int rows,
                          int columns, Share own) {
  for (int c = own.from; c < own.to; c += F32V_LANES) {
    const int some = own.to - c;
    f32v products = splat(0.0f);
    f32v sum = splat(0.0f);
    for (int n = 0; n < rows; n++) {
      const intptr_t at = (intptr_t)n * columns + c;
      const f32v bar = loadSome(outBar + at, some);
      products += bar * loadSome(input + at, some);
      sum += bar;
    }
    storeSome(weightBar + c, products, some);
    if (biasBar) storeSome(biasBar + c, sum, some);
  }
}

void runScaleColumnsWeightAdjoint(const Run *run, const int32_t *op) {
  const int columns = op[SCALE_COLUMNS_WEIGHT_ADJOINT_COLUMNS];
  weightAdjoint(tensorAt(run, op[SCALE_COLUMNS_WEIGHT_ADJOINT_WEIGHT_BAR]),
                tensorAt(run, op[SCALE_COLUMNS_WEIGHT_ADJOINT_BIAS_BAR]),
                tensorAt(run, op[SCALE_COLUMNS_WEIGHT_ADJOINT_OUT_BAR]),
                tensorAt(run, op[SCALE_COLUMNS_WEIGHT_ADJOINT_INPUT]), run->rows, columns, ownShare(run, columns));
}
