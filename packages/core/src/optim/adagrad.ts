/**
 * AdaGrad as data, and the numbers of one step. The loop over the parameters belongs to the backends.
 *
 * Source: Duchi, Hazan & Singer 2011, "Adaptive subgradient methods for online learning and stochastic
 * optimization".
 */
import { checkNumber, checkOptions } from '../options.ts';
import type { StepCoefficients } from './coefficients.ts';
import { checkLearningRate } from './learning-rate.ts';

/** The record that `adagrad` makes. */
export interface AdaGrad {
  readonly kind: 'adagrad';
  readonly learningRate: number;
  readonly epsilon: number;
}

export interface AdaGradOptions {
  readonly learningRate?: number;
  readonly epsilon?: number;
}

/**
 * AdaGrad: v ← v + g², then w ← w − α g / (√v + ε).
 *
 * PyTorch's form: v starts at 0 and ε stands outside the root. Keras starts v at 0.1 with ε = 1e-7 inside it.
 *
 * @param options - `learningRate = 0.01` (α, above 0), `epsilon = 1e-10` (at least 0)
 * @returns an immutable record, JSON
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is out of its range
 * @example
 * const optimizer = adagrad({ learningRate: 0.1 });
 *
 * Source: Duchi, Hazan & Singer 2011, figure 1 with the diagonal matrix.
 */
export function adagrad(options: AdaGradOptions = {}): AdaGrad {
  checkOptions('adagrad', options, ['learningRate', 'epsilon']);
  return Object.freeze({
    kind: 'adagrad',
    learningRate: checkLearningRate('adagrad', options.learningRate ?? 0.01),
    epsilon: checkNumber('adagrad', 'epsilon', options.epsilon ?? 1e-10, { min: 0 }),
  });
}

/**
 * The numbers of a step of AdaGrad: α and ε.
 *
 * @param out - receives them
 * @param optimizer - made by {@link adagrad}
 * @param learningRate - α of this step, after the schedule
 */
export function adagradCoefficientsInto(
  out: StepCoefficients,
  optimizer: AdaGrad,
  learningRate: number,
): void {
  out.stepSize = learningRate;
  out.epsilon = optimizer.epsilon;
}
