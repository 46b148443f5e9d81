/*
 * output: what predict applies to the logits, y = softmax(z) or sigmoid(z): eq. (4), (9). The row of softmax
 * serves the loss too.
 */
#include "kernels.h"
#include "reduce.h"
#include "softmax.h"
#include "vector.h"

/* Float32 lanes of the sum of a row. */
#define ROW_LANES 16

/* The index of the first largest value; 0 if the first is NaN. */
static int firstMaximum(const float *values, int count) {
  int first = 0;
  for (int c = 1; c < count; c++) {
    if (values[c] > values[first]) first = c;
  }
  return first;
}

SoftmaxRow softmaxRow(float *restrict y, const float *restrict z, int classes) {
  const int first = firstMaximum(z, classes);
  const double shift = z[first];
  double rest[SUM_LANES] = {0};
  float sums[ROW_LANES] = {0};
  for (int c = 0; c < classes; c += F64V_LANES) {
    const int some = classes - c < F64V_LANES ? classes - c : F64V_LANES;
    f64v shifted = {0};
    for (int lane = 0; lane < some; lane++) shifted[lane] = (double)z[c + lane] - shift;
    const f64v exponentials = v_exp(shifted);
    for (int lane = 0; lane < some; lane++) {
      y[c + lane] = (float)exponentials[lane];
      sums[(c + lane) % ROW_LANES] += y[c + lane];
      rest[(c + lane) % SUM_LANES] += c + lane == first ? 0.0 : exponentials[lane];
    }
  }
  for (int half = ROW_LANES / 2; half > 0; half /= 2) {
    for (int lane = 0; lane < half; lane++) sums[lane] += sums[lane + half];
  }
  for (int c = 0; c < classes; c += F32V_LANES) {
    storeSome(y + c, loadSome(y + c, classes - c) / sums[0], classes - c);
  }
  return (SoftmaxRow){z[first], joinLanes(rest)};
}

void runOutput(const Run *run, const int32_t *op) {
  float *out = tensorAt(run, op[OUTPUT_OUT]);
  const float *logits = tensorAt(run, op[OUTPUT_LOGITS]);
  const int columns = op[OUTPUT_COLUMNS];
  if (op[OUTPUT_FUNCTION] == FUNCTION_SIGMOID) {
    activationForward(out, logits, run->rows * columns, PHI_SIGMOID, 0.0);
    return;
  }
  for (int n = 0; n < run->rows; n++) {
    softmaxRow(out + (uintptr_t)n * (uintptr_t)columns,
               logits + (uintptr_t)n * (uintptr_t)columns, columns);
  }
}
