import { expect, it } from 'vitest';
import { sliceTable } from './slice-table.ts';
import { storedColumn, type Loader } from './stored-column.ts';
import { selectRows, type Table } from './table.ts';

const ROWS = 40;
const VALUES = Float64Array.from({ length: ROWS }, (_, row) => row / 2);

/** A table with a column of each kind, and the rows of the stored column that were loaded. */
function table(): { readonly rows: Table; readonly loaded: (readonly [number, number])[] } {
  const loaded: [number, number][] = [];
  const loader: Loader = {
    length: ROWS,
    all: () => VALUES.slice(),
    range(first, end) {
      loaded.push([first, end]);
      return VALUES.slice(first, end);
    },
  };
  const spellings = Array.from(VALUES, String);
  const rows: Table = {
    rowCount: ROWS,
    firstRow: 11,
    columns: [
      storedColumn({ name: 's', kind: 'number', spellings }, loader),
      { name: 'n', kind: 'number', values: VALUES },
      { name: 't', kind: 'text', values: spellings },
      { name: 'b', kind: 'boolean', values: Array.from(VALUES, (value) => value > 3) },
      { name: 'd', kind: 'date', values: VALUES },
    ],
  };
  return { rows, loaded };
}

/** The rows as plain data. */
function plain({ columns, rowCount, firstRow, rowNumbers }: Table): unknown {
  const numbers = Array.from(
    { length: rowCount },
    (_, row) => rowNumbers?.[row] ?? row + firstRow!,
  );
  return { numbers, columns: columns.map((column) => ({ ...column })) };
}

it('has the rows, with their numbers, and loads no other rows of a stored column', () => {
  const { rows, loaded } = table();
  const expected = selectRows(rows, [5, 6, 7]);
  expect(plain(sliceTable(rows, 5, 8))).toEqual(plain(expected));
  expect(loaded).toStrictEqual([[5, 8]]);
});

it('has the rows of a selection, and loads only those between them', () => {
  const { rows, loaded } = table();
  const picked = selectRows(rows, [1, 4, 9, 9, 30]);
  const part = sliceTable(picked, 1, 4);
  expect(plain(part)).toEqual(plain(selectRows(rows, [4, 9, 9])));
  expect(loaded).toStrictEqual([[4, 10]]);
  const back = selectRows(rows, [30, 2, 7]);
  expect(plain(sliceTable(back, 0, 2))).toEqual(plain(selectRows(rows, [30, 2])));
  expect(sliceTable(back, 3, 3).columns[0]?.values).toHaveLength(0);
});
