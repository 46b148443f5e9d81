/*
 * The vector type of the kernels: F32V_LANES float32 lanes (4 for WebAssembly SIMD128 and NEON, 8 for AVX2,
 * 16 for AVX-512), written with the vector extensions that GCC and Clang share. The width cannot show in a
 * result: every lane belongs to an output element of its own, or to a lane that numerics rule 3 fixes.
 *
 * Compile with -ffp-contract=off and never with -ffast-math. A multiply and an add stay two roundings.
 */
#ifndef VINCULUM_VECTOR_H
#define VINCULUM_VECTOR_H

#include <stdint.h>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "elementary.h"

#ifndef F32V_LANES
#define F32V_LANES 4
#endif

#define INLINE static inline __attribute__((always_inline))

/* For loops with a constant count, which hold their arrays in registers once they are unrolled. */
#ifdef __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 32")
#endif

typedef float f32v __attribute__((vector_size(4 * F32V_LANES)));
typedef int32_t i32v __attribute__((vector_size(4 * F32V_LANES)));
typedef uint32_t u32v __attribute__((vector_size(4 * F32V_LANES)));
/* As many float32 lanes as an f64v has doubles. */
typedef float f32h __attribute__((vector_size(4 * F64V_LANES)));

/* Four lanes on every machine: for shuffles and conversions that are written out. */
typedef float f32q __attribute__((vector_size(16)));
typedef int32_t i32q __attribute__((vector_size(16)));
typedef uint32_t u32q __attribute__((vector_size(16)));

/* The same types at any multiple of four bytes. */
typedef float f32vAny __attribute__((vector_size(4 * F32V_LANES), aligned(4), may_alias));
typedef float f32hAny __attribute__((vector_size(4 * F64V_LANES), aligned(4), may_alias));
typedef float f32qAny __attribute__((vector_size(16), aligned(4), may_alias));
typedef uint8_t u8vAny __attribute__((vector_size(F32V_LANES), aligned(1), may_alias));
typedef double f64vAny __attribute__((vector_size(8 * F64V_LANES), aligned(8), may_alias));

INLINE f32v loadVector(const float *from) { return *(const f32vAny *)from; }

INLINE void storeVector(float *to, f32v value) { *(f32vAny *)to = value; }

INLINE f32q loadQuad(const float *from) { return *(const f32qAny *)from; }

INLINE void storeQuad(float *to, f32q value) { *(f32qAny *)to = value; }

/* Four rows of four become four columns. */
INLINE void transposeQuads(f32q rows[4]) {
  const f32q a = __builtin_shufflevector(rows[0], rows[1], 0, 4, 1, 5);
  const f32q b = __builtin_shufflevector(rows[2], rows[3], 0, 4, 1, 5);
  const f32q c = __builtin_shufflevector(rows[0], rows[1], 2, 6, 3, 7);
  const f32q d = __builtin_shufflevector(rows[2], rows[3], 2, 6, 3, 7);
  rows[0] = __builtin_shufflevector(a, b, 0, 1, 4, 5);
  rows[1] = __builtin_shufflevector(a, b, 2, 3, 6, 7);
  rows[2] = __builtin_shufflevector(c, d, 0, 1, 4, 5);
  rows[3] = __builtin_shufflevector(c, d, 2, 3, 6, 7);
}

/* The same float in every lane; x - 0 is x, also for -0. */
INLINE f32v splat(float value) {
  f32v zero = {0};
  return value - zero;
}

/* mask ? chosen : other, lane by lane; a mask is what a vector comparison gives. */
INLINE f32v choose(i32v mask, f32v chosen, f32v other) {
  return (f32v)((mask & (i32v)chosen) | (~mask & (i32v)other));
}

INLINE f32v absolute(f32v x) { return (f32v)((i32v)x & 0x7fffffff); }

INLINE f32v squareRoot(f32v x) {
#ifdef __clang__
  return __builtin_elementwise_sqrt(x);
#else
  UNROLL for (int lane = 0; lane < F32V_LANES; lane++) x[lane] = __builtin_sqrtf(x[lane]);
  return x;
#endif
}

#if F32V_LANES == 16 && defined(__AVX512F__)

/* The first `count` <= F32V_LANES elements; the other lanes are +0. Nothing beyond them is touched. */
INLINE f32v loadPartial(const float *from, int count) {
  return (f32v)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), from);
}

INLINE void storePartial(float *to, f32v value, int count) {
  _mm512_mask_storeu_ps(to, (__mmask16)((1u << count) - 1), (__m512)value);
}

/* The larger integer of each pair. GCC makes several instructions of this and of the two conversions below. */
INLINE i32v largerIntegers(i32v x, i32v y) {
  return (i32v)_mm512_max_epi32((__m512i)x, (__m512i)y);
}

