/** Numbers at places are those of sorted numbers, and what is fitted piece by piece is what is fitted at once. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NumberSource } from './number-source.ts';
import { orderStatistics } from './order-statistics.ts';
import { fitColumn, PREPARATION_RULES } from './preparation.ts';
import { median } from './scaling.ts';
import { storedColumn } from './stored-column.ts';
import { readOptions } from '../words/options.ts';
import type { Column } from './table.ts';

/** The numbers in pieces of three. */
function inPieces(values: Float64Array): NumberSource {
  return {
    length: values.length,
    *pieces() {
      for (let first = 0; first < values.length; first += 3) yield values.slice(first, first + 3);
    },
  };
}

describe('order statistics', () => {
  it('are the sorted numbers, of any signs and sizes', () => {
    const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(numbers, (values) => {
        const given = Float64Array.from(values);
        const places = [...given.keys(), 0];
        const sorted = given.toSorted();
        expect(orderStatistics(inPieces(given), places)).toStrictEqual(
          places.map((place) => sorted[place]),
        );
        expect(median(inPieces(given)) + 0).toBe(median(given) + 0);
      }),
      { numRuns: 8 },
    );
  });

  it('tell numbers apart that differ only in their last bits, and count equal ones', () => {
    const next = 1 + Number.EPSILON;
    const given = Float64Array.of(next, 1, -1, next, 5e-324, -5e-324, 1, -next, 0);
    expect(orderStatistics(inPieces(given), [0, 1, 2, 3, 4, 5, 6, 7, 8])).toStrictEqual([
      -next,
      -1,
      -5e-324,
      0,
      5e-324,
      1,
      1,
      next,
      next,
    ]);
  });
});

describe('a column that waits on the disk', () => {
  const ROWS = (1 << 16) + 77;
  const numbers = Float64Array.from({ length: ROWS }, (_, row) =>
    row % 1000 === 7 ? NaN : Math.sin(row) * 10 ** (row % 7),
  );
  const dates = numbers.map((value, row) => (Number.isNaN(value) ? NaN : row * 86_400_000));

  it.each([
    ['number', numbers, {}],
    ['number', numbers, { scaling: 'robust', addIndicator: true }],
    ['number', numbers, { fill: 'mean' }],
    ['date', dates, { addIndicator: true }],
  ] as const)('is fitted with the bits of one in memory: %s %#', (kind, values, options) => {
    const settings = readOptions('test', options, PREPARATION_RULES);
    const inMemory: Column = { name: 'a', kind, values };
    const stored = storedColumn(
      { name: 'a', kind },
      {
        length: ROWS,
        all: () => expect.fail('all values were loaded'),
        range: (first, end) => values.slice(first, end),
      },
    );
    expect(fitColumn(stored, settings)).toStrictEqual(fitColumn(inMemory, settings));
  });
});
