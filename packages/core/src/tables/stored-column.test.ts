import { describe, expect, it } from 'vitest';
import { checkData, rowKeys } from './data-checks.ts';
import { fitPreparation } from './preparation.ts';
import { prepare } from './prepare.ts';
import { storedColumn } from './stored-column.ts';
import { selectRows, type NumberColumn, type Table } from './table.ts';

/** A column of numbers in memory, and the same column stored, with the number of times that it was loaded. */
function pair(name: string, values: Float64Array) {
  const loads = { count: 0 };
  const stored = storedColumn(
    { name, kind: 'number' },
    {
      length: values.length,
      all() {
        loads.count++;
        return values.slice();
      },
      range: (first, end) => values.slice(first, end),
    },
  );
  return { inMemory: { name, kind: 'number', values } satisfies NumberColumn, stored, loads };
}

const numbers = (rows: number, step: number): Float64Array =>
  Float64Array.from({ length: rows }, (_, row) => ((row * step) % 97) / 8);

describe('a stored column', () => {
  it('is not loaded before its values are read, and once for a loop over its cells', () => {
    const { stored, inMemory, loads } = pair('a', numbers(500, 7));
    const table: Table = { rowCount: 500, columns: [stored] };
    const some = selectRows(selectRows(table, [499, 3, 4]), [0, 2]);
    expect(loads.count).toBe(0);
    expect([...(some.columns[0] as NumberColumn).values]).toEqual([
      inMemory.values[499],
      inMemory.values[4],
    ]);
    for (let row = 0; row < 500; row++) {
      expect(stored.values[row]).toBe(inMemory.values[row]);
    }
    expect(loads.count).toBe(1);
  });

  it('is loaded again if the columns that were read since then have filled the memory', () => {
    const rows = 1 << 22;
    const columns = Array.from({ length: 6 }, (_, index) =>
      pair(String(index), new Float64Array(rows).fill(index)),
    );
    for (const [index, { stored }] of columns.entries()) expect(stored.values[9]).toBe(index);
    const [first, , , , , last] = columns;
    expect(last!.stored.values[0]).toBe(5);
    expect(last!.loads.count).toBe(1);
    expect(first!.stored.values[0]).toBe(0);
    expect(first!.loads.count).toBe(2);
  });

  it('is loaded once by all checks of a table that is larger than the memory for columns', () => {
    const rows = 1 << 23;
    const pairs = ['y', 'a', 'b'].map((name, index) => {
      const values = new Float64Array(rows);
      values.set(numbers(1000 * (index + 1), index + 1));
      if (name !== 'y') values.fill(NaN, 5, 7);
      return pair(name, values);
    });
    const table: Table = { rowCount: rows, columns: pairs.map(({ stored }) => stored) };
    expect(checkData(table, 'y')).toEqual([]);
    expect(pairs.map(({ loads }) => loads.count)).toEqual([1, 1, 1]);
  });

  it('is loaded once for the keys of all rows', () => {
    // Of these columns the keys need the first three cells only, but the memory has no room for both.
    const pairs = ['a', 'b'].map((name) => pair(name, new Float64Array((1 << 23) + 1).fill(7)));
    const table: Table = { rowCount: 3, columns: pairs.map(({ stored }) => stored) };
    expect(rowKeys(table)).toEqual(['[7,7]', '[7,7]', '[7,7]']);
    expect(pairs.map(({ loads }) => loads.count)).toEqual([1, 1]);
  });

  it('has the preparation and the matrix of the same column in memory', () => {
    const pairs = [pair('a', numbers(300, 7)), pair('b', numbers(300, 31))];
    const of = (columns: Table['columns']): Table =>
      selectRows(
        { rowCount: 300, columns },
        Uint32Array.from({ length: 200 }, (_, i) => 299 - i),
      );
    const inMemory = of(pairs.map((one) => one.inMemory));
    const stored = of(pairs.map((one) => one.stored));
    const preparation = fitPreparation(stored);
    expect(preparation).toEqual(fitPreparation(inMemory));
    expect(prepare(preparation, stored)).toEqual(prepare(preparation, inMemory));
    expect(stored.rowNumbers).toEqual(inMemory.rowNumbers);
  });

  it('keeps its reading and the spellings of its rows', () => {
    const date = storedColumn(
      { name: 'd', kind: 'date', spellings: ['x', null, 'z'] },
      { length: 3, all: () => Float64Array.of(1, NaN, 3), range: () => Float64Array.of() },
    );
    const [picked] = selectRows({ rowCount: 3, columns: [date] }, [2, 1]).columns;
    expect(picked).toMatchObject({ kind: 'date', spellings: ['z', null] });
    expect(picked!.values).toEqual(Float64Array.of(3, NaN));
  });
});
