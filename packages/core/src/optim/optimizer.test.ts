import { describe, expect, it } from 'vitest';
import { SCALAR_COUNT, SCALARS, type ScalarSlot } from '../program/scalars.ts';
import { adagrad } from './adagrad.ts';
import { adam, adamw } from './adam.ts';
import { penaltyOf } from './decay.ts';
import { integerPower } from './integer-power.ts';
import { coefficientsInto, readOptimizer, type Optimizer } from './optimizer.ts';
import { nadam } from './nadam.ts';
import { radam } from './radam.ts';
import { rmsprop } from './rmsprop.ts';
import { sgd } from './sgd.ts';

/** The scalars of a step by name. */
type Scalars = Readonly<Record<ScalarSlot, number>>;

/** The scalars that an optimiser writes. They are NaN before, so a scalar that it does not write stays NaN. */
function coefficientsOf(optimizer: Optimizer, step: number, rate?: number): Scalars {
  const scalars = new Float64Array(SCALAR_COUNT).fill(NaN);
  coefficientsInto(scalars, optimizer, step, rate ?? optimizer.learningRate);
  return byName(scalars);
}

function byName(scalars: Float64Array): Scalars {
  const entries = Object.entries(SCALARS).map(([name, slot]) => [name, scalars[slot]!]);
  return Object.fromEntries(entries) as Scalars;
}

/** |a / b − 1|. */
const relativeError = (actual: number, expected: number): number => Math.abs(actual / expected - 1);

describe('integerPower', () => {
  it('is exact if float64 can represent the result', () => {
    expect(integerPower(3, 0)).toBe(1);
    expect(integerPower(3, 1)).toBe(3);
    expect(integerPower(3, 33)).toBe(5559060566555523);
    expect(integerPower(0.5, 1074)).toBe(5e-324);
    expect(integerPower(0, 0)).toBe(1);
    expect(integerPower(0, 5)).toBe(0);
  });

  it('agrees with 50 digits for β₂ᵗ, and ends for any t', () => {
    // mpmath 1.3, mp.dps = 50, of the float64 nearest to 0.999.
    expect(Math.abs(integerPower(0.999, 1000) / 0.36769542477096373 - 1)).toBeLessThan(2e-13);
    expect(Math.abs(integerPower(0.999, 10) / 0.9900448802097482 - 1)).toBeLessThan(2e-15);
    expect(integerPower(0.999, 2 ** 53 - 1)).toBe(0);
  });

  it('multiplies the squares from the lowest bit up, whatever the size of the exponent', () => {
    const sizes = [1, 2 ** 16, 2 ** 31, 2 ** 32, 2 ** 33, 2 ** 53 - 8];
    const exponents = sizes.flatMap((size) => Array.from({ length: 7 }, (_, i) => size + i));
    for (const base of [0, 0.1, 0.9, 0.999, 1 - 1e-12, 1, 1 + 1e-12, 3, -0.5]) {
      for (const exponent of exponents) {
        let power = 1;
        let square = base;
        for (let rest = BigInt(exponent); rest > 0n; rest >>= 1n) {
          if (rest & 1n) power *= square;
          square *= square;
        }
        expect(integerPower(base, exponent)).toBe(power);
      }
    }
  });
});

describe('the defaults', () => {
  it('are those of the documentation', () => {
    expect(adam()).toEqual({
      kind: 'adam',
      learningRate: 1e-3,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      epsilonMode: 'outside',
      amsgrad: false,
      weightDecay: 0,
    });
    expect(adamw()).toEqual({ ...adam(), weightDecay: 0.01 });
    expect(sgd()).toEqual({ kind: 'sgd', learningRate: 0.01, momentum: 0, nesterov: false });
    expect(rmsprop()).toEqual({
      kind: 'rmsprop',
      learningRate: 0.01,
      decayRate: 0.99,
      epsilon: 1e-8,
      momentum: 0,
    });
    expect(adagrad()).toEqual({ kind: 'adagrad', learningRate: 0.01, epsilon: 1e-10 });
    expect(nadam()).toEqual({
      kind: 'nadam',
      learningRate: 2e-3,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      momentumDecay: 4e-3,
      weightDecay: 0,
    });
    expect(radam()).toEqual({
      kind: 'radam',
      learningRate: 1e-3,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
    });
  });

  it('are immutable, and can be read from their JSON', () => {
    const all = [adam(), adamw(), sgd({ momentum: 0.5 }), rmsprop(), adagrad(), nadam(), radam()];
    for (const optimizer of all) {
      expect(Object.isFrozen(optimizer)).toBe(true);
      const copy: unknown = JSON.parse(JSON.stringify(optimizer));
      expect(readOptimizer('fit', copy)).toEqual(optimizer);
    }
  });
});

