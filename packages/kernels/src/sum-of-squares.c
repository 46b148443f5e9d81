/*
 * sumOfSquares: ||g||^2 in float64 and max |g| of a flat region, for the finite check and for clipping by
 * norm: eq. (30).
 */
#include "kernels.h"
#include "reduce.h"

#define SQUARE_VECTORS (SUM_LANES / F64V_LANES)

/* Blocks that are summed together, so that enough independent additions are in progress. */
#define SIDE_BY_SIDE (F64V_LANES > 2 ? 4 : 1)

/* Elements of a turn: as many as the widest vector of float32 has, so twice the lanes. */
#define TURN (2 * SUM_LANES)

/* The result of a block until all blocks are finished; a NaN among its elements counts as the largest. */
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

/* The sums of some blocks as they grow, by lane. */
typedef struct {
  f64v squares[SIDE_BY_SIDE][SQUARE_VECTORS];
  i32v most[SIDE_BY_SIDE];
} BlockSums;

/* Adds elements [from, to) of each of `blocks` blocks, a multiple of TURN. */
INLINE void addTurns(BlockSums *sums, const float *values, const int blocks, int from, int to) {
  for (int i = from; i < to; i += TURN) {
    UNROLL for (int b = 0; b < blocks; b++) {
      const float *at = values + b * SUM_BLOCK + i;
      UNROLL for (int v = 0; v < TURN / F32V_LANES; v++) {
        sums->most[b] = largerIntegers(sums->most[b], (i32v)absolute(loadVector(at + v * F32V_LANES)));
      }
      UNROLL for (int v = 0; v < TURN / F64V_LANES; v++) {
        const f64v g = loadDoubles(at + v * F64V_LANES);
        sums->squares[b][v % SQUARE_VECTORS] += g * g;
      }
    }
  }
}

/*
 * The sums of g^2 of `blocks` blocks, the last of `count` elements, by the rule of reduce.h, and their largest |g|. Several
 * blocks are summed together, because wide vectors have only one chain of additions within a block.
 */
INLINE void sumBlocks(const float *values, const int blocks, int count, BlockResult *results) {
  BlockSums sums;
  UNROLL for (int b = 0; b < blocks; b++) {
    sums.most[b] = (i32v){0};
    UNROLL for (int v = 0; v < SQUARE_VECTORS; v++) sums.squares[b][v] = (f64v){0};
  }
  const int last = blocks - 1;
  const int whole = count - count % TURN;
  addTurns(&sums, values, blocks, 0, whole);
  if (last > 0) addTurns(&sums, values, last, whole, SUM_BLOCK);
  UNROLL for (int b = 0; b < blocks; b++) {
    double lanes[SUM_LANES];
    UNROLL for (int v = 0; v < SQUARE_VECTORS; v++) *(f64vAny *)(lanes + v * F64V_LANES) = sums.squares[b][v];
    for (int i = whole; b == last && i < count; i++) {
      const float g = values[last * SUM_BLOCK + i];
      sums.most[b] = largerIntegers(sums.most[b], (i32v)absolute(splat(g)));
      lanes[i % SUM_LANES] += (double)g * (double)g;
    }
    results[b] = (BlockResult){joinLanes(lanes), (double)largestOf(sums.most[b])};
  }
}

void runSumOfSquares(const Run *run, const int32_t *op) {
  const float *source = tensorAt(run, op[SUM_OF_SQUARES_SOURCE]);
  BlockResult *results = tensorAt(run, op[SUM_OF_SQUARES_BLOCKS]);
  const int size = op[SUM_OF_SQUARES_SIZE];
  const int blocks = (size + SUM_BLOCK - 1) / SUM_BLOCK;
  const Share own = ownShare(run, blocks);
  for (int block = own.from; block < own.to; block += SIDE_BY_SIDE) {
    const int some = own.to - block < SIDE_BY_SIDE ? own.to - block : SIDE_BY_SIDE;
    const float *values = source + block * SUM_BLOCK;
    const int count = block + some < blocks ? SUM_BLOCK : size - (blocks - 1) * SUM_BLOCK;
    if (some == 1) sumBlocks(values, 1, count, results + block);
#if SIDE_BY_SIDE > 1
    if (some == 2) sumBlocks(values, 2, count, results + block);
    if (some == 3) sumBlocks(values, 3, count, results + block);
    if (some == 4) sumBlocks(values, 4, count, results + block);
#endif
  }
}

void finishSumOfSquares(const Run *run, const int32_t *op) {
  const BlockResult *results = tensorAt(run, op[SUM_OF_SQUARES_BLOCKS]);
  const int size = op[SUM_OF_SQUARES_SIZE];
  const int blocks = (size + SUM_BLOCK - 1) / SUM_BLOCK;
  double sum = 0.0;
  double largest = 0.0;
  for (int block = 0; block < blocks; block++) {
    sum += results[block].sum;
    /* A larger value or a NaN replaces the result; a NaN is never replaced. */
    if (!(results[block].largest <= largest) && largest == largest) largest = results[block].largest;
  }
  run->scalars[SCALAR_NORM_SQUARED] = sum;
  run->scalars[SCALAR_MAX_ABSOLUTE] = largest;
}
