/**
 * The rules of options that several optimisers share. A number that a kernel uses must be finite, and above 0 if it
 * divides or scales; this must also hold after it is rounded to float32.
 */
import { numberOption, type OptionRule } from '../words/options.ts';

/**
 * The smallest ε. A kernel in float32 loses second moments below 2^−126, that is gradients below 1e-19 / √(1 − β₂), and
 * divides such a gradient by ε only. With a much smaller ε the step would be many times the rate, although the exact
 * formula gives a step of about the rate. docs/decisions/0020-the-smallest-epsilon.md has the figures.
 */
const SMALLEST_EPSILON = 1e-16;

/**
 * α, above 0.
 *
 * @param standard - the default
 */
export function rateOption(standard: number): OptionRule<number> {
  return numberOption({ above: 0, float32: true }, standard);
}

/**
 * ε, at least 1e-16.
 *
 * @param standard - the default
 */
export function epsilonOption(standard: number): OptionRule<number> {
  return numberOption({ min: SMALLEST_EPSILON, float32: true }, standard);
}

/**
 * The share of the old value that is kept, in [0, 1): β, μ, ρ.
 *
 * @param standard - the default
 */
export function shareOption(standard: number): OptionRule<number> {
  return numberOption({ min: 0, below: 1 }, standard);
}