describe('the coefficients of a step', () => {
  it('of Adam include the corrections of eq. (28), so that its step is eq. (29)', () => {
    const optimizer = adam({ learningRate: 0.01, beta1: 0.8, beta2: 0.95, epsilon: 1e-3 });
    let m = 0;
    let v = 0;
    for (let t = 1; t <= 50; t++) {
      const g = Math.sin(t);
      // Eq. (26), (27), (28), (29) as in the notes, but with the minus that their eq. (29) lacks.
      m = 0.8 * m + (1 - 0.8) * g;
      v = 0.95 * v + (1 - 0.95) * g * g;
      const published = (0.01 * (m / (1 - 0.8 ** t))) / (Math.sqrt(v / (1 - 0.95 ** t)) + 1e-3);
      const c = coefficientsOf(optimizer, t);
      const ours = (c.stepSize * m) / (Math.sqrt(v) * c.denominatorScale + c.epsilon);
      expect(Math.abs(ours / published - 1)).toBeLessThan(1e-13);
      expect(Math.abs((c.firstCorrection * m) / (m / (1 - 0.8 ** t)) - 1)).toBeLessThan(1e-13);
      expect(Math.abs(c.secondCorrection * (1 - 0.95 ** t) - 1)).toBeLessThan(1e-13);
      expect([c.beta1, c.oneMinusBeta1, c.beta2, c.oneMinusBeta2]).toEqual([
        0.8,
        1 - 0.8,
        0.95,
        1 - 0.95,
      ]);
      expect(c.decay).toBe(0);
    }
  });

  it('of the first step of Adam undo the bias exactly: the step is the rate', () => {
    const c = coefficientsOf(adam({ epsilon: 1e-16 }), 1);
    const g = 0.37;
    const step =
      (c.stepSize * (c.oneMinusBeta1 * g)) /
      (Math.sqrt(c.oneMinusBeta2 * g * g) * c.denominatorScale);
    expect(relativeError(step, 1e-3)).toBeLessThanOrEqual(1e-15);
  });

  it("of 'hat' add ε to the uncorrected √v, as Keras and scikit-learn do", () => {
    const c = coefficientsOf(adam({ learningRate: 1, epsilonMode: 'hat' }), 3);
    expect(
      relativeError(c.stepSize, Math.sqrt(1 - 0.999 ** 3) / (1 - 0.9 ** 3)),
    ).toBeLessThanOrEqual(1e-15);
    expect(c.denominatorScale).toBe(1);
    // The two forms differ by 1.2e-4 … 3e-7 of the first step, for gradients of 1e-4 … 1.
    const outside = coefficientsOf(adam({ learningRate: 1 }), 1);
    const hat = coefficientsOf(adam({ learningRate: 1, epsilonMode: 'hat' }), 1);
    const stepOf = (k: Scalars, g: number): number =>
      (k.stepSize * (k.oneMinusBeta1 * g)) /
      (Math.sqrt(k.oneMinusBeta2 * g * g) * k.denominatorScale + k.epsilon);
    expect(stepOf(outside, 1e-4) - stepOf(hat, 1e-4)).toBeGreaterThan(1e-3);
    expect(stepOf(outside, 1) - stepOf(hat, 1)).toBeLessThan(1e-6);
  });

  it('of AdamW decay by the scheduled rate', () => {
    const c = coefficientsOf(adamw({ weightDecay: 0.1 }), 7, 0.5);
    expect(c.decay).toBe(0.05);
  });

  it('leave βᵗ out only if 1 − βᵗ is 1 anyway', () => {
    for (const beta of [0, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999]) {
      const threshold = Math.floor(40 / (1 - beta));
      for (let t = Math.max(1, threshold - 20); t < threshold + 20; t++) {
        const c = coefficientsOf(adam({ beta1: beta, beta2: beta }), t);
        const correction = 1 / (1 - integerPower(beta, t));
        expect([c.firstCorrection, c.secondCorrection]).toEqual([correction, correction]);
      }
    }
  });

  it('tend to the plain rate as t grows, without a division by zero', () => {
    const c = coefficientsOf(adam(), 2 ** 52);
    expect([c.stepSize, c.denominatorScale]).toEqual([1e-3, 1]);
    const zero = coefficientsOf(adam({ beta1: 0, beta2: 0 }), 1);
    expect([zero.stepSize, zero.denominatorScale]).toEqual([1e-3, 1]);
  });

  it('do not remain in a record that another optimiser fills next', () => {
    const all = [
      adamw(),
      sgd({ momentum: 0.9 }),
      rmsprop({ momentum: 0.5 }),
      adagrad(),
      nadam(),
      radam(),
    ];
    const shared = new Float64Array(SCALAR_COUNT).fill(NaN);
    for (const before of all) {
      for (const after of all) {
        coefficientsInto(shared, before, 3, 0.7);
        coefficientsInto(shared, after, 2, 0.2);
        expect(byName(shared)).toEqual(coefficientsOf(after, 2, 0.2));
      }
    }
  });

  it('of the others are their options', () => {
    expect(coefficientsOf(sgd({ momentum: 0.9 }), 5, 0.2)).toMatchObject({
      stepSize: 0.2,
      beta1: 0.9,
    });
    expect(coefficientsOf(rmsprop({ momentum: 0.5 }), 5, 0.2)).toMatchObject({
      stepSize: 0.2,
      beta1: 0.5,
      beta2: 0.99,
      oneMinusBeta2: 1 - 0.99,
      epsilon: 1e-8,
      denominatorScale: 1,
    });
    expect(coefficientsOf(adagrad(), 5, 0.2)).toMatchObject({ stepSize: 0.2, epsilon: 1e-10 });
  });
});

