/*
 * The register tile that all three matrix kernels share:
 *
 *   out[r][c] = sum over k, ascending from +0, of left[r][k] * right[k][c]      (then + bias[c])
 *
 * Vectors run along c, so each lane is one output element and its sum is taken in ascending k whatever the
 * tile, the vector width and the number of rows: numerics rule 2. A block of k may end early: the partial sum
 * is stored in out, exactly, and reloaded by the next block.
 *
 * A full tile is 4 rows x 1 panel of 8 columns; larger ones spill on one V8 or another. A rest of 1 or 2 rows
 * takes more panels at once, so that enough sums are under way to hide the latency of an addition.
 */
#ifndef VINCULUM_TILE_H
#define VINCULUM_TILE_H

#include "kernels.h"
#include "vector.h"

#define TILE_ROWS 4
#define PANEL_VECTORS (PANEL_COLUMNS / F32V_LANES)
#define GROUP_COLUMNS (GROUP_PANELS * PANEL_COLUMNS)
#define MOST_VECTORS (GROUP_PANELS * PANEL_VECTORS)

/* One block of k of a matrix product, for some rows and up to GROUP_PANELS panels of columns. */
typedef struct {
  /* [rows][columns], row stride outStride; overwritten, or continued where `resume` is set. */
  float *out;
  int outStride;
  int rows;
  int columns;
  int resume;
  /*
   * By rows: left[r][k] stands at left[r * leftRow + k].
   * By columns, in tiles of TILE_ROWS: at left[(r - r % 4) * leftRow + k * leftStep + r % 4].
   */
  const float *left;
  int leftRow;
  int leftStep;
  /* right[k][c] of panel p stands at right[p * rightPanel + k * rightStep + c]. */
  const float *right;
  int rightStep;
  int rightPanel;
  /* Number of k in this block. */
  int steps;
  /* Added after the last block; a null pointer before it or where there is none. */
  const float *bias;
} Block;

/*
 * Where a tile writes and what it adds: straight into the block's tensors, or for the last, partial panel
 * into a buffer of whole panels. A tile itself never sees an edge.
 */
typedef struct {
  float *out;
  int outStride;
  const float *bias;
} Target;

/*
 * One tile at row `r`, panel `p`. `byRow` says how the left factor is read; it, `rows` and `panels` are
 * constants where this is expanded.
 */
INLINE void tile(const Block *block, Target target, int r, int p, const int rows,
                 const int panels, const int byRow) {
  const int vectors = panels * PANEL_VECTORS;
  const uintptr_t outStride = (uintptr_t)target.outStride;
  f32v sums[TILE_ROWS][MOST_VECTORS];
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int v = 0; v < vectors; v++) sums[i][v] = splat(0.0f);
  }
  if (block->resume) {
    UNROLL for (int i = 0; i < rows; i++) {
      UNROLL for (int v = 0; v < vectors; v++) {
        sums[i][v] = loadVector(target.out + (uintptr_t)i * outStride + v * F32V_LANES);
      }
    }
  }
  const float *left[TILE_ROWS];
  const int within = byRow ? 0 : r % TILE_ROWS;
  UNROLL for (int i = 0; i < rows; i++) {
    left[i] = block->left + (uintptr_t)(r - within + i) * (uintptr_t)block->leftRow + within;
  }
  const uintptr_t leftStep = byRow ? 1 : (uintptr_t)block->leftStep;
  const uintptr_t rightStep = (uintptr_t)block->rightStep;
  const uintptr_t rightPanel = (uintptr_t)block->rightPanel;
  const float *right = block->right + (uintptr_t)p * rightPanel;
  /* One step a turn: unrolled by 2 or 4, V8 spills (22 to 31 instead of 52 GFLOP/s, Node 20 on a Zen 5 core). */
  for (int k = block->steps; k > 0; k--) {
    f32v columns[MOST_VECTORS];
    UNROLL for (int v = 0; v < vectors; v++) {
      columns[v] = loadVector(right + (uintptr_t)(v / PANEL_VECTORS) * rightPanel +
                              (v % PANEL_VECTORS) * F32V_LANES);
    }
    UNROLL for (int i = 0; i < rows; i++) {
      const f32v factor = splat(byRow ? *left[i] : left[0][i]);
      UNROLL for (int v = 0; v < vectors; v++) sums[i][v] += factor * columns[v];
      if (byRow) left[i] += leftStep;
    }
    if (!byRow) left[0] += leftStep;
    right += rightStep;
  }
  if (target.bias) {
    UNROLL for (int v = 0; v < vectors; v++) {
      const f32v bias = loadVector(target.bias + v * F32V_LANES);
      UNROLL for (int i = 0; i < rows; i++) sums[i][v] += bias;
    }
  }
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int v = 0; v < vectors; v++) {
      storeVector(target.out + (uintptr_t)i * outStride + v * F32V_LANES, sums[i][v]);
    }
  }
}

/* panel[k][c] = from[k * stride + c] for c < columns, +0 up to PANEL_COLUMNS. */
void packPanel(float *restrict panel, const float *restrict from, int stride, int steps,
               int columns);

/* Every tile of a block, for left[r][k] with k contiguous, and for r contiguous. */
void multiplyByRows(const Block *block);
void multiplyByColumns(const Block *block);

#endif
