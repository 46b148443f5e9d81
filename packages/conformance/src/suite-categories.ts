/**
 * The category embedding on a backend, eq. (47)–(49). It only copies and adds, so in every precision it has the bits of the
 * expressions that are written out here.
 */
import { describe, expect, it } from 'vitest';
import type { Backend } from 'vinculum';
import type { Category } from 'vinculum/internal';
import { Draws } from './draws.ts';
import { differingBits } from './faults.ts';
import { numbers, SIZES } from './kernels/kernel-case.ts';
import { resultsOf, type OpCase } from './op-program.ts';

interface Embedding {
  readonly rows: number;
  /** Columns of the input. */
  readonly columns: number;
  readonly categories: readonly Category[];
  readonly size: number;
  readonly input: Float32Array;
  readonly weight: Float32Array;
  readonly outBar: Float32Array;
}

function draw(draws: Draws, rows: number, columns: number, size: number): Embedding {
  const categories = draws
    .indices(columns, 0.6)
    .map((column) => ({ column, levels: draws.logInteger(1, 30) }));
  const input = numbers(draws, rows * columns);
  for (const { column, levels } of categories) {
    for (let n = 0; n < rows; n++) input[n * columns + column] = draws.integer(0, levels - 1);
  }
  const levels = categories.reduce((sum, one) => sum + one.levels, 0);
  return {
    rows,
    columns,
    categories,
    size,
    input,
    weight: numbers(draws, levels * size),
    outBar: numbers(draws, rows * (columns + categories.length * (size - 1))),
  };
}

const RESULTS = ['out', 'weightBar', 'inputBar'] as const;

function opsOf({ rows, columns, categories, size, input, weight, outBar }: Embedding): OpCase {
  const shape = [weight.length / size, size];
  const width = columns + categories.length * (size - 1);
  return {
    rows,
    tensors: {
      input: { shape: ['N', columns], values: input },
      weight: { shape, values: weight },
      outBar: { shape: ['N', width], values: outBar },
      out: { shape: ['N', width] },
      weightBar: { shape },
      inputBar: { shape: ['N', columns] },
    },
    ops(tensor) {
      const shared = { size, categories };
      const outBarTensor = tensor('outBar');
      return [
        {
          kind: 'embedCategories',
          out: tensor('out'),
          input: tensor('input'),
          weight: tensor('weight'),
          ...shared,
        },
        {
          kind: 'embedCategoriesWeightAdjoint',
          weightBar: tensor('weightBar'),
          outBar: outBarTensor,
          input: tensor('input'),
          ...shared,
        },
        {
          kind: 'embedCategoriesInputAdjoint',
          inputBar: tensor('inputBar'),
          outBar: outBarTensor,
          ...shared,
        },
      ];
    },
  };
}

/** The results that a backend must give, in the order of {@link RESULTS}. */
function expected(drawn: Embedding, round: (value: number) => number): number[][] {
  const { rows, columns, categories, size, input, weight, outBar } = drawn;
  const out: number[] = [];
  const weightBar = Array.from(weight, () => 0);
  const inputBar: number[] = [];
  const width = columns + categories.length * (size - 1);
  for (let n = 0; n < rows; n++) {
    const row = Array.from({ length: columns }, (_, i) => input[n * columns + i]!);
    const bars = Array.from({ length: width }, (_, i) => outBar[n * width + i]!);
    const isEmbedded = (i: number): boolean => categories.some(({ column }) => column === i);
    for (let i = 0; i < columns; i++) {
      if (!isEmbedded(i)) out.push(row[i]!);
      inputBar.push(isEmbedded(i) ? 0 : bars.shift()!);
    }
    let start = 0;
    for (const { column, levels } of categories) {
      for (let k = 0; k < size; k++) {
        const at = (start + row[column]!) * size + k;
        const known = Number.isInteger(row[column]) && row[column]! >= 0 && row[column]! < levels;
        out.push(known ? weight[at]! : NaN);
        const bar = bars.shift()!;
        if (known) weightBar[at] = round(weightBar[at]! + bar);
      }
      start += levels;
    }
  }
  return [out, weightBar, inputBar];
}

function faultsOf(backend: Backend, drawn: Embedding): string[] {
  const found = resultsOf(backend, opsOf(drawn), RESULTS);
  const round = backend.precision === 'float32' ? Math.fround : (value: number) => value;
  return expected(drawn, round).flatMap((wanted, i) =>
    differingBits(`${RESULTS[i]} of ${drawn.rows} × ${drawn.columns}`, found[i]!, wanted),
  );
}

export function suiteOfCategories(backend: Backend): void {
  describe('the category embedding, eq. (47)–(49)', () => {
    it('has the bits of its expression at every number of rows, columns and learned numbers', () => {
      const draws = new Draws(47);
      const faults = SIZES.flatMap((size) => [
        ...faultsOf(backend, draw(draws, size, 4, 8)),
        ...faultsOf(backend, draw(draws, 7, size, 3)),
        ...faultsOf(backend, draw(draws, 9, 3, size)),
      ]);
      expect(faults.slice(0, 5)).toEqual([]);
    });

    it('shows a number that is no category as NaN, and reads and writes nothing for it', () => {
      const drawn = draw(new Draws(48), 12, 1, 5);
      const { levels } = drawn.categories[0]!;
      const wrong = [
        NaN,
        Infinity,
        -Infinity,
        -1,
        -0.5,
        0.5,
        levels,
        levels + 0.5,
        2 ** 31,
        -(2 ** 31),
      ];
      const input = drawn.input.map((value, n) => wrong[n] ?? value);
      expect(faultsOf(backend, { ...drawn, input })).toEqual([]);
      const [out] = resultsOf(backend, opsOf({ ...drawn, input }), ['out']);
      expect(out!.filter(Number.isNaN)).toHaveLength(wrong.length * 5);
    });
  });
}
