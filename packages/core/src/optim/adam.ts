/**
 * Adam and AdamW: their record, and the object through which the library uses it. The loop over the parameters is in the backends.
 *
 *     m ← β₁ m + (1 − β₁) g              eq. (26)
 *     v ← β₂ v + (1 − β₂) g²             eq. (27)
 *     m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)      eq. (28)
 *     w ← w − α m̂ / (√v̂ + ε)             eq. (29); the notes write +, which ascends
 *
 * A kernel computes w ← w − (a·m) / (√v·d + ε) with a = α / (1 − β₁ᵗ) and d = 1 / √(1 − β₂ᵗ). This is the same formula
 * with two corrections for each step instead of two for each element.
 *
 * Source: Kingma & Ba 2015, "Adam: a method for stochastic optimization", Algorithm 1; Loshchilov & Hutter
 * 2019, "Decoupled weight decay regularization", Algorithm 2; Reddi, Kale & Kumar 2018 for AMSGrad.
 */
import { SCALARS } from '../program/scalars.ts';
import {
  booleanOption,
  checkOptions,
  choiceOption,
  makeRecord,
  numberOption,
  type OptionRules,
} from '../words/options.ts';
import type { OptimizerKind, UpdateFormula } from './contract.ts';
import { correctedMoment, nextParameter } from './formulas.ts';
import { quotientBound, type MomentBounds } from './moment-bounds.ts';
import { rateOption } from './option-rules.ts';
import { boundMeans, complement, meanFormulas, MEAN_RULES, meansInto } from './running-means.ts';

/** The place of ε: `'outside'`, √v̂ + ε, or `'hat'`, √v + ε with the corrections in the rate. */
export type EpsilonMode = 'outside' | 'hat';

/** The record that `adam` and `adamw` make. */
export interface Adam {
  readonly kind: 'adam';
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly epsilonMode: EpsilonMode;
  readonly amsgrad: boolean;
  /** Decoupled; 0 for `adam`. */
  readonly weightDecay: number;
}

export interface AdamOptions {
  readonly learningRate?: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  readonly epsilonMode?: EpsilonMode;
  readonly amsgrad?: boolean;
}

export interface AdamWOptions extends AdamOptions {
  readonly weightDecay?: number;
}

const RULES: OptionRules<Required<AdamOptions>> = {
  learningRate: rateOption(1e-3),
  ...MEAN_RULES,
  epsilonMode: choiceOption(['outside', 'hat'], 'outside'),
  amsgrad: booleanOption(false),
};

/**
 * Adam: w ← w − α m̂ / (√v̂ + ε), with corrected running means m̂ of the gradient and v̂ of its square.
 *
 * Libraries differ in the place of ε. By default ε is outside the root of the corrected v̂, as in the paper and in
 * PyTorch. Keras and scikit-learn add it to the uncorrected √v ("ε̂" in the paper); `epsilonMode: 'hat'` does the same.
 * AMSGrad takes the largest uncorrected v so far, as PyTorch and Keras do.
 *
 * @param options - `learningRate = 1e-3` (α, above 0), `beta1 = 0.9` and `beta2 = 0.999` (in [0, 1)),
 *   `epsilon = 1e-8` (at least 1e-16), `epsilonMode = 'outside'`, `amsgrad = false`
 * @returns an immutable record, JSON
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is out of its range
 * @example
 * const optimizer = adam({ learningRate: 3e-4 });
 *
 * Source: Kingma & Ba 2015, Algorithm 1; the notes, eq. (26)–(29).
 */
export function adam(options: AdamOptions = {}): Adam {
  checkOptions('adam', options, ADAM.options);
  return ADAM.make(options);
}

/**
 * AdamW: Adam with decoupled weight decay, w ← (1 − α λ) w before the step of {@link adam}.
 *
 * The decay is scaled by the scheduled rate and touches weights only; PyTorch's `AdamW` also decays biases.
 * The option `l2` of `fit` is different: it is added to the gradient, so the adaptive denominator divides it.
 *
 * @param options - those of {@link adam}, and `weightDecay = 0.01` (λ, at least 0)
 * @returns an immutable record, JSON
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is out of its range
 * @example
 * const optimizer = adamw({ weightDecay: 0.05 });
 *
 * Source: Loshchilov & Hutter 2019, Algorithm 2.
 */
export function adamw(options: AdamWOptions = {}): Adam {
  return ADAMW.make(options);
}

