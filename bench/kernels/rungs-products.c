/*
 * The rungs of the packing, and those of the three matrix products in portable numerics, where a term is multiplied and then added.
 */
#include "rungs-products.h"

/* Reads the weight row by row. */
RUNG(plainPacking) {
  const Packing packing = packingAt(run, op);
  for (int o = 0; o < packedColumns(&packing); o++) {
    for (int i = 0; i < packing.fanIn; i++) *packedAt(&packing, i, o) = weightAt(&packing, i, o);
  }
}

RUNG(linePacking) {
  const Packing packing = packingAt(run, op);
  packLines(&packing);
}

#define MULTIPLY_ADD(a, b, sum) ((sum) + (a) * (b))
#define MULTIPLY_ADD_NUMBERS MULTIPLY_ADD
#define PLAIN_PRODUCT plainProduct
#define VECTOR_PRODUCT vectorProduct
#define TILE_PRODUCT tileProduct
#include "expand-products.h"
