/*
 * What multiply decides before its loops: which factors are packed and which come from far, and how a product is divided into
 * pieces. Nothing here changes a result.
 */
#include "product-plan.h"

#include "entries.h"
#include "tile.h"

/* Bytes of the second cache, as the host knows it. */
static int secondCache = 1 << 20;

void useCache(int bytes) { secondCache = bytes; }

int exceedsCache(intptr_t floats) { return floats * (intptr_t)sizeof(float) > secondCache / 2; }

/* Steps of k below which a sum is short. */
#ifndef SHORT_SUM
#define SHORT_SUM 64
#endif

/* Panels of a product in which it pays to pack a left factor that comes from far, in which each row or step is in another page. */
#ifndef MANY_PANELS
#define MANY_PANELS 16
#endif

/*
 * Whether the rows of the left factor are packed: if they share the sets of a cache, where with up to 4 rows of a tile no set
 * overflows; and if they come from far and are read for many panels.
 */
int packsLeft(const Product *p) {
  const int stride = p->leftStep == 1 && TILE_ROWS > 4 ? p->leftRow : p->leftStep;
  if (p->rows <= 2) return 0;
  if (conflicts(stride, p->steps)) return 1;
  return TILE_ROWS > 4 && p->columns >= MANY_PANELS * PANEL_COLUMNS && isFar((intptr_t)p->rows * p->steps);
}

/* How many terms of sums are computed in the time in which one float comes from far. */
#define TERMS_PER_FLOAT 30.0

static int panelsOf(const Product *p) {
  return (p->columns + PANEL_COLUMNS - 1) / PANEL_COLUMNS;
}

/* What a division into rowPieces x columnPieces costs, in terms: the largest piece for all of them, and the factors that are read again. */
static double costOf(const Product *p, int rowPieces, int columnPieces) {
  const int tiles = (p->rows + TILE_ROWS - 1) / TILE_ROWS;
  const double tallest = (double)((tiles + rowPieces - 1) / rowPieces) * TILE_ROWS;
  const double widest = (double)((panelsOf(p) + columnPieces - 1) / columnPieces) * PANEL_COLUMNS;
  const double read = (double)rowPieces * p->columns + (double)columnPieces * p->rows * (packsLeft(p) ? 2 : 1);
  return p->steps * (tallest * widest * rowPieces * columnPieces + TERMS_PER_FLOAT * read);
}

/*
 * The part of a piece: some columns of some rows. Every further division of the rows reads the right factor again, every further
 * division of the columns the left one, so the division that costs least is taken. Where sums are short the rows are divided,
 * because threads that write neighbouring columns would fight for cache lines.
 */
Part partOf(const Run *run, const Product *p) {
  int rowPieces = p->rows >= run->pieces ? run->pieces : 1;
  if (p->steps >= SHORT_SUM) {
    double least = costOf(p, rowPieces, run->pieces / rowPieces);
    for (int some = 1; run->pieces % some == 0; some *= 2) {
      const double cost = costOf(p, some, run->pieces / some);
      if (cost >= least) continue;
      rowPieces = some;
      least = cost;
    }
  }
  const int columnPieces = run->pieces / rowPieces;
  const Share columns = shareOf(panelsOf(p), run->piece % columnPieces, columnPieces);
  return (Part){shareOf(p->rows, run->piece / columnPieces, rowPieces),
                {SMALLER(columns.from * PANEL_COLUMNS, p->columns), SMALLER(columns.to * PANEL_COLUMNS, p->columns)}};
}