/** Adam for the rest of the library. A stored record contains its decay, so `make` accepts a decay too. */
export const ADAM: OptimizerKind<Adam, 'adam'> = {
  kind: 'adam',
  options: Object.keys(RULES),
  rule: 'adam',
  make: (options) => readAdam('adam', options, 0),
  moments: ({ amsgrad }) => [
    'firstMoments',
    'secondMoments',
    ...(amsgrad ? (['thirdMoments'] as const) : []),
  ],
  coefficientsInto,
  boundStep: (bounds, _optimizer, scalars, gradient) => boundAdam(bounds, scalars, gradient),
};

/** The same optimiser with the name, the options and the default of {@link adamw}. */
export const ADAMW: OptimizerKind<Adam, 'adam'> = {
  ...ADAM,
  options: [...ADAM.options, 'weightDecay'],
  make: (options) => readAdam('adamw', options, 0.01),
};

/** The record for options of {@link adamw}; `where` is the public function, `weightDecay` its default. */
function readAdam(where: string, options: unknown, weightDecay: number): Adam {
  const decay = numberOption({ min: 0, float32: true }, weightDecay);
  return makeRecord<Adam>('adam', options, { ...RULES, weightDecay: decay }, where);
}

function coefficientsInto(
  scalars: Float64Array,
  optimizer: Adam,
  step: number,
  learningRate: number,
): void {
  const first = complement(optimizer.beta1, step);
  const second = complement(optimizer.beta2, step);
  const hat = optimizer.epsilonMode === 'hat';
  meansInto(scalars, optimizer);
  scalars[SCALARS.stepSize] = hat
    ? (learningRate * Math.sqrt(second)) / first
    : learningRate / first;
  scalars[SCALARS.denominatorScale] = hat ? 1 : 1 / Math.sqrt(second);
  scalars[SCALARS.decay] = learningRate * optimizer.weightDecay;
  scalars[SCALARS.firstCorrection] = 1 / first;
  scalars[SCALARS.secondCorrection] = 1 / second;
}

/**
 * The bound of (a·m) / (√v·d + ε). It is of the size of α, whatever the gradients and ε are.
 *
 * Source: Kingma & Ba 2015, section 2.1, where the same bound is given for sparse gradients.
 */
export function boundAdam(bounds: MomentBounds, scalars: Float64Array, gradient: number): number {
  const stepSize = scalars[SCALARS.stepSize]!;
  boundMeans(bounds, scalars, gradient);
  bounds.passing = stepSize * Math.max(1, bounds.first);
  return stepSize * quotientBound(bounds.first, bounds.ratio, scalars);
}

/** Eq. (26)–(29). */
/** m, v, m̂, v̂ and the new parameters, for the trace. */
export function adamFormulas({ amsgrad, epsilonMode }: Adam): UpdateFormula[] {
  const used = (parameter: string): string =>
    amsgrad ? `v^{\\max}_{t,${parameter}}` : `v_{t,${parameter}}`;
  const means = amsgrad ? [...meanFormulas(), LARGEST_SECOND_MOMENT] : meanFormulas();
  if (epsilonMode === 'hat') {
    const correction = '\\tfrac{\\sqrt{1 - \\beta_2^t}}{1 - \\beta_1^t}';
    const step = nextParameter(
      ({ parameter }) =>
        `${correction}\\,m_{t,${parameter}} / (\\sqrt{${used(parameter)}} + \\epsilon)`,
    );
    return [...means, step];
  }
  return [
    ...means,
    correctedMoment(
      'first',
      'm',
      'firstMoments',
      ({ parameter }) => `m_{t,${parameter}} / (1 - \\beta_1^t)`,
    ),
    correctedMoment(
      'second',
      'v',
      amsgrad ? 'thirdMoments' : 'secondMoments',
      ({ parameter }) => `${used(parameter)} / (1 - \\beta_2^t)`,
    ),
    nextParameter(
      ({ parameter }) =>
        `\\hat{m}_{t,${parameter}} / (\\sqrt{\\hat{v}_{t,${parameter}}} + \\epsilon)`,
    ),
  ];
}

/** The largest v so far, of AMSGrad. */
const LARGEST_SECOND_MOMENT: UpdateFormula = {
  tensor: 'thirdMoments',
  equation: 27,
  suffix: 'ThirdMoment',
  symbol: (parameter) => `max v(${parameter})`,
  latex: (parameter) => `v^{\\max}_{t,${parameter}}`,
  formula: ({ parameter }) => `\\max(v^{\\max}_{t-1,${parameter}}, v_{t,${parameter}})`,
};
