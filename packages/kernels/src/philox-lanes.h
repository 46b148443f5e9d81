/*
 * The random words of consecutive units, in whole vectors. Wide vectors have one block in each 64-bit lane, because one
 * instruction computes the full products of the low halves of all lanes; the high halves may hold anything until the end.
 * With vectors of four floats, one vector is one block, because SIMD128 would have to unpack the factors for such products
 * and would take three times as long (553 instead of 166 us for 256 x 256 units).
 */
#ifndef VINCULUM_PHILOX_LANES_H
#define VINCULUM_PHILOX_LANES_H

#include "philox.h"
#include "vector.h"

#if F64V_LANES > 2

#define DRAWN_VECTORS 2

#if F64V_LANES == 8

/* The low half of each lane times factor. */
INLINE u64v productOf(u64v x, uint32_t factor) {
  return (u64v)_mm512_mul_epu32((__m512i)x, _mm512_set1_epi64(factor));
}

/* Lanes of x and y in turn: of their first halves, of their last. */
INLINE u64v pairFirst(u64v x, u64v y) { return __builtin_shufflevector(x, y, 0, 8, 1, 9, 2, 10, 3, 11); }

INLINE u64v pairLast(u64v x, u64v y) { return __builtin_shufflevector(x, y, 4, 12, 5, 13, 6, 14, 7, 15); }

#else

INLINE u64v productOf(u64v x, uint32_t factor) {
  return (u64v)_mm256_mul_epu32((__m256i)x, _mm256_set1_epi64x(factor));
}

INLINE u64v pairFirst(u64v x, u64v y) { return __builtin_shufflevector(x, y, 0, 4, 1, 5); }

INLINE u64v pairLast(u64v x, u64v y) { return __builtin_shufflevector(x, y, 2, 6, 3, 7); }

#endif

/* The low halves of x and y as one lane. */
INLINE u64v joinHalves(u64v x, u64v y) { return (x & 0xffffffffu) | (y << 32); }

/* The words of the units from `counter` on. */
INLINE void drawWords(u32v words[DRAWN_VECTORS], PhiloxBlock counter, uint32_t keyLow, uint32_t keyHigh) {
  u64v x[PHILOX_WORDS];
  UNROLL for (int i = 0; i < PHILOX_WORDS; i++) x[i] = counter.words[i] + (u64v){0};
  UNROLL for (int lane = 0; lane < F64V_LANES; lane++) x[0][lane] += (unsigned)lane;
  UNROLL for (int round = 0; round < PHILOX_ROUNDS; round++) {
    const u64v product0 = productOf(x[0], PHILOX_MULTIPLIER_0);
    const u64v product1 = productOf(x[2], PHILOX_MULTIPLIER_1);
    x[0] = (product1 >> 32) ^ x[1] ^ keyLow;
    x[1] = product1;
    x[2] = (product0 >> 32) ^ x[3] ^ keyHigh;
    x[3] = product0;
    keyLow += PHILOX_WEYL_0;
    keyHigh += PHILOX_WEYL_1;
  }
  const u64v low = joinHalves(x[0], x[1]);
  const u64v high = joinHalves(x[2], x[3]);
  words[0] = (u32v)pairFirst(low, high);
  words[1] = (u32v)pairLast(low, high);
}

#else

#define DRAWN_VECTORS 1

INLINE void drawWords(u32v words[DRAWN_VECTORS], PhiloxBlock counter, uint32_t keyLow, uint32_t keyHigh) {
  const PhiloxBlock block = philox(counter, keyLow, keyHigh);
  words[0] = (u32v){block.words[0], block.words[1], block.words[2], block.words[3]};
}

#endif

/* Units that a draw is for. */
#define DRAWN_UNITS (DRAWN_VECTORS * F32V_LANES)

#endif
