/**
 * The ops that normalise rows on a backend, eq. (38), (39), (42). In float32 they have the bits of the expressions in
 * docs/numerics.md, which are written out here: float64 sums in 8 lanes and one rounding at the end. A constant row gives
 * zeros, and a NaN stays in its row.
 */
import { describe, expect, it } from 'vitest';
import type { Backend } from 'vinculum';
import { referenceBackend } from 'vinculum/internal';
import { Draws } from './draws.ts';
import { beyondBound, differingBits, ulp32 } from './faults.ts';
import { hardNumbers, numbers, SIZES } from './kernels/kernel-case.ts';
import { joinLanes } from './kernels/twin.ts';
import { resultsOf, type OpCase } from './op-program.ts';

interface Rows {
  readonly rows: number;
  readonly columns: number;
  readonly input: ArrayLike<number>;
  /** The adjoint of the normalised rows. */
  readonly bar: ArrayLike<number>;
  readonly epsilon: number;
}

function draw(draws: Draws, rows: number, columns: number, from = numbers): Rows {
  return {
    rows,
    columns,
    input: from(draws, rows * columns),
    bar: from(draws, rows * columns),
    epsilon: draws.choice([1e-5, 1e-3, 1]),
  };
}

const RESULTS = ['out', 'means', 'inverseDeviations', 'bar'] as const;

/** Forward, then the adjoint, which overwrites the adjoint of the normalised rows. */
function opsOf({ rows, columns, input, bar, epsilon }: Rows): OpCase {
  return {
    rows,
    tensors: {
      input: { shape: ['N', columns], values: input },
      bar: { shape: ['N', columns], values: bar },
      out: { shape: ['N', columns] },
      means: { shape: ['N'] },
      inverseDeviations: { shape: ['N'] },
    },
    ops: (tensor) => [
      {
        kind: 'normalizeRows',
        out: tensor('out'),
        means: tensor('means'),
        inverseDeviations: tensor('inverseDeviations'),
        input: tensor('input'),
        epsilon,
      },
      {
        kind: 'normalizeRowsAdjoint',
        out: tensor('bar'),
        input: tensor('bar'),
        normalized: tensor('out'),
        inverseDeviations: tensor('inverseDeviations'),
      },
    ],
  };
}

/** The mean of numbers, summed in 8 lanes. */
function laneMean(values: readonly number[]): number {
  const lanes = Array.from({ length: 8 }, () => 0);
  values.forEach((value, c) => (lanes[c % 8]! += value));
  return joinLanes(lanes) / values.length;
}

/** The results that a float32 backend must give, bit for bit. */
function twin({ rows, columns, input, bar, epsilon }: Rows): number[][] {
  const results: number[][] = [[], [], [], []];
  for (let n = 0; n < rows; n++) {
    const row = Array.from({ length: columns }, (_, c) => input[n * columns + c]!);
    const g = Array.from({ length: columns }, (_, c) => bar[n * columns + c]!);
    const mean = laneMean(row);
    const variance = laneMean(row.map((x) => (x - mean) * (x - mean)));
    const r = 1 / Math.sqrt(variance + epsilon);
    const hat = row.map((x) => Math.fround((x - mean) * r));
    const gMean = laneMean(g);
    const share = laneMean(g.map((one, c) => one * hat[c]!));
    results[0]!.push(...hat);
    results[1]!.push(Math.fround(mean));
    results[2]!.push(Math.fround(r));
    results[3]!.push(
      ...g.map((one, c) => Math.fround((one - gMean - hat[c]! * share) * Math.fround(r))),
    );
  }
  return results;
}

function faultsOf(backend: Backend, drawn: Rows): string[] {
  const opCase = opsOf(drawn);
  const found = resultsOf(backend, opCase, RESULTS);
  const label = (i: number): string => `${RESULTS[i]} of ${drawn.rows} × ${drawn.columns}`;
  if (backend.precision === 'float32') {
    return twin(drawn).flatMap((wanted, i) => differingBits(label(i), found[i]!, wanted));
  }
  const wanted = resultsOf(referenceBackend, opCase, RESULTS);
  return wanted.flatMap((values, i) => beyondBound(label(i), found[i]!, values, () => 0));
}

export function suiteOfNormalization(backend: Backend): void {
  describe('normalised rows, eq. (38), (39), (42)', () => {
    it('have the bits of their expression at every width and number of rows', () => {
      const draws = new Draws(38);
      const faults = SIZES.flatMap((size) => [
        ...faultsOf(backend, draw(draws, 5, size)),
        ...faultsOf(backend, draw(draws, size, 7)),
      ]);
      expect(faults.slice(0, 5)).toEqual([]);
    });

    it('have these bits with NaN, infinities and subnormals too, which stay in their row', () => {
      const draws = new Draws(39);
      const drawn = draw(draws, 40, 11, hardNumbers);
      expect(faultsOf(backend, drawn)).toEqual([]);
      const clean = draw(draws, 6, 11);
      const [before] = resultsOf(backend, opsOf(clean), ['out']);
      const input = Array.from(clean.input);
      input[2 * 11 + 3] = NaN;
      const [after] = resultsOf(backend, opsOf({ ...clean, input }), ['out']);
      const wanted = before!.map((value, j) => (Math.floor(j / 11) === 2 ? NaN : value));
      expect(differingBits('out', after!, wanted)).toEqual([]);
    });

    it('of equal numbers are zeros within the rounding of their mean, whatever the size of the numbers', () => {
      for (const value of [0, 0.1, -3, 1e6, 1e-30]) {
        for (const columns of [1, 2, 3, 17, 64]) {
          const input = new Float32Array(3 * columns).fill(value);
          const ones = new Float32Array(3 * columns).fill(1);
          const constant = { rows: 3, columns, input, bar: ones, epsilon: 1e-5 };
          const [out, means, deviations, bar] = resultsOf(backend, opsOf(constant), RESULTS);
          const noise = (Math.abs(value) * columns * 2 ** -52) / Math.sqrt(1e-5);
          expect(out!.every((one) => Math.abs(one) <= noise)).toBe(true);
          for (const mean of means!)
            expect(Math.abs(mean - input[0]!)).toBeLessThanOrEqual(ulp32(value));
          for (const one of deviations!) expect(one).toBeCloseTo(1 / Math.sqrt(1e-5), 3);
          // Subtracting the mean of equal adjoints leaves 0.
          expect(bar!.every((one) => Math.abs(one) <= 1e-9)).toBe(true);
        }
      }
    });

    it('lose no digit if the mean is large compared with the deviations', () => {
      const columns = 8;
      const row = [3, 1, 4, 1, 5, 9, 2, 6];
      const rows = (shift: number): Rows => ({
        rows: 1,
        columns,
        input: row.map((value) => value + shift),
        bar: row,
        epsilon: 1e-5,
      });
      const [plain] = resultsOf(backend, opsOf(rows(0)), ['out']);
      const [shifted] = resultsOf(backend, opsOf(rows(2 ** 20)), ['out']);
      expect(beyondBound('shifted', shifted!, plain!, (j) => ulp32(plain![j]!))).toEqual([]);
    });
  });
}
