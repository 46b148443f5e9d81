/**
 * RMSprop: its record, and the object through which the library uses it. The loop over the parameters is in the backends.
 *
 * Source: Tieleman & Hinton 2012, COURSERA "Neural networks for machine learning", lecture 6.5.
 */
import { SCALARS } from '../program/scalars.ts';
import { makeRecord, type OptionRules } from '../words/options.ts';
import type { OptimizerKind, UpdateFormula } from './contract.ts';
import { firstMoment, nextParameter, SCALED_GRADIENT, secondMoment } from './formulas.ts';
import { quotientBound } from './moment-bounds.ts';
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

const RULES: OptionRules<Required<RmsPropOptions>> = {
  learningRate: rateOption(0.01),
  decayRate: shareOption(0.99),
  epsilon: epsilonOption(1e-8),
  momentum: shareOption(0),
};

/**
 * RMSprop: v ← ρ v + (1 − ρ) g², u = g / (√v + ε), then w ← w − α u, or with momentum b ← μ b + u and
 * w ← w − α b.
 *
 * Form and defaults are PyTorch's: ε is outside the root. Keras adds ε inside the root, and has ρ = 0.9 and a rate of
 * 1e-3. PyTorch calls ρ `alpha`. v starts at 0 and is not corrected.
 *
 * @param options - `learningRate = 0.01` (α, above 0), `decayRate = 0.99` (ρ, in [0, 1)), `epsilon = 1e-8` (at
 *   least 1e-16), `momentum = 0` (μ, in [0, 1))
 * @returns an immutable record, JSON
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is out of its range
 * @example
 * const optimizer = rmsprop({ learningRate: 1e-3 });
 *
 * Source: Tieleman & Hinton 2012, lecture 6.5, slide 29.
 */
export function rmsprop(options: RmsPropOptions = {}): RmsProp {
  return RMSPROP.make(options);
}

/** RMSprop for the rest of the library. */
export const RMSPROP: OptimizerKind<RmsProp, 'rmsprop'> = {
  kind: 'rmsprop',
  options: Object.keys(RULES),
  rule: 'rmsprop',
  make: (options) => makeRecord<RmsProp>('rmsprop', options, RULES),
  moments: ({ momentum }) => [
    ...(momentum > 0 ? (['firstMoments'] as const) : []),
    'secondMoments',
  ],
  coefficientsInto: (scalars, { momentum, decayRate, epsilon }, _step, learningRate) => {
    scalars[SCALARS.stepSize] = learningRate;
    scalars[SCALARS.beta1] = momentum;
    scalars[SCALARS.beta2] = decayRate;
    scalars[SCALARS.oneMinusBeta2] = 1 - decayRate;
    scalars[SCALARS.epsilon] = epsilon;
  },
  boundStep: (bounds, _optimizer, scalars, gradient) => {
    // |g| / √v ≤ 1 / √(1 − ρ), because v ≥ (1 − ρ) g².
    const quotient = quotientBound(
      gradient,
      1 / Math.sqrt(scalars[SCALARS.oneMinusBeta2]!),
      scalars,
    );
    bounds.second = Math.max(bounds.second, gradient * gradient);
    bounds.first = scalars[SCALARS.beta1]! * bounds.first + quotient;
    bounds.passing = bounds.first;
    return scalars[SCALARS.stepSize]! * bounds.first;
  },
};

/** v, the buffer of momentum and the new parameters, for the trace. */
export function rmspropFormulas({ momentum }: RmsProp): UpdateFormula[] {
  const squares = secondMoment(
    29,
    ({ parameter, gradient }) => `\\rho\\,v_{t-1,${parameter}} + (1 - \\rho)\\,{${gradient}}^2`,
  );
  if (momentum === 0) return [squares, nextParameter(SCALED_GRADIENT)];
  const buffer = firstMoment(
    'u',
    29,
    (symbols) => `${momentum}\\,u_{t-1,${symbols.parameter}} + ${SCALED_GRADIENT(symbols)}`,
  );
  return [squares, buffer, nextParameter(({ parameter }) => `u_{t,${parameter}}`)];
}
