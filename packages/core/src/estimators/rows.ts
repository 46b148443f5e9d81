/**
 * The rows that estimators accept: records by column name, arrays, a table from a file, or numbers with a shape. Arrays
 * that contain only numbers become a matrix directly; everything else becomes a table first.
 */
import {
  isList,
  isShaped,
  readMatrixFor,
  type Matrix,
  type MatrixInput,
} from '../arrays/matrix.ts';
import { selectMatrixRows } from '../arrays/select-rows.ts';
import type { TablePreparation } from '../tables/preparation.ts';
import { tableFromRowsFor, typedTable } from '../tables/table-from-rows.ts';
import { sliceTable } from '../tables/slice-table.ts';
import { isTable, selectRows, type RowInput, type Table } from '../tables/table.ts';
import { dataError } from '../words/fault.ts';

/** Records by column name, arrays, a table, or `{ data, shape }`. */
export type Rows = RowInput | Table | MatrixInput;

/**
 * Rows as a matrix if they are all numbers without column names, else as a table.
 *
 * @param preparation - of rows to predict from: the form it was fitted on decides
 */
export function readRows(
  where: string,
  rows: unknown,
  preparation?: TablePreparation,
): Table | Matrix {
  if (isTable(rows)) return rows;
  const width = Array.isArray(rows) && rows.length === 0 ? preparation?.width : undefined;
  const positions = preparation?.named !== true && (width !== undefined || isAllNumbers(rows));
  if (!isShaped(rows) && !positions) {
    return preparation === undefined ? tableFromRowsFor(where, rows) : typedTable(where, rows);
  }
  const columns = width === undefined ? {} : { columns: width };
  return readMatrixFor(where, rows, { name: 'rows', ...columns });
}

/** How many rows there are. */
export function countRows(rows: Table | Matrix): number {
  return 'data' in rows ? rows.rows : rows.rowCount;
}

/** @throws {DataError} when there are no rows */
export function checkSomeRows(where: string, rows: number): void {
  if (rows === 0) throw dataError({ where, subject: '', rule: 'there must be rows', got: 0 });
}

/** The rows at the given indices, in their order. */
export function pickRows(rows: Table | Matrix, indices: Uint32Array): Table | Matrix {
  return 'data' in rows ? selectMatrixRows(rows, indices) : selectRows(rows, indices);
}

/** Rows [first, end), in memory. */
export function sliceRows(rows: Table | Matrix, first: number, end: number): Table | Matrix {
  if (!('data' in rows)) return sliceTable(rows, first, end);
  const { data, columns, scale } = rows;
  const part = data.subarray(first * columns, end * columns);
  return { data: part, rows: end - first, columns, scale };
}

/** A checked matrix in the form that networks take. */
export function asInput(matrix: Matrix): MatrixInput {
  return { data: matrix.data, shape: [matrix.rows, matrix.columns], scale: matrix.scale };
}

/** Whether rows are arrays that contain only numbers. NaN does not count as a number here, because it means "missing" in a table. */
function isAllNumbers(rows: unknown): rows is readonly (readonly number[])[] {
  if (!Array.isArray(rows) || rows.length === 0) return false;
  return (rows as unknown[]).every(
    (row) =>
      isList(row) &&
      Array.prototype.every.call(
        row,
        (cell: unknown) => typeof cell === 'number' && !Number.isNaN(cell),
      ),
  );
}
