/**
 * The other single ops on a backend: gathering rows, output functions, the norm and the largest element of a gradient, scaling.
 */
import { describe, expect, it } from 'vitest';
import type { Backend } from 'vinculum';
import { SCALARS, SUM_BLOCK } from 'vinculum/internal';
import { Draws } from './draws.ts';
import { beyondBound, differingBits, ulp32 } from './faults.ts';
import { opFaults, resultsOf, runOps, type OpCase } from './op-program.ts';

/** ‖values‖ and max |value|, computed as for a gradient by a backend. */
function measure(backend: Backend, values: ArrayLike<number>): [norm: number, largest: number] {
  const executable = runOps(backend, {
    rows: 1,
    tensors: {
      source: { shape: [values.length], values },
      blocks: { shape: [2 * Math.ceil(values.length / SUM_BLOCK)], type: 'float64' },
    },
    ops: (tensor) => [{ kind: 'sumOfSquares', source: tensor('source'), blocks: tensor('blocks') }],
  });
  const { scalars } = executable;
  const found: [number, number] = [
    Math.sqrt(scalars[SCALARS.normSquared]!),
    scalars[SCALARS.maxAbsolute]!,
  ];
  executable.close();
  return found;
}

export function suiteOfOps(backend: Backend): void {
  describe('gather', () => {
    it('takes rows in any order, also several times, and scales bytes', () => {
      const bytes = Array.from({ length: 256 }, (_, j) => j);
      const order = [63, 0, 7, 7, 31, 5, 62];
      const executable = runOps(backend, {
        rows: 7,
        tensors: {
          out: { shape: ['N', 4] },
          labels: { shape: ['N'], type: 'int32' },
          bytes: { shape: [64, 4], type: 'uint8', values: bytes, region: 'window' },
          allLabels: { shape: [64], type: 'int32', values: bytes.slice(0, 64), region: 'window' },
          rows: { shape: ['N'], type: 'uint32', values: order },
        },
        ops: (tensor) => [
          {
            kind: 'gather',
            out: tensor('out'),
            source: tensor('bytes'),
            rows: tensor('rows'),
            scale: 1 / 255,
          },
          {
            kind: 'gather',
            out: tensor('labels'),
            source: tensor('allLabels'),
            rows: tensor('rows'),
            scale: 1,
          },
        ],
      });
      const expected = order.flatMap((row) =>
        [0, 1, 2, 3].map((column) => (row * 4 + column) / 255),
      );
      expect([...executable.view('labels')]).toEqual(order);
      expect(
        beyondBound('out', executable.view('out'), expected, (j) => 2 * ulp32(expected[j]!)),
      ).toEqual([]);
      executable.close();
    });

    it('copies rows bit for bit if they have the type of the batch', () => {
      const draws = new Draws(3);
      for (const columns of [1, 2, 7, 16, 33]) {
        const values = draws.array(20 * columns, () => Math.fround(draws.normal()));
        const order = draws.array(9, () => draws.integer(0, 19));
        const opCase: OpCase = {
          rows: 9,
          tensors: {
            out: { shape: ['N', columns] },
            source: { shape: [20, columns], values, region: 'window' },
            rows: { shape: ['N'], type: 'uint32', values: order },
          },
          ops: (tensor) => [
            {
              kind: 'gather',
              out: tensor('out'),
              source: tensor('source'),
              rows: tensor('rows'),
              scale: 1,
            },
          ],
        };
        const expected = [...order].flatMap((row) =>
          Array.from({ length: columns }, (_, k) => values[row * columns + k]!),
        );
        expect(differingBits('out', resultsOf(backend, opCase, ['out'])[0]!, expected)).toEqual([]);
      }
    });
  });

  describe('output functions, eq. (4), (9)', () => {
    for (const name of ['softmax', 'sigmoid', 'exp'] as const) {
      it(`${name} agrees with the reference at plain and extreme logits`, () => {
        const draws = new Draws(8);
        const faults: string[] = [];
        for (const columns of [1, 2, 3, 10, 16, 17, 100]) {
          const logits = draws.array(12 * columns, () =>
            Math.fround(
              draws.chance(0.1) ? draws.choice([1e3, -1e3, 3e38, -3e38, 0]) : 4 * draws.normal(),
            ),
          );
          const opCase: OpCase = {
            rows: 12,
            tensors: {
              logits: { shape: ['N', columns], values: logits },
              out: { shape: ['N', columns] },
            },
            ops: (tensor) => [
              { kind: 'output', out: tensor('out'), logits: tensor('logits'), function: name },
            ],
          };
          faults.push(
            ...opFaults(
              backend,
              `${name} of ${columns}`,
              opCase,
              (value) => (columns + 4) * ulp32(value),
            ),
          );
        }
        expect(faults).toEqual([]);
      });
    }
  });

  describe('the measure of a gradient, eq. (30)', () => {
    it('is a float64 sum, so it does not overflow and loses no small terms', () => {
      // The squares of both numbers are outside the range of float32.
      expect(measure(backend, [2 ** 66, 2 ** 66])[0]).toBe(Math.SQRT2 * 2 ** 66);
      expect(measure(backend, [2 ** -100, 2 ** -100])[0]).toBe(Math.SQRT2 * 2 ** -100);
      const ones = new Float64Array(2 ** 18 + 3).fill(1);
      expect(measure(backend, ones)[0]).toBe(Math.sqrt(2 ** 18 + 3));
    });

    it('counts every element of every length, and finds the largest', () => {
      const draws = new Draws(4);
      for (const length of [1, 2, 7, 8, 9, 63, 4095, 4096, 4097, 9001]) {
        const values = draws.array(length, () => Math.fround(draws.normal()));
        const norm = Math.hypot(...values);
        const largest = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
        const found = measure(backend, values);
        expect(found[1]).toBe(largest);
        expect(found[0] / norm).toBeCloseTo(1, 13);
      }
    });

    it('shows a single NaN or infinity at any place', () => {
      for (const place of [0, 5, 8, 4096, 4999]) {
        const values = new Float64Array(5000).fill(1);
        values[place] = NaN;
        expect(measure(backend, values)).toEqual([NaN, NaN]);
        values[place] = -Infinity;
        expect(measure(backend, values)).toEqual([Infinity, Infinity]);
      }
    });
  });

  it('scale multiplies by a scalar, eq. (28), (30)', () => {
    const values = [1, -2, 0.5, 3, 8];
    const opCase: OpCase = {
      rows: 1,
      tensors: { input: { shape: [5], values }, out: { shape: [5] } },
      ops: (tensor) => [
        { kind: 'scale', out: tensor('out'), input: tensor('input'), factor: 'clipScale' },
      ],
      scalars: { clipScale: 0.25 },
    };
    expect([...resultsOf(backend, opCase, ['out'])[0]!]).toEqual([0.25, -0.5, 0.125, 0.75, 2]);
  });
}
