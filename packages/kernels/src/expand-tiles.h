/*
 * The text of tile.c and fused-tile.c: the tiles of every shape, expanded once each and chosen by the number of rows and
 * vectors. The file that includes it defines
 *
 *   MULTIPLY_ADD(a, b, sum)   how a term is added to a sum,
 *   COMPUTE_PANELS            the names of the two functions that are defined here.
 *   COMPUTE_WIDE
 *
 * Therefore the numerics differ in that one operation and in nothing else.
 */
#include "tile.h"

/*
 * Tiles of `rows` x `wide` panels of `vectors` vectors. With `fetches` a cache line that is soon needed is brought into the second
 * cache in every step: the first tiles of a panel fetch `next`, the others the rows of the tile below. All four are constants where this
 * is expanded.
 *
 * The loops over tiles and panels are here, around the loop over k, because V8 unrolls an inner loop more often if it is
 * nested more deeply: 62 instead of 53 GFLOP/s (Node 20 on a Zen 5 core). If the loop is unrolled here by 2 or 4, registers
 * spill (22 to 31 GFLOP/s).
 */
INLINE void computeTiles(const Tiles *at, const int rows, const int wide, const int vectors,
                         const int fetches) {
  const int width = wide * vectors;
  const int last = SEES_EDGES(width) ? at->last : F32V_LANES;
  /* A narrow tile has as many loads as additions. Every group of rows has a pointer, so that offsets stay in registers. */
  const int group = width == 1 ? 4 : rows;
  for (int p = 0; p < at->panels; p += wide) {
    float *out = at->out + p * PANEL_COLUMNS;
    const float *rowsOfTile = at->left;
    for (int t = 0; t < at->tiles; t++) {
      f32v sums[NARROW_ROWS][WIDE_PANELS * PANEL_VECTORS];
      UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int v = 0; v < width; v++) sums[i][v] = (f32v){0};
      }
      if (at->resume) {
        UNROLL for (int i = 0; i < rows; i++) {
          UNROLL for (int v = 0; v < width; v++) {
            sums[i][v] = loadSome(out + i * at->outStride + v * F32V_LANES, last);
          }
        }
      }
      const intptr_t outStride = at->outStride;
      const intptr_t leftRow = at->leftRow;
      const intptr_t leftStep = at->leftStep;
      const intptr_t rightStep = at->rightStep;
      const intptr_t rightPanel = at->rightPanel;
      const float *left[NARROW_ROWS];
      UNROLL for (int i = 0; i < rows; i += group) left[i / group] = rowsOfTile + i * leftRow;
      const float *right = at->right + p * rightPanel;
      const int early = at->next != 0 && t < LINES_OF_STEP;
      const float *fetched = early ? at->next + t * at->nextTile : rowsOfTile + at->leftTile * at->leftIsFar;
      const intptr_t fetchedStep = early ? at->nextStep : LINE_FLOATS * at->leftIsFar;
      for (int k = at->steps; k > 0; k--) {
        f32v columns[WIDE_PANELS * PANEL_VECTORS];
        UNROLL for (int v = 0; v < width; v++) {
          const float *from = right + v / vectors * rightPanel + v % vectors * F32V_LANES;
          columns[v] = SEES_EDGES(width) ? loadPartial(from, last) : loadVector(from);
        }
        UNROLL for (int i = 0; i < rows; i++) {
          const f32v factor = splat(left[i / group][i % group * leftRow]);
          UNROLL for (int v = 0; v < width; v++) sums[i][v] = MULTIPLY_ADD(factor, columns[v], sums[i][v]);
        }
        UNROLL for (int i = 0; i < rows; i += group) left[i / group] += leftStep;
        right += rightStep;
        if (fetches) {
          __builtin_prefetch(fetched, 0, 2);
          fetched += fetchedStep;
        }
      }
      if (at->bias) {
        UNROLL for (int v = 0; v < width; v++) {
          const f32v bias = loadSome(at->bias + p * PANEL_COLUMNS + v * F32V_LANES, last);
          UNROLL for (int i = 0; i < rows; i++) sums[i][v] += bias;
        }
      }
      UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int v = 0; v < width; v++) {
          storeSome(out + v * F32V_LANES, sums[i][v], last);
        }
        out += outStride;
      }
      rowsOfTile += at->leftTile;
    }
  }
}

#define UP_TO_4(X) X(1) X(2) X(3) X(4)
#define UP_TO_6(X) UP_TO_4(X) X(5) X(6)
#define UP_TO_12(X) UP_TO_6(X) X(7) X(8) X(9) X(10) X(11) X(12)
#define UP_TO_14(X) UP_TO_12(X) X(13) X(14)
#define UP_TO_16(X) UP_TO_14(X) X(15) X(16)
#define JOINED_UP_TO(rows, X) UP_TO_##rows(X)
#define UP_TO(rows, X) JOINED_UP_TO(rows, X)

#define EACH(X) UP_TO(TILE_ROWS, X)

/* Heights that have a tile of one vector; the others take two. */
#if NARROW_ROWS == 4
#define EACH_NARROW(X) X(4)
#else
#define EACH_NARROW(X) UP_TO(NARROW_ROWS, X)
#endif

/* Each tile is a separate function, because in one large function engines and compilers run out of registers. */
#define ALONE static __attribute__((noinline))

#define NARROW(rows) \
  ALONE void tiles##rows##x1(const Tiles *at) { computeTiles(at, rows, 1, 1, 0); }
#define WHOLE(rows) \
  ALONE void tiles##rows##x2(const Tiles *at) { computeTiles(at, rows, 1, 2, 0); }

EACH_NARROW(NARROW)
EACH(WHOLE)

#define NARROW_CASE(rows)  \
  case rows:               \
    tiles##rows##x1(at);   \
    return;
#define WHOLE_CASE(rows)   \
  case rows:               \
    tiles##rows##x2(at);   \
    return;

#if FETCHES_EARLY

/* The tiles of a large product are of these two heights. */
ALONE void tallest(const Tiles *at) { computeTiles(at, TILE_ROWS, 1, 2, 1); }

ALONE void secondTallest(const Tiles *at) { computeTiles(at, TILE_ROWS - 1, 1, 2, 1); }

/* Runs tiles that fetch early; returns 0 if there are none of that shape. */
static int runFetching(const Tiles *at, int rows, int vectors) {
  if (vectors == 1 || rows < TILE_ROWS - 1) return 0;
  if (rows == TILE_ROWS) {
    tallest(at);
  } else {
    secondTallest(at);
  }
  return 1;
}

#endif

void COMPUTE_PANELS(const Tiles *at, int rows, int vectors) {
#if FETCHES_EARLY
  if ((at->leftIsFar || at->next) && runFetching(at, rows, vectors)) return;
#endif
  if (vectors == 1) {
    switch (rows) { EACH_NARROW(NARROW_CASE) }
  }
  switch (rows) { EACH(WHOLE_CASE) }
}

ALONE void wide1(const Tiles *at) { computeTiles(at, 1, WIDE_PANELS, PANEL_VECTORS, 0); }

ALONE void wide2(const Tiles *at) { computeTiles(at, 2, WIDE_PANELS / 2, PANEL_VECTORS, 0); }

void COMPUTE_WIDE(const Tiles *at, int rows) {
  if (rows == 1) {
    wide1(at);
  } else {
    wide2(at);
  }
}
