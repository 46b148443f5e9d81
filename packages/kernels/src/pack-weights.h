/*
 * The panels of packed weights, shared by packWeights and by the update, which writes them as it goes.
 */
#ifndef VINCULUM_PACK_WEIGHTS_H
#define VINCULUM_PACK_WEIGHTS_H

#include "kernels.h"

/* Rows of the weight that are transposed at once; threads share the rows in this unit. */
#define QUAD 4

/*
 * packed[p][i][c] = weight[p * 8 + c][i], +0 in the rest of the last quad, the rest of a panel left as it is; 8 stands
 * for PANEL_COLUMNS.
 *
 * packed: [ceil(fanOut / 8)][fanIn][8], overwritten up to its last quad; must not overlap weight, [fanOut][fanIn].
 */
typedef struct {
  float *packed;
  const float *weight;
  int fanIn;
  int fanOut;
} Packing;

/* The packing that an op of the table asks for. */
Packing packingAt(const Run *run, const int32_t *op);

/* How many quads of rows the weight has. */
int quadsOf(const Packing *packing);

/* Packs some quads of rows. */
void packQuads(const Packing *packing, Share quads);

#endif
