/*
 * sumOfSquares: ||g||^2 in float64 and max |g| of a flat region, for the finite check and for clipping by
 * norm: eq. (30).
 */
#include "kernels.h"
#include "reduce.h"

#define SQUARE_VECTORS (SUM_LANES / F64V_LANES)

/* Blocks that are summed side by side, so that enough additions are under way. */
#define SIDE_BY_SIDE (F64V_LANES > 2 ? 4 : 1)

/* Elements of a turn: as many as the widest vector of float32 has, so twice the lanes. */
#define TURN (2 * SUM_LANES)

/* What is kept of a block until all are there; a NaN among its elements is the largest. */
typedef struct {
  double sum;
  double largest;
} BlockResult;

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

/*
 * The sums of g^2 of `blocks` blocks of `count` elements, by the rule of reduce.h, and their largest |g|. Several whole
 * blocks go side by side, since within one the wide vectors have a single chain of additions; a partial one is alone.
 */
INLINE void sumBlocks(const float *values, const int blocks, int count, BlockResult *results) {
  f64v sums[SIDE_BY_SIDE][SQUARE_VECTORS];
  i32v most[SIDE_BY_SIDE];
  UNROLL for (int b = 0; b < blocks; b++) {
    most[b] = (i32v){0};
    UNROLL for (int v = 0; v < SQUARE_VECTORS; v++) sums[b][v] = (f64v){0};
  }
  const int whole = count - count % TURN;
  for (int i = 0; i < whole; i += TURN) {
    UNROLL for (int b = 0; b < blocks; b++) {
      const float *at = values + b * SUM_BLOCK + i;
      UNROLL for (int v = 0; v < TURN / F32V_LANES; v++) {
        most[b] = largerIntegers(most[b], (i32v)absolute(loadVector(at + v * F32V_LANES)));
      }
      UNROLL for (int v = 0; v < TURN / F64V_LANES; v++) {
        const f64v g = loadDoubles(at + v * F64V_LANES);
        sums[b][v % SQUARE_VECTORS] += g * g;
      }
    }
  }
  UNROLL for (int b = 0; b < blocks; b++) {
    double lanes[SUM_LANES];
    UNROLL for (int v = 0; v < SQUARE_VECTORS; v++) *(f64vAny *)(lanes + v * F64V_LANES) = sums[b][v];
    for (int i = whole; i < count; i++) {
      const float g = values[i];
      most[b] = largerIntegers(most[b], (i32v)absolute(splat(g)));
      lanes[i % SUM_LANES] += (double)g * (double)g;
    }
    results[b] = (BlockResult){joinLanes(lanes), (double)largestOf(most[b])};
  }
}

void runSumOfSquares(const Run *run, const int32_t *op) {
  const float *source = tensorAt(run, op[SUM_OF_SQUARES_SOURCE]);
  BlockResult *results = tensorAt(run, op[SUM_OF_SQUARES_BLOCKS]);
  const int size = op[SUM_OF_SQUARES_SIZE];
  const int blocks = (size + SUM_BLOCK - 1) / SUM_BLOCK;
  const Share own = ownShare(run, blocks);
  int block = own.from;
  const int whole = own.to < size / SUM_BLOCK ? own.to : size / SUM_BLOCK;
  for (; block + SIDE_BY_SIDE <= whole; block += SIDE_BY_SIDE) {
    sumBlocks(source + block * SUM_BLOCK, SIDE_BY_SIDE, SUM_BLOCK, results + block);
  }
  for (; block < own.to; block++) {
    sumBlocks(source + block * SUM_BLOCK, 1, block < whole ? SUM_BLOCK : size % SUM_BLOCK, results + block);
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
