/*
 * Multiply-then-add chains on registers: the peak with which the ladders and bench/ceilings compare the kernels. Linked with
 * the sources of packages/kernels.
 */
#include "vector.h"

#ifdef __wasm__
#define EXPORTED(name) __attribute__((export_name(#name)))
#else
#define EXPORTED(name)
#endif

/* `chains` independent multiply-then-add chains in registers, `turns` times each. */
INLINE float chainsOf(const int chains, int turns, float factor) {
  f32v sums[12];
  UNROLL for (int i = 0; i < chains; i++) sums[i] = splat((float)i);
  const f32v scale = splat(factor);
  for (int k = 0; k < turns; k++) {
    UNROLL for (int i = 0; i < chains; i++) sums[i] = sums[i] * scale + scale;
  }
  f32v total = splat(0.0f);
  UNROLL for (int i = 0; i < chains; i++) total += sums[i];
  return total[0];
}

EXPORTED(peak8)
float peak8(int turns, float factor) { return chainsOf(8, turns, factor); }

EXPORTED(peak10)
float peak10(int turns, float factor) { return chainsOf(10, turns, factor); }

EXPORTED(peak12)
float peak12(int turns, float factor) { return chainsOf(12, turns, factor); }
