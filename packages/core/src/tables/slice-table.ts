/** Rows of a table that follow one another, in memory: of a column that waits on the disk only these rows are loaded. */
import { storedRange } from './stored-column.ts';
import type { Column, Table } from './table.ts';

/** Rows [first, end) as a table. They keep the numbers that they have in their source. */
export function sliceTable(table: Table, first: number, end: number): Table {
  const { rowNumbers, firstRow = 1, notes } = table;
  const columns = table.columns.map((column): Column => {
    const { spellings } = column;
    const part = spellings === undefined ? {} : { spellings: spellings.slice(first, end) };
    const stored = storedRange(column, first, end);
    if (stored !== undefined) return { ...stored, ...part };
    switch (column.kind) {
      case 'number':
      case 'date':
        return { ...column, values: column.values.subarray(first, end), ...part };
      case 'text':
        return { ...column, values: column.values.slice(first, end), ...part };
      case 'boolean':
        return { ...column, values: column.values.slice(first, end), ...part };
      default:
        column satisfies never;
        throw new Error('internal: an unknown kind of column');
    }
  });
  return {
    rowCount: end - first,
    columns,
    ...(rowNumbers === undefined
      ? { firstRow: firstRow + first }
      : {
          rowNumbers: Uint32Array.from({ length: end - first }, (_, i) => rowNumbers[first + i]!),
        }),
    ...(notes === undefined ? {} : { notes }),
  };
}
