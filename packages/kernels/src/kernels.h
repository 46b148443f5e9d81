/*
 * What the kernels share: where a run finds its memory, and the entry of each op family. An entry reads the
 * fields of its op (table.h) and calls the kernels beside it; it checks nothing, since the host has checked
 * shapes and values once.
 */
#ifndef VINCULUM_KERNELS_H
#define VINCULUM_KERNELS_H

#include <stdint.h>

#include "table.h"

/* Columns of a panel: of packed weights, and of the tile that the matrix kernels compute at once. */
#ifndef PANEL_COLUMNS
#define PANEL_COLUMNS 8
#endif

/*
 * Steps of k between a store and a reload of the partial sums, so that the panels in use stay in the first
 * cache: 4 panels of 256 x 8 floats are 32 KiB. It cannot show in a result; test builds vary it.
 */
#ifndef K_BLOCK
#define K_BLOCK 256
#endif

/* Rows that one pass over the panels works on, so that their share of x stays in the second cache. */
#ifndef ROW_BLOCK
#define ROW_BLOCK 256
#endif

/* Panels that one pass over the rows works on. */
#define GROUP_PANELS 4

/* Columns of z-bar that the weight adjoint packs at once; a multiple of TILE_ROWS. */
#ifndef PACKED_BARS
#define PACKED_BARS 256
#endif

/* Scratch, in floats: packed panels of one group, then packed columns of z-bar. */
#define SCRATCH_PANELS (GROUP_PANELS * PANEL_COLUMNS * K_BLOCK)
#define SCRATCH_FLOATS (SCRATCH_PANELS + PACKED_BARS * K_BLOCK)

/* The memory of one run. */
typedef struct {
  char *arena;
  double *scalars;
  /* SCRATCH_FLOATS floats, 64-byte aligned; their content means nothing between ops. */
  float *scratch;
  /* n, the rows of this run. */
  int rows;
} Run;

/* The memory of a tensor, or a null pointer where it is absent. */
static inline void *tensorAt(const Run *run, int32_t place) {
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

void runGather(const Run *run, const int32_t *op);
void runPackWeights(const Run *run, const int32_t *op);
void runDense(const Run *run, const int32_t *op);
void runActivation(const Run *run, const int32_t *op);
void runDropout(const Run *run, const int32_t *op);
void runOutput(const Run *run, const int32_t *op);
void runLoss(const Run *run, const int32_t *op);
void runLossAdjoint(const Run *run, const int32_t *op);
void runDenseWeightAdjoint(const Run *run, const int32_t *op);
void runDenseInputAdjoint(const Run *run, const int32_t *op);
void runActivationAdjoint(const Run *run, const int32_t *op);
void runSumOfSquares(const Run *run, const int32_t *op);
void runUpdate(const Run *run, const int32_t *op);
void runScale(const Run *run, const int32_t *op);

/*
 * out = phi(input), `count` elements; out may be input. Also the end of the dense op.
 */
void activationForward(float *out, const float *input, int count, int phi, double parameter);

/*
 * out = input * phi'(source), `count` elements; out may be input. Also the end of the input adjoint.
 */
void activationBackward(float *out, const float *input, const float *source, int count, int phi,
                        double parameter);

#endif
