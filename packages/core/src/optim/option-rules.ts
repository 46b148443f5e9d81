/**
 * The rules that several optimisers have for an option of the same name, said once. What reaches a kernel
 * must be finite, and above 0 where it divides or scales, in float32 too.
 */
import { numberOption, type OptionRule } from '../words/options.ts';

/**
 * The smallest ε. A kernel in float32 loses second moments below 2^−126, that is gradients below 1e-19 / √(1 − β₂), and
 * divides such a gradient by ε alone: with a much smaller ε it would take a step of many times the rate, where the exact
 * formula takes one of about the rate. docs/decisions/0020-the-smallest-epsilon.md has the figures.
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
 * A share of what was before, in [0, 1): β, μ, ρ.
 *
 * @param standard - the default
 */
export function shareOption(standard: number): OptionRule<number> {
  return numberOption({ min: 0, below: 1 }, standard);
}
