/**
 * RAdam: Adam with a smaller step while v is not reliable because it has seen too few gradients. This file has its record and
 * the object through which the library uses it. Its step has the form of Adam's step, so it shares Adam's rule and has other
 * coefficients.
 *
 *     ρ∞ = 2 / (1 − β₂) − 1,  ρₜ = ρ∞ − 2 t β₂ᵗ / (1 − β₂ᵗ)
 *     ρₜ > 5:   r = √((ρₜ − 4)(ρₜ − 2) ρ∞ / ((ρ∞ − 4)(ρ∞ − 2) ρₜ)),  w ← w − α r m̂ √(1 − β₂ᵗ) / (√v + ε)
 *     else:     w ← w − α m̂
 *
 * with m and v of eq. (26) and (27) and m̂ = m / (1 − β₁ᵗ), eq. (28). A kernel computes w ← w − (a·m) / (√v·d + ε): without
 * the division d is 0 and ε is 1.
 *
 * Source: Liu et al. 2020, "On the variance of the adaptive learning rate and beyond", Algorithm 2, in PyTorch's form.
 */
import { SCALARS } from '../program/scalars.ts';
import { makeRecord, type OptionRules } from '../words/options.ts';
import { boundAdam } from './adam.ts';
import type { OptimizerKind, UpdateFormula } from './contract.ts';
import { correctedMoment, nextParameter } from './formulas.ts';
import { rateOption } from './option-rules.ts';
import { complement, meanFormulas, MEAN_RULES, meansInto } from './running-means.ts';

/** The record that `radam` makes. */
export interface Radam {
  readonly kind: 'radam';
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

export interface RadamOptions {
  readonly learningRate?: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

const RULES: OptionRules<Required<RadamOptions>> = {
  learningRate: rateOption(1e-3),
  ...MEAN_RULES,
};

/**
 * RAdam: Adam without its denominator for the first steps, w ← w − α m̂, and then with a rectified rate,
 * w ← w − α r m̂ √(1 − β₂ᵗ) / (√v + ε), where r grows to 1 as the number ρₜ of gradients that v has in effect seen grows.
 *
 * Form and defaults are PyTorch's: the denominator is used when ρₜ is above 5, which is the sixth step for the default β₂, and
 * ε is added to the uncorrected root. The paper has the threshold 4 and no ε. With β₂ of 2/3 or less ρₜ never reaches 5.
 *
 * @param options - `learningRate = 1e-3` (α, above 0), `beta1 = 0.9` and `beta2 = 0.999` (in [0, 1)),
 *   `epsilon = 1e-8` (at least 1e-16)
 * @returns an immutable record, JSON
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is out of its range
 * @example
 * const optimizer = radam({ learningRate: 3e-3 });
 *
 * Source: Liu, Jiang, He, Chen, Liu, Gao & Han 2020, "On the variance of the adaptive learning rate and beyond", Algorithm 2,
 * in PyTorch's form.
 */
export function radam(options: RadamOptions = {}): Radam {
  return RADAM.make(options);
}

/** RAdam for the rest of the library. */
export const RADAM: OptimizerKind<Radam, 'adam'> = {
  kind: 'radam',
  options: Object.keys(RULES),
  rule: 'adam',
  make: (options) => makeRecord<Radam>('radam', options, RULES),
  moments: () => ['firstMoments', 'secondMoments'],
  coefficientsInto: (scalars, optimizer, step, learningRate) => {
    const first = complement(optimizer.beta1, step);
    const second = complement(optimizer.beta2, step);
    const rectification = rectificationOf(optimizer, step);
    meansInto(scalars, optimizer);
    scalars[SCALARS.firstCorrection] = 1 / first;
    if (rectification === undefined) {
      scalars[SCALARS.stepSize] = learningRate / first;
      scalars[SCALARS.denominatorScale] = 0;
      scalars[SCALARS.epsilon] = 1;
    } else {
      scalars[SCALARS.stepSize] = (learningRate * rectification * Math.sqrt(second)) / first;
    }
  },
  boundStep: (bounds, _optimizer, scalars, gradient) => boundAdam(bounds, scalars, gradient),
};

/** With more than this effective number of gradients, the variance of 1/√v is clearly finite. */
const ENOUGH = 5;

/** r of step t; undefined if v has not seen enough gradients. */
function rectificationOf({ beta2 }: Radam, step: number): number | undefined {
  const seen = complement(beta2, step);
  const most = 2 / (1 - beta2) - 1;
  // 1 − seen is β₂ᵗ, and it is 0 when β₂ᵗ is smaller than the last bit of 1.
  const now = most - (2 * step * (1 - seen)) / seen;
  if (!(now > ENOUGH)) return undefined;
  return Math.sqrt(((now - 4) * (now - 2) * most) / ((most - 4) * (most - 2) * now));
}

/** m, v, m̂ and the new parameters, for the trace. */
export function radamFormulas(optimizer: Radam, step: number): UpdateFormula[] {
  return [
    ...meanFormulas(),
    correctedMoment(
      'first',
      'm',
      'firstMoments',
      ({ parameter }) => `m_{t,${parameter}} / (1 - \\beta_1^t)`,
    ),
    nextParameter(({ parameter }) => {
      const mean = `\\hat{m}_{t,${parameter}}`;
      if (rectificationOf(optimizer, step) === undefined) return mean;
      return `r_t\\,\\sqrt{1 - \\beta_2^t}\\,${mean} / (\\sqrt{v_{t,${parameter}}} + \\epsilon)`;
    }),
  ];
}
