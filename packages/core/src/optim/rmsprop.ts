/**
 * RMSprop as data, without the loop over the parameters, which belongs to the backends.
 *
 * Source: Tieleman & Hinton 2012, COURSERA "Neural networks for machine learning", lecture 6.5.
 */
import { makeRecord } from '../words/options.ts';
import { epsilonOption, rateOption, shareOption } from './option-rules.ts';

/** The record that `rmsprop` makes. */
export interface RmsProp {
  readonly kind: 'rmsprop';
  readonly learningRate: number;
  readonly decayRate: number;
  readonly epsilon: number;
  readonly momentum: number;
}

export interface RmsPropOptions {
  readonly learningRate?: number;
  readonly decayRate?: number;
  readonly epsilon?: number;
  readonly momentum?: number;
}

/**
 * RMSprop: v ← ρ v + (1 − ρ) g², u = g / (√v + ε), then w ← w − α u, or with momentum b ← μ b + u and
 * w ← w − α b.
 *
 * PyTorch's form and defaults: ε outside the root. Keras adds ε inside it, has ρ = 0.9 and a rate of 1e-3;
 * PyTorch calls ρ `alpha`. v starts at 0 and is not corrected.
 *
 * @param options - `learningRate = 0.01` (α, above 0), `decayRate = 0.99` (ρ, in [0, 1)), `epsilon = 1e-8` (at
 *   least 2^−126), `momentum = 0` (μ, in [0, 1))
 * @returns an immutable record, JSON
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is out of its range
 * @example
 * const optimizer = rmsprop({ learningRate: 1e-3 });
 *
 * Source: Tieleman & Hinton 2012, lecture 6.5, slide 29.
 */
export function rmsprop(options: RmsPropOptions = {}): RmsProp {
  return makeRecord<RmsProp>('rmsprop', options, {
    learningRate: rateOption(0.01),
    decayRate: shareOption(0.99),
    epsilon: epsilonOption(1e-8),
    momentum: shareOption(0),
  });
}
