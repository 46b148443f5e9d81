/*
 * limitNorms: the rows of a weight that are longer than the limit become as long as it. A row holds the weights of all
 * inputs of one unit.
 */
#include "kernels.h"
#include "reduce.h"

/* The sum of squares of a row in float64: 8 lanes by column mod 8, tail included, joined as in numerics rule 3. */
static double squaresOf(const float *row, int fanIn) {
  double lanes[SUM_LANES] = {0};
  for (int i = 0; i < fanIn; i++) lanes[i % SUM_LANES] += (double)row[i] * (double)row[i];
  return joinLanes(lanes);
}

/*
 * weight[o][i] = f32(weight[o][i] * (limit / norm of row o)), in place, if the norm is above the limit; other rows, and rows
 * with a NaN, keep every bit.
 */
void runLimitNorms(const Run *run, const int32_t *op) {
  const int fanIn = op[LIMIT_NORMS_FAN_IN];
  const double limit = doubleAt(op + LIMIT_NORMS_LIMIT);
  float *weight = tensorAt(run, op[LIMIT_NORMS_WEIGHT]);
  const Share own = ownShare(run, op[LIMIT_NORMS_FAN_OUT]);
  for (int o = own.from; o < own.to; o++) {
    float *row = weight + (intptr_t)o * fanIn;
    const double norm = __builtin_sqrt(squaresOf(row, fanIn));
    if (!(norm > limit)) continue;
    const double factor = limit / norm;
    for (int i = 0; i < fanIn; i++) row[i] = (float)(row[i] * factor);
  }
}
