/**
 * The two running means that Adam and its relatives keep: m of the gradient, eq. (26), and v of its square, eq. (27). Their
 * options, coefficients, bounds and formulas are the same in all these optimisers, so they are here. The file of each
 * optimiser says how it uses m and v.
 *
 * Source: Kingma & Ba 2015, "Adam: a method for stochastic optimization", Algorithm 1.
 */
import { SCALARS } from '../program/scalars.ts';
import type { OptionRules } from '../words/options.ts';
import type { UpdateFormula } from './contract.ts';
import { firstMoment, secondMoment } from './formulas.ts';
import { integerPower } from './integer-power.ts';
import type { MomentBounds } from './moment-bounds.ts';
import { epsilonOption, shareOption } from './option-rules.ts';

/** The part of a record that the means need. */
export interface RunningMeans {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** β₁ = 0.9, β₂ = 0.999, ε = 1e-8: the defaults of the paper. */
export const MEAN_RULES: OptionRules<RunningMeans> = {
  beta1: shareOption(0.9),
  beta2: shareOption(0.999),
  epsilon: epsilonOption(1e-8),
};

/** Writes β₁, β₂, their complements and ε. */
export function meansInto(scalars: Float64Array, { beta1, beta2, epsilon }: RunningMeans): void {
  scalars[SCALARS.beta1] = beta1;
  scalars[SCALARS.oneMinusBeta1] = 1 - beta1;
  scalars[SCALARS.beta2] = beta2;
  scalars[SCALARS.oneMinusBeta2] = 1 - beta2;
  scalars[SCALARS.epsilon] = epsilon;
}

/** 1 − βᵗ of eq. (28). βᵗ ≤ exp(−(1 − β) t), so 1 − βᵗ is 1 to the last bit when this is below e⁻⁴⁰, as in most steps of a run. */
export function complement(beta: number, step: number): number {
  return (1 - beta) * step > 40 ? 1 : 1 - integerPower(beta, step);
}

/**
 * Updates the bounds of m and v for one step. The bound of |m| / √v is r′² = (β₁²/β₂) r² + (1 − β₁)² / (1 − β₂), by the
 * inequality of Cauchy and Schwarz for m′ = β₁ m + (1 − β₁) g and v′ = β₂ v + (1 − β₂) g². Whatever the gradients are, this
 * bound does not exceed (1 − β₁) / √((1 − β₂)(1 − β₁²/β₂)), which is 7.27 for the defaults.
 */
export function boundMeans(bounds: MomentBounds, scalars: Float64Array, gradient: number): void {
  bounds.first = Math.max(bounds.first, gradient);
  bounds.second = Math.max(bounds.second, gradient * gradient);
  const carried = scalars[SCALARS.beta1]! * bounds.ratio;
  const added = scalars[SCALARS.oneMinusBeta1]!;
  const before = carried === 0 ? 0 : (carried * carried) / scalars[SCALARS.beta2]!;
  const squares = before + (added * added) / scalars[SCALARS.oneMinusBeta2]!;
  bounds.ratio = Math.sqrt(squares * ROUNDING);
}

/** A factor that covers the rounding errors of m and v in one float32 step. */
const ROUNDING = 1 + 1e-6;

/** m of eq. (26) and v of eq. (27), for the trace. */
export function meanFormulas(): readonly UpdateFormula[] {
  return [
    firstMoment(
      'm',
      26,
      ({ parameter, gradient }) => `\\beta_1 m_{t-1,${parameter}} + (1 - \\beta_1)\\,${gradient}`,
    ),
    secondMoment(
      27,
      ({ parameter, gradient }) =>
        `\\beta_2 v_{t-1,${parameter}} + (1 - \\beta_2)\\,{${gradient}}^2`,
    ),
  ];
}
