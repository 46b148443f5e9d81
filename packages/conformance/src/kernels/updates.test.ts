/**
 * The optimisers and the measure of the gradient against plain loops, bit for bit: eq. (26)–(30), with clipping,
 * l1, l2, decay of the weights only, and moments that decrease to 0.
 */
import { describe, expect, it } from 'vitest';
import { type ScalarSlot, SUM_BLOCK, wasmBackend } from 'vinculum/internal';
import { Draws } from '../draws.ts';
import { differingBits } from '../faults.ts';
import { runOps } from '../op-program.ts';
import { hardNumbers, numbers, runKernel, SIZES } from './kernel-case.ts';
import { blockSum, scalarOf, updateElement, type UpdateRule } from './twin.ts';

const NAMES = ['parameters', 'firstMoments', 'secondMoments', 'thirdMoments'] as const;

const plain = { momentum: false, amsgrad: false, nesterov: false };

const RULES: readonly UpdateRule[] = [
  { rule: 'adam', ...plain },
  { rule: 'adam', ...plain, amsgrad: true },
  { rule: 'sgd', ...plain },
  { rule: 'sgd', ...plain, momentum: true },
  { rule: 'sgd', ...plain, momentum: true, nesterov: true },
  { rule: 'rmsprop', ...plain },
  { rule: 'rmsprop', ...plain, momentum: true },
  { rule: 'adagrad', ...plain },
  { rule: 'nadam', ...plain },
];

function drawScalars(draws: Draws): Partial<Record<ScalarSlot, number>> {
  const some = (value: number): number => (draws.chance(0.5) ? value : 0);
  return {
    clipScale: draws.chance(0.5) ? 1 : draws.uniform(),
    clipValue: draws.chance(0.5) ? Infinity : draws.uniform(0.5, 2),
    stepSize: draws.uniform(1e-4, 0.1),
    gradientStepSize: draws.uniform(1e-4, 0.1),
    denominatorScale: draws.uniform(1, 30),
    epsilon: 1e-8,
    beta1: 0.9,
    oneMinusBeta1: 1 - 0.9,
    beta2: 0.999,
    oneMinusBeta2: 1 - 0.999,
    l1: some(0.01),
    l2: some(0.02),
    decay: some(0.003),
  };
}

/** The regions that a rule has. */
function regionsOf({ rule, momentum, amsgrad }: UpdateRule): Set<string> {
  return new Set([
    'parameters',
    ...(rule === 'adam' || rule === 'nadam' || momentum ? ['firstMoments'] : []),
    ...(rule === 'sgd' ? [] : ['secondMoments']),
    ...(amsgrad ? ['thirdMoments'] : []),
  ]);
}

function faultsOf(rule: UpdateRule, size: number, draws: Draws): string[] {
  const weightCount = draws.integer(0, size);
  const scalars = drawScalars(draws);
  const tiny = (): Float32Array =>
    numbers(draws, size).map((value) =>
      draws.chance(0.3) ? 2 ** -draws.integer(120, 140) : Math.abs(value),
    );
  const state = [numbers(draws, size), tiny(), tiny(), tiny()];
  const adjoints = numbers(draws, size).map((value) => (draws.chance(0.3) ? 0 : value));
  const kept = regionsOf(rule);
  const executable = runOps(wasmBackend, {
    rows: 1,
    tensors: {
      adjoints: { shape: [size], values: adjoints },
      ...Object.fromEntries(NAMES.map((name, i) => [name, { shape: [size], values: state[i]! }])),
    },
    ops: (tensor) => [
      {
        kind: 'update',
        rule: rule.rule,
        nesterov: rule.nesterov,
        weightCount,
        parameters: tensor('parameters'),
        adjoints: tensor('adjoints'),
        ...(kept.has('firstMoments') && { firstMoments: tensor('firstMoments') }),
        ...(kept.has('secondMoments') && { secondMoments: tensor('secondMoments') }),
        ...(kept.has('thirdMoments') && { thirdMoments: tensor('thirdMoments') }),
      },
    ],
    scalars,
  });
  const expected = Array.from({ length: size }, (_, j) => {
    const [parameter, first, second, third] = state.map((values) => values[j]!) as [
      number,
      number,
      number,
      number,
    ];
    const element = { parameter, first, second, third };
    const next = updateElement(element, adjoints[j]!, j < weightCount, scalars, rule);
    return [next.parameter, next.first, next.second, next.third];
  });
  const faults = NAMES.flatMap((name, i) =>
    differingBits(
      `${name} of ${JSON.stringify(rule)}, ${size} with ${weightCount} weights`,
      executable.view(name),
      kept.has(name) ? expected.map((element) => element[i]!) : state[i]!,
    ),
  );
  executable.close();
  return faults;
}

