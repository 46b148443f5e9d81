/**
 * The elementwise kernels against plain float32 loops, bit for bit: activations and their adjoints, eq. (2), (7),
 * (16), (23), dropout, eq. (34), scaling and gathering, at every length around the vectors.
 */
import { describe, expect, it } from 'vitest';
import type { Activation, ActivationKind } from 'vinculum';
import {
  ACTIVATION_KINDS,
  erfc,
  exp,
  expm1,
  SELU_ALPHA,
  SELU_LAMBDA,
  sigmoid,
  softplus,
  tanh,
  wasmBackend,
} from 'vinculum/internal';
import { Draws } from '../draws.ts';
import { differingBits } from '../faults.ts';
import { resultsOf } from '../op-program.ts';
import { hardNumbers, numbers, runKernel, SIZES } from './kernel-case.ts';
import { dropout } from './twin.ts';

const f = Math.fround;
const GAUSS_PEAK = 0.3989422804014327;

/** [φ, φ′] in float64. φ′ of tanh and sigmoid is computed from h, the others from m. */
const FUNCTIONS: Record<
  ActivationKind,
  [value: (m: number) => number, slope: (source: number) => number]
> = {
  identity: [(m) => m, () => 1],
  relu: [(m) => (m > 0 || Number.isNaN(m) ? m : 0), (h) => (h > 0 ? 1 : 0)],
  'leaky-relu': [(m) => (m > 0 ? m : m * 0.3), (m) => (m > 0 ? 1 : 0.3)],
  elu: [(m) => (m > 0 ? m : 1.5 * expm1(m)), (m) => (m > 0 ? 1 : 1.5 * exp(m))],
  selu: [
    (m) => SELU_LAMBDA * (m > 0 ? m : SELU_ALPHA * expm1(m)),
    (m) => SELU_LAMBDA * (m > 0 ? 1 : SELU_ALPHA * exp(m)),
  ],
  gelu: [
    (m) => 0.5 * m * erfc(m * -Math.SQRT1_2),
    (m) => 0.5 * erfc(m * -Math.SQRT1_2) + GAUSS_PEAK * m * exp(m * m * -0.5),
  ],
  silu: [
    (m) => m * sigmoid(m),
    (m) => {
      const s = sigmoid(m);
      return s * (1 + m * (1 - s));
    },
  ],
  tanh: [tanh, (h) => (1 - h) * (1 + h)],
  sigmoid: [sigmoid, (h) => h * (1 - h)],
  softplus: [softplus, sigmoid],
};

function activationOf(kind: ActivationKind): Activation {
  if (kind === 'leaky-relu') return { kind, slope: 0.3 };
  return kind === 'elu' ? { kind, alpha: 1.5 } : { kind };
}

describe('activation and activationAdjoint', () => {
  for (const kind of ACTIVATION_KINDS) {
    it(`of ${kind} have the twin's bits at every length`, () => {
      const draws = new Draws(7);
      const activation = activationOf(kind);
      const [value, slope] = FUNCTIONS[kind];
      const faults = SIZES.flatMap((columns) => {
        const rows = 3;
        const m = hardNumbers(draws, rows * columns);
        const bar = numbers(draws, rows * columns);
        const shape: (number | 'N')[] = ['N', columns];
        const forward = runKernel(wasmBackend, {
          rows,
          inputs: { input: { shape, values: m } },
          results: { out: shape },
          op: (tensor) => ({
            kind: 'activation',
            out: tensor('out'),
            input: tensor('input'),
            activation,
          }),
        }).get('out')!;
        const backward = runKernel(wasmBackend, {
          rows,
          inputs: { input: { shape, values: bar }, source: { shape, values: m } },
          results: { out: shape },
          op: (tensor) => ({
            kind: 'activationAdjoint',
            out: tensor('out'),
            input: tensor('input'),
            source: tensor('source'),
            activation,
          }),
        }).get('out')!;
        return [
          ...differingBits(`${kind} of ${columns}`, forward, m.map(value)),
          ...differingBits(
            `${kind} adjoint of ${columns}`,
            backward,
            bar.map((one, i) => (kind === 'identity' ? one : f(one * f(slope(m[i]!))))),
          ),
        ];
      });
      expect(faults.slice(0, 5)).toEqual([]);
    });
  }

  it('may write over their input', () => {
    const values = numbers(new Draws(3), 15);
    const [out] = resultsOf(
      wasmBackend,
      {
        rows: 3,
        tensors: { out: { shape: ['N', 5], values } },
        ops: (tensor) => [
          {
            kind: 'activation',
            out: tensor('out'),
            input: tensor('out'),
            activation: { kind: 'tanh' },
          },
        ],
      },
      ['out'],
    );
    expect(differingBits('tanh in place', out!, values.map(tanh))).toEqual([]);
  });
});

