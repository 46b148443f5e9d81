/**
 * erf and erfc in float64 with + − × ÷ only: the normal distribution, for GELU and its derivative.
 *
 * One polynomial serves erfc on all of [0, 28]: (1 + 2x) e^(x²) erfc(x) is smooth in t = (x − 4) / (x + 4)
 * (the substitution of Schonfelder, Math. Comp. 32, 1978); the coefficients' derivation is in
 * packages/kernels/tables/derive-coefficients.py. GELU uses erfc instead of 1 + erf, because that sum loses all
 * its digits on the negative side. packages/kernels/src/elementary.h has the same functions in C: change both together.
 */
import {
  ERFC_0,
  ERFC_1,
  ERFC_10,
  ERFC_11,
  ERFC_12,
  ERFC_13,
  ERFC_14,
  ERFC_15,
  ERFC_16,
  ERFC_17,
  ERFC_18,
  ERFC_19,
  ERFC_2,
  ERFC_20,
  ERFC_21,
  ERFC_22,
  ERFC_3,
  ERFC_4,
  ERFC_5,
  ERFC_6,
  ERFC_7,
  ERFC_8,
  ERFC_9,
  ERF_0,
  ERF_1,
  ERF_10,
  ERF_11,
  ERF_2,
  ERF_3,
  ERF_4,
  ERF_5,
  ERF_6,
  ERF_7,
  ERF_8,
  ERF_9,
} from './coefficients.ts';
import { exp } from './exp.ts';

/** 2^27 + 1: x · SPLITTER is used to split a float64 into two halves of 26 bits (Dekker 1971). */
const SPLITTER = 134217729;

/**
 * The complementary error function erfc(x) = 1 − erf(x), with full relative accuracy in the tail.
 *
 * Exactly 1 at 0 and 2 at −Infinity; +0 from x = 26.6 on.
 *
 * @param x - any number
 * @returns erfc(x) in [0, 2]; NaN for NaN
 * @example
 * erfc(0); // 1
 */
export function erfc(x: number): number {
  const y = erfcPositive(Math.abs(x));
  return x < 0 ? 2 - y : y;
}

/**
 * The error function erf(x) = 2/√π ∫₀ˣ e^(−s²) ds.
 *
 * @param x - any number
 * @returns erf(x) in [−1, 1], with full relative accuracy near 0; NaN for NaN
 * @example
 * erf(Infinity); // 1
 */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (!(size < 1)) {
    const far = 1 - erfcPositive(size);
    return x < 0 ? -far : far;
  }
  const z = x * x;
  const z2 = z * z;
  const z4 = z2 * z2;
  const a = ERF_0 + ERF_1 * z + (ERF_2 + ERF_3 * z) * z2;
  const b = ERF_4 + ERF_5 * z + (ERF_6 + ERF_7 * z) * z2;
  const c = ERF_8 + ERF_9 * z + (ERF_10 + ERF_11 * z) * z2;
  return x * (a + b * z4 + c * (z4 * z4));
}

/** erfc(x) for x ≥ 0. */
function erfcPositive(x: number): number {
  const bounded = x > 28 ? 28 : x;
  const t = (bounded - 4) / (bounded + 4);
  return expMinusSquare(bounded) * (erfcFactor(t) / (1 + (bounded + bounded)));
}

/** e^(−x²) for 0 ≤ x ≤ 28. The rounding error of x · x is computed exactly and corrected. */
function expMinusSquare(x: number): number {
  const square = x * x;
  const spread = x * SPLITTER;
  const high = spread - (spread - x);
  const low = x - high;
  const error = high * high - square + 2 * (high * low) + low * low;
  const y = exp(-square);
  return y - y * error;
}

/** (1 + 2x) e^(x²) erfc(x) as a function of t = (x − 4) / (x + 4). */
function erfcFactor(t: number): number {
  const t2 = t * t;
  const t4 = t2 * t2;
  const t8 = t4 * t4;
  const a = ERFC_0 + ERFC_1 * t + (ERFC_2 + ERFC_3 * t) * t2;
  const b = ERFC_4 + ERFC_5 * t + (ERFC_6 + ERFC_7 * t) * t2;
  const c = ERFC_8 + ERFC_9 * t + (ERFC_10 + ERFC_11 * t) * t2;
  const d = ERFC_12 + ERFC_13 * t + (ERFC_14 + ERFC_15 * t) * t2;
  const e = ERFC_16 + ERFC_17 * t + (ERFC_18 + ERFC_19 * t) * t2;
  const f = ERFC_20 + ERFC_21 * t + ERFC_22 * t2;
  const sum = a + b * t4 + (c + d * t4) * t8 + (e + f * t4) * (t8 * t8);
  return 1 + (1 + t) * sum;
}
