/**
 * RMSprop as data, and the numbers of one step. The loop over the parameters belongs to the backends.
 *
 * Source: Tieleman & Hinton 2012, COURSERA "Neural networks for machine learning", lecture 6.5.
 */
import { checkNumber, checkOptions } from '../options.ts';
import type { StepCoefficients } from './coefficients.ts';
import { checkLearningRate } from './learning-rate.ts';

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
 *   least 0), `momentum = 0` (μ, in [0, 1))
 * @returns an immutable record, JSON
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is out of its range
 * @example
 * const optimizer = rmsprop({ learningRate: 1e-3 });
 *
 * Source: Tieleman & Hinton 2012, lecture 6.5, slide 29.
 */
export function rmsprop(options: RmsPropOptions = {}): RmsProp {
  checkOptions('rmsprop', options, ['learningRate', 'decayRate', 'epsilon', 'momentum']);
  const { decayRate = 0.99, epsilon = 1e-8, momentum = 0 } = options;
  return Object.freeze({
    kind: 'rmsprop',
    learningRate: checkLearningRate('rmsprop', options.learningRate ?? 0.01),
    decayRate: checkNumber('rmsprop', 'decayRate', decayRate, { min: 0, below: 1 }),
    epsilon: checkNumber('rmsprop', 'epsilon', epsilon, { min: 0 }),
    momentum: checkNumber('rmsprop', 'momentum', momentum, { min: 0, below: 1 }),
  });
}

/**
 * The numbers of a step of RMSprop: α, μ as `beta1`, ρ as `beta2`.
 *
 * @param out - receives them
 * @param optimizer - made by {@link rmsprop}
 * @param learningRate - α of this step, after the schedule
 */
export function rmspropCoefficientsInto(
  out: StepCoefficients,
  optimizer: RmsProp,
  learningRate: number,
): void {
  out.stepSize = learningRate;
  out.beta1 = optimizer.momentum;
  out.beta2 = optimizer.decayRate;
  out.oneMinusBeta2 = 1 - optimizer.decayRate;
  out.epsilon = optimizer.epsilon;
}