describe('update', () => {
  for (const rule of RULES) {
    const options = Object.keys(plain).filter((name) => rule[name as keyof typeof plain]);
    it(`by ${[rule.rule, ...options].join(' ')} has the twin's bits at every size`, () => {
      const draws = new Draws(29);
      const faults = [...SIZES, ...SIZES].flatMap((size) => faultsOf(rule, size, draws));
      expect(faults.slice(0, 5)).toEqual([]);
    });
  }

  it('lets a moment without gradients become +0, not a subnormal number', () => {
    const executable = runOps(wasmBackend, {
      rows: 1,
      tensors: {
        parameters: { shape: [1], values: [1] },
        adjoints: { shape: [1], values: [0] },
        firstMoments: { shape: [1], values: [2 ** -126] },
        secondMoments: { shape: [1], values: [2 ** -126] },
      },
      ops: (tensor) => [
        {
          kind: 'update',
          rule: 'adam',
          nesterov: false,
          weightCount: 1,
          parameters: tensor('parameters'),
          adjoints: tensor('adjoints'),
          firstMoments: tensor('firstMoments'),
          secondMoments: tensor('secondMoments'),
        },
      ],
      scalars: { clipScale: 1, clipValue: Infinity, beta1: 0.9, beta2: 0.9, epsilon: 1e-8 },
    });
    expect(Object.is(executable.view('firstMoments')[0], 0)).toBe(true);
    expect(Object.is(executable.view('secondMoments')[0], 0)).toBe(true);
    executable.close();
  });
});

describe('sumOfSquares', () => {
  function measure(values: Float32Array, shift: number): [number, number] {
    let scalars: Float64Array | undefined;
    const backend: typeof wasmBackend = {
      ...wasmBackend,
      compile: (program) => {
        const executable = wasmBackend.compile(program);
        ({ scalars } = executable);
        return executable;
      },
    };
    runKernel(backend, {
      rows: 1,
      inputs: { source: { shape: [values.length], values } },
      // Room for two float64 numbers for each block, given as float32 elements because a kernel case has no other type.
      results: { blocks: [4 * Math.ceil(values.length / SUM_BLOCK)] },
      op: (tensor) => ({
        kind: 'sumOfSquares',
        source: tensor('source'),
        blocks: tensor('blocks'),
      }),
      shift,
    });
    return [scalarOf(scalars!, 'normSquared'), scalarOf(scalars!, 'maxAbsolute')];
  }

  it("has the twin's bits at every size, across blocks and on unaligned tensors", () => {
    const draws = new Draws(30);
    const faults = [...SIZES, 4095, 4096, 4097, 12_345].flatMap((size) => {
      const values = numbers(draws, size);
      const squares = Float64Array.from(values, (value) => value * value);
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      return differingBits(`${size}`, measure(values, size % 5), [blockSum(squares), largest]);
    });
    expect(faults).toEqual([]);
  });

  it('shows a NaN or an infinity at any place', () => {
    for (let place = 0; place < 21; place++) {
      const values = new Float32Array(21).fill(2);
      values[place] = Number.NaN;
      expect(measure(values, 0)[1]).toBeNaN();
      values[place] = -Infinity;
      expect(measure(values, 0)).toEqual([Infinity, Infinity]);
    }
    expect(measure(hardNumbers(new Draws(1), 0), 0)).toEqual([0, 0]);
  });
});
