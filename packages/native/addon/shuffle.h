/*
 * The shuffle of an epoch's rows, as packages/core/src/random/shuffle.ts defines it, with the same numbers in the same order.
 */
#ifndef VINCULUM_SHUFFLE_H
#define VINCULUM_SHUFFLE_H

#include <stdint.h>

/*
 * Permutes rows in place.
 *
 * stream: the last word of the counter, the purpose in its top 8 bits. part, epoch: words 1 and 2.
 */
void shuffle(uint32_t *rows, uint32_t count, uint32_t seedLow, uint32_t seedHigh, uint32_t stream,
             uint32_t part, uint32_t epoch);

#endif
