/**
 * One step of an optimiser over the flat parameters: Adam, eq. (26)–(29), with the minus that eq. (29) of the
 * notes lacks, and the other optimisers. Clipping, eq. (30), comes first, then l1 and l2, which are part of the gradient,
 * then the decoupled decay, then the moments and the step. The scalars contain the rates and corrections.
 */
import type { Tensor, UpdateOp } from '../../program/program.ts';
import type { TensorView, UpdateRule } from '../contract.ts';
import type { Memory, Run } from './memory.ts';

/** The step of the rule at flat place j for gradient g; the update is w ← w − f · step, with the factor f of the rate. */
type Rule = (j: number, g: number) => number;

export function update(op: UpdateOp, memory: Memory): Run {
  const { parameters, adjoints } = memory.of(op);
  const { rateFactor = 1 } = op;
  const rule = RULES[op.rule](op as never, memory);
  return () => {
    const clipScale = memory.scalar('clipScale');
    const clipValue = memory.scalar('clipValue');
    for (let j = 0; j < op.parameters.size; j++) {
      let w = parameters[j]!;
      let g = clamp(adjoints[j]! * clipScale, clipValue);
      if (j < op.weightCount) {
        g += memory.scalar('l2') * w + memory.scalar('l1') * Math.sign(w);
        w -= memory.scalar('decay') * rateFactor * w;
      }
      parameters[j] = w - rateFactor * rule(j, g);
    }
  };
}

/** g within ±limit; NaN stays NaN. */
function clamp(g: number, limit: number): number {
  if (g > limit) return limit;
  return g < -limit ? -limit : g;
}

const RULES: Readonly<Record<UpdateRule, (op: never, memory: Memory) => Rule>> = {
  adam,
  sgd,
  rmsprop,
  adagrad,
  nadam,
};

/** An update whose rule has these moments. */
type UpdateWith<Moments extends keyof UpdateOp> = UpdateOp & { readonly [M in Moments]: Tensor };

/**
 * m ← β₁m + (1 − β₁)g, eq. (26); v ← β₂v + (1 − β₂)g², eq. (27); then a·m / (√v·d + ε), where a and d hold
 * the corrections of eq. (28): a = α / (1 − β₁ᵗ), d = 1/√(1 − β₂ᵗ). AMSGrad takes the largest v so far.
 *
 * Source: Kingma & Ba 2015, Algorithm 1; Reddi, Kale & Kumar 2018, Algorithm 2.
 */
function adam(op: UpdateWith<'firstMoments' | 'secondMoments'>, memory: Memory): Rule {
  const { firstMoments, secondMoments, thirdMoments: largest } = memory.of(op);
  return (j, g) => {
    const m = memory.scalar('beta1') * firstMoments[j]! + memory.scalar('oneMinusBeta1') * g;
    const v = memory.scalar('beta2') * secondMoments[j]! + memory.scalar('oneMinusBeta2') * (g * g);
    firstMoments[j] = m;
    secondMoments[j] = v;
    const used = largest === undefined ? v : keepLargest(largest, j, v);
    const root = Math.sqrt(used) * memory.scalar('denominatorScale');
    return (memory.scalar('stepSize') * m) / (root + memory.scalar('epsilon'));
  };
}

/**
 * m and v as in {@link adam}, then (a·m + b·g) / (√v·d + ε), where a and b hold the factors of m and g in α m̂.
 *
 * Source: Dozat 2016, Algorithm 2, in PyTorch's form.
 */
function nadam(op: UpdateWith<'firstMoments' | 'secondMoments'>, memory: Memory): Rule {
  const { firstMoments, secondMoments } = memory.of(op);
  return (j, g) => {
    const m = memory.scalar('beta1') * firstMoments[j]! + memory.scalar('oneMinusBeta1') * g;
    const v = memory.scalar('beta2') * secondMoments[j]! + memory.scalar('oneMinusBeta2') * (g * g);
    firstMoments[j] = m;
    secondMoments[j] = v;
    const ahead = memory.scalar('stepSize') * m + memory.scalar('gradientStepSize') * g;
    return ahead / (Math.sqrt(v) * memory.scalar('denominatorScale') + memory.scalar('epsilon'));
  };
}

function keepLargest(largest: TensorView, j: number, v: number): number {
  const kept = v > largest[j]! ? v : largest[j]!;
  largest[j] = kept;
  return kept;
}

/** v ← μv + g, then α·v, or α·(g + μv) with Nesterov; α·g without momentum. */
function sgd(op: UpdateOp, memory: Memory): Rule {
  const { firstMoments: velocity } = memory.of(op);
  return (j, g) => {
    if (velocity === undefined) return memory.scalar('stepSize') * g;
    const momentum = memory.scalar('beta1');
    const v = momentum * velocity[j]! + g;
    velocity[j] = v;
    return memory.scalar('stepSize') * (op.nesterov ? g + momentum * v : v);
  };
}

/** v ← ρv + (1 − ρ)g², u = g / (√v + ε), then α·u, or α times the momentum buffer b ← μb + u. */
function rmsprop(op: UpdateWith<'secondMoments'>, memory: Memory): Rule {
  const { secondMoments, firstMoments: buffer } = memory.of(op);
  return (j, g) => {
    const v = memory.scalar('beta2') * secondMoments[j]! + memory.scalar('oneMinusBeta2') * (g * g);
    secondMoments[j] = v;
    let u = g / (Math.sqrt(v) + memory.scalar('epsilon'));
    if (buffer !== undefined) {
      u += memory.scalar('beta1') * buffer[j]!;
      buffer[j] = u;
    }
    return memory.scalar('stepSize') * u;
  };
}

/** v ← v + g², then α·g / (√v + ε). */
function adagrad(op: UpdateWith<'secondMoments'>, memory: Memory): Rule {
  const { secondMoments: sums } = memory.of(op);
  return (j, g) => {
    const v = sums[j]! + g * g;
    sums[j] = v;
    return (memory.scalar('stepSize') * g) / (Math.sqrt(v) + memory.scalar('epsilon'));
  };
}
