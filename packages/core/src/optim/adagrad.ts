/**
 * AdaGrad: its record, and the object through which the library uses it. The loop over the parameters is in the backends.
 *
 * Source: Duchi, Hazan & Singer 2011, "Adaptive subgradient methods for online learning and stochastic
 * optimization".
 */
import { SCALARS } from '../program/scalars.ts';
import { makeRecord, type OptionRules } from '../words/options.ts';
import type { OptimizerKind, UpdateFormula } from './contract.ts';
import { nextParameter, SCALED_GRADIENT, secondMoment } from './formulas.ts';
import { quotientBound } from './moment-bounds.ts';
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

const RULES: OptionRules<Required<AdaGradOptions>> = {
  learningRate: rateOption(0.01),
  epsilon: epsilonOption(1e-10),
};

/**
 * AdaGrad: v ← v + g², then w ← w − α g / (√v + ε).
 *
 * PyTorch's form: v starts at 0, and ε is outside the root. Keras starts v at 0.1 with ε = 1e-7 inside the root.
 *
 * @param options - `learningRate = 0.01` (α, above 0), `epsilon = 1e-10` (at least 1e-16)
 * @returns an immutable record, JSON
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is out of its range
 * @example
 * const optimizer = adagrad({ learningRate: 0.1 });
 *
 * Source: Duchi, Hazan & Singer 2011, figure 1 with the diagonal matrix.
 */
export function adagrad(options: AdaGradOptions = {}): AdaGrad {
  return ADAGRAD.make(options);
}

/** AdaGrad for the rest of the library. */
export const ADAGRAD: OptimizerKind<AdaGrad, 'adagrad'> = {
  kind: 'adagrad',
  options: Object.keys(RULES),
  rule: 'adagrad',
  make: (options) => makeRecord<AdaGrad>('adagrad', options, RULES),
  moments: () => ['secondMoments'],
  coefficientsInto: (scalars, { epsilon }, _step, learningRate) => {
    scalars[SCALARS.stepSize] = learningRate;
    scalars[SCALARS.epsilon] = epsilon;
  },
  boundStep: (bounds, _optimizer, scalars, gradient) => {
    const stepSize = scalars[SCALARS.stepSize]!;
    // A sum of squares never falls, and when it is infinite its weight never changes again.
    bounds.second += gradient * gradient;
    bounds.passing = stepSize * gradient;
    // |g| / √v ≤ 1, because v ≥ g².
    return stepSize * quotientBound(gradient, 1, scalars);
  },
};

/** v and the new parameters, for the trace. */
export function adagradFormulas(): UpdateFormula[] {
  return [
    secondMoment(29, ({ parameter, gradient }) => `v_{t-1,${parameter}} + {${gradient}}^2`),
    nextParameter(SCALED_GRADIENT),
  ];
}
