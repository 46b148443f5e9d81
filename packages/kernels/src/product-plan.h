/*
 * The decisions of multiply that depend on caches and on the number of pieces.
 */
#ifndef VINCULUM_PRODUCT_PLAN_H
#define VINCULUM_PRODUCT_PLAN_H

#include "product.h"
#include "tile.h"

#define SMALLER(a, b) ((a) < (b) ? (a) : (b))

/*
 * Rows whose distance is a multiple of 2 KiB share the sets of the first cache. Reading the rows of a tile or of a panel
 * together then misses the cache all the time (190 instead of 255 GFLOP/s, 1024 columns on a Zen 5 core).
 */
#ifndef CONFLICT_STRIDE
#define CONFLICT_STRIDE 512
#endif

/* Fewer steps than this stay in the cache at any stride. */
#ifndef CONFLICT_STEPS
#define CONFLICT_STEPS 16
#endif

/* Whether so many floats do not stay in the second cache beside what else is read. */
int exceedsCache(intptr_t floats);

/* Every second cache holds so many floats, so a small product need not ask. */
#define NEAR_FLOATS (1 << 15)

/* The same as exceedsCache, but never in WebAssembly, which knows no cache. */
static inline int isFar(intptr_t floats) {
  return FETCHES_EARLY && floats > NEAR_FLOATS && exceedsCache(floats);
}

/* Whether the right factor of a product is far. */
static inline int rightIsFar(const Product *p) {
  return isFar((intptr_t)p->steps * p->columns);
}

/* Whether so many rows of a stride share a few sets of the first cache. */
static inline int conflicts(int stride, int steps) {
  return stride % CONFLICT_STRIDE == 0 && steps >= CONFLICT_STEPS;
}

/* Whether the rows of the left factor are packed. */
int packsLeft(const Product *p);

/* The part of one of several pieces: some columns of some rows. */
Part partOf(const Run *run, const Product *p);

#endif
