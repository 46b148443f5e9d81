/**
 * Gradient descent, with momentum and Nesterov's variant: its record, and the object through which the library uses it. The
 * loop over the parameters is in the backends.
 *
 * Source: Polyak 1964 (heavy ball); Nesterov 1983; Sutskever, Martens, Dahl & Hinton 2013, "On the importance
 * of initialization and momentum in deep learning", section 2.
 */
import { SCALARS } from '../program/scalars.ts';
import { mustBe, rangeError } from '../words/fault.ts';
import { booleanOption, makeRecord, type OptionRules } from '../words/options.ts';
import type { OptimizerKind, UpdateFormula } from './contract.ts';
import { firstMoment, nextParameter } from './formulas.ts';
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

const RULES: OptionRules<Required<SgdOptions>> = {
  learningRate: rateOption(0.01),
  momentum: shareOption(0),
  nesterov: booleanOption(false),
};

/**
 * Gradient descent: v ← μ v + g, then w ← w − α v, or w ← w − α (g + μ v) with Nesterov.
 *
 * PyTorch's form: the rate is outside the velocity, so a change of the rate acts at once. Keras and scikit-learn have
 * α inside v. There is no dampening. With μ = 0 no velocity is stored.
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
  return SGD.make(options);
}

/** Gradient descent for the rest of the library. */
export const SGD: OptimizerKind<Sgd, 'sgd'> = {
  kind: 'sgd',
  options: Object.keys(RULES),
  rule: 'sgd',
  make: readSgd,
  moments: ({ momentum }) => (momentum > 0 ? ['firstMoments'] : []),
  nesterov: ({ nesterov }) => nesterov,
  coefficientsInto: (scalars, { momentum }, _step, learningRate) => {
    scalars[SCALARS.stepSize] = learningRate;
    scalars[SCALARS.beta1] = momentum;
  },
  boundStep: (bounds, { nesterov }, scalars, gradient) => {
    const momentum = scalars[SCALARS.beta1]!;
    bounds.first = momentum * bounds.first + gradient;
    bounds.passing = nesterov ? gradient + momentum * bounds.first : bounds.first;
    return scalars[SCALARS.stepSize]! * bounds.passing;
  },
};

function readSgd(options: unknown): Sgd {
  const optimizer = makeRecord<Sgd>('sgd', options, RULES);
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

/** v, if there is momentum, and the new parameters, for the trace. */
export function sgdFormulas({ momentum, nesterov }: Sgd): UpdateFormula[] {
  if (momentum === 0) return [nextParameter(({ gradient }) => gradient)];
  return [
    firstMoment(
      'v',
      29,
      ({ parameter, gradient }) => `${momentum}\\,v_{t-1,${parameter}} + ${gradient}`,
    ),
    nextParameter(({ parameter, gradient }) =>
      nesterov
        ? `\\left(${gradient} + ${momentum}\\,v_{t,${parameter}}\\right)`
        : `v_{t,${parameter}}`,
    ),
  ];
}
