/**
 * Elementwise ops on a backend: activations and their derivatives point by point, from 0 to the ends of
 * float32, and dropout masks.
 */
import { describe, expect, it } from 'vitest';
import type { Activation, Backend } from 'vinculum';
import { ACTIVATION_KINDS, blockInto, dropoutKeep, PURPOSES } from 'vinculum/internal';
import { Draws } from './draws.ts';
import { differingBits, ulp32 } from './faults.ts';
import { opFaults, resultsOf, type OpCase } from './op-program.ts';

function activationOf(kind: Activation['kind']): Activation {
  if (kind === 'leaky-relu') return { kind, slope: 0.01 };
  return kind === 'elu' ? { kind, alpha: 1 } : { kind };
}

/** Arguments around 0, where most functions bend, and then up to the largest float32 numbers. */
function arguments32(): Float64Array {
  const draws = new Draws(1);
  const values = [
    0, -0, 1, -1, 0.5, -0.5, 20, -20, 88, -88, 104, -104, 1e3, -1e3, 3e38, -3e38, 1e-30, -1e-30,
    1e-40, -1e-40,
  ];
  for (let turn = 0; turn < 4000; turn++) values.push(draws.uniform(-12, 12));
  for (let turn = 0; turn < 1000; turn++)
    values.push((draws.chance(0.5) ? 1 : -1) * 2 ** draws.uniform(-40, 7));
  return Float64Array.from(values, Math.fround);
}

/** The case of an elementwise op on a column of values, one value in each row. */
function elementwise(
  values: ArrayLike<number>,
  ops: OpCase['ops'],
  source: ArrayLike<number> = values,
): OpCase {
  return {
    rows: values.length,
    tensors: {
      input: { shape: ['N', 1], values },
      source: { shape: ['N', 1], values: source },
      out: { shape: ['N', 1] },
    },
    ops,
  };
}

function dropoutCase(
  rows: number,
  columns: number,
  rate: number,
  scalars: OpCase['scalars'],
  kind: 'dropout' | 'dropoutAdjoint' = 'dropout',
): OpCase {
  return {
    rows,
    tensors: {
      input: { shape: ['N', columns], values: new Float64Array(rows * columns).fill(3) },
      out: { shape: ['N', columns] },
    },
    ops: (tensor) => [{ kind, out: tensor('out'), input: tensor('input'), rate, layer: 2 }],
    ...(scalars && { scalars }),
  };
}

/** Whether a unit of row 6 survives step 3 with seed 77. */
function keepsUnit(backend: Backend, rate: number, unit: number): boolean {
  const opCase = dropoutCase(1, 8, rate, { seedLow: 77, step: 3, rowOffset: 6 });
  return resultsOf(backend, opCase, ['out'])[0]![unit] !== 0;
}

export function suiteOfElements(backend: Backend): void {
  describe('activations, eq. (2), (7), (16), (23)', () => {
    for (const kind of ACTIVATION_KINDS) {
      const activation = activationOf(kind);

      it(`${kind} is within one ULP of float32, from −3e38 to 3e38`, () => {
        const opCase = elementwise(arguments32(), (tensor) => [
          { kind: 'activation', out: tensor('out'), input: tensor('input'), activation },
        ]);
        expect(opFaults(backend, kind, opCase, ulp32)).toEqual([]);
      });

      it(`the derivative of ${kind} is within one ULP, or within 2⁻⁶⁰ where it cancels`, () => {
        // The derivatives of tanh and sigmoid are computed from h, which lies in [−1, 1].
        const fromH = kind === 'tanh' || kind === 'sigmoid';
        const source = arguments32().map((m) => (fromH ? Math.fround(Math.tanh(m)) : m));
        const ones = new Float64Array(source.length).fill(1);
        const opCase = elementwise(
          ones,
          (tensor) => [
            {
              kind: 'activationAdjoint',
              out: tensor('out'),
              input: tensor('input'),
              source: tensor('source'),
              activation,
            },
          ],
          source,
        );
        const bound = (value: number): number =>
          Math.max(ulp32(value), Math.abs(value) < 0.25 && kind !== 'tanh' ? 2 ** -60 : 0);
        expect(opFaults(backend, kind, opCase, bound)).toEqual([]);
      });

      it(`${kind} gives NaN for NaN`, () => {
        const opCase = elementwise([NaN, 1, NaN], (tensor) => [
          { kind: 'activation', out: tensor('out'), input: tensor('input'), activation },
        ]);
        const [out] = resultsOf(backend, opCase, ['out']);
        expect([...out!].map(Number.isNaN)).toEqual([true, false, true]);
      });
    }

    it('ReLU gives +0, never −0', () => {
      const opCase = elementwise([-1, -0, 0, -1e-40], (tensor) => [
        {
          kind: 'activation',
          out: tensor('out'),
          input: tensor('input'),
          activation: { kind: 'relu' },
        },
      ]);
      expect(differingBits('out', resultsOf(backend, opCase, ['out'])[0]!, [0, 0, 0, 0])).toEqual(
        [],
      );
    });
  });

  describe('dropout, eq. (34)', () => {
    it('the mask is a function of seed, step, layer, row in the global batch, and unit', () => {
      for (const columns of [1, 3, 4, 5, 33]) {
        for (const rate of [0, 0.2, 0.5, 0.999, 1]) {
          const scalars = { seedLow: 123456789, seedHigh: 17, step: 41, rowOffset: 1000 };
          const seed = 17 * 2 ** 32 + 123456789;
          const [out] = resultsOf(backend, dropoutCase(9, columns, rate, scalars), ['out']);
          const mask = Array.from(out!, (value) => value !== 0);
          const expected = mask.map((_, j) =>
            dropoutKeep(seed, 41, 2, 1000 + Math.floor(j / columns), j % columns, rate),
          );
          expect(mask).toEqual(expected);
        }
      }
    });

    it('a unit with u = p exactly is kept, and is dropped at the next larger p', () => {
      const words = new Uint32Array(4);
      for (let unit = 0; unit < 8; unit++) {
        blockInto(words, 77, PURPOSES.dropout, 2, unit >>> 2, 6, 3);
        const u = words[unit & 3]! >>> 8;
        expect([u, u + 1].map((p) => keepsUnit(backend, p / 2 ** 24, unit))).toEqual([true, false]);
      }
    });

    it('a kept unit gives h / (1 − p), and the adjoint uses the same mask', () => {
      const scalars = { seedLow: 5, step: 1 };
      const [out] = resultsOf(backend, dropoutCase(64, 16, 0.25, scalars), ['out']);
      const [bar] = resultsOf(backend, dropoutCase(64, 16, 0.25, scalars, 'dropoutAdjoint'), [
        'out',
      ]);
      expect(new Set(out)).toEqual(new Set([0, 4]));
      expect(differingBits('adjoint', bar!, out!)).toEqual([]);
    });

    it('p = 1 gives zeros without NaN, p = 0 changes no bit', () => {
      const scalars = { seedLow: 5, step: 1 };
      const [all] = resultsOf(backend, dropoutCase(8, 8, 1, scalars), ['out']);
      const [none] = resultsOf(backend, dropoutCase(8, 8, 0, scalars), ['out']);
      expect(new Set(all)).toEqual(new Set([0]));
      expect(new Set(none)).toEqual(new Set([3]));
    });
  });
}
