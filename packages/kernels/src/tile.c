/*
 * The tiles of every shape, expanded once each and chosen by the number of rows and vectors.
 */
#include "tile.h"

#if TILE_ROWS >= 14
#define EACH(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14)
#elif TILE_ROWS >= 12
#define EACH(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12)
#elif TILE_ROWS >= 6
#define EACH(X) X(1) X(2) X(3) X(4) X(5) X(6)
#else
#define EACH(X) X(1) X(2) X(3) X(4)
#endif

/* Functions of their own: in one large function engines and compilers run out of registers. */
#define ALONE static __attribute__((noinline))

#define SHAPES(rows)                                                            \
  ALONE void tiles##rows##x1(const Tiles *at) { computeTiles(at, rows, 1, 1); } \
  ALONE void tiles##rows##x2(const Tiles *at) { computeTiles(at, rows, 1, 2); }

EACH(SHAPES)

#define CASES(rows)           \
  case 2 * rows:              \
    tiles##rows##x1(at);      \
    break;                    \
  case 2 * rows + 1:          \
    tiles##rows##x2(at);      \
    break;

void computePanels(const Tiles *at, int rows, int vectors) {
  switch (2 * rows + vectors - 1) {
    EACH(CASES)
    default:
      __builtin_trap();
  }
}

ALONE void wide1(const Tiles *at) { computeTiles(at, 1, WIDE_PANELS, PANEL_VECTORS); }

ALONE void wide2(const Tiles *at) { computeTiles(at, 2, WIDE_PANELS / 2, PANEL_VECTORS); }

void computeWide(const Tiles *at, int rows) {
  if (rows == 1) {
    wide1(at);
  } else {
    wide2(at);
  }
}