/* loadPartial and storePartial for an f32h. */
INLINE f32h loadPartialHalf(const float *from, int count) {
  return (f32h)_mm256_maskz_loadu_ps((__mmask8)((1u << count) - 1), from);
}

INLINE void storePartialHalf(float *to, f32h value, int count) {
  _mm256_mask_storeu_ps(to, (__mmask8)((1u << count) - 1), (__m256)value);
}

/* float32 to float64, exact. */
INLINE f64v toDoubles(f32h x) { return (f64v)_mm512_cvtps_pd((__m256)x); }

/* F32V_LANES bytes as integers. */
INLINE i32v loadBytes(const uint8_t *from) {
  return (i32v)_mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i_u *)from));
}

#elif F32V_LANES == 8 && defined(__AVX2__)

/* Lanes below `count`. */
INLINE __m256i firstLanes(int count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

INLINE f32v loadPartial(const float *from, int count) {
  return (f32v)_mm256_maskload_ps(from, firstLanes(count));
}

INLINE void storePartial(float *to, f32v value, int count) {
  _mm256_maskstore_ps(to, firstLanes(count), (__m256)value);
}

INLINE i32v largerIntegers(i32v x, i32v y) {
  return (i32v)_mm256_max_epi32((__m256i)x, (__m256i)y);
}

INLINE f32h loadPartialHalf(const float *from, int count) {
  return (f32h)_mm_maskload_ps(from, _mm256_castsi256_si128(firstLanes(count)));
}

INLINE void storePartialHalf(float *to, f32h value, int count) {
  _mm_maskstore_ps(to, _mm256_castsi256_si128(firstLanes(count)), (__m128)value);
}

INLINE f64v toDoubles(f32h x) { return (f64v)_mm256_cvtps_pd((__m128)x); }

INLINE i32v loadBytes(const uint8_t *from) {
  return (i32v)_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i_u *)from));
}

#else

INLINE f32v loadPartial(const float *from, int count) {
  f32v value = {0};
  UNROLL for (int lane = 0; lane < F32V_LANES; lane++) {
    if (lane < count) value[lane] = from[lane];
  }
  return value;
}

INLINE void storePartial(float *to, f32v value, int count) {
  UNROLL for (int lane = 0; lane < F32V_LANES; lane++) {
    if (lane < count) to[lane] = value[lane];
  }
}

INLINE i32v largerIntegers(i32v x, i32v y) {
#ifdef __clang__
  return __builtin_elementwise_max(x, y);
#else
  return (x & (x > y)) | (y & ~(x > y));
#endif
}

INLINE f32h loadPartialHalf(const float *from, int count) {
  f32h value = {0};
  UNROLL for (int lane = 0; lane < F64V_LANES; lane++) {
    if (lane < count) value[lane] = from[lane];
  }
  return value;
}

INLINE void storePartialHalf(float *to, f32h value, int count) {
  UNROLL for (int lane = 0; lane < F64V_LANES; lane++) {
    if (lane < count) to[lane] = value[lane];
  }
}

INLINE f64v toDoubles(f32h x) { return __builtin_convertvector(x, f64v); }

INLINE i32v loadBytes(const uint8_t *from) {
  return __builtin_convertvector(*(const u8vAny *)from, i32v);
}

#endif

/* Up to F32V_LANES elements; a full vector if there are that many. */
INLINE f32v loadSome(const float *from, int count) {
  return count >= F32V_LANES ? loadVector(from) : loadPartial(from, count);
}

INLINE void storeSome(float *to, f32v value, int count) {
  if (count >= F32V_LANES) {
    storeVector(to, value);
  } else {
    storePartial(to, value, count);
  }
}

/* loadSome and storeSome for an f32h. */
INLINE f32h loadSomeHalf(const float *from, int count) {
  if (count >= F64V_LANES) return *(const f32hAny *)from;
  return loadPartialHalf(from, count);
}

INLINE void storeSomeHalf(float *to, f32h value, int count) {
  if (count >= F64V_LANES) {
    *(f32hAny *)to = value;
  } else {
    storePartialHalf(to, value, count);
  }
}

INLINE f64v loadDoubles(const float *from) { return toDoubles(*(const f32hAny *)from); }

/* from, from + 1, ... */
INLINE f64v indicesFrom(int from) {
  f64v indices = {0};
  UNROLL for (int lane = 0; lane < F64V_LANES; lane++) indices[lane] = lane;
  return indices + (double)from;
}

/* v_exp and v_log1p out of line (elementary.c). */
f64v exponential(f64v x);
f64v logOnePlus(f64v x);

/* float64 to float32, rounded once. */
INLINE void storeDoubles(float *to, f64v value) {
  *(f32hAny *)to = __builtin_convertvector(value, f32h);
}

#endif
