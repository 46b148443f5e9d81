/*
 * exp, expm1, log, log1p, tanh, sigmoid, softplus, erf and erfc on vectors of float64, with + - * / and bit
 * operations only; waves.h has sin pi x and cos pi x. Each function does, in the same order, the operations of its TypeScript twin in
 * packages/core/src/elementary/, so the two are equal bit for bit; kernels convert float32 to float64,
 * call these, and round once (docs/numerics.md, section 4, has the measured errors).
 *
 * Rules: compile with -ffp-contract=off and never with -ffast-math. No float is converted to an integer
 * (the conversions differ outside the range between instruction sets): an integer n is read from the bits
 * of x + 1.5 * 2^52. No branch: every case is computed and selected, so the tail of an array runs the same
 * code on padded lanes. Floating point flags, NaN sign and NaN payload mean nothing here.
 *
 * F64V_LANES is the number of doubles in a vector: 2 for WebAssembly SIMD128 and NEON (the default), 4 for
 * AVX2, 8 for AVX-512. It cannot show in a result.
 */
#ifndef VINCULUM_ELEMENTARY_H
#define VINCULUM_ELEMENTARY_H

#ifndef F64V_LANES
#define F64V_LANES 2
#endif

typedef double f64v __attribute__((vector_size(8 * F64V_LANES)));
typedef long long i64v __attribute__((vector_size(8 * F64V_LANES)));
typedef unsigned long long u64v __attribute__((vector_size(8 * F64V_LANES)));

/* begin derived constants */
/* ln 2 = LN2_HIGH + LN2_LOW; n LN2_HIGH is exact for |n| < 2^21. */
#define LN2_HIGH 0.6931471803691238
#define LN2_LOW 1.9082149292705877e-10
#define LOG2_E 1.4426950408889634
/* e^r = 1 + r + r^2 EXP(r), |r| <= ln 2 / 2. */
#define EXP_0 0.5000000000000001
#define EXP_1 0.16666666666666669
#define EXP_2 0.04166666666662413
#define EXP_3 0.008333333333330062
#define EXP_4 0.0013888888917213717
#define EXP_5 0.00019841269863053618
#define EXP_6 2.4801521295954376e-05
#define EXP_7 2.7557268459997064e-06
#define EXP_8 2.7620088445409746e-07
#define EXP_9 2.510038549551032e-08
/* log((1 + s) / (1 - s)) = 2s + 2s z LOG(z), z = s^2 <= ((sqrt 2 - 1) / (sqrt 2 + 1))^2. */
#define LOG_0 0.3333333333333335
#define LOG_1 0.19999999999949444
#define LOG_2 0.14285714313126918
#define LOG_3 0.11111105544689748
#define LOG_4 0.09091446216268435
#define LOG_5 0.07665805861027504
#define LOG_6 0.07308903576708663
/* (1 + 2x) e^(x^2) erfc(x) = 1 + (1 + t) ERFC(t), t = (x - 4) / (x + 4), 0 <= x <= 28. */
#define ERFC_0 0.2329951186255525
#define ERFC_1 -0.3726162354661151
#define ERFC_2 0.3879958875687353
#define ERFC_3 -0.3198988333140297
#define ERFC_4 0.21885976727770234
#define ERFC_5 -0.12512693227980404
#define ERFC_6 0.05879656646798599
#define ERFC_7 -0.021629050923235596
#define ERFC_8 0.005431316862703661
#define ERFC_9 -0.0003993469494909909
#define ERFC_10 -0.0003584263375880644
#define ERFC_11 0.00015916999139328894
#define ERFC_12 -8.548227496442547e-06
#define ERFC_13 -1.5852158818752647e-05
#define ERFC_14 4.629551927796216e-06
#define ERFC_15 1.0826290477437223e-06
#define ERFC_16 -7.870394809333829e-07
#define ERFC_17 -4.136984018894299e-08
#define ERFC_18 1.1299329491373962e-07
#define ERFC_19 -1.2246997021319789e-09
#define ERFC_20 -1.4008206837507663e-08
#define ERFC_21 -7.984199533884893e-11
#define ERFC_22 9.284095321024103e-10
/* erf(x) = x ERF(x^2), |x| <= 1. */
#define ERF_0 1.1283791670955126
#define ERF_1 -0.37612638903183543
#define ERF_2 0.11283791670945006
#define ERF_3 -0.02686617064323777
#define ERF_4 0.0052239776071164225
#define ERF_5 -0.0008548325975389692
#define ERF_6 0.00012055294904839707
#define ERF_7 -1.492473690741966e-05
#define ERF_8 1.6447424703317362e-06
#define ERF_9 -1.6208483801871705e-07
#define ERF_10 1.3720064546777686e-08
#define ERF_11 -7.795898827002142e-10
/* sin r = r + r z SIN(z), z = r^2, |r| <= pi / 4. */
#define SIN_0 -0.16666666666666666
#define SIN_1 0.008333333333333331
#define SIN_2 -0.0001984126984126504
#define SIN_3 2.755731921932058e-06
#define SIN_4 -2.50521062259944e-08
#define SIN_5 1.6058530596645953e-10
#define SIN_6 -7.586636882825159e-13
/* cos r = 1 - z/2 + z^2 COS(z), z = r^2, |r| <= pi / 4. */
#define COS_0 0.041666666666666664
#define COS_1 -0.0013888888888888887
#define COS_2 2.4801587301584632e-05
#define COS_3 -2.755731922139249e-07
#define COS_4 2.0876755787492604e-09
#define COS_5 -1.1470460319209511e-11
#define COS_6 4.745838412531023e-14
/* end derived constants */

