/*
 * The loops of a matrix product: blocks of rows, blocks of k, panels of columns, tiles. Factors are usually read without
 * packing. Two things are packed first: the partial last panel, because its tile would read beyond the row, and factors
 * whose rows would share a few sets of a cache.
 */
#include "product.h"

#include "tile.h"

/*
 * Rows whose distance is a multiple of 2 KiB share the sets of the first cache. Reading the rows of a tile or of a panel
 * together then misses the cache all the time (190 instead of 255 GFLOP/s, 1024 columns on a Zen 5 core).
 */
#ifndef CONFLICT_STRIDE
#define CONFLICT_STRIDE 512
#endif

/* Fewer steps than this stay in the cache at any stride. */
#ifndef CONFLICT_STEPS
#define CONFLICT_STEPS 16
#endif

#define SMALLER(a, b) ((a) < (b) ? (a) : (b))

/* Vectors that hold `columns` of a panel. */
static int vectorsOf(int columns) { return (columns + F32V_LANES - 1) / F32V_LANES; }

/* A build without fused tiles is never asked for them, because its host refuses such a Program. */
static int isFused(const Product *p) { return HAS_FUSED && p->numerics == NUMERICS_FUSED; }

static int conflicts(int stride, int steps) {
  return stride % CONFLICT_STRIDE == 0 && steps >= CONFLICT_STEPS;
}

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

/* panel[k][c] = from[k * stride + c] for c < columns, +0 up to PANEL_COLUMNS. */
static void packPanel(float *restrict panel, const float *restrict from, int stride, int steps,
                      int columns) {
  for (int k = 0; k < steps; k++) {
    const float *row = from + (intptr_t)k * stride;
    float *to = panel + k * PANEL_COLUMNS;
    UNROLL for (int v = 0; v < PANEL_VECTORS; v++) {
      const int rest = columns - v * F32V_LANES;
      storeVector(to + v * F32V_LANES,
                  rest > 0 ? loadSome(row + v * F32V_LANES, rest) : (f32v){0});
    }
  }
}

/* packed[k][i] = left[i][k]: the rows of one tile, so that a step reads them side by side. */
static void packTile(float *restrict packed, const float *restrict left, int leftRow, int leftStep,
                     int rows, int steps) {
  int i = 0;
  for (; leftStep == 1 && i + 4 <= rows; i += 4) {
    const float *from = left + (intptr_t)i * leftRow;
    int k = 0;
    for (; k + 4 <= steps; k += 4) {
      f32q quads[4];
      UNROLL for (int r = 0; r < 4; r++) quads[r] = loadQuad(from + (intptr_t)r * leftRow + k);
      transposeQuads(quads);
      UNROLL for (int c = 0; c < 4; c++) storeQuad(packed + (k + c) * rows + i, quads[c]);
    }
    for (; k < steps; k++) {
      for (int r = 0; r < 4; r++) packed[k * rows + i + r] = from[(intptr_t)r * leftRow + k];
    }
  }
  for (int k = 0; k < steps; k++) {
    const float *from = left + (intptr_t)k * leftStep;
    for (int r = i; r < rows; r++) packed[k * rows + r] = from[(intptr_t)r * leftRow];
  }
}

/* The rows of the tile that begins at row `r` of a block. */
static int heightAt(const Block *block, int r) {
  return block->height + (r < block->higher * (block->height + 1));
}

/* Packs the block's rows of the left factor, tile after tile. */
static void packLeft(const Block *block, float *packed) {
  const Product *p = block->product;
  for (int r = 0; r < block->rows;) {
    const int height = heightAt(block, r);
    packTile(packed + (intptr_t)r * block->steps,
             p->left + (intptr_t)(block->firstRow + r) * p->leftRow +
                 (intptr_t)block->firstStep * p->leftStep,
             p->leftRow, p->leftStep, height, block->steps);
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
  if (panels == 0) return;
  placeTiles(&tiles, block, column);
  tiles.panels = panels;
  computeRows(block, &tiles, PANEL_VECTORS);
}

static void multiplyBlock(const Block *block, Share columns) {
  const Product *p = block->product;
  const int partial = (columns.to - columns.from) % PANEL_COLUMNS;
  const Share whole = {columns.from, columns.to - partial};
  if (whole.from == whole.to) {
    /* Nothing but the partial panel. */
  } else if (!p->rightPanel && conflicts(p->rightStep, block->steps) && block->rows > TILE_ROWS) {
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

/* Steps of k below which a sum is short. */
#ifndef SHORT_SUM
#define SHORT_SUM 64
#endif

/* Whether the rows of the left factor are packed; with up to 4 rows of a tile no cache set overflows. */
static int packsLeft(const Product *p) {
  const int stride = p->leftStep == 1 && TILE_ROWS > 4 ? p->leftRow : p->leftStep;
  return p->rows > 2 && conflicts(stride, p->steps);
}

/*
 * The part of a piece. The columns are split between the pieces if the panels divide evenly or are many, because each piece then
 * reads only its share of the right factor. Otherwise the rows are split. They are also split if the left factor is packed, and
 * if the sums are short: the right factor is cheap to read for every piece then, while threads that write neighbouring columns
 * would fight for cache lines.
 */
static Part partOf(const Run *run, const Product *p) {
  const Part all = {{0, p->rows}, {0, p->columns}};
  if (run->pieces == 1) return all;
  const int panels = (p->columns + PANEL_COLUMNS - 1) / PANEL_COLUMNS;
  const int even = panels % run->pieces == 0 || panels >= 8 * run->pieces;
  if ((packsLeft(p) || !even || p->steps < SHORT_SUM) && p->rows >= run->pieces) {
    return (Part){ownShare(run, p->rows), all.columns};
  }
  const Share share = ownShare(run, panels);
  return (Part){all.rows,
                {SMALLER(share.from * PANEL_COLUMNS, p->columns), SMALLER(share.to * PANEL_COLUMNS, p->columns)}};
}

/* How many tiles cover so many rows; both divisors are constants. */
static int tilesOf(const Product *p, int rows) {
  return p->columns <= F32V_LANES ? (rows + NARROW_ROWS - 1) / NARROW_ROWS
                                  : (rows + TILE_ROWS - 1) / TILE_ROWS;
}

Part multiply(const Run *run, const Product *product) {
  const Part part = partOf(run, product);
  float *packedLeft = run->scratch + SCRATCH_PANEL + SCRATCH_EDGE;
  if (part.columns.from >= part.columns.to) return part;
  for (int r = part.rows.from; r < part.rows.to; r += ROW_BLOCK) {
    const int rows = SMALLER(ROW_BLOCK, part.rows.to - r);
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
      if (packsLeft(product)) {
        packLeft(&block, packedLeft);
        block.packedLeft = packedLeft;
      }
      multiplyBlock(&block, part.columns);
      k += K_BLOCK;
    } while (k < product->steps);
  }
  return part;
}
