/*
 * The loops of a matrix product: blocks of rows, blocks of k, panels of columns, tiles. Factors are usually read without
 * packing. Two things are packed first: the partial last panel, because its tile would read beyond the row, and factors
 * whose rows would share a few sets of a cache.
 */
#include "product.h"

#include "pack-factors.h"
#include "product-plan.h"
#include "tile.h"

/* Vectors that hold `columns` of a panel. */
static int vectorsOf(int columns) { return (columns + F32V_LANES - 1) / F32V_LANES; }

/* A build without fused tiles is never asked for them, because its host refuses such a Program. */
static int isFused(const Product *p) { return HAS_FUSED && p->numerics == NUMERICS_FUSED; }

/* A block of k of some rows: the state of the loops. */
typedef struct {
  const Product *product;
  int firstRow;
  int rows;
  /* Its tiles are nearly equal in height: the first `higher` have height + 1 rows, the others height. */
  int height;
  int higher;
  int lower;
  int firstStep;
  int steps;
  /* The left factor tile by tile, if it is packed: see packLeft. */
  const float *packedLeft;
  /* Memory for a panel of the right factor, and for the sums of a partial panel. */
  float *panel;
  float *edge;
} Block;

/* The rows of the tile that begins at row `r` of a block. */
static int heightAt(const Block *block, int r) {
  return block->height + (r < block->higher * (block->height + 1));
}

/* Packs the block's rows of the left factor, tile after tile. */
static void packLeft(const Block *block, float *packed) {
  const Product *p = block->product;
  for (int r = 0; r < block->rows;) {
    const int height = heightAt(block, r);
    const float *left = p->left + (intptr_t)(block->firstRow + r) * p->leftRow +
                        (intptr_t)block->firstStep * p->leftStep;
    float *tile = packed + (intptr_t)r * block->steps;
    if (p->leftStep == 1) {
      packRows(tile, left, p->leftRow, height, block->steps);
    } else {
      packSteps(tile, left, p->leftStep, height, block->steps);
    }
    r += height;
  }
}

/* Copies `columns` floats of each row, whatever their bits. */
static void copyRows(float *to, int toStride, const float *from, int fromStride, int rows,
                     int columns) {
  for (int i = 0; i < rows; i++) {
    for (int c = 0; c < columns; c += F32V_LANES) {
      storeSome(to + c, loadSome(from + c, columns - c), columns - c);
    }
    to += toStride;
    from += fromStride;
  }
}

/* Tiles in one panel from `column` on, with a right factor that needs no packing. */
static void placeTiles(Tiles *tiles, const Block *block, int column) {
  const Product *p = block->product;
  const float *packed = block->packedLeft;
  const int ended = block->firstStep + block->steps == p->steps;
  tiles->out = p->out + (intptr_t)block->firstRow * p->outStride + column;
  tiles->outStride = p->outStride;
  tiles->resume = block->firstStep > 0;
  tiles->left = packed ? packed
                       : p->left + (intptr_t)block->firstRow * p->leftRow +
                             (intptr_t)block->firstStep * p->leftStep;
  tiles->leftRow = packed ? 1 : p->leftRow;
  tiles->leftStep = p->leftStep;
  tiles->steps = block->steps;
  tiles->bias = ended && p->bias ? p->bias + column : 0;
  tiles->tiles = 1;
  tiles->panels = 1;
  tiles->last = F32V_LANES;
  tiles->leftIsFar = packed && isFar((intptr_t)block->rows * block->steps);
  tiles->next = 0;
  if (p->rightPanel) {
    tiles->right = p->right + (intptr_t)(column / PANEL_COLUMNS) * p->rightPanel +
                   (intptr_t)block->firstStep * PANEL_COLUMNS;
    tiles->rightStep = PANEL_COLUMNS;
    tiles->rightPanel = p->rightPanel;
  } else {
    tiles->right = p->right + (intptr_t)block->firstStep * p->rightStep + column;
    tiles->rightStep = p->rightStep;
    tiles->rightPanel = PANEL_COLUMNS;
  }
}

/*
 * The tiles of a panel fetch the panel after it, if the right factor is larger than the second cache. Rows that share the sets of a
 * cache would push one another out before they are read.
 */
static void fetchNext(Tiles *tiles, const Block *block, int column) {
  const Product *p = block->product;
  if (!rightIsFar(p) || column + 2 * PANEL_COLUMNS > p->columns) return;
  if (!p->rightPanel && conflicts(p->rightStep, block->steps)) return;
  tiles->next = tiles->right + tiles->rightPanel;
  tiles->nextStep = p->rightPanel ? LINE_FLOATS : p->rightStep;
  tiles->nextTile = p->rightPanel ? (intptr_t)block->steps * LINE_FLOATS : LINE_FLOATS;
}

/* Copies a panel of the right factor, so that its rows are contiguous. */
static void packRight(Tiles *tiles, const Block *block, int columns) {
  packPanel(block->panel, tiles->right, block->product->rightStep, block->steps, columns);
  tiles->right = block->panel;
  tiles->rightStep = PANEL_COLUMNS;
}

/* All rows of the block; there are at most two heights of tiles. */
static void computeRows(const Block *block, Tiles *tiles, int vectors) {
  const intptr_t leftStride = block->packedLeft ? block->steps : block->product->leftRow;
  for (int i = 0; i < 2; i++) {
    const int height = block->height + 1 - i;
    const int count = i == 0 ? block->higher : block->lower;
    if (count == 0) continue;
    tiles->tiles = count;
    tiles->leftTile = height * leftStride;
    if (block->packedLeft) tiles->leftStep = height;
    if (isFused(block->product)) {
      computeFusedPanels(tiles, height, vectors);
    } else {
      computePanels(tiles, height, vectors);
    }
    tiles->out += count * height * tiles->outStride;
    tiles->left += count * tiles->leftTile;
    if (count >= LINES_OF_STEP) tiles->next = 0;
  }
}