describe('dropout', () => {
  it("has the twin's mask and quotient at every width, for any row, seed and step", () => {
    const draws = new Draws(34);
    const faults = SIZES.flatMap((columns) => {
      const rows = 5;
      const mask = {
        seed: draws.word() * 2 ** 20 + draws.integer(0, 1000),
        step: draws.word(),
        layer: draws.integer(0, 9),
        rowOffset: draws.integer(0, 2 ** 20),
        rate: draws.choice([0, 0.1, 0.5, 0.999, 1]),
      };
      const input = numbers(draws, rows * columns);
      const out = runKernel(wasmBackend, {
        rows,
        inputs: { input: { shape: ['N', columns], values: input } },
        results: { out: ['N', columns] },
        op: (tensor) => ({
          kind: 'dropout',
          out: tensor('out'),
          input: tensor('input'),
          rate: mask.rate,
          layer: mask.layer,
        }),
        scalars: {
          seedLow: mask.seed % 2 ** 32,
          seedHigh: Math.floor(mask.seed / 2 ** 32),
          step: mask.step,
          rowOffset: mask.rowOffset,
        },
      }).get('out')!;
      return differingBits(`${columns} units`, out, dropout(input, columns, mask));
    });
    expect(faults.slice(0, 5)).toEqual([]);
  });

  it('gives zeros, not NaN, if every unit is dropped', () => {
    const input = hardNumbers(new Draws(5), 22);
    const out = runKernel(wasmBackend, {
      rows: 2,
      inputs: { input: { shape: ['N', 11], values: input } },
      results: { out: ['N', 11] },
      op: (tensor) => ({
        kind: 'dropoutAdjoint',
        out: tensor('out'),
        input: tensor('input'),
        rate: 1,
        layer: 0,
      }),
    }).get('out')!;
    expect(differingBits('all dropped', out, new Float32Array(22))).toEqual([]);
  });
});

describe('scale and gather', () => {
  it("scale has the twin's bits at every length", () => {
    const draws = new Draws(28);
    const faults = SIZES.flatMap((size) => {
      const input = hardNumbers(draws, size);
      const out = runKernel(wasmBackend, {
        rows: 1,
        inputs: { input: { shape: [size], values: input } },
        results: { out: [size] },
        op: (tensor) => ({
          kind: 'scale',
          out: tensor('out'),
          input: tensor('input'),
          factor: 'clipScale',
        }),
        scalars: { clipScale: 0.1 },
      }).get('out')!;
      return differingBits(
        `${size} elements`,
        out,
        input.map((value) => f(value * f(0.1))),
      );
    });
    expect(faults).toEqual([]);
  });

  it('gather copies the bits of float32 and int32 and scales bytes with one rounding', () => {
    const draws = new Draws(11);
    const scale = f(1 / 255);
    const faults = SIZES.flatMap((columns) => {
      const rows = Uint32Array.from({ length: 6 }, () => draws.integer(0, 8));
      const real = hardNumbers(draws, 9 * columns);
      const bytes = Uint8Array.from({ length: 9 * columns }, () => draws.integer(0, 255));
      const labels = Int32Array.from({ length: 9 }, () => draws.word() | 0);
      const results = resultsOf(
        wasmBackend,
        {
          rows: rows.length,
          tensors: {
            rows: { shape: ['N'], type: 'uint32', values: rows },
            real: { shape: [9, columns], values: real },
            bytes: { shape: [9, columns], type: 'uint8', values: bytes },
            labels: { shape: [9], type: 'int32', values: labels },
            outReal: { shape: ['N', columns] },
            outBytes: { shape: ['N', columns] },
            outLabels: { shape: ['N'], type: 'int32' },
          },
          ops: (tensor) =>
            (
              [
                ['outReal', 'real'],
                ['outBytes', 'bytes'],
                ['outLabels', 'labels'],
              ] as const
            ).map(([out, source]) => ({
              kind: 'gather',
              out: tensor(out),
              source: tensor(source),
              rows: tensor('rows'),
              scale: 1 / 255,
            })),
        },
        ['outReal', 'outBytes', 'outLabels'],
      );
      const gathered = (from: ArrayLike<number>, width: number): number[] =>
        [...rows].flatMap((row) => Array.from({ length: width }, (_, c) => from[row * width + c]!));
      return [
        ...differingBits(`float32, ${columns}`, results[0]!, gathered(real, columns)),
        ...differingBits(
          `bytes, ${columns}`,
          results[1]!,
          gathered(bytes, columns).map((value) => f(value * scale)),
        ),
        ...differingBits(`labels, ${columns}`, results[2]!, gathered(labels, 1)),
      ];
    });
    expect(faults).toEqual([]);
  });
});