/* x + ROUNDING_SHIFT rounds x to an integer, whose low bits are then the low bits of the sum. */
#define ROUNDING_SHIFT 6755399441055744.0
#define SIGN_BITS 0x8000000000000000ull
#define FRACTION_BITS 0x000fffffffffffffull
#define ONE_BITS 0x3ff0000000000000ull
#define TWO_TO_52_BITS 0x4330000000000000ull
/* The bits of sqrt(1/2) without the low word: the lower end of the range of m in log. */
#define ROOT_HALF_BITS 0x3fe6a09e00000000ull
#define SMALLEST_NORMAL 2.2250738585072014e-308
#define TWO_TO_52 4503599627370496.0
#define TWO_TO_54 18014398509481984.0
#define TWO_TO_MINUS_54 5.551115123125783e-17
/* The largest x with e^x finite, and the x below which e^x is taken as 0 (e^-708 is still normal). */
#define EXP_HIGHEST 709.782712893384
#define EXP_LOWEST -708.0

/* mask ? chosen : other, lane by lane; a mask is what a vector comparison gives, all ones or all zeros. */
static inline f64v v_select(i64v mask, f64v chosen, f64v other) {
  return (f64v)((mask & (i64v)chosen) | (~mask & (i64v)other));
}

/* The same double in every lane (x - 0 is x for every x, -0 and infinities included). */
static inline f64v v_broadcast(double value) {
  f64v zero = {0};
  return value - zero;
}

static inline f64v v_abs(f64v x) { return (f64v)((u64v)x & ~SIGN_BITS); }

/* value * 2^n for a normal result; `shifted` is n + ROUNDING_SHIFT. Adds n to the exponent bits. */
static inline f64v v_scale(f64v value, f64v shifted) {
  return (f64v)((u64v)value + ((u64v)shifted << 52));
}

/* e^r - 1 for |r| <= ln 2 / 2. */
static inline f64v v_expm1_reduced(f64v r) {
  f64v r2 = r * r;
  f64v r4 = r2 * r2;
  f64v low = (EXP_0 + EXP_1 * r) + (EXP_2 + EXP_3 * r) * r2;
  f64v middle = (EXP_4 + EXP_5 * r) + (EXP_6 + EXP_7 * r) * r2;
  f64v high = EXP_8 + EXP_9 * r;
  return r + r2 * ((low + middle * r4) + high * (r4 * r4));
}

/* x - n ln 2, where n = shifted - ROUNDING_SHIFT. */
static inline f64v v_subtract_ln2(f64v x, f64v shifted) {
  f64v n = shifted - ROUNDING_SHIFT;
  return (x - n * LN2_HIGH) - n * LN2_LOW;
}

