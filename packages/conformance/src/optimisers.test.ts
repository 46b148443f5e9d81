/**
 * Twelve steps of every optimiser through the trainer, on a float64 network, against PyTorch's formulas: equal to
 * 1e-12. Both have the same gradients, so only the update is compared: eq. (26)–(30).
 */
import { describe, expect, it } from 'vitest';
import {
  adagrad,
  adam,
  adamw,
  type ClipOption,
  dense,
  nadam,
  type Network,
  network,
  type Optimizer,
  radam,
  rmsprop,
  sgd,
  trainer,
} from 'vinculum';
import { Draws } from './draws.ts';
import {
  torchAdagrad,
  torchAdam,
  torchNadam,
  torchRadam,
  torchRmsprop,
  torchSgd,
  type Rule,
} from './torch-formulas.ts';

const STEPS = 12;
const betas = [0.9, 0.999] as const;

interface Variant {
  readonly name: string;
  readonly optimizer: Optimizer;
  readonly rule: (size: number) => Rule;
  /**
   * The rule for biases, if it differs. vinculum applies decay and penalties to weights only, so the published formula
   * must run without them on biases.
   */
  readonly biasRule?: (size: number) => Rule;
}

const VARIANTS: readonly Variant[] = [
  {
    name: 'adam',
    optimizer: adam({ learningRate: 0.01 }),
    rule: (size) => torchAdam(size, { lr: 0.01, betas, eps: 1e-8 }),
  },
  {
    name: "adam with epsilonMode 'hat' (Keras)",
    optimizer: adam({ learningRate: 0.01, epsilonMode: 'hat', epsilon: 1e-4 }),
    rule: (size) => torchAdam(size, { lr: 0.01, betas, eps: 1e-4, hat: true }),
  },
  {
    name: 'amsgrad',
    optimizer: adam({ learningRate: 0.05, beta2: 0.6, amsgrad: true }),
    rule: (size) => torchAdam(size, { lr: 0.05, betas: [0.9, 0.6], eps: 1e-8, amsgrad: true }),
  },
  {
    name: 'adamw',
    optimizer: adamw({ learningRate: 0.01, weightDecay: 0.3 }),
    rule: (size) => torchAdam(size, { lr: 0.01, betas, eps: 1e-8, weightDecay: 0.3 }),
    biasRule: (size) => torchAdam(size, { lr: 0.01, betas, eps: 1e-8 }),
  },
  {
    name: 'sgd',
    optimizer: sgd({ learningRate: 0.1 }),
    rule: (size) => torchSgd(size, { lr: 0.1 }),
  },
  {
    name: 'sgd with momentum',
    optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }),
    rule: (size) => torchSgd(size, { lr: 0.05, momentum: 0.9 }),
  },
  {
    name: 'sgd with Nesterov momentum',
    optimizer: sgd({ learningRate: 0.05, momentum: 0.8, nesterov: true }),
    rule: (size) => torchSgd(size, { lr: 0.05, momentum: 0.8, nesterov: true }),
  },
  {
    name: 'rmsprop',
    optimizer: rmsprop({ learningRate: 0.01, decayRate: 0.95 }),
    rule: (size) => torchRmsprop(size, { lr: 0.01, alpha: 0.95, eps: 1e-8 }),
  },
  {
    name: 'rmsprop with momentum',
    optimizer: rmsprop({ learningRate: 0.01, momentum: 0.7 }),
    rule: (size) => torchRmsprop(size, { lr: 0.01, alpha: 0.99, eps: 1e-8, momentum: 0.7 }),
  },
  {
    name: 'adagrad',
    optimizer: adagrad({ learningRate: 0.1 }),
    rule: (size) => torchAdagrad(size, { lr: 0.1, eps: 1e-10 }),
  },
  {
    name: 'nadam',
    optimizer: nadam(),
    rule: (size) => torchNadam(size, { lr: 2e-3, betas, eps: 1e-8, momentumDecay: 4e-3 }),
  },
  {
    name: 'nadam with other options',
    optimizer: nadam({
      learningRate: 0.05,
      beta1: 0.8,
      beta2: 0.95,
      epsilon: 1e-6,
      momentumDecay: 1,
    }),
    rule: (size) => torchNadam(size, { lr: 0.05, betas: [0.8, 0.95], eps: 1e-6, momentumDecay: 1 }),
  },
  {
    name: 'nadam with decay',
    optimizer: nadam({ learningRate: 0.01, weightDecay: 0.3 }),
    rule: (size) =>
      torchNadam(size, { lr: 0.01, betas, eps: 1e-8, momentumDecay: 4e-3, weightDecay: 0.3 }),
    biasRule: (size) => torchNadam(size, { lr: 0.01, betas, eps: 1e-8, momentumDecay: 4e-3 }),
  },
  {
    name: 'radam',
    optimizer: radam({ learningRate: 0.1 }),
    rule: (size) => torchRadam(size, { lr: 0.1, betas, eps: 1e-8 }),
  },
  {
    name: 'radam with other options',
    optimizer: radam({ learningRate: 0.05, beta1: 0.8, beta2: 0.95, epsilon: 1e-4 }),
    rule: (size) => torchRadam(size, { lr: 0.05, betas: [0.8, 0.95], eps: 1e-4 }),
  },
];

