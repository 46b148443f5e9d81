import { fitPreparation, tableFromRows } from 'vinculum';
import { describe, expect, it } from 'vitest';
import { columnKinds, columnNames, dropColumns, labelsOfColumn, selectColumns } from './columns.ts';

const TABLE = tableFromRows([
  { a: 1, b: 'x', c: true },
  { a: 2, b: null, c: null },
]);

describe('columns by name', () => {
  it('are listed, chosen and dropped', () => {
    expect(columnNames(TABLE)).toEqual(['a', 'b', 'c']);
    expect(columnNames(selectColumns(TABLE, ['c', 'a']))).toEqual(['c', 'a']);
    expect(columnNames(dropColumns(TABLE, ['b']))).toEqual(['a', 'c']);
  });

  it('must be there', () => {
    const wide = tableFromRows([{ species: 1, island: 2 }]);
    expect(() => dropColumns(wide, ['zzzzzz'])).toThrow(/The columns are 'species', 'island'/);
    expect(() => selectColumns(wide, ['specie'])).toThrow(/Did you mean 'species'/);
  });
});

describe('labelsOfColumn', () => {
  it('gives the cells, and an error that names a row without one', () => {
    const column = (cells: readonly (string | null)[]) =>
      tableFromRows(cells.map((y) => ({ y }))).columns[0]!;
    expect(labelsOfColumn(column(['a', 'b']))).toEqual(['a', 'b']);
    expect(() => labelsOfColumn(column(['a', null]), 11)).toThrow(
      expect.objectContaining({ row: 12, column: 'y' }),
    );
  });
});

describe('columnKinds', () => {
  it('says the kinds a reader of files must use', () => {
    expect([...columnKinds(fitPreparation(TABLE))]).toEqual([
      ['a', 'number'],
      ['b', 'text'],
      ['c', 'boolean'],
    ]);
  });
});