/* The last, partial panel: through a buffer of whole rows. */
static void multiplyEdge(const Block *block, int column, int columns) {
  const Product *p = block->product;
  Tiles tiles;
  float bias[PANEL_COLUMNS];
  placeTiles(&tiles, block, column);
  float *out = tiles.out;
  if (!p->rightPanel) packRight(&tiles, block, columns);
  if (tiles.bias) {
    copyRows(bias, 0, tiles.bias, 0, 1, columns);
    tiles.bias = bias;
  }
  tiles.out = block->edge;
  tiles.outStride = PANEL_COLUMNS;
  if (tiles.resume) copyRows(block->edge, PANEL_COLUMNS, out, p->outStride, block->rows, columns);
  computeRows(block, &tiles, vectorsOf(columns));
  copyRows(out, p->outStride, block->edge, PANEL_COLUMNS, block->rows, columns);
}

/* Panel after panel, each packed first. */
static void multiplyPacked(const Block *block, Share columns) {
  for (int c = columns.from; c < columns.to; c += PANEL_COLUMNS) {
    Tiles tiles;
    placeTiles(&tiles, block, c);
    fetchNext(&tiles, block, c);
    packRight(&tiles, block, PANEL_COLUMNS);
    computeRows(block, &tiles, PANEL_VECTORS);
  }
}

/* Whole panels, without packing; one or two rows take several panels at once. */
static void multiplyInPlace(const Block *block, Share columns) {
  int panels = (columns.to - columns.from) / PANEL_COLUMNS;
  int column = columns.from;
  Tiles tiles;
  if (block->rows <= 2) {
    const int wide = WIDE_PANELS / block->rows;
    placeTiles(&tiles, block, column);
    tiles.panels = panels / wide * wide;
    if (block->packedLeft) tiles.leftStep = block->rows;
    if (isFused(block->product)) {
      computeFusedWide(&tiles, block->rows);
    } else {
      computeWide(&tiles, block->rows);
    }
    column += tiles.panels * PANEL_COLUMNS;
    panels -= tiles.panels;
  }
  /* All rows of a panel before the next panel, if it comes from far: it is then read from there once for all tiles. */
  const int together = rightIsFar(block->product) ? 1 : panels;
  for (; panels > 0; panels -= together) {
    placeTiles(&tiles, block, column);
    tiles.panels = together;
    if (together == 1) fetchNext(&tiles, block, column);
    computeRows(block, &tiles, PANEL_VECTORS);
    column += together * PANEL_COLUMNS;
  }
}

/*
 * Whether the panels of the right factor are packed: if its rows share the sets of a cache; and for several tiles if it comes from
 * far, because each row of a panel is in another page then.
 */
static int packsRight(const Block *block) {
  const Product *p = block->product;
  if (p->rightPanel || block->rows <= TILE_ROWS) return 0;
  return conflicts(p->rightStep, block->steps) || (rightIsFar(p) && block->rows > 4 * TILE_ROWS);
}

static void multiplyBlock(const Block *block, Share columns) {
  const int partial = (columns.to - columns.from) % PANEL_COLUMNS;
  const Share whole = {columns.from, columns.to - partial};
  if (whole.from == whole.to) {
    /* Nothing but the partial panel. */
  } else if (packsRight(block)) {
    multiplyPacked(block, whole);
  } else {
    multiplyInPlace(block, whole);
  }
  const int narrow = TILE_ROWS > 4 || block->rows % TILE_ROWS == 0;
  if (partial == 0) return;
  if ((partial == F32V_LANES && narrow) || (partial < F32V_LANES && SEES_EDGES(1))) {
    Tiles tiles;
    placeTiles(&tiles, block, whole.to);
    tiles.last = partial;
    computeRows(block, &tiles, 1);
  } else {
    multiplyEdge(block, whole.to, partial);
  }
}

/* How many tiles cover so many rows; both divisors are constants. */
static int tilesOf(const Product *p, int rows) {
  return p->columns <= F32V_LANES ? (rows + NARROW_ROWS - 1) / NARROW_ROWS
                                  : (rows + TILE_ROWS - 1) / TILE_ROWS;
}

Part multiply(const Run *run, const Product *product) {
  const Part whole = {{0, product->rows}, {0, product->columns}};
  const Part part = run->pieces == 1 ? whole : partOf(run, product);
  float *packedLeft = run->scratch + SCRATCH_PANEL + SCRATCH_EDGE;
  if (part.columns.from >= part.columns.to || part.rows.from >= part.rows.to) return part;
  const int most = product->steps * 2 <= K_BLOCK ? MOST_ROWS : ROW_BLOCK;
  const int packs = packsLeft(product);
  for (int r = part.rows.from; r < part.rows.to; r += most) {
    const int rows = SMALLER(most, part.rows.to - r);
    const int tiles = tilesOf(product, rows);
    /* Without steps the result must still be zeros, so one empty block runs. */
    int k = 0;
    do {
      Block block = {
          .product = product,
          .firstRow = r,
          .rows = rows,
          .height = rows / tiles,
          .higher = rows % tiles,
          .lower = tiles - rows % tiles,
          .firstStep = k,
          .steps = SMALLER(K_BLOCK, product->steps - k),
          .panel = run->scratch,
          .edge = run->scratch + SCRATCH_PANEL,
      };
      if (packs) {
        packLeft(&block, packedLeft);
        block.packedLeft = packedLeft;
      }
      multiplyBlock(&block, part.columns);
      k += K_BLOCK;
    } while (k < product->steps);
  }
  return part;
}
