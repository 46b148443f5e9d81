/**
 * Powers with an integer exponent, for βᵗ and geometric schedules. `Math.pow` and `**` are of no use here:
 * their bits differ between engines (V8's changed between Node 22 and 24), and a running product kept from
 * step to step drifts and is lost on resume.
 */

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
  let rest = exponent;
  while (rest > 0) {
    const half = Math.floor(rest / 2);
    if (rest !== 2 * half) result *= square;
    square *= square;
    rest = half;
  }
  return result;
}
