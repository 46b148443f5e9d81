/*
 * Philox4x32-10, the counter-based generator behind every random number: a block of four words is a pure
 * function of a counter and a key, so a mask can be drawn again in the backward pass. Here four blocks whose
 * counters differ in the first word by 0, 1, 2, 3 are drawn at once, a block a lane.
 *
 * Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", section 3.3.
 */
#ifndef VINCULUM_PHILOX_H
#define VINCULUM_PHILOX_H

#include "vector.h"

#define PHILOX_ROUNDS 10
#define PHILOX_MULTIPLIER_0 0xd2511f53u
#define PHILOX_MULTIPLIER_1 0xcd9e8d57u
#define PHILOX_WEYL_0 0x9e3779b9u
#define PHILOX_WEYL_1 0xbb67ae85u

/* Words that four blocks hold. */
#define PHILOX_WORDS 16

/* The high and low halves of the 64-bit products, lane by lane. */
INLINE void multiplyWide(u32q *high, u32q *low, u32q x, uint32_t multiplier) {
  const u64d first =
      __builtin_convertvector(__builtin_shufflevector(x, x, 0, 1), u64d) * (uint64_t)multiplier;
  const u64d second =
      __builtin_convertvector(__builtin_shufflevector(x, x, 2, 3), u64d) * (uint64_t)multiplier;
  *high = __builtin_shufflevector((u32q)first, (u32q)second, 1, 3, 5, 7);
  *low = __builtin_shufflevector((u32q)first, (u32q)second, 0, 2, 4, 6);
}

/*
 * words[4 b + w] = word w of the block with counter {counter[0] + b, counter[1], counter[2], counter[3]},
 * b = 0 .. 3; the key is the two halves of the seed. Little-endian machines only, as all targets are.
 */
INLINE void philoxBlocks(uint32_t *words, const uint32_t *counter, uint32_t keyLow,
                         uint32_t keyHigh) {
  u32q x0 = counter[0] + (u32q){0, 1, 2, 3};
  u32q x1 = counter[1] - (u32q){0};
  u32q x2 = counter[2] - (u32q){0};
  u32q x3 = counter[3] - (u32q){0};
  for (int round = 0; round < PHILOX_ROUNDS; round++) {
    u32q high0, low0, high1, low1;
    multiplyWide(&high0, &low0, x0, PHILOX_MULTIPLIER_0);
    multiplyWide(&high1, &low1, x2, PHILOX_MULTIPLIER_1);
    x0 = high1 ^ x1 ^ keyLow;
    x1 = low1;
    x2 = high0 ^ x3 ^ keyHigh;
    x3 = low0;
    keyLow += PHILOX_WEYL_0;
    keyHigh += PHILOX_WEYL_1;
  }
  f32q rows[4] = {(f32q)x0, (f32q)x1, (f32q)x2, (f32q)x3};
  transposeQuads(rows);
  for (int b = 0; b < 4; b++) storeQuad((float *)words + 4 * b, rows[b]);
}

#endif
