/*
 * The decisions of multiply that depend on caches and on the number of pieces.
 */
#ifndef VINCULUM_PRODUCT_PLAN_H
#define VINCULUM_PRODUCT_PLAN_H

#include "product.h"
#include "tile.h"

/* Whether so many floats do not stay in the second cache beside what else is read. */
int exceedsCache(intptr_t floats);

/* The same, but never in WebAssembly, which knows no cache. */
static inline int isFar(intptr_t floats) { return FETCHES_EARLY && exceedsCache(floats); }

/* Whether the right factor of a product is far. */
static inline int rightIsFar(const Product *p) {
  return isFar((intptr_t)p->steps * p->columns);
}

/* Whether so many rows of a stride share a few sets of the first cache. */
int conflicts(int stride, int steps);

/* Whether the rows of the left factor are packed. */
int packsLeft(const Product *p);

/* The part of a piece: some columns of some rows. */
Part partOf(const Run *run, const Product *p);

#endif
