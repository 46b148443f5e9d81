/**
 * exp and expm1 in float64 with + − × only: the same bits in every JavaScript engine and in the C kernels.
 *
 * x = n ln 2 + r with |r| ≤ ln 2 / 2 (Cody & Waite 1980), e^x = 2^n (1 + p), p = e^r − 1 by a polynomial
 * whose derivation is in packages/kernels/tables/derive-coefficients.py. packages/kernels/src/elementary.h has
 * the same functions in C: change both together. ECMAScript leaves the bits of Math.exp to the engine, so it
 * cannot be used if equal bits are promised.
 */
import { ROUNDING_SHIFT, scaleByPowerOfTwo } from './bits.ts';
import {
  EXP_0,
  EXP_1,
  EXP_2,
  EXP_3,
  EXP_4,
  EXP_5,
  EXP_6,
  EXP_7,
  EXP_8,
  EXP_9,
  LN2_HIGH,
  LN2_LOW,
  LOG2_E,
} from './coefficients.ts';

/** The largest x for which e^x is finite. */
const EXP_HIGHEST = 709.782712893384;
/** Below this e^x counts as 0; e^−708 is still a normal float64, and far below every float32. */
const EXP_LOWEST = -708;
const TWO_TO_MINUS_54 = 5.551115123125783e-17;

/**
 * The exponential function e^x.
 *
 * Exact at 0 and ±Infinity; +0 below −708 (float64 subnormals are not produced), Infinity above 709.78.
 * At most 1.1 ULP of float64 from the exact value elsewhere, measured; `docs/numerics.md` has the table.
 *
 * @param x - any number
 * @returns e^x; NaN for NaN
 * @example
 * exp(0); // 1
 */
export function exp(x: number): number {
  if (x <= EXP_HIGHEST) {
    if (x < EXP_LOWEST) return 0;
    const shifted = x * LOG2_E + ROUNDING_SHIFT;
    return scaleByPowerOfTwo(1 + expm1Reduced(subtractLn2(x, shifted)), shifted);
  }
  return x + Infinity;
}

/**
 * e^x − 1, without the cancellation that `exp(x) - 1` has near 0.
 *
 * Keeps the sign of −0 and gives x itself for |x| < 2^−54; −1 far below, Infinity above 709.78.
 *
 * @param x - any number
 * @returns e^x − 1; NaN for NaN
 * @example
 * expm1(1e-20); // 1e-20
 */
export function expm1(x: number): number {
  if (Math.abs(x) < TWO_TO_MINUS_54) return x;
  if (x > 40) return exp(x);
  return expm1Moderate(x < -40 ? -40 : x);
}

/**
 * e^x − 1 for −40 ≤ x ≤ 44, without the cases of {@link expm1}; the building block of tanh.
 *
 * @param x - in [−40, 44], or NaN
 * @returns e^x − 1; +0 for −0
 */
export function expm1Moderate(x: number): number {
  const shifted = x * LOG2_E + ROUNDING_SHIFT;
  const p = expm1Reduced(subtractLn2(x, shifted));
  const scale = scaleByPowerOfTwo(1, shifted);
  return scale * p + (scale - 1);
}

/** e^r − 1 for |r| ≤ ln 2 / 2. */
function expm1Reduced(r: number): number {
  const r2 = r * r;
  const r4 = r2 * r2;
  const low = EXP_0 + EXP_1 * r + (EXP_2 + EXP_3 * r) * r2;
  const middle = EXP_4 + EXP_5 * r + (EXP_6 + EXP_7 * r) * r2;
  const high = EXP_8 + EXP_9 * r;
  return r + r2 * (low + middle * r4 + high * (r4 * r4));
}

/** x − n ln 2, where n = shifted − ROUNDING_SHIFT; the first product is exact. */
function subtractLn2(x: number, shifted: number): number {
  const n = shifted - ROUNDING_SHIFT;
  return x - n * LN2_HIGH - n * LN2_LOW;
}
