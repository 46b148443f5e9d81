/*
 * What the kernels share: the memory of a run, and the function that runs each kind of op. Such a function reads the
 * fields of its op and calls the loops beside it. It checks nothing, because the host has checked shapes and values.
 *
 * generated/table.h, generated/scalars.h and generated/ops.h are written by compile/headers.mjs from the tables of
 * packages/core.
 */
#ifndef VINCULUM_KERNELS_H
#define VINCULUM_KERNELS_H

#include <stdint.h>

#include "scalars.h"
#include "table.h"
#include "team.h"
#include "vector.h"

/*
 * Vectors side by side in a tile, and the columns of a panel: of packed weights, and of what a tile computes
 * for one column of factors. The last panel of a product may need one vector only.
 */
#define PANEL_VECTORS 2
#define PANEL_COLUMNS (PANEL_VECTORS * F32V_LANES)

/*
 * Steps of k between a store and a reload of the partial sums, so that the panels in use stay in the nearest
 * caches. It does not change a result; test builds vary it.
 */
#ifndef K_BLOCK
#define K_BLOCK 512
#endif

/* Rows that one pass over the panels works on, so that their share of the left factor stays in the second cache; short sums take more. */
#ifndef ROW_BLOCK
#define ROW_BLOCK 256
#endif

/*
 * Scratch of a thread, in floats: one packed panel of the right factor, the sums of a partial panel, packed rows of
 * the left factor.
 */
#define SCRATCH_PANEL (PANEL_COLUMNS * K_BLOCK)
#define MOST_ROWS (2 * ROW_BLOCK)
#define SCRATCH_EDGE (PANEL_COLUMNS * MOST_ROWS)
#define SCRATCH_FLOATS (SCRATCH_PANEL + SCRATCH_EDGE + ROW_BLOCK * K_BLOCK)

/* The memory of one run, for a thread that works on one piece of it. */
typedef struct {
  char *arena;
  double *scalars;
  /* SCRATCH_FLOATS floats of this thread, 64-byte aligned; their content means nothing between ops. */
  float *scratch;
  /* n, the rows of this run. */
  int rows;
  /* The number of this piece, and into how many pieces the work of each op is cut. */
  int piece;
  int pieces;
} Run;

/* The output elements of one piece: some columns of some rows. */
typedef struct {
  Share rows;
  Share columns;
} Part;

/*
 * Sizes and rows are int, at most 2^31 - 2^16, which the host checks; so a loop may step a block beyond the end. A product of two of
 * them is a number of elements of memory and may be larger: such products are intptr_t.
 */

/* This piece's share of `count` units of work. */
static inline Share ownShare(const Run *run, int count) {
  return shareOf(count, run->piece, run->pieces);
}

/* The memory of a tensor, or a null pointer if it is absent. */
static inline void *tensorAt(const Run *run, int32_t place) {
#ifndef __wasm__
  /* WebAssembly sees its own memory only. */
  if (place == CALLERS_ROWS) return (void *)(uintptr_t)run->scalars[SCALAR_CALLERS_ROWS];
#endif
  return place == NONE ? 0 : run->arena + ((uintptr_t)(uint32_t)place << 2);
}

static inline double doubleAt(const int32_t *words) {
  double value;
  __builtin_memcpy(&value, words, sizeof value);
  return value;
}

static inline float floatAt(const int32_t *word) {
  float value;
  __builtin_memcpy(&value, word, sizeof value);
  return value;
}

#include "ops.h"

/* What an op does once, after all its pieces: the sum of their results, in a fixed order. */
void finishLoss(const Run *run, const int32_t *op);
void finishSumOfSquares(const Run *run, const int32_t *op);

/* An activation and its parameter: the slope of leaky-relu, the alpha of elu. */
typedef struct {
  int phi;
  double parameter;
} Activation;

/*
 * out = phi(input), or with a source out = input * phi'(source); `count` elements, out may be input or source.
 */
void activate(float *out, const float *input, const float *source, intptr_t count,
              Activation activation);

/* The same for a part of matrices with rows of `columns`; source may be a null pointer. */
void activatePart(float *out, const float *input, const float *source, int columns, Part part,
                  Activation activation);

#endif
