/** The twin of the fused kernels rounds once, also where a sum in float64 that is then rounded to float32 rounds twice. */
import { expect, test } from 'vitest';
import { fusedMultiplyAdd } from './product-twin.ts';

/** Its square is 1 + 2⁻¹¹ + 2⁻²⁴: half-way between two float32 numbers. */
const HALF_WAY = 1 + 2 ** -12;
const BELOW = 1 + 2 ** -11;
const ABOVE = BELOW + 2 ** -23;

test.each([
  [HALF_WAY, HALF_WAY, 0, BELOW],
  [HALF_WAY, HALF_WAY, 2 ** -80, ABOVE],
  [HALF_WAY, HALF_WAY, -(2 ** -80), BELOW],
  [HALF_WAY, -HALF_WAY, -(2 ** -80), -ABOVE],
  // Half-way again, but here two roundings go up, because the upper number is the even one.
  [1 + 3 * 2 ** -12, HALF_WAY, -(2 ** -80), 1 + 2 ** -10 + 2 ** -23],
  [3.4028234663852886e38, 1, 2 ** 103, Infinity],
  [3.4028234663852886e38, 1, 2 ** 102, 3.4028234663852886e38],
  [2 ** -149, 0.5, 2 ** -149, 2 ** -148],
  [Infinity, 1, -Infinity, Number.NaN],
])('%d · %d + %d is %d', (a, b, sum, expected) => {
  expect(fusedMultiplyAdd(a, b, sum)).toBe(expected);
});