describe('the coefficients of NAdam', () => {
  const options = [{}, { beta1: 0.999, momentumDecay: 1 }, { beta1: 0 }, { momentumDecay: 1e300 }];

  it.each(options)('depend only on t, not on the steps before: %o', (given) => {
    const inOrder = nadam(given);
    const forward = Array.from({ length: 700 }, (_, i) => coefficientsOf(inOrder, i + 1));
    for (const t of [1, 2, 3, 50, 51, 52, 400, 699, 700]) {
      // Once by a new record, as in a resumed run, and once by a record that has been at later steps.
      expect(coefficientsOf(nadam(given), t)).toEqual(forward[t - 1]);
      expect(coefficientsOf(inOrder, t)).toEqual(forward[t - 1]);
    }
  });

  it('are computed in few steps for any t, and tend to those of a look-ahead along β₁', () => {
    const optimizer = nadam({ learningRate: 1 });
    const { stepSize, gradientStepSize } = coefficientsOf(optimizer, 2 ** 40);
    expect(stepSize).toBeCloseTo(0.9, 12);
    expect(gradientStepSize).toBeCloseTo(0.1, 12);
  });
});

describe('the coefficients of RAdam', () => {
  it('leave the denominator out for the first five steps, and have the rate of Adam in the end', () => {
    const optimizer = radam({ learningRate: 1 });
    for (let t = 1; t <= 5; t++) {
      expect(coefficientsOf(optimizer, t)).toMatchObject({ denominatorScale: 0, epsilon: 1 });
    }
    const rates = [6, 7, 8, 100, 10_000].map((t) => {
      const c = coefficientsOf(optimizer, t);
      expect(c).toMatchObject({ denominatorScale: 1, epsilon: 1e-8 });
      return c.stepSize;
    });
    expect(rates.toSorted((a, b) => a - b)).toEqual(rates);
    expect(coefficientsOf(optimizer, 2 ** 40).stepSize).toBeCloseTo(1, 12);
  });

  it('never divide with a β₂ of 2/3 or less, for which ρ is at most 5', () => {
    for (const beta2 of [0, 0.5, 0.66]) {
      for (const t of [1, 2, 10, 1000, 2 ** 40]) {
        expect(coefficientsOf(radam({ beta2 }), t)).toMatchObject({
          denominatorScale: 0,
          epsilon: 1,
        });
      }
    }
  });
});

