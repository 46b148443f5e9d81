/**
 * limitNorms on a backend: rows of a weight that are longer than the limit become as long as it. In float32 the op has the
 * bits of the expression in docs/numerics.md, which is written out here.
 */
import { describe, expect, it } from 'vitest';
import type { Backend } from 'vinculum';
import { Draws } from './draws.ts';
import { beyondBound, differingBits } from './faults.ts';
import { hardNumbers, numbers, SIZES } from './kernels/kernel-case.ts';
import { resultsOf, type OpCase } from './op-program.ts';

const LIMIT = 2.5;

/** The op on `fanOut` rows of `fanIn` numbers. */
function caseOf(values: ArrayLike<number>, fanOut: number, fanIn: number): OpCase {
  return {
    rows: 1,
    tensors: { weight: { shape: [fanOut, fanIn], values, region: 'parameters' } },
    ops: (tensor) => [{ kind: 'limitNorms', weight: tensor('weight'), limit: LIMIT }],
  };
}

/** The result of the expression: the squares are summed in 8 lanes. */
function expected(values: Float32Array, fanIn: number): Float32Array {
  return values.map((value, j) => {
    const row = values.subarray(j - (j % fanIn), j - (j % fanIn) + fanIn);
    const lanes = new Float64Array(8);
    for (const [i, one] of row.entries()) lanes[i % 8]! += one * one;
    const [a, b, c, d, e, f, g, h] = lanes as unknown as number[] & { length: 8 };
    const norm = Math.sqrt(a! + b! + (c! + d!) + (e! + f! + (g! + h!)));
    return norm > LIMIT ? Math.fround(value * (LIMIT / norm)) : value;
  });
}

function faultsOf(backend: Backend, values: Float32Array, fanOut: number, fanIn: number): string[] {
  const [found] = resultsOf(backend, caseOf(values, fanOut, fanIn), ['weight']);
  const wanted = expected(values, fanIn);
  const label = `${fanOut} × ${fanIn}`;
  if (backend.precision === 'float32') return differingBits(label, found!, wanted);
  return beyondBound(label, found!, wanted, (j) => 2 ** -23 * Math.abs(wanted[j]!) + 2 ** -149);
}

export function suiteOfLimits(backend: Backend): void {
  describe('the limit of the norm of incoming weights', () => {
    it('has the value of its expression at every width and number of units', () => {
      const draws = new Draws(51);
      const faults = SIZES.flatMap((size) => [
        ...faultsOf(backend, numbers(draws, 3 * size), 3, size),
        ...faultsOf(backend, numbers(draws, 5 * size), size, 5),
      ]);
      expect(faults.slice(0, 5)).toEqual([]);
    });

    it('makes long rows as long as the limit, and keeps every bit of the others', () => {
      const [found] = resultsOf(backend, caseOf([3, 4, 1.5, 2, -0, 0, 30, -40], 4, 2), ['weight']);
      expect([...found!]).toEqual([1.5, 2, 1.5, 2, -0, 0, 1.5, -2]);
    });

    it('keeps a NaN visible, in its row alone', () => {
      const values = hardNumbers(new Draws(52), 9 * 16).map((value, j) =>
        Math.floor(j / 16) % 2 === 0 ? value : Math.min(Math.max(value, -9), 9) || 0,
      );
      values[0] = Number.NaN;
      const [found] = resultsOf(backend, caseOf(values, 9, 16), ['weight']);
      expect(found![0]).toBeNaN();
      const others = found!.filter((_value, j) => Math.floor(j / 16) % 2 === 1);
      expect(others.every((value) => Number.isFinite(value))).toBe(true);
    });
  });
}
