/*
 * The text of the product rungs in both numerics, which rungs-products.c and fused-rungs.c expand: plain loops, then vectors along the
 * outputs, then a register tile. Every sum starts from +0 and goes through k in ascending order, so all rungs of one numerics have the
 * same bits. The kernel that ships adds tiles as high as the registers allow, blocks of k and rows, and panels if rows would share the
 * sets of a cache. The file that includes it defines
 *
 *   MULTIPLY_ADD(a, b, sum)           how a term is added to a vector of sums,
 *   MULTIPLY_ADD_NUMBERS(a, b, sum)   how it is added to one sum,
 *   PLAIN_PRODUCT                     the names of the three rungs.
 *   VECTOR_PRODUCT
 *   TILE_PRODUCT
 */
#include "rungs-products.h"

/* The rows of the larger tile of the rungs. Its 4 x 2 vectors of sums and the factors fit into 16 registers. */
#define RUNG_ROWS 4

/* RUNG for a name that is a macro. */
#define EXPANDED_RUNG(name) RUNG(name)

EXPANDED_RUNG(PLAIN_PRODUCT) {
  const Factors f = factorsOf(run, op);
  for (int r = 0; r < f.rows; r++) {
    for (int c = 0; c < f.columns; c++) {
      float sum = 0.0f;
      for (int k = 0; k < f.steps; k++) {
        const float factor = f.left[r * f.leftRow + k * f.leftStep];
        sum = MULTIPLY_ADD_NUMBERS(factor, f.right[k * f.rightStep + c * f.rightColumn], sum);
      }
      f.out[(intptr_t)r * f.columns + c] = sum;
    }
  }
  finish(&f);
}

/* `rows` x `vectors` vectors of sums in registers; or, with `some`, the last `some` columns of one vector. */
INLINE void tileAt(const Factors *f, int r, int c, int some, const int rows, const int vectors,
                   const int partial) {
  f32v sums[RUNG_ROWS][PANEL_VECTORS];
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int v = 0; v < vectors; v++) sums[i][v] = (f32v){0};
  }
  const float *left = f->left + r * f->leftRow;
  const float *right = f->right + c / PANEL_COLUMNS * f->rightPanel + c % PANEL_COLUMNS;
  for (int k = f->steps; k > 0; k--) {
    UNROLL for (int v = 0; v < vectors; v++) {
      const float *from = right + v * F32V_LANES;
      const f32v factor = partial ? loadPartial(from, some) : loadVector(from);
      UNROLL for (int i = 0; i < rows; i++) {
        sums[i][v] = MULTIPLY_ADD(splat(left[i * f->leftRow]), factor, sums[i][v]);
      }
    }
    left += f->leftStep;
    right += f->rightStep;
  }
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int v = 0; v < vectors; v++) {
      float *out = f->out + (intptr_t)(r + i) * f->columns + c + v * F32V_LANES;
      if (partial) {
        storePartial(out, sums[i][v], some);
      } else {
        storeVector(out, sums[i][v]);
      }
    }
  }
}

/* All columns of some rows, `vectors` at a time while there are as many. */
INLINE void rowsAt(const Factors *f, int r, const int rows, const int vectors) {
  int c = 0;
  for (; c + vectors * F32V_LANES <= f->columns; c += vectors * F32V_LANES) {
    tileAt(f, r, c, 0, rows, vectors, 0);
  }
  for (; c + F32V_LANES <= f->columns; c += F32V_LANES) tileAt(f, r, c, 0, rows, 1, 0);
  if (c < f->columns) tileAt(f, r, c, f->columns - c, rows, 1, 1);
}

INLINE void tiledProduct(const Run *run, const int32_t *op, const int rows, const int vectors) {
  Factors f = factorsOf(run, op);
  if (op[OP_KIND] == OP_PACK_WEIGHTS) {
    const Packing packing = packingAt(run, op);
    packLines(&packing);
    f.right = packing.packed;
    f.rightStep = PANEL_COLUMNS;
    f.rightPanel = (intptr_t)f.steps * PANEL_COLUMNS;
  }
  int r = 0;
  for (; r + rows <= f.rows; r += rows) rowsAt(&f, r, rows, vectors);
  for (; r < f.rows; r++) rowsAt(&f, r, 1, vectors);
  finishVectors(&f);
}

/* Computes one vector of outputs at a time. */
EXPANDED_RUNG(VECTOR_PRODUCT) { tiledProduct(run, op, 1, 1); }

/* Computes 4 x 2 vectors at a time, and reads both factors without packing. */
EXPANDED_RUNG(TILE_PRODUCT) { tiledProduct(run, op, RUNG_ROWS, PANEL_VECTORS); }
