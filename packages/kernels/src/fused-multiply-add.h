/*
 * The one instruction in which fused numerics differ from portable ones, in every instruction set that has it. It has a header of its own,
 * because the tiles use it, and so do the fused rungs of the benchmark and the chains that measure the fused peak. Include it only where
 * HAS_FUSED is set.
 */
#ifndef VINCULUM_FUSED_MULTIPLY_ADD_H
#define VINCULUM_FUSED_MULTIPLY_ADD_H

#include "vector.h"

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
#error "This instruction set has no fused multiply-add; do not set HAS_FUSED."
#endif

#endif
