import { describe, expect, it } from 'vitest';
import { describeTable, type ColumnDescription } from './describe.ts';
import { fitPreparation } from './preparation.ts';
import { tableFromRows } from './table-from-rows.ts';
import type { Column, Table } from './table.ts';

const of = (columns: readonly Column[], rowCount: number): Table => ({ columns, rowCount });
const described = (column: Column, target?: string): ColumnDescription =>
  describeTable(of([column], column.values.length), target === undefined ? {} : { target })
    .columns[0]!;
const numbers = (...values: number[]): Column => ({
  name: 'n',
  kind: 'number',
  values: Float64Array.from(values),
});
const texts = (...values: (string | null)[]): Column => ({ name: 't', kind: 'text', values });

describe('describeTable: numbers', () => {
  it('have quartiles, mean and the counts of each tenth of their range, without what is missing', () => {
    expect(described(numbers(0, 10, NaN, 1, 9, 5))).toEqual({
      name: 'n',
      kind: 'number',
      why: 'every cell is a number',
      missing: 1,
      levels: 5,
      use: expect.stringMatching(/number/) as unknown,
      spread: {
        min: 0,
        lowerQuartile: 1,
        median: 5,
        upperQuartile: 9,
        max: 10,
        mean: 5,
        sketch: [1, 1, 0, 0, 0, 1, 0, 0, 0, 2],
      },
    });
  });

  it('count every value once in the sketch, whatever the range', () => {
    for (const values of [[7], [7, 7, 7], [-1e308, 1e308, 1.5e308], [-3, -2, 1e-300, 0, 8]]) {
      const { spread } = described(numbers(...values));
      expect(spread!.sketch.reduce((sum, count) => sum + count, 0)).toBe(values.length);
      expect(Number.isFinite(spread!.mean)).toBe(true);
    }
  });

  it('without a value have no spread, and are left out', () => {
    const empty = described(numbers(NaN, NaN));
    expect(empty).toMatchObject({ missing: 2, levels: 0, why: 'it has no values' });
    expect(empty.use).toBe('left out: no values');
    expect(empty.spread).toBeUndefined();
  });
});

describe('describeTable: texts and truth values', () => {
  it('have their most frequent values with the counts, the most frequent first', () => {
    const many = texts('a', 'b', 'b', null, 'c', 'd', 'e', 'f', 'b', 'a');
    expect(described(many)).toMatchObject({ missing: 1, levels: 6 });
    expect(described(many).common).toEqual([
      ['b', 3],
      ['a', 2],
      ['c', 1],
      ['d', 1],
      ['e', 1],
    ]);
    const truth: Column = { name: 'b', kind: 'boolean', values: [true, null, true, false] };
    expect(described(truth).common).toEqual([
      ['true', 2],
      ['false', 1],
    ]);
  });

  it('that are identifiers are left out, as the preparation of a training leaves them out', () => {
    const ids = texts(...Array.from({ length: 100 }, (_, row) => `id ${row}`));
    expect(described(ids).use).toMatch(/left out: an identifier/);
    const kinds: Column = {
      name: 'kind',
      kind: 'text',
      values: Array.from({ length: 100 }, () => 'a'),
    };
    const table = of([ids, kinds], 100);
    expect(fitPreparation(table).columns[0]).toMatchObject({ reason: 'identifiers' });
  });
});

describe('describeTable: dates', () => {
  it('say which parts a training uses, and that one date in all rows says nothing', () => {
    const day = 86_400_000;
    const dates = (...values: number[]): Column => ({
      name: 'd',
      kind: 'date',
      values: Float64Array.from(values),
    });
    const varied = described(dates(0, 40 * day, NaN, 800 * day));
    expect(varied.use).toMatch(/^inputs for .*year/);
    expect(varied.spread).toMatchObject({ min: 0, max: 800 * day });
    expect(described(dates(day, day)).use).toBe('left out: one date in all rows');
  });
});

describe('describeTable: the table', () => {
  const table = tableFromRows(
    Array.from({ length: 20 }, (_, row) => ({
      size: row % 7,
      copy: 3 * (row % 5) + 1,
      price: row % 5,
      same: 'x',
    })),
  );

  it('has its rows, its columns in order, and the target as what it is', () => {
    const { rows, columns } = describeTable(table, { target: 'price' });
    expect(rows).toBe(20);
    expect(columns.map(({ name }) => name)).toEqual(['size', 'copy', 'price', 'same']);
    expect(columns[2]!.use).toBe('the target');
    expect(columns[0]!.use).not.toBe('the target');
  });

  it('warns of constants, and of copies only if the target is known', () => {
    const codes = (target?: string): string[] =>
      describeTable(table, target === undefined ? {} : { target }).warnings.map(
        ({ code, column }) => `${code} ${column}`,
      );
    expect(codes()).toContain('constant same');
    expect(codes()).not.toContain('copied-target copy');
    expect(codes('price')).toContain('copied-target copy');
  });

  it('has the notes of the reader, and how texts were read', () => {
    const note = { code: 'index', message: 'a column is left out' };
    const prices = tableFromRows([{ p: '$1.50' }, { p: '$2.00' }, { p: '$3.00' }]);
    const { notes, columns } = describeTable({ ...prices, notes: [note] });
    expect(notes[0]).toEqual(note);
    expect(notes).toMatchObject([{}, { code: 'decorated-numbers', column: 'p' }]);
    expect(columns[0]!.why).toMatch(/such as '\$1.50'/);
  });

  it('is plain JSON, also without rows', () => {
    const description = describeTable(table);
    expect(JSON.parse(JSON.stringify(description))).toEqual(description);
    const none = describeTable(of([numbers(), texts()], 0));
    expect(none.columns.map(({ use }) => use)).toEqual([
      'left out: no values',
      'left out: no values',
    ]);
  });

  it('refuses what is no table, and a target that is no column', () => {
    expect(() => describeTable([] as unknown as Table)).toThrow(TypeError);
    expect(() => describeTable(table, { target: 'prise' })).toThrow(
      /target must be a column; got 'prise'/,
    );
  });
});
