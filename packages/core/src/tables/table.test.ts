import { describe, expect, it } from 'vitest';
import { DataError } from '../words/errors.ts';
import { tableFromRows } from './table-from-rows.ts';
import { cellAt, columnOfTable, rowNumberOf, selectRows, type Table } from './table.ts';

const columnNames = (table: Table): string[] => table.columns.map((column) => column.name);

describe('tableFromRows', () => {
  it('reads records, with kinds chosen by the cells and absent names as missing values', () => {
    const table = tableFromRows([
      { age: 3, name: 'Ada', tame: true },
      { name: null, age: NaN },
      { tame: false, name: 'Bo', age: undefined },
    ]);
    expect(columnNames(table)).toEqual(['age', 'name', 'tame']);
    expect(table.columns.map((column) => column.kind)).toEqual(['number', 'text', 'boolean']);
    expect(table.columns.map((column) => [0, 1, 2].map((row) => cellAt(column, row)))).toEqual([
      [3, null, null],
      ['Ada', null, 'Bo'],
      [true, null, false],
    ]);
  });

  it('reads arrays, and names columns by their position', () => {
    const table = tableFromRows([
      [1, 'a'],
      [2, null],
    ]);
    expect(columnNames(table)).toEqual(['0', '1']);
  });

  it('takes any column name without changing a prototype', () => {
    const row = JSON.parse('{"__proto__": 1, "constructor": 2, "toString": 3}') as object;
    const table = tableFromRows([row, { constructor: 5 }]);
    expect(columnNames(table)).toEqual(['__proto__', 'constructor', 'toString']);
    expect(table.columns.map((column) => cellAt(column, 1))).toEqual([null, 5, null]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it.each([
    [[{ a: 1 }, [1]], TypeError, /rows\[1\] must be a record/],
    [[[1], { a: 1 }], TypeError, /rows\[1\] must be an array/],
    [[1], TypeError, /rows\[0\] must be a record/],
    ['abc', TypeError, /rows must be an array/],
    [[[1, 2], [3]], DataError, /rows\[1\] must have 2 values/],
    [
      [{ a: 1 }, { a: 'x' }],
      DataError,
      /column 'a' must hold one kind of value \(number so far\); got 'x' in row 2/,
    ],
    [[{ a: 1 }, { a: Infinity }], DataError, /finite numbers; got Infinity in row 2/],
    [[{ a: {} }], DataError, /numbers, text or booleans/],
  ])('%o is refused', (rows, kind, message) => {
    expect(() => tableFromRows(rows)).toThrow(kind);
    expect(() => tableFromRows(rows)).toThrow(message);
  });

  it('reads a text that says Infinity as text', () => {
    expect(tableFromRows([{ a: 'Infinity' }]).columns[0]!.kind).toBe('text');
  });
});

describe('columns and rows of a table', () => {
  const table = tableFromRows([
    { a: 1, b: 'x', c: true },
    { a: 2, b: null, c: null },
  ]);

  it('are found by name', () => {
    expect(columnOfTable(table, 'a').kind).toBe('number');
  });

  it('are suggested if a name is similar', () => {
    const wide = tableFromRows([{ species: 1, island: 2 }]);
    expect(() => columnOfTable(wide, 'specie')).toThrow(
      /no column 'specie'. Did you mean 'species'/,
    );
    expect(() => columnOfTable(wide, 'zzzzzz')).toThrow(/The columns are 'species', 'island'/);
  });

  it('can be selected in any order', () => {
    const picked = selectRows(table, [1, 0, 1]);
    expect(picked.rowCount).toBe(3);
    expect(picked.columns.map((column) => cellAt(column, 1))).toEqual([1, 'x', true]);
    expect(picked.columns.map((column) => cellAt(column, 2))).toEqual([2, null, null]);
  });

  it('selected rows keep the numbers that they have in their source', () => {
    const batch = { ...tableFromRows([{ a: 1 }, { a: 2 }, { a: 3 }]), firstRow: 501 };
    expect([0, 1, 2].map((row) => rowNumberOf(batch, row))).toEqual([501, 502, 503]);
    const picked = selectRows(batch, [2, 0]);
    expect([0, 1].map((row) => rowNumberOf(picked, row))).toEqual([503, 501]);
    expect(rowNumberOf(selectRows(picked, [1]), 0)).toBe(501);
    expect(rowNumberOf(tableFromRows([{ a: 1 }]), 0)).toBe(1);
  });
});
