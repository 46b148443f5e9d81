/*
 * The tiles of fused numerics: a product is added to a sum by one fused multiply-add, which rounds once. The instruction is
 * written out, because a compiler that may contract expressions decides by itself where it does so, and the results would
 * depend on the compiler. This file is the only one whose machine code has such instructions; the builds count them.
 */
#include "tile.h"

#if HAS_FUSED

#if defined(__AVX512F__) && F32V_LANES == 16

INLINE f32v fusedMultiplyAdd(f32v a, f32v b, f32v sum) {
  return (f32v)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)sum);
}

#elif defined(__FMA__) && F32V_LANES == 8

INLINE f32v fusedMultiplyAdd(f32v a, f32v b, f32v sum) {
  return (f32v)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)sum);
}

#elif defined(__aarch64__)

#include <arm_neon.h>

INLINE f32v fusedMultiplyAdd(f32v a, f32v b, f32v sum) {
  return (f32v)vfmaq_f32((float32x4_t)sum, (float32x4_t)a, (float32x4_t)b);
}

#elif defined(__wasm_relaxed_simd__)

/* Fused or not as the machine likes; the host asks for this module only if a probe has shown that it is fused. */
INLINE f32v fusedMultiplyAdd(f32v a, f32v b, f32v sum) {
  return __builtin_wasm_relaxed_madd_f32x4(a, b, sum);
}

#else
#error "This instruction set has no fused multiply-add for the tiles; do not set HAS_FUSED."
#endif

#define MULTIPLY_ADD(a, b, sum) fusedMultiplyAdd(a, b, sum)
#define COMPUTE_PANELS computeFusedPanels
#define COMPUTE_WIDE computeFusedWide
#include "expand-tiles.h"

#endif
