/**
 * The steps of the optimisers on a backend against the reference, eq. (26)–(30): one step from the same numbers. The bound
 * of each result follows from its expression: the roundings of all scalars and operations are propagated.
 */
import { describe, expect, it } from 'vitest';
import type { Backend } from 'vinculum';
import { referenceBackend, type ScalarSlot, type UpdateOp } from 'vinculum/internal';
import { Draws } from './draws.ts';
import { beyondBound, differingBits } from './faults.ts';
import { resultsOf, type OpCase } from './op-program.ts';

const MOMENTS = ['firstMoments', 'secondMoments', 'thirdMoments'] as const;

interface Variant {
  readonly name: string;
  readonly rule: UpdateOp['rule'];
  readonly moments: readonly (typeof MOMENTS)[number][];
  readonly nesterov?: boolean;
  readonly rateFactor?: number;
  readonly scalars?: Partial<Record<ScalarSlot, number>>;
}

const VARIANTS: readonly Variant[] = [
  { name: 'adam', rule: 'adam', moments: ['firstMoments', 'secondMoments'] },
  { name: 'amsgrad', rule: 'adam', moments: ['firstMoments', 'secondMoments', 'thirdMoments'] },
  {
    name: 'adamw',
    rule: 'adam',
    moments: ['firstMoments', 'secondMoments'],
    scalars: { decay: 0.01 },
  },
  { name: 'sgd', rule: 'sgd', moments: [] },
  { name: 'momentum', rule: 'sgd', moments: ['firstMoments'] },
  { name: 'nesterov', rule: 'sgd', moments: ['firstMoments'], nesterov: true },
  { name: 'rmsprop', rule: 'rmsprop', moments: ['secondMoments'] },
  { name: 'rmsprop with momentum', rule: 'rmsprop', moments: ['firstMoments', 'secondMoments'] },
  { name: 'adagrad', rule: 'adagrad', moments: ['secondMoments'] },
  { name: 'nadam', rule: 'nadam', moments: ['firstMoments', 'secondMoments'] },
  {
    name: 'nadam with decay',
    rule: 'nadam',
    moments: ['firstMoments', 'secondMoments'],
    scalars: { decay: 0.01 },
  },
  {
    name: 'adam, l1 and l2',
    rule: 'adam',
    moments: ['firstMoments', 'secondMoments'],
    scalars: { l1: 0.02, l2: 0.3 },
  },
  {
    name: 'adam with a rate of its own',
    rule: 'adam',
    moments: ['firstMoments', 'secondMoments'],
    scalars: { decay: 0.01 },
    rateFactor: 6,
  },
  {
    name: 'nadam with a rate of its own',
    rule: 'nadam',
    moments: ['firstMoments', 'secondMoments'],
    rateFactor: 3,
  },
  { name: 'sgd with a rate of its own', rule: 'sgd', moments: [], rateFactor: 0.1 },
  { name: 'sgd, clipped by norm', rule: 'sgd', moments: [], scalars: { clipScale: 0.3 } },
  { name: 'sgd, clipped by value', rule: 'sgd', moments: [], scalars: { clipValue: 0.4 } },
];

const SCALARS_OF_A_STEP = {
  clipScale: 1,
  clipValue: Infinity,
  stepSize: 0.05,
  gradientStepSize: 0.03,
  denominatorScale: 3.2,
  epsilon: 1e-6,
  beta1: 0.9,
  oneMinusBeta1: 1 - 0.9,
  beta2: 0.99,
  oneMinusBeta2: 1 - 0.99,
} as const;

function caseOf(draws: Draws, variant: Variant, size: number, weightCount: number): OpCase {
  const numbers = (make: () => number): Float64Array =>
    draws.array(size, () => Math.fround(make()));
  const second = numbers(() => draws.uniform(0.01, 2));
  const moments: Record<string, Float64Array> = {
    firstMoments: numbers(() => draws.normal()),
    secondMoments: second,
    thirdMoments: second.map((value) => Math.fround(value * draws.uniform(0.5, 1.5))),
  };
  const held = Object.fromEntries(
    variant.moments.map((name) => [name, { shape: [size], values: moments[name]!, region: name }]),
  );
  return {
    rows: 1,
    scalars: { ...SCALARS_OF_A_STEP, ...variant.scalars },
    tensors: {
      parameters: { shape: [size], values: numbers(() => draws.normal()), region: 'parameters' },
      adjoints: { shape: [size], values: numbers(() => draws.normal()), region: 'adjoints' },
      ...held,
    },
    ops: (tensor) => [
      {
        kind: 'update',
        rule: variant.rule,
        parameters: tensor('parameters'),
        adjoints: tensor('adjoints'),
        nesterov: variant.nesterov ?? false,
        weightCount,
        rateFactor: variant.rateFactor,
        ...Object.fromEntries(variant.moments.map((name) => [name, tensor(name)])),
      },
    ],
  };
}