/* e^x; +0 below -708, Inf above 709.78. */
static inline f64v v_exp(f64v x) {
  f64v shifted = x * LOG2_E + ROUNDING_SHIFT;
  f64v p = v_expm1_reduced(v_subtract_ln2(x, shifted));
  f64v y = v_scale(1.0 + p, shifted);
  y = v_select(x < EXP_LOWEST, v_broadcast(0.0), y);
  return v_select(x <= EXP_HIGHEST, y, x + __builtin_inf());
}

/* e^x - 1 for -40 <= x <= 44; keeps NaN, loses the sign of -0. */
static inline f64v v_expm1_moderate(f64v x) {
  f64v shifted = x * LOG2_E + ROUNDING_SHIFT;
  f64v p = v_expm1_reduced(v_subtract_ln2(x, shifted));
  f64v scale = v_scale(v_broadcast(1.0), shifted);
  return scale * p + (scale - 1.0);
}

/* e^x - 1, accurate near 0; -1 far below, Inf above 709.78. */
static inline f64v v_expm1(f64v x) {
  f64v bounded = v_select(x < -40.0, v_broadcast(-40.0), x);
  f64v y = v_select(x > 40.0, v_exp(bounded), v_expm1_moderate(bounded));
  return v_select(v_abs(x) < TWO_TO_MINUS_54, x, y);
}

/* k ln 2 + log(1 + f) for sqrt(1/2) <= 1 + f < sqrt 2. */
static inline f64v v_log_reduced(f64v k, f64v f) {
  f64v s = f / (2.0 + f);
  f64v z = s * s;
  f64v z2 = z * z;
  f64v low = (LOG_0 + LOG_1 * z) + (LOG_2 + LOG_3 * z) * z2;
  f64v high = (LOG_4 + LOG_5 * z) + LOG_6 * z2;
  f64v series = z * (low + high * (z2 * z2));
  f64v twice = s + s;
  return k * LN2_HIGH + (twice + (twice * series + k * LN2_LOW));
}

/* k of x = 2^k m, sqrt(1/2) <= m < sqrt 2, as a double; x normal and positive. */
static inline f64v v_binary_exponent(u64v shifted_bits) {
  f64v biased = (f64v)((shifted_bits >> 52) | TWO_TO_52_BITS);
  return biased - (TWO_TO_52 + 1023.0);
}

static inline f64v v_mantissa(u64v shifted_bits) {
  return (f64v)((shifted_bits & FRACTION_BITS) + ROOT_HALF_BITS);
}

/* Natural logarithm; log 0 = -Inf, NaN below 0. */
static inline f64v v_log(f64v x) {
  i64v small = x < SMALLEST_NORMAL;
  f64v normal = v_select(small, x * TWO_TO_54, x);
  u64v bits = (u64v)normal + (ONE_BITS - ROOT_HALF_BITS);
  f64v k = v_binary_exponent(bits) - v_select(small, v_broadcast(54.0), v_broadcast(0.0));
  f64v y = v_log_reduced(k, v_mantissa(bits) - 1.0);
  y = v_select(x < __builtin_inf(), y, x);
  y = v_select(x == 0.0, v_broadcast(-__builtin_inf()), y);
  return v_select(x < 0.0, v_broadcast(__builtin_nan("")), y);
}

/* log(1 + x), accurate near 0; -Inf at -1, NaN below. */
static inline f64v v_log1p(f64v x) {
  f64v sum = 1.0 + x;
  u64v bits = (u64v)sum + (ONE_BITS - ROOT_HALF_BITS);
  f64v k = v_binary_exponent(bits);
  f64v f = v_select(k == 0.0, x, v_mantissa(bits) - 1.0);
  f64v y = v_log_reduced(k, f);
  y = v_select(x < __builtin_inf(), y, x);
  y = v_select(v_abs(x) < TWO_TO_MINUS_54, x, y);
  y = v_select(x == -1.0, v_broadcast(-__builtin_inf()), y);
  return v_select(x < -1.0, v_broadcast(__builtin_nan("")), y);
}

