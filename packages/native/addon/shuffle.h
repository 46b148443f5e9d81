/*
 * The permutation of an epoch, as packages/core/src/random/shuffle.ts defines it, with the same numbers in the same order.
 */
#ifndef VINCULUM_SHUFFLE_H
#define VINCULUM_SHUFFLE_H

#include <stdint.h>

/*
 * Fills out with a permutation of 0 to count - 1.
 *
 * stream: the last word of the counter, the purpose in its top 8 bits. part, epoch: words 1 and 2.
 */
void shuffle(uint32_t *out, uint32_t count, uint32_t seedLow, uint32_t seedHigh, uint32_t stream,
             uint32_t part, uint32_t epoch);

#endif
