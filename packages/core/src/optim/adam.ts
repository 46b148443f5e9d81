/**
 * Adam and AdamW as data, and the numbers of one step that the host computes. The loop over the parameters
 * belongs to the backends.
 *
 *     m ← β₁ m + (1 − β₁) g              eq. (26)
 *     v ← β₂ v + (1 − β₂) g²             eq. (27)
 *     m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)      eq. (28)
 *     w ← w − α m̂ / (√v̂ + ε)             eq. (29); the notes write +, which ascends
 *
 * A kernel computes w ← w − (a·m) / (√v·d + ε) with a = α / (1 − β₁ᵗ) and d = 1 / √(1 − β₂ᵗ): the same
 * numbers, with two divisions a step instead of two an element.
 *
 * Source: Kingma & Ba 2015, "Adam: a method for stochastic optimization", Algorithm 1; Loshchilov & Hutter
 * 2019, "Decoupled weight decay regularization", Algorithm 2; Reddi, Kale & Kumar 2018 for AMSGrad.
 */
import {
  booleanOption,
  checkOptions,
  choiceOption,
  makeRecord,
  numberOption,
  type OptionRules,
} from '../words/options.ts';
import type { StepCoefficients } from './coefficients.ts';
import { integerPower } from './integer-power.ts';
import { epsilonOption, rateOption, shareOption } from './option-rules.ts';

/** Where ε stands: `'outside'` √v̂ + ε, or `'hat'`, √v + ε with the corrections folded into the rate. */
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
  beta1: shareOption(0.9),
  beta2: shareOption(0.999),
  epsilon: epsilonOption(1e-8),
  epsilonMode: choiceOption(['outside', 'hat'], 'outside'),
  amsgrad: booleanOption(false),
};

/**
 * Adam: w ← w − α m̂ / (√v̂ + ε), with corrected running means m̂ of the gradient and v̂ of its square.
 *
 * Libraries differ in where ε stands. The default is the paper's and PyTorch's, outside the root of the
 * corrected v̂; Keras and scikit-learn add it to the uncorrected √v ("ε̂" in the paper), which
 * `epsilonMode: 'hat'` does. AMSGrad takes the largest uncorrected v so far, as PyTorch and Keras do.
 *
 * @param options - `learningRate = 1e-3` (α, above 0), `beta1 = 0.9` and `beta2 = 0.999` (in [0, 1)),
 *   `epsilon = 1e-8` (at least 2^−126), `epsilonMode = 'outside'`, `amsgrad = false`
 * @returns an immutable record, JSON
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is out of its range
 * @example
 * const optimizer = adam({ learningRate: 3e-4 });
 *
 * Source: Kingma & Ba 2015, Algorithm 1; the notes, eq. (26)–(29).
 */
export function adam(options: AdamOptions = {}): Adam {
  checkOptions('adam', options, Object.keys(RULES));
  return readAdam('adam', options, 0);
}

/**
 * AdamW: Adam with decoupled weight decay, w ← (1 − α λ) w before the step of {@link adam}.
 *
 * The decay is scaled by the scheduled rate and touches weights only; PyTorch's `AdamW` also decays biases.
 * An `l2` of `fit` is another thing: it goes into the gradient, so the adaptive denominator divides it.
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
  return readAdam('adamw', options, 0.01);
}

/**
 * The record of Adam with or without decay.
 *
 * @param where - the public function, for messages
 * @param options - those of {@link adamw}, or a stored record without its kind
 * @param weightDecay - its default
 */
export function readAdam(where: string, options: unknown, weightDecay: number): Adam {
  const decay = numberOption({ min: 0, float32: true }, weightDecay);
  return makeRecord<Adam>('adam', options, { ...RULES, weightDecay: decay }, where);
}

/**
 * The numbers of step t of Adam, in float64.
 *
 * @param out - receives them; what Adam has no use for is left as it is
 * @param optimizer - made by {@link adam} or {@link adamw}
 * @param step - t, from 1
 * @param learningRate - α of this step, after the schedule
 */
export function adamCoefficientsInto(
  out: StepCoefficients,
  optimizer: Adam,
  step: number,
  learningRate: number,
): void {
  const { beta1, beta2 } = optimizer;
  const first = complement(beta1, step);
  const second = complement(beta2, step);
  const hat = optimizer.epsilonMode === 'hat';
  out.beta1 = beta1;
  out.oneMinusBeta1 = 1 - beta1;
  out.beta2 = beta2;
  out.oneMinusBeta2 = 1 - beta2;
  out.stepSize = hat ? (learningRate * Math.sqrt(second)) / first : learningRate / first;
  out.denominatorScale = hat ? 1 : 1 / Math.sqrt(second);
  out.epsilon = optimizer.epsilon;
  out.decay = learningRate * optimizer.weightDecay;
  out.firstCorrection = 1 / first;
  out.secondCorrection = 1 / second;
}

/** 1 − βᵗ of eq. (28). Since βᵗ ≤ exp(−(1 − β) t), it is 1 to the last bit once βᵗ is below e⁻⁴⁰; most steps of a run are. */
function complement(beta: number, step: number): number {
  return (1 - beta) * step > 40 ? 1 : 1 - integerPower(beta, step);
}
