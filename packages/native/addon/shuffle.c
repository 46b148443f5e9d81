/*
 * Fisher-Yates from the end, with draws by rejection (Knuth, TAOCP vol. 2, section 3.4.2, algorithm P).
 */
#include "shuffle.h"

#include "philox.h"

void shuffle(uint32_t *rows, uint32_t count, uint32_t seedLow, uint32_t seedHigh, uint32_t stream,
             uint32_t part, uint32_t epoch) {
  PhiloxBlock words = {{0}};
  uint32_t block = 0;
  int next = PHILOX_WORDS;
  for (uint32_t i = count; i-- > 1;) {
    const uint32_t bound = i + 1;
    uint32_t place;
    uint32_t word;
    /* A word at or above the largest multiple of the bound is passed over. */
    do {
      if (next == PHILOX_WORDS) {
        words = philox((PhiloxBlock){{block++, part, epoch, stream}}, seedLow, seedHigh);
        next = 0;
      }
      word = words.words[next++];
      place = word % bound;
    } while ((uint64_t)word - place + bound > (uint64_t)1 << 32);
    const uint32_t kept = rows[i];
    rows[i] = rows[place];
    rows[place] = kept;
  }
}