function testNetwork(): Network {
  const layers = [dense(5, { activation: 'tanh' }), dense(3)];
  return network({ inputs: 4, layers, seed: 2, dtype: 'float64' });
}

/** Batches of different sizes, the last one of a single row. */
function batches(): { x: number[][]; y: number[] }[] {
  const draws = new Draws(40);
  return Array.from({ length: STEPS }, (_, step) => {
    const rows = step === STEPS - 1 ? 1 : draws.integer(2, 8);
    return {
      x: Array.from({ length: rows }, () => [...draws.array(4, () => draws.normal())]),
      y: Array.from({ length: rows }, () => draws.integer(0, 2)),
    };
  });
}

/** What a step does to the gradient before it applies the rule. */
type Prepare = (gradients: Map<string, Float64Array>, theta: Map<string, Float64Array>) => void;

interface Extras {
  readonly clip?: ClipOption;
  readonly l1?: number;
  readonly l2?: number;
  readonly prepare?: Prepare;
}

/** The worst |θ − θ′| / max(1, |θ′|) over all parameters of all steps. */
function worstDifference(variant: Variant, extras: Extras = {}): number {
  const net = testNetwork();
  const { prepare, ...options } = extras;
  const steps = trainer(net, {
    loss: 'softmax-cross-entropy',
    optimizer: variant.optimizer,
    ...options,
  });
  const doubles = (map: ReadonlyMap<string, ArrayLike<number>>): Map<string, Float64Array> =>
    new Map([...map].map(([name, values]) => [name, Float64Array.from(values)]));
  const theta = doubles(net.parameters());
  const rules = new Map<string, Rule>();
  for (const [name, { length }] of theta) {
    const make = name.endsWith('bias') ? (variant.biasRule ?? variant.rule) : variant.rule;
    rules.set(name, make(length));
  }
  let worst = 0;
  for (const [index, batch] of batches().entries()) {
    steps.step(batch);
    const gradients = doubles(steps.gradients());
    prepare?.(gradients, theta);
    for (const [name, values] of theta) rules.get(name)!(values, gradients.get(name)!, index + 1);
    for (const [name, found] of net.parameters()) {
      theta.get(name)!.forEach((value, j) => {
        const difference = Math.abs(found[j]! - value) / Math.max(1, Math.abs(value));
        // A negated comparison, so that NaN becomes the worst error and stays it.
        if (!(difference <= worst)) worst = difference;
      });
    }
  }
  steps.close();
  return worst;
}

function normOf(gradients: Map<string, Float64Array>): number {
  let sum = 0;
  for (const values of gradients.values()) for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}

function scaleAll(gradients: Map<string, Float64Array>, factor: number): void {
  for (const values of gradients.values())
    values.forEach((value, j) => (values[j] = value * factor));
}

describe('optimisers over twelve steps, eq. (26)–(29)', () => {
  it.each(VARIANTS)('$name equals the published formula to 1e-12', (variant) => {
    const worst = worstDifference(variant);
    expect(worst).toBeLessThanOrEqual(1e-12);
    expect(worst).not.toBeNaN();
  });
});

describe('what comes before the rule, eq. (30)', () => {
  const plain = VARIANTS[4]!;

  it('clips by the global norm only if it is too large: a smaller gradient keeps every bit', () => {
    const seen: boolean[] = [];
    const prepare: Prepare = (gradients) => {
      const norm = normOf(gradients);
      seen.push(norm > 0.8);
      if (norm > 0.8) scaleAll(gradients, 0.8 / norm);
    };
    expect(worstDifference(plain, { clip: { globalNorm: 0.8 }, prepare })).toBeLessThan(1e-12);
    expect(new Set(seen)).toEqual(new Set([true, false]));
  });

  it('normalises every gradient, small ones too, as the notes do', () => {
    const prepare: Prepare = (gradients) => scaleAll(gradients, 0.8 / normOf(gradients));
    expect(worstDifference(plain, { clip: { normalize: 0.8 }, prepare })).toBeLessThan(1e-12);
  });

  it('clips by value', () => {
    const prepare: Prepare = (gradients) => {
      for (const values of gradients.values()) {
        values.forEach((g, j) => (values[j] = Math.max(-0.1, Math.min(0.1, g))));
      }
    };
    expect(worstDifference(plain, { clip: { value: 0.1 }, prepare })).toBeLessThan(1e-12);
  });

  it.each([plain, VARIANTS[0]!])(
    'adds l1 and l2 to the gradient of weights only: $name',
    (variant) => {
      const prepare: Prepare = (gradients, theta) => {
        for (const [name, values] of gradients) {
          if (name.endsWith('bias')) continue;
          const weights = theta.get(name)!;
          values.forEach(
            (g, j) => (values[j] = g + 0.2 * weights[j]! + 0.03 * Math.sign(weights[j]!)),
          );
        }
      };
      expect(worstDifference(variant, { l1: 0.03, l2: 0.2, prepare })).toBeLessThan(1e-12);
    },
  );
});
