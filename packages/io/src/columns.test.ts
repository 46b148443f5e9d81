import { fitPreparation, tableFromRows } from 'vinculum';
import { describe, expect, it } from 'vitest';
import { columnKinds, columnNames, dropColumns, labelsOfColumn, selectColumns } from './columns.ts';

const TABLE = tableFromRows([
  { a: 1, b: 'x', c: true },
  { a: 2, b: null, c: null },
]);

describe('columns by name', () => {
  it('can be listed, chosen and dropped', () => {
    expect(columnNames(TABLE)).toEqual(['a', 'b', 'c']);
    expect(columnNames(selectColumns(TABLE, ['c', 'a']))).toEqual(['c', 'a']);
    expect(columnNames(dropColumns(TABLE, ['b']))).toEqual(['a', 'c']);
  });

  it('must exist', () => {
    const wide = tableFromRows([{ species: 1, island: 2 }]);
    expect(() => dropColumns(wide, ['zzzzzz'])).toThrow(/The columns are 'species', 'island'/);
    expect(() => selectColumns(wide, ['specie'])).toThrow(/Did you mean 'species'/);
  });
});

describe('the work that choosing columns takes', () => {
  /** How often names are read if half of `count` columns are chosen or dropped. */
  const readings = (count: number): number => {
    let read = 0;
    const columns = Array.from({ length: count }, (_, index) => ({
      kind: 'number' as const,
      values: new Float64Array(0),
      get name() {
        read++;
        return `c${index}`;
      },
    }));
    const names = Array.from({ length: count / 2 }, (_, index) => `c${2 * index}`);
    const table = { rowCount: 0, columns };
    expect(selectColumns(table, names).columns.length).toBe(count / 2);
    expect(dropColumns(table, names).columns.length).toBe(count / 2);
    return read;
  };

  it('is proportional to their number and not to its square', () => {
    expect(readings(2000)).toBeLessThanOrEqual(2.2 * readings(1000));
  });
});

describe('labelsOfColumn', () => {
  it('gives the cells, or an error that names a row without a label', () => {
    const column = (cells: readonly (string | null)[]) =>
      tableFromRows(cells.map((y) => ({ y }))).columns[0]!;
    expect(labelsOfColumn(column(['a', 'b']))).toEqual(['a', 'b']);
    expect(() => labelsOfColumn(column(['a', null]), 11)).toThrow(
      expect.objectContaining({ row: 12, column: 'y' }),
    );
  });
});

describe('columnKinds', () => {
  it('gives the kinds that a reader of files must use', () => {
    expect([...columnKinds(fitPreparation(TABLE))]).toEqual([
      ['a', 'number'],
      ['b', 'text'],
      ['c', 'boolean'],
    ]);
  });
});
