/**
 * Powers with an integer exponent, for βᵗ and geometric schedules. `Math.pow` and `**` cannot be used, because
 * their bits differ between engines (V8's changed between Node 22 and 24). A running product from step to step
 * cannot be used either, because it drifts and is lost when a run is resumed.
 */
const TWO_TO_32 = 4294967296;

/** The factor for a bit of the exponent: 1, or the square if the bit is set. A branch here would be mispredicted half the time. */
const FACTORS = new Float64Array(2).fill(1);

/**
 * baseⁿ by repeated squaring, the same bits everywhere; the relative error is about n · 2^−53 at most.
 *
 * @param base - any number
 * @param exponent - n, a non-negative safe integer
 * @returns baseⁿ; 1 for n = 0
 * @example
 * integerPower(0.5, 3); // 0.125
 */
export function integerPower(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  let low = exponent | 0;
  let high = Math.floor(exponent / TWO_TO_32);
  while ((low | high) !== 0) {
    FACTORS[1] = square;
    result *= FACTORS[low & 1]!;
    square *= square;
    low = (low >>> 1) | (high << 31);
    high >>>= 1;
  }
  return result;
}
