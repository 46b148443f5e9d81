/*
 * sumOfSquares: ||g||^2 in float64 and max |g| of a flat region, for the finite check and for clipping by
 * norm: eq. (30).
 */
#include "kernels.h"
#include "reduce.h"

#define SQUARE_VECTORS (SUM_LANES / F64V_LANES)

/* Elements of a turn: as many as the widest vector of float32 has, so twice the lanes. */
#define TURN (2 * SUM_LANES)

/* What is kept of a block until all are there; a NaN among its elements is the largest. */
typedef struct {
  double sum;
  double largest;
} BlockResult;

/*
 * The sum of g^2 over up to SUM_BLOCK elements by the rule of reduce.h; joins the bits of |g| to `largest`,
 * lane by lane (see largestOf).
 */
static double blockOfSquares(const float *values, int count, i32v *largest) {
  f64v sums[SQUARE_VECTORS] = {{0}};
  i32v most = *largest;
  const int whole = count - count % TURN;
  for (int i = 0; i < whole; i += TURN) {
    UNROLL for (int v = 0; v < TURN / F32V_LANES; v++) {
      most = largerIntegers(most, (i32v)absolute(loadVector(values + i + v * F32V_LANES)));
    }
    UNROLL for (int v = 0; v < TURN / F64V_LANES; v++) {
      const f64v g = loadDoubles(values + i + v * F64V_LANES);
      sums[v % SQUARE_VECTORS] += g * g;
    }
  }
  double lanes[SUM_LANES];
  UNROLL for (int v = 0; v < SQUARE_VECTORS; v++) *(f64vAny *)(lanes + v * F64V_LANES) = sums[v];
  for (int i = whole; i < count; i++) {
    most = largerIntegers(most, (i32v)absolute(splat(values[i])));
    lanes[i % SUM_LANES] += (double)values[i] * (double)values[i];
  }
  *largest = most;
  return joinLanes(lanes);
}

/*
 * The largest |g|, NaN if any element is. Compared as integers: the bits of non-negative floats are in
 * their order, with the NaNs above infinity.
 */
static float largestOf(i32v largest) {
  int32_t result = 0;
  for (int lane = 0; lane < F32V_LANES; lane++) {
    if (largest[lane] > result) result = largest[lane];
  }
  return floatAt(&result);
}

void runSumOfSquares(const Run *run, const int32_t *op) {
  const float *source = tensorAt(run, op[SUM_OF_SQUARES_SOURCE]);
  BlockResult *results = tensorAt(run, op[SUM_OF_SQUARES_BLOCKS]);
  const int size = op[SUM_OF_SQUARES_SIZE];
  const int blocks = (size + SUM_BLOCK - 1) / SUM_BLOCK;
  const Share own = ownShare(run, blocks);
  for (int block = own.from; block < own.to; block++) {
    const int start = block * SUM_BLOCK;
    const int count = size - start < SUM_BLOCK ? size - start : SUM_BLOCK;
    i32v largest = {0};
    results[block].sum = blockOfSquares(source + start, count, &largest);
    results[block].largest = (double)largestOf(largest);
  }
  meetOthers(run);
  if (run->thread != 0) return;
  double sum = 0.0;
  double largest = 0.0;
  for (int block = 0; block < blocks; block++) {
    sum += results[block].sum;
    /* Larger, or NaN, beside which nothing is. */
    if (!(results[block].largest <= largest) && largest == largest) largest = results[block].largest;
  }
  run->scalars[SCALAR_NORM_SQUARED] = sum;
  run->scalars[SCALAR_MAX_ABSOLUTE] = largest;
}
