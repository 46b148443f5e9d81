/*
 * Philox4x32-10, the counter-based generator behind every random number: a block of four words is a pure
 * function of a counter and a key, so a mask can be drawn again in the backward pass. This file computes one block with
 * plain 64-bit multiplications; philox-lanes.h computes several at once.
 *
 * Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", section 3.3.
 */
#ifndef VINCULUM_PHILOX_H
#define VINCULUM_PHILOX_H

#include <stdint.h>

#define PHILOX_WORDS 4
#define PHILOX_ROUNDS 10
#define PHILOX_MULTIPLIER_0 0xd2511f53u
#define PHILOX_MULTIPLIER_1 0xcd9e8d57u
#define PHILOX_WEYL_0 0x9e3779b9u
#define PHILOX_WEYL_1 0xbb67ae85u

typedef struct {
  uint32_t words[PHILOX_WORDS];
} PhiloxBlock;

/* The block of a counter; `keyLow` and `keyHigh` are the halves of the seed. */
static inline PhiloxBlock philox(PhiloxBlock counter, uint32_t keyLow, uint32_t keyHigh) {
  uint32_t x0 = counter.words[0];
  uint32_t x1 = counter.words[1];
  uint32_t x2 = counter.words[2];
  uint32_t x3 = counter.words[3];
  for (int round = 0; round < PHILOX_ROUNDS; round++) {
    const uint64_t product0 = (uint64_t)PHILOX_MULTIPLIER_0 * x0;
    const uint64_t product1 = (uint64_t)PHILOX_MULTIPLIER_1 * x2;
    x0 = (uint32_t)(product1 >> 32) ^ x1 ^ keyLow;
    x1 = (uint32_t)product1;
    x2 = (uint32_t)(product0 >> 32) ^ x3 ^ keyHigh;
    x3 = (uint32_t)product0;
    keyLow += PHILOX_WEYL_0;
    keyHigh += PHILOX_WEYL_1;
  }
  return (PhiloxBlock){{x0, x1, x2, x3}};
}

#endif
