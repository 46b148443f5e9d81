/**
 * The rules that several optimisers have for an option of the same name, said once. What reaches a kernel
 * must be finite, and above 0 where it divides or scales, in float32 too.
 */
import { numberOption, type OptionRule } from '../words/options.ts';

/** 2^−126, the smallest normal float32: a smaller ε would be flushed or lost, and 0 / 0 is NaN. */
const SMALLEST_NORMAL = 1.1754943508222875e-38;

/**
 * α, above 0.
 *
 * @param standard - the default
 */
export function rateOption(standard: number): OptionRule<number> {
  return numberOption({ above: 0, float32: true }, standard);
}

/**
 * ε, at least 2^−126.
 *
 * @param standard - the default
 */
export function epsilonOption(standard: number): OptionRule<number> {
  return numberOption({ min: SMALLEST_NORMAL, float32: true }, standard);
}

/**
 * A share of what was before, in [0, 1): β, μ, ρ.
 *
 * @param standard - the default
 */
export function shareOption(standard: number): OptionRule<number> {
  return numberOption({ min: 0, below: 1 }, standard);
}
