/*
 * The register tile that all three matrix kernels share:
 *
 *   out[r][c] = sum over k, ascending from +0, of left[r][k] * right[k][c]      (then + bias[c])
 *
 * Vectors run along c, so each lane is one output element and its sum is taken in ascending k whatever the
 * tile, the vector width and the number of rows: numerics rule 2. A block of k may end early: the partial sum
 * is stored in out, exactly, and reloaded by the next block.
 *
 * A tile has up to TILE_ROWS rows and PANEL_VECTORS vectors: as many sums as the registers hold beside the
 * factors. One or two rows take several panels at once, so that enough sums are under way to hide the
 * latency of an addition.
 */
#ifndef VINCULUM_TILE_H
#define VINCULUM_TILE_H

#include "kernels.h"

/* 32 registers hold 14 x 2 sums, 16 hold 6 x 2; more than 4 x 2 spill on one V8 or another. */
#ifndef TILE_ROWS
#define TILE_ROWS 4
#endif

/*
 * Rows of a tile that is one vector wide, which has half the sums in a row. The WebAssembly build must stay small, so it
 * instantiates narrow tiles only at full height.
 */
#if TILE_ROWS == 4
#define NARROW_ROWS 4
#elif TILE_ROWS == 6
#define NARROW_ROWS 12
#else
#define NARROW_ROWS 16
#endif

/* Panels that a single row takes at once. */
#define WIDE_PANELS 4

/* Whether tiles of this many vectors may end inside the last vector: only if masked loads and stores are as fast as whole ones. */
#define SEES_EDGES(vectors) (F32V_LANES == 16 && (vectors) == 1)

/* Tiles of one shape, one below the other, in panels side by side. */
typedef struct {
  /* [rows][columns], row stride outStride; overwritten, or continued if `resume` is set. */
  float *out;
  intptr_t outStride;
  int resume;
  /* left[r][k] is left[r * leftRow + k * leftStep]; the next tile begins `leftTile` elements later. */
  const float *left;
  intptr_t leftRow;
  intptr_t leftStep;
  intptr_t leftTile;
  /* right[k][c] of panel p is right[p * rightPanel + k * rightStep + c]. */
  const float *right;
  intptr_t rightStep;
  intptr_t rightPanel;
  /* Number of k in this block. */
  int steps;
  /* Added after the last block; a null pointer before the last block or if there is no bias. */
  const float *bias;
  /* How many tiles of how many panels. */
  int tiles;
  int panels;
  /* Columns of the last vector; all but where tiles see edges. */
  int last;
  /* Whether the left factor is packed and larger than the second cache, so that lines are fetched early. */
  int leftIsFar;
  /*
   * What is read after this panel and is not yet in the second cache: the line of step k is next[k * nextStep], and the lines that
   * the next tile of this panel fetches begin `nextTile` elements later. A null pointer if there is nothing to fetch early.
   */
  const float *next;
  intptr_t nextStep;
  intptr_t nextTile;
} Tiles;

/* Cache lines of a step of a panel: so many tiles of a panel fetch what comes after it. */
#define LINE_FLOATS 16
#define LINES_OF_STEP ((PANEL_COLUMNS + LINE_FLOATS - 1) / LINE_FLOATS)

/* Whether lines are fetched early; WebAssembly has no such instruction. */
#ifdef __wasm__
#define FETCHES_EARLY 0
#else
#define FETCHES_EARLY 1
#endif

/*
 * Panels of `vectors` vectors, for tiles of 1 to TILE_ROWS rows, or to NARROW_ROWS for one vector. With 4 of both, a tile
 * of fewer rows may compute a whole panel where one vector is asked for: `out`, `bias` and `right` must have room for it.
 */
void computePanels(const Tiles *at, int rows, int vectors);

/* Panels by WIDE_PANELS for one row, or by half as many for two; their number is a multiple of that. */
void computeWide(const Tiles *at, int rows);

/*
 * Whether this build has the tiles of fused numerics: the processor must have a fused multiply-add for float32 vectors, and the
 * build must be allowed to use it.
 */
#ifndef HAS_FUSED
#define HAS_FUSED 0
#endif

/* computePanels and computeWide with one rounding for each term of a sum; only if HAS_FUSED. */
void computeFusedPanels(const Tiles *at, int rows, int vectors);
void computeFusedWide(const Tiles *at, int rows);

#endif
