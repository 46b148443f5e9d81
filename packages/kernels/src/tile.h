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
} Tiles;

/*
 * Tiles of `rows` x `wide` panels of `vectors` vectors; these three are constants where this is expanded.
 *
 * The loops over tiles and panels are here, around the loop over k, because V8 unrolls an inner loop more often if it is
 * nested more deeply: 62 instead of 53 GFLOP/s (Node 20 on a Zen 5 core). If the loop is unrolled here by 2 or 4, registers
 * spill (22 to 31 GFLOP/s).
 */
INLINE void computeTiles(const Tiles *at, const int rows, const int wide, const int vectors) {
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
      for (int k = at->steps; k > 0; k--) {
        f32v columns[WIDE_PANELS * PANEL_VECTORS];
        UNROLL for (int v = 0; v < width; v++) {
          const float *from = right + v / vectors * rightPanel + v % vectors * F32V_LANES;
          columns[v] = SEES_EDGES(width) ? loadPartial(from, last) : loadVector(from);
        }
        UNROLL for (int i = 0; i < rows; i++) {
          const f32v factor = splat(left[i / group][i % group * leftRow]);
          UNROLL for (int v = 0; v < width; v++) sums[i][v] += factor * columns[v];
        }
        UNROLL for (int i = 0; i < rows; i += group) left[i / group] += leftStep;
        right += rightStep;
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

/*
 * Panels of `vectors` vectors, for tiles of 1 to TILE_ROWS rows, or to NARROW_ROWS for one vector. With 4 of both, a tile
 * of fewer rows may compute a whole panel where one vector is asked for: `out`, `bias` and `right` must have room for it.
 */
void computePanels(const Tiles *at, int rows, int vectors);

/* Panels by WIDE_PANELS for one row, or by half as many for two; their number is a multiple of that. */
void computeWide(const Tiles *at, int rows);

#endif
