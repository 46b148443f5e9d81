/**
 * Sine and cosine of an angle in half turns, sin πx and cos πx, in float64 with + − × only.
 *
 * Box–Muller normals and cosine schedules have angles of the form π × (a fraction). With the fraction as the argument,
 * the reduction to an eighth of a turn is exact for every float64 and needs no digits of 2/π, and the zeros and
 * extremes are exact. IEEE 754-2019 (section 9.2) recommends these functions under the names sinPi and cosPi.
 * The twin in C is `v_waves` of packages/kernels/src/waves.h.
 */
import {
  COS_0,
  COS_1,
  COS_2,
  COS_3,
  COS_4,
  COS_5,
  COS_6,
  SIN_0,
  SIN_1,
  SIN_2,
  SIN_3,
  SIN_4,
  SIN_5,
  SIN_6,
} from './coefficients.ts';

/** π, rounded to float64. */
export const PI = 3.141592653589793;

/**
 * sin πx.
 *
 * Exact if the value is 0 or ±1; keeps the sign of −0; +0 at every positive integer.
 *
 * @param x - the angle in half turns; any number
 * @returns sin πx in [−1, 1]; NaN for NaN and ±Infinity
 * @example
 * sinPi(0.5); // 1
 */
export function sinPi(x: number): number {
  if (x === 0) return x;
  const y = quarterTurns(Math.abs(x), 0);
  return x < 0 ? -y : y;
}

/**
 * cos πx.
 *
 * Exact if the value is 0 or ±1.
 *
 * @param x - the angle in half turns; any number
 * @returns cos πx in [−1, 1]; NaN for NaN and ±Infinity
 * @example
 * cosPi(1); // -1
 */
export function cosPi(x: number): number {
  return quarterTurns(Math.abs(x), 1);
}

/** sin(πx + `quarters` · π/2) for x ≥ 0; every step up to the last product is exact. */
function quarterTurns(x: number, quarters: number): number {
  const inTurn = x - 2 * Math.floor(x / 2);
  const nearest = Math.floor(2 * inTurn + 0.5);
  const r = (inTurn - nearest / 2) * PI;
  switch ((nearest + quarters) % 4) {
    case 0:
      return sinReduced(r);
    case 1:
      return cosReduced(r);
    case 2:
      return 0 - sinReduced(r);
    case 3:
      return 0 - cosReduced(r);
    default:
      return NaN;
  }
}

/** sin r for |r| ≤ π/4. */
function sinReduced(r: number): number {
  const z = r * r;
  const z2 = z * z;
  const low = SIN_0 + SIN_1 * z + (SIN_2 + SIN_3 * z) * z2;
  const high = SIN_4 + SIN_5 * z + SIN_6 * z2;
  return r + r * (z * (low + high * (z2 * z2)));
}

/** cos r for |r| ≤ π/4. */
function cosReduced(r: number): number {
  const z = r * r;
  const z2 = z * z;
  const low = COS_0 + COS_1 * z + (COS_2 + COS_3 * z) * z2;
  const high = COS_4 + COS_5 * z + COS_6 * z2;
  return 1 - 0.5 * z + z2 * (low + high * (z2 * z2));
}
