/**
 * The optimisers as one closed union: reading a record, and the numbers of one step of any of them. A new
 * optimiser is a file of its own, a line in each function here, and a rule in each backend.
 */
import { readByKind } from '../words/options.ts';
import { adagrad, type AdaGrad } from './adagrad.ts';
import { adamCoefficientsInto, readAdam, type Adam } from './adam.ts';
import { NEUTRAL_COEFFICIENTS, type StepCoefficients } from './coefficients.ts';
import { rmsprop, type RmsProp } from './rmsprop.ts';
import { sgd, type Sgd } from './sgd.ts';

/** What `optimizer` of `fit` and `trainer` takes. */
export type Optimizer = Adam | Sgd | RmsProp | AdaGrad;

/** The names of the factories of optimisers, the default first; `adamw` makes an `adam` record with decay. */
export const OPTIMIZER_NAMES = ['adam', 'adamw', 'sgd', 'rmsprop', 'adagrad'] as const;

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
  return readByKind<Optimizer>(
    `${where}: optimizer`,
    value,
    { adam: (options) => readAdam('adam', options, 0), sgd, rmsprop, adagrad },
    'adam(…), adamw(…), sgd(…), rmsprop(…) or adagrad(…)',
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
  if (optimizer.kind === 'adam') {
    adamCoefficientsInto(out, optimizer, step, learningRate);
    return;
  }
  Object.assign(out, NEUTRAL_COEFFICIENTS);
  out.stepSize = learningRate;
  switch (optimizer.kind) {
    case 'sgd':
      out.beta1 = optimizer.momentum;
      return;
    case 'rmsprop':
      out.beta1 = optimizer.momentum;
      out.beta2 = optimizer.decayRate;
      out.oneMinusBeta2 = 1 - optimizer.decayRate;
      out.epsilon = optimizer.epsilon;
      return;
    case 'adagrad':
      out.epsilon = optimizer.epsilon;
      return;
    default:
      optimizer satisfies never;
  }
}