/* Hyperbolic tangent: e / (e + 2) with e = exp(2 |x|) - 1, and the sign of x. */
static inline f64v v_tanh(f64v x) {
  f64v size = v_abs(x);
  f64v bounded = v_select(size > 22.0, v_broadcast(22.0), size);
  f64v e = v_expm1_moderate(bounded + bounded);
  return (f64v)((u64v)(e / (e + 2.0)) | ((u64v)x & SIGN_BITS));
}

/* 1 / (1 + e^-x), without overflow on either side. */
static inline f64v v_sigmoid(f64v x) {
  f64v e = v_exp(-v_abs(x));
  return v_select(x < 0.0, e, v_broadcast(1.0)) / (1.0 + e);
}

/* log(1 + e^x) = max(x, 0) + log1p(e^-|x|). */
static inline f64v v_softplus(f64v x) {
  return v_select(x > 0.0, x, v_broadcast(0.0)) + v_log1p(v_exp(-v_abs(x)));
}

/* (1 + 2x) e^(x^2) erfc(x) as a function of t = (x - 4) / (x + 4). */
static inline f64v v_erfc_factor(f64v t) {
  f64v t2 = t * t;
  f64v t4 = t2 * t2;
  f64v t8 = t4 * t4;
  f64v a = (ERFC_0 + ERFC_1 * t) + (ERFC_2 + ERFC_3 * t) * t2;
  f64v b = (ERFC_4 + ERFC_5 * t) + (ERFC_6 + ERFC_7 * t) * t2;
  f64v c = (ERFC_8 + ERFC_9 * t) + (ERFC_10 + ERFC_11 * t) * t2;
  f64v d = (ERFC_12 + ERFC_13 * t) + (ERFC_14 + ERFC_15 * t) * t2;
  f64v e = (ERFC_16 + ERFC_17 * t) + (ERFC_18 + ERFC_19 * t) * t2;
  f64v f = (ERFC_20 + ERFC_21 * t) + ERFC_22 * t2;
  f64v sum = ((a + b * t4) + (c + d * t4) * t8) + (e + f * t4) * (t8 * t8);
  return 1.0 + (1.0 + t) * sum;
}

/* e^(-x^2) for 0 <= x <= 28: the rounding error of x * x is found exactly (Dekker 1971) and put back. */
static inline f64v v_exp_minus_square(f64v x) {
  f64v square = x * x;
  f64v spread = x * 134217729.0;
  f64v high = spread - (spread - x);
  f64v low = x - high;
  f64v error = ((high * high - square) + 2.0 * (high * low)) + low * low;
  f64v y = v_exp(-square);
  return y - y * error;
}

/* erfc(x) for x >= 0. */
static inline f64v v_erfc_positive(f64v x) {
  f64v bounded = v_select(x > 28.0, v_broadcast(28.0), x);
  f64v t = (bounded - 4.0) / (bounded + 4.0);
  return v_exp_minus_square(bounded) * (v_erfc_factor(t) / (1.0 + (bounded + bounded)));
}

/* 1 - erf(x), with full relative accuracy in the tail. */
static inline f64v v_erfc(f64v x) {
  f64v y = v_erfc_positive(v_abs(x));
  return v_select(x < 0.0, 2.0 - y, y);
}

/* The error function 2 / sqrt(pi) * integral from 0 to x of e^(-s^2) ds. */
static inline f64v v_erf(f64v x) {
  f64v z = x * x;
  f64v z2 = z * z;
  f64v z4 = z2 * z2;
  f64v a = (ERF_0 + ERF_1 * z) + (ERF_2 + ERF_3 * z) * z2;
  f64v b = (ERF_4 + ERF_5 * z) + (ERF_6 + ERF_7 * z) * z2;
  f64v c = (ERF_8 + ERF_9 * z) + (ERF_10 + ERF_11 * z) * z2;
  f64v near = x * ((a + b * z4) + c * (z4 * z4));
  f64v far = (f64v)((u64v)(1.0 - v_erfc_positive(v_abs(x))) | ((u64v)x & SIGN_BITS));
  return v_select(v_abs(x) < 1.0, near, far);
}

#endif
