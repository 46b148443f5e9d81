/**
 * The optimisers as one closed union: reading a record, and the numbers of one step of any of them. A new
 * optimiser is a file of its own, a line in each function here, and a rule in each backend.
 */
import { show } from '../options.ts';
import { adagrad, adagradCoefficientsInto, type AdaGrad } from './adagrad.ts';
import { adam, adamCoefficientsInto, adamw, type Adam } from './adam.ts';
import { clearStepCoefficients, type StepCoefficients } from './coefficients.ts';
import { rmsprop, rmspropCoefficientsInto, type RmsProp } from './rmsprop.ts';
import { sgd, sgdCoefficientsInto, type Sgd } from './sgd.ts';

/** What `optimizer` of `fit` and `trainer` takes. */
export type Optimizer = Adam | Sgd | RmsProp | AdaGrad;

/**
 * An optimiser from a record, which a factory made or a JSON file gave, by the checks of its factory.
 *
 * @param where - the public function, for messages
 * @param value - what was given
 * @returns the checked, complete record
 * @throws {TypeError} when it is no optimiser, or has an unknown field
 * @throws {RangeError} when a value is out of its range
 */
export function readOptimizer(where: string, value: unknown): Optimizer {
  if (typeof value === 'object' && value !== null && 'kind' in value) {
    const { kind, ...options } = value;
    switch (kind) {
      case 'adam': {
        const { weightDecay, ...shared } = options as { weightDecay?: number };
        return weightDecay === 0 || weightDecay === undefined ? adam(shared) : adamw(options);
      }
      case 'sgd':
        return sgd(options);
      case 'rmsprop':
        return rmsprop(options);
      case 'adagrad':
        return adagrad(options);
      default:
        break;
    }
  }
  throw new TypeError(
    `${where}: optimizer must be made by adam(…), adamw(…), sgd(…), rmsprop(…) or adagrad(…); got ${show(value)}.`,
  );
}

/**
 * The numbers of step t, computed in float64 from the integer t alone, so that a resumed run has them too.
 *
 * @param out - receives every number; nothing is left of the optimiser that it served before
 * @param optimizer - any optimiser
 * @param step - t, from 1
 * @param learningRate - α of this step, after the schedule
 */
export function stepCoefficientsInto(
  out: StepCoefficients,
  optimizer: Optimizer,
  step: number,
  learningRate: number,
): void {
  clearStepCoefficients(out);
  switch (optimizer.kind) {
    case 'adam':
      adamCoefficientsInto(out, optimizer, step, learningRate);
      return;
    case 'sgd':
      sgdCoefficientsInto(out, optimizer, learningRate);
      return;
    case 'rmsprop':
      rmspropCoefficientsInto(out, optimizer, learningRate);
      return;
    case 'adagrad':
      adagradCoefficientsInto(out, optimizer, learningRate);
      return;
    default:
      optimizer satisfies never;
  }
}
