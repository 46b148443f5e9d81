/*
 * The tiles of every shape, expanded once each and chosen by the number of rows and vectors.
 */
#include "tile.h"

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
  ALONE void tiles##rows##x1(const Tiles *at) { computeTiles(at, rows, 1, 1); }
#define WHOLE(rows) \
  ALONE void tiles##rows##x2(const Tiles *at) { computeTiles(at, rows, 1, 2); }

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

void computePanels(const Tiles *at, int rows, int vectors) {
  if (vectors == 1) {
    switch (rows) { EACH_NARROW(NARROW_CASE) }
  }
  switch (rows) { EACH(WHOLE_CASE) }
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