describe('the checks', () => {
  it('suggest the nearest option', () => {
    const slips: [() => unknown, string][] = [
      [
        () => adam({ learningrate: 1 } as object),
        "adam: unknown option 'learningrate'. Did you mean 'learningRate'?",
      ],
      [
        () => adamw({ weightdecay: 1 } as object),
        "adamw: unknown option 'weightdecay'. Did you mean 'weightDecay'?",
      ],
      [
        () => sgd({ momentun: 1 } as object),
        "sgd: unknown option 'momentun'. Did you mean 'momentum'?",
      ],
      [
        () => rmsprop({ epsilo: 1 } as object),
        "rmsprop: unknown option 'epsilo'. Did you mean 'epsilon'?",
      ],
      [
        () => adagrad({ learnRate: 1 } as object),
        "adagrad: unknown option 'learnRate'. Did you mean 'learningRate'?",
      ],
    ];
    for (const [slip, message] of slips) {
      expect(slip).toThrow(TypeError);
      expect(slip).toThrow(message);
    }
    expect(() => adam({ weightDecay: 0.1 } as object)).toThrow(TypeError);
  });

  it('refuse values out of range and of the wrong type', () => {
    const ranges: (() => unknown)[] = [
      () => adam({ learningRate: 0 }),
      () => adam({ learningRate: Infinity }),
      () => adam({ beta1: 1 }),
      () => adam({ beta2: -0.1 }),
      () => adam({ epsilon: -1 }),
      () => adam({ epsilon: 0 }),
      () => adam({ epsilon: 1e-50 }),
      () => adam({ epsilon: 9e-17 }),
      () => rmsprop({ epsilon: 1e-25 }),
      () => adagrad({ epsilon: 2 ** -126 }),
      () => adam({ learningRate: 1e-50 }),
      () => adam({ learningRate: 1e39 }),
      () => adamw({ weightDecay: 1e39 }),
      () => adamw({ weightDecay: -1 }),
      () => sgd({ momentum: 1 }),
      () => sgd({ nesterov: true }),
      () => rmsprop({ decayRate: 1 }),
      () => rmsprop({ momentum: Number.NaN }),
      () => adagrad({ epsilon: -1e-10 }),
      () => nadam({ epsilon: 1e-17 }),
      () => radam({ epsilon: 1e-17 }),
      () => nadam({ momentumDecay: -1 }),
      () => nadam({ momentumDecay: Infinity }),
    ];
    for (const attempt of ranges) expect(attempt).toThrow(RangeError);
    const text: unknown = '0.1';
    expect(() => adam({ learningRate: text as number })).toThrow(
      "adam: learningRate must be a finite number, above 0; got '0.1'.",
    );
    expect(() => adam({ epsilonMode: 'inside' as 'hat' })).toThrow(RangeError);
    expect(() => adam({ amsgrad: 1 as unknown as boolean })).toThrow(TypeError);
  });

  it('refuse a record that is no optimiser', () => {
    for (const value of ['adam', undefined, {}, { kind: 'lion' }, { kind: 'constructor' }]) {
      expect(() => readOptimizer('fit', value)).toThrow(
        /^fit: optimizer must be made by adam\(…\), .*; got /,
      );
    }
    expect(() => readOptimizer('fit', { kind: 'sgd', momentum: 2 })).toThrow(RangeError);
  });
});

describe('the penalty of l1 and l2', () => {
  it('is ½ l2 Σ w² + l1 Σ |w|', () => {
    expect(penaltyOf([1, -2, 3], 0.5, 0.1)).toBeCloseTo(0.05 * 14 + 0.5 * 6, 15);
    expect(penaltyOf([1, -2, 3], 0, 0)).toBe(0);
  });
});
