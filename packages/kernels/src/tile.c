/*
 * The loops over the tiles of a block, once for each way to read the left factor (denseForward and
 * denseInputAdjoint along k, denseWeightAdjoint along its rows), and the packing of the right factor.
 */
#include "tile.h"

/* The sums of up to TILE_ROWS rows of one partial panel, and its bias. */
typedef struct {
  float out[TILE_ROWS * PANEL_COLUMNS];
  float bias[PANEL_COLUMNS];
} Edge;

/* Where a tile over whole panels writes. */
INLINE Target inside(const Block *block, int r, int p) {
  return (Target){
      .out = block->out + (uintptr_t)r * (uintptr_t)block->outStride + p * PANEL_COLUMNS,
      .outStride = block->outStride,
      .bias = block->bias ? block->bias + p * PANEL_COLUMNS : 0,
  };
}

/* Copies `columns` floats of each row, whatever their bits. */
static void copyRows(float *to, int toStride, const float *from, int fromStride, int rows,
                     int columns) {
  for (int i = 0; i < rows; i++) {
    for (int c = 0; c < columns; c++) to[c] = from[c];
    to += toStride;
    from += fromStride;
  }
}

/* Fills the buffer of a partial panel with what the tile continues from. */
static Target enterEdge(Edge *edge, const Block *block, Target at, int rows, int columns) {
  if (block->resume) {
    copyRows(edge->out, PANEL_COLUMNS, at.out, at.outStride, rows, columns);
  }
  if (at.bias) copyRows(edge->bias, 0, at.bias, 0, 1, columns);
  return (Target){edge->out, PANEL_COLUMNS, at.bias ? edge->bias : 0};
}

/* `rows` rows from `r` on: whole panels `wide` at a time, then one at a time, then the partial one. */
INLINE void multiplyRows(const Block *block, int r, const int rows, const int wide,
                         const int byRow) {
  const int whole = block->columns / PANEL_COLUMNS;
  const int rest = block->columns % PANEL_COLUMNS;
  int p = 0;
  if (wide > 1) {
    for (; p + wide <= whole; p += wide) tile(block, inside(block, r, p), r, p, rows, wide, byRow);
  }
  for (; p < whole + (rest > 0); p++) {
    const Target at = inside(block, r, p);
    Edge edge;
    const Target target = p < whole ? at : enterEdge(&edge, block, at, rows, rest);
    tile(block, target, r, p, rows, 1, byRow);
    if (p == whole) copyRows(at.out, at.outStride, edge.out, PANEL_COLUMNS, rows, rest);
  }
}

INLINE void multiplyBlock(const Block *block, const int byRow) {
  int r = 0;
  for (; r + TILE_ROWS <= block->rows; r += TILE_ROWS) {
    multiplyRows(block, r, TILE_ROWS, 1, byRow);
  }
  if (block->rows - r >= 2) {
    multiplyRows(block, r, 2, 2, byRow);
    r += 2;
  }
  if (r < block->rows) multiplyRows(block, r, 1, 4, byRow);
}

void multiplyByRows(const Block *block) { multiplyBlock(block, 1); }

void multiplyByColumns(const Block *block) { multiplyBlock(block, 0); }

void packPanel(float *restrict panel, const float *restrict from, int stride, int steps,
               int columns) {
  for (int k = 0; k < steps; k++) {
    const float *row = from + (uintptr_t)k * (uintptr_t)stride;
    float *to = panel + k * PANEL_COLUMNS;
    if (columns >= PANEL_COLUMNS) {
      UNROLL for (int v = 0; v < PANEL_VECTORS; v++) {
        storeVector(to + v * F32V_LANES, loadVector(row + v * F32V_LANES));
      }
    } else {
      for (int c = 0; c < PANEL_COLUMNS; c++) to[c] = c < columns ? row[c] : 0.0f;
    }
  }
}
