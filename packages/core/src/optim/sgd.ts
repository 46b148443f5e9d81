/**
 * Gradient descent, with momentum and Nesterov's variant, as data, without the loop over the
 * parameters, which belongs to the backends.
 *
 * Source: Polyak 1964 (heavy ball); Nesterov 1983; Sutskever, Martens, Dahl & Hinton 2013, "On the importance
 * of initialization and momentum in deep learning", section 2.
 */
import { mustBe, rangeError } from '../words/fault.ts';
import { booleanOption, makeRecord } from '../words/options.ts';
import { rateOption, shareOption } from './option-rules.ts';

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
  const optimizer = makeRecord<Sgd>('sgd', options, {
    learningRate: rateOption(0.01),
    momentum: shareOption(0),
    nesterov: booleanOption(false),
  });
  if (optimizer.nesterov && optimizer.momentum === 0) {
    throw rangeError(
      mustBe(
        'sgd',
        'momentum',
        'above 0 with nesterov',
        0,
        ' Set momentum, such as 0.9, or leave nesterov off.',
      ),
    );
  }
  return optimizer;
}
