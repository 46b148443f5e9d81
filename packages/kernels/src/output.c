/*
 * output: what predict applies to the logits, y = softmax(z) or sigmoid(z): eq. (4), (9). The row of softmax
 * serves the loss too.
 */
#include "kernels.h"
#include "reduce.h"
#include "softmax.h"
#include "vector.h"

/* Float32 lanes of the sum of a row, and the classes that one pass takes. */
#define ROW_LANES 16
#define ROW_VECTORS (ROW_LANES / F32V_LANES)
#define WIDE_VECTORS (ROW_LANES / F64V_LANES)

/* The index of the first largest value; 0 if none is comparable. */
static int firstMaximum(const float *values, int count) {
  f32v lanes = splat(values[0]);
  int c = 0;
  for (; c + F32V_LANES <= count; c += F32V_LANES) {
    const f32v x = loadVector(values + c);
    lanes = select(x > lanes, x, lanes);
  }
  float largest = lanes[0];
  for (int lane = 1; lane < F32V_LANES; lane++) {
    largest = lanes[lane] > largest ? lanes[lane] : largest;
  }
  for (; c < count; c++) largest = values[c] > largest ? values[c] : largest;
  for (c = 0; c < count; c++) {
    if (values[c] == largest) return c;
  }
  return 0;
}

SoftmaxRow softmaxRow(float *restrict y, const float *restrict z, int classes) {
  const int first = firstMaximum(z, classes);
  const double shift = z[first];
  f32v sums[ROW_VECTORS] = {{0}};
  f64v rests[SUM_LANES / F64V_LANES] = {{0}};
  for (int start = 0; start < classes; start += ROW_LANES) {
    const int some = classes - start < ROW_LANES ? classes - start : ROW_LANES;
    float narrow[ROW_LANES] = {0};
    double wide[ROW_LANES] = {0};
    for (int c = 0; c < some; c++) narrow[c] = z[start + c];
    for (int c = 0; c < some; c += F64V_LANES) {
      const f64v exponentials = v_exp(loadDoubles(narrow + c) - shift);
      storeDoubles(narrow + c, exponentials);
      *(f64vAny *)(wide + c) = exponentials;
    }
    for (int c = some; c < ROW_LANES; c++) {
      narrow[c] = 0.0f;
      wide[c] = 0.0;
    }
    for (int c = 0; c < some; c++) y[start + c] = narrow[c];
    if (first >= start && first < start + some) wide[first - start] = 0.0;
    for (int v = 0; v < ROW_VECTORS; v++) sums[v] += loadVector(narrow + v * F32V_LANES);
    for (int v = 0; v < WIDE_VECTORS; v++) {
      rests[v % (SUM_LANES / F64V_LANES)] += *(const f64vAny *)(wide + v * F64V_LANES);
    }
  }
  float lanes[ROW_LANES];
  double restLanes[SUM_LANES];
  for (int v = 0; v < ROW_VECTORS; v++) storeVector(lanes + v * F32V_LANES, sums[v]);
  for (int v = 0; v < SUM_LANES / F64V_LANES; v++) {
    *(f64vAny *)(restLanes + v * F64V_LANES) = rests[v];
  }
  for (int half = ROW_LANES / 2; half > 0; half /= 2) {
    for (int lane = 0; lane < half; lane++) lanes[lane] += lanes[lane + half];
  }
  for (int c = 0; c < classes; c += F32V_LANES) {
    storeSome(y + c, loadSome(y + c, classes - c) / lanes[0], classes - c);
  }
  return (SoftmaxRow){z[first], joinLanes(restLanes)};
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
