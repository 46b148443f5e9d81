/**
 * NAdam: Adam with a step that looks ahead along the momentum, as Nesterov's does. This file has its record and the object
 * through which the library uses it; the loop over the parameters is in the backends.
 *
 *     m ← β₁ m + (1 − β₁) g              eq. (26)
 *     v ← β₂ v + (1 − β₂) g²             eq. (27)
 *     μₜ = β₁ (1 − ½ · 0.96^(ψt))
 *     m̂ = μₜ₊₁ m / (1 − ∏ᵢ₌₁ᵗ⁺¹ μᵢ) + (1 − μₜ) g / (1 − ∏ᵢ₌₁ᵗ μᵢ)
 *     w ← w − α m̂ / (√(v / (1 − β₂ᵗ)) + ε)
 *
 * A kernel computes w ← w − (a·m + b·g) / (√v·d + ε), where a and b hold the factors of m and g in α m̂.
 *
 * Source: Dozat 2016, "Incorporating Nesterov momentum into Adam", in PyTorch's form.
 */
import { exp, log } from '../elementary/index.ts';
import { SCALARS } from '../program/scalars.ts';
import { makeRecord, numberOption, type OptionRules } from '../words/options.ts';
import type { OptimizerKind, UpdateFormula } from './contract.ts';
import { correctedMoment, nextParameter } from './formulas.ts';
import { quotientBound } from './moment-bounds.ts';
import { rateOption } from './option-rules.ts';
import { boundMeans, complement, meanFormulas, MEAN_RULES, meansInto } from './running-means.ts';

/** The record that `nadam` makes. */
export interface Nadam {
  readonly kind: 'nadam';
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly momentumDecay: number;
  /** Decoupled. */
  readonly weightDecay: number;
}

export interface NadamOptions {
  readonly learningRate?: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  readonly momentumDecay?: number;
  readonly weightDecay?: number;
}

const RULES: OptionRules<Required<NadamOptions>> = {
  learningRate: rateOption(2e-3),
  ...MEAN_RULES,
  momentumDecay: numberOption({ min: 0 }, 4e-3),
  weightDecay: numberOption({ min: 0, float32: true }, 0),
};

/**
 * NAdam: w ← w − α m̂ / (√v̂ + ε) with the v̂ of {@link adam} and
 * m̂ = μₜ₊₁ m / (1 − ∏ᵢ₌₁ᵗ⁺¹ μᵢ) + (1 − μₜ) g / (1 − ∏ᵢ₌₁ᵗ μᵢ), where μₜ = β₁ (1 − ½ · 0.96^(ψt)).
 *
 * Form and defaults are PyTorch's, which calls ψ `momentum_decay`. Keras' `Nadam` has ψ = 1, a rate of 1e-3, and adds ε to
 * the uncorrected root. The weight decay is decoupled, w ← (1 − α λ) w before the step, and acts on weights only. PyTorch's
 * decay is decoupled with `decoupled_weight_decay=True`, and acts on biases too.
 *
 * @param options - `learningRate = 2e-3` (α, above 0), `beta1 = 0.9` and `beta2 = 0.999` (in [0, 1)),
 *   `epsilon = 1e-8` (at least 1e-16), `momentumDecay = 4e-3` (ψ, at least 0), `weightDecay = 0` (λ, at least 0)
 * @returns an immutable record, JSON
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is out of its range
 * @example
 * const optimizer = nadam({ learningRate: 1e-3 });
 *
 * Source: Dozat 2016, "Incorporating Nesterov momentum into Adam", Algorithm 2, in PyTorch's form.
 */
export function nadam(options: NadamOptions = {}): Nadam {
  return NADAM.make(options);
}

/** NAdam for the rest of the library. */
export const NADAM: OptimizerKind<Nadam, 'nadam'> = {
  kind: 'nadam',
  options: Object.keys(RULES),
  rule: 'nadam',
  make: (options) => makeRecord<Nadam>('nadam', options, RULES),
  moments: () => ['firstMoments', 'secondMoments'],
  coefficientsInto: (scalars, optimizer, step, learningRate) => {
    const second = complement(optimizer.beta2, step);
    const product = momentumProduct(optimizer, step);
    const next = momentum(optimizer, step + 1);
    meansInto(scalars, optimizer);
    scalars[SCALARS.stepSize] = (learningRate * next) / (1 - product * next);
    scalars[SCALARS.gradientStepSize] =
      (learningRate * (1 - momentum(optimizer, step))) / (1 - product);
    scalars[SCALARS.denominatorScale] = 1 / Math.sqrt(second);
    scalars[SCALARS.decay] = learningRate * optimizer.weightDecay;
    scalars[SCALARS.secondCorrection] = 1 / second;
  },
  boundStep: (bounds, _optimizer, scalars, gradient) => {
    const ofMean = scalars[SCALARS.stepSize]!;
    const ofGradient = scalars[SCALARS.gradientStepSize]!;
    boundMeans(bounds, scalars, gradient);
    bounds.passing = (ofMean + ofGradient) * Math.max(1, bounds.first);
    // |g| / √v ≤ 1 / √(1 − β₂), because v ≥ (1 − β₂) g².
    const ratio = 1 / Math.sqrt(scalars[SCALARS.oneMinusBeta2]!);
    return (
      ofMean * quotientBound(bounds.first, bounds.ratio, scalars) +
      ofGradient * quotientBound(gradient, ratio, scalars)
    );
  },
};

const LOG_096 = log(0.96);

/** μₜ. */
function momentum({ beta1, momentumDecay }: Nadam, step: number): number {
  return beta1 * (1 - 0.5 * exp(step * momentumDecay * LOG_096));
}

/** For each record the product of the last requested step, so that earlier factors are not multiplied again. */
const products = new WeakMap<Nadam, { step: number; product: number }>();

/** Below this product, 1 − ∏ μᵢ is 1 to the last bit, so the exact product does not matter. */
const NEGLIGIBLE = 1e-18;

/** ∏ᵢ₌₁ᵗ μᵢ, multiplied from i = 1 up, so that it depends only on t and a resumed run has the same bits. */
function momentumProduct(optimizer: Nadam, step: number): number {
  let cached = products.get(optimizer);
  if (cached === undefined || cached.step > step) {
    cached = { step: 0, product: 1 };
    products.set(optimizer, cached);
  }
  let { product } = cached;
  for (let i = cached.step + 1; i <= step && product > NEGLIGIBLE; i++) {
    product *= momentum(optimizer, i);
  }
  cached.step = step;
  cached.product = product;
  return product;
}

/** m, v, v̂ and the new parameters, for the trace. */
export function nadamFormulas(): UpdateFormula[] {
  return [
    ...meanFormulas(),
    correctedMoment(
      'second',
      'v',
      'secondMoments',
      ({ parameter }) => `v_{t,${parameter}} / (1 - \\beta_2^t)`,
    ),
    nextParameter(({ parameter, gradient }) => {
      const ofMean = `\\tfrac{\\mu_{t+1}}{1 - \\prod_{i=1}^{t+1} \\mu_i}\\,m_{t,${parameter}}`;
      const ofGradient = `\\tfrac{1 - \\mu_t}{1 - \\prod_{i=1}^{t} \\mu_i}\\,${gradient}`;
      return `\\left(${ofMean} + ${ofGradient}\\right) / (\\sqrt{\\hat{v}_{t,${parameter}}} + \\epsilon)`;
    }),
  ];
}
