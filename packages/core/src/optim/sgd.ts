/**
 * Gradient descent, with momentum and Nesterov's variant, as data, and the numbers of one step. The loop
 * over the parameters belongs to the backends.
 *
 * Source: Polyak 1964 (heavy ball); Nesterov 1983; Sutskever, Martens, Dahl & Hinton 2013, "On the importance
 * of initialization and momentum in deep learning", section 2.
 */
import { checkBoolean, checkNumber, checkOptions } from '../options.ts';
import type { StepCoefficients } from './coefficients.ts';
import { checkLearningRate } from './learning-rate.ts';

/** The record that `sgd` makes. */
export interface Sgd {
  readonly kind: 'sgd';
  readonly learningRate: number;
  readonly momentum: number;
  readonly nesterov: boolean;
}

export interface SgdOptions {
  readonly learningRate?: number;
  readonly momentum?: number;
  readonly nesterov?: boolean;
}

/**
 * Gradient descent: v ← μ v + g, then w ← w − α v, or w ← w − α (g + μ v) with Nesterov.
 *
 * PyTorch's form: the rate stands outside the velocity, so a change of rate acts at once; Keras and
 * scikit-learn keep α inside v. There is no dampening. With μ = 0 no velocity is stored.
 *
 * @param options - `learningRate = 0.01` (α, above 0), `momentum = 0` (μ, in [0, 1)), `nesterov = false`,
 *   which needs a momentum
 * @returns an immutable record, JSON
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is out of its range, or `nesterov` is true without momentum
 * @example
 * const optimizer = sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true });
 *
 * Source: Sutskever et al. 2013, section 2, in PyTorch's form.
 */
export function sgd(options: SgdOptions = {}): Sgd {
  checkOptions('sgd', options, ['learningRate', 'momentum', 'nesterov']);
  const momentum = checkNumber('sgd', 'momentum', options.momentum ?? 0, { min: 0, below: 1 });
  const nesterov = checkBoolean('sgd', 'nesterov', options.nesterov ?? false);
  if (nesterov && momentum === 0) {
    throw new RangeError(
      'sgd: momentum must be above 0 with nesterov; got 0. Set momentum, such as 0.9, or leave nesterov off.',
    );
  }
  return Object.freeze({
    kind: 'sgd',
    learningRate: checkLearningRate('sgd', options.learningRate ?? 0.01),
    momentum,
    nesterov,
  });
}

/**
 * The numbers of a step of gradient descent: α, and μ as `beta1`.
 *
 * @param out - receives them
 * @param optimizer - made by {@link sgd}
 * @param learningRate - α of this step, after the schedule
 */
export function sgdCoefficientsInto(
  out: StepCoefficients,
  optimizer: Sgd,
  learningRate: number,
): void {
  out.stepSize = learningRate;
  out.beta1 = optimizer.momentum;
}