export function suiteOfUpdates(backend: Backend): void {
  const unit = backend.precision === 'float32' ? 2 ** -24 : 2 ** -53;

  describe('updates, eq. (26)–(30)', () => {
    for (const variant of VARIANTS) {
      it(`${variant.name}: parameters and moments are within the rounding, at every length`, () => {
        const draws = new Draws(21);
        const faults: string[] = [];
        for (const size of [1, 3, 4, 5, 8, 31, 100]) {
          const opCase = caseOf(draws, variant, size, Math.floor(size * 0.7));
          const names = ['parameters', ...variant.moments];
          const got = resultsOf(backend, opCase, names);
          const expected = resultsOf(referenceBackend, opCase, names);
          names.forEach((name, which) => {
            // Here the terms of a sum are below 8 and v is at least 0.0099, so √v makes no error more than 6 times as
            // large. Numerator and denominator each round at most 12 operations and scalars.
            const bound = 12 * unit * 8;
            faults.push(
              ...beyondBound(`${name} of ${size}`, got[which]!, expected[which]!, () => bound),
            );
          });
        }
        expect(faults).toEqual([]);
      });
    }

    it('l1, l2 and decay change weights only', () => {
      const scalars = {
        l1: 0.5,
        l2: 0.5,
        decay: 0.5,
        stepSize: 1,
        clipScale: 1,
        clipValue: Infinity,
      };
      const opCase: OpCase = {
        ...caseOf(new Draws(2), VARIANTS[3]!, 6, 4),
        scalars,
        tensors: {
          parameters: { shape: [6], values: [2, -2, 0, 4, 2, -2], region: 'parameters' },
          adjoints: { shape: [6], values: [0, 0, 0, 1, 0, 1], region: 'adjoints' },
        },
      };
      const [parameters] = resultsOf(backend, opCase, ['parameters']);
      // w − decay·w − (g + l2·w + l1·sign w): 2 − 1 − 1.5, −2 + 1 + 1.5, 0, 4 − 2 − 3.5.
      expect([...parameters!]).toEqual([-0.5, 0.5, 0, -1.5, 2, -3]);
    });

    it('a clip scale of 1 changes no bit of the gradient', () => {
      const draws = new Draws(6);
      const opCase = caseOf(draws, VARIANTS[3]!, 64, 64);
      const [parameters] = resultsOf(
        backend,
        { ...opCase, scalars: { ...opCase.scalars, stepSize: 1 } },
        ['parameters'],
      );
      const before = opCase.tensors['parameters']!.values!;
      const adjoints = opCase.tensors['adjoints']!.values!;
      const round = backend.precision === 'float32' ? Math.fround : (value: number) => value;
      const expected = Array.from(before, (w, j) => round(w - adjoints[j]!));
      expect(differingBits('parameters', parameters!, expected)).toEqual([]);
    });

    it('in float32 a moment below 2⁻¹²⁶ becomes +0, because subnormal numbers are slow', () => {
      const opCase: OpCase = {
        ...caseOf(new Draws(2), VARIANTS[0]!, 5, 5),
        tensors: {
          parameters: { shape: [5], values: [1, 1, 1, 1, 1], region: 'parameters' },
          adjoints: { shape: [5], values: [0, 0, 0, 0, NaN], region: 'adjoints' },
          firstMoments: {
            shape: [5],
            values: [1e-38, -1e-38, 1e-45, 1, 1],
            region: 'firstMoments',
          },
          secondMoments: { shape: [5], values: [1e-38, 1e-45, 0, 1, 1], region: 'secondMoments' },
        },
      };
      const [first, second] = resultsOf(backend, opCase, ['firstMoments', 'secondMoments']);
      const wide = backend.precision === 'float64';
      const moments = (values: number[]): number[] => values.map((value) => (wide ? value : 0));
      const { beta1, beta2 } = SCALARS_OF_A_STEP;
      const scaled = [1e-38, -1e-38, 1e-45].map((m) => beta1 * m);
      expect(differingBits('m', first!.slice(0, 3), moments(scaled))).toEqual([]);
      expect(
        differingBits('v', second!.slice(0, 2), moments([beta2 * 1e-38, beta2 * 1e-45])),
      ).toEqual([]);
      expect(first![3]).toBeCloseTo(0.9, 6);
      expect(first![4]).toBeNaN();
    });
  });
}
