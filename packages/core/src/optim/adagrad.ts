/**
 * AdaGrad as data, without the loop over the parameters, which belongs to the backends.
 *
 * Source: Duchi, Hazan & Singer 2011, "Adaptive subgradient methods for online learning and stochastic
 * optimization".
 */
import { makeRecord } from '../words/options.ts';
import { epsilonOption, rateOption } from './option-rules.ts';

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
 * @param options - `learningRate = 0.01` (α, above 0), `epsilon = 1e-10` (at least 2^−126)
 * @returns an immutable record, JSON
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is out of its range
 * @example
 * const optimizer = adagrad({ learningRate: 0.1 });
 *
 * Source: Duchi, Hazan & Singer 2011, figure 1 with the diagonal matrix.
 */
export function adagrad(options: AdaGradOptions = {}): AdaGrad {
  return makeRecord<AdaGrad>('adagrad', options, {
    learningRate: rateOption(0.01),
    epsilon: epsilonOption(1e-10),
  });
}
