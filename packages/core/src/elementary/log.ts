/**
 * log and log1p in float64 with + − × ÷ only: the same bits in every engine and in the C kernels.
 *
 * x = 2^k m with √½ ≤ m < √2, taken from the bits; log m = 2 artanh(s), s = (m − 1) / (m + 1), by a
 * polynomial in s² whose derivation is in packages/kernels/tables/derive-coefficients.py.
 * packages/kernels/src/elementary.h has the same functions in C: change both together.
 */
import { fromWords, highWord, lowWord } from './bits.ts';
import {
  LN2_HIGH,
  LN2_LOW,
  LOG_0,
  LOG_1,
  LOG_2,
  LOG_3,
  LOG_4,
  LOG_5,
  LOG_6,
} from './coefficients.ts';

/** The high word of √½, the lower end of the range of m, and its distance from the high word of 1. */
const ROOT_HALF_WORD = 0x3fe6a09e;
const ONE_MINUS_ROOT_HALF_WORD = 0x3ff00000 - ROOT_HALF_WORD;
const SMALLEST_NORMAL = 2.2250738585072014e-308;
const TWO_TO_54 = 18014398509481984;
const TWO_TO_MINUS_54 = 5.551115123125783e-17;

/**
 * The natural logarithm.
 *
 * Exact at 1 (+0), ±0 (−Infinity) and Infinity; correct for float64 subnormals too.
 *
 * @param x - any number
 * @returns ln x; NaN for NaN and for x < 0
 * @example
 * log(1); // 0
 */
export function log(x: number): number {
  if (!(x < Infinity)) return x;
  if (x <= 0) return x === 0 ? -Infinity : NaN;
  const small = x < SMALLEST_NORMAL;
  const normal = small ? x * TWO_TO_54 : x;
  const word = highWord(normal) + ONE_MINUS_ROOT_HALF_WORD;
  const k = (word >>> 20) - 1023 - (small ? 54 : 0);
  return logReduced(k, mantissa(word, normal) - 1);
}

/**
 * log(1 + x), without the cancellation near 0.
 *
 * Keeps the sign of −0 and gives x itself for |x| < 2^−54; −Infinity at −1.
 *
 * @param x - any number
 * @returns ln(1 + x); NaN for NaN and for x < −1
 * @example
 * log1p(1e-20); // 1e-20
 */
export function log1p(x: number): number {
  if (!(x < Infinity)) return x;
  if (x <= -1) return x === -1 ? -Infinity : NaN;
  if (Math.abs(x) < TWO_TO_MINUS_54) return x;
  const sum = 1 + x;
  const word = highWord(sum) + ONE_MINUS_ROOT_HALF_WORD;
  const k = (word >>> 20) - 1023;
  // With k = 0 the rounding error of 1 + x would matter. It is avoided, because m − 1 is then x itself.
  return logReduced(k, k === 0 ? x : mantissa(word, sum) - 1);
}

/** m of x = 2^k m; `word` is the high word of x, shifted so that its exponent field counts from √½. */
function mantissa(word: number, x: number): number {
  return fromWords((word & 0xfffff) + ROOT_HALF_WORD, lowWord(x));
}

/** k ln 2 + log(1 + f) for √½ ≤ 1 + f < √2. */
function logReduced(k: number, f: number): number {
  const s = f / (2 + f);
  const z = s * s;
  const z2 = z * z;
  const low = LOG_0 + LOG_1 * z + (LOG_2 + LOG_3 * z) * z2;
  const high = LOG_4 + LOG_5 * z + LOG_6 * z2;
  const series = z * (low + high * (z2 * z2));
  const twice = s + s;
  return k * LN2_HIGH + (twice + (twice * series + k * LN2_LOW));
}
