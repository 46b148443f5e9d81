/*
 * The text of rungs-peak.c and fused-peak.c: independent chains of multiplications and additions on registers. The file that includes it
 * defines MULTIPLY_ADD(a, b, sum), which says how a term is added to a vector of sums, and then its functions by DEFINE_PEAK.
 */
#include "vector.h"

#ifdef __wasm__
#define EXPORTED_PEAK(name) __attribute__((export_name(#name)))
#else
#define EXPORTED_PEAK(name)
#endif

/* `chains` independent chains in registers, `turns` times each. */
INLINE float chainsOf(const int chains, int turns, float factor) {
  f32v sums[12];
  UNROLL for (int i = 0; i < chains; i++) sums[i] = splat((float)i);
  const f32v scale = splat(factor);
  for (int k = 0; k < turns; k++) {
    UNROLL for (int i = 0; i < chains; i++) sums[i] = MULTIPLY_ADD(sums[i], scale, scale);
  }
  f32v total = splat(0.0f);
  UNROLL for (int i = 0; i < chains; i++) total += sums[i];
  return total[0];
}

/* Defines a function that runs so many chains. */
#define DEFINE_PEAK(name, chains)         \
  EXPORTED_PEAK(name)                     \
  float name(int turns, float factor) { return chainsOf(chains, turns, factor); }
