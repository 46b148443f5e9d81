/**
 * Applying a fitted preparation: tables, records, arrays or a matrix in, one float32 matrix out. Columns are
 * found by name where the preparation was fitted on names, so their order does not matter; what is missing,
 * left over or of another kind is an error that names row and column.
 */
import { DataError } from '../errors.ts';
import { show } from '../options.ts';
import type { Matrix } from './matrix.ts';
import { widthOf, type ColumnPreparation, type TablePreparation } from './preparation.ts';
import { cellAt, missingColumn, type Column, type Table } from './table.ts';

/**
 * The matrix that a network takes.
 *
 * @param preparation - from `fitPreparation`
 * @param input - rows with the same columns, in any order if they have names
 * @param where - the public function, for messages
 * @returns float32, shape [rows, preparation.width], in new memory (the only allocation that grows with rows)
 * @throws {DataError} when a column is missing, left over or of another kind, or a value leaves float32
 * @example
 * prepare(fitPreparation(table), table).columns; // 3
 */
export function prepare(
  preparation: TablePreparation,
  input: Table | Matrix,
  where = 'prepare',
): Matrix {
  if ('data' in input) return prepareMatrix(where, preparation, input);
  const columns = matchColumns(where, preparation, input);
  const { width } = preparation;
  const data = new Float32Array(input.rowCount * width);
  let start = 0;
  preparation.columns.forEach((fitted, index) => {
    const column = columns[index];
    if (column !== undefined) writeColumn(where, fitted, column, { data, start, width }, input);
    start += widthOf(fitted);
  });
  return { data, rows: input.rowCount, columns: width, scale: 1 };
}

/** Where a column's numbers go: from `data[start]`, a row every `width`. */
interface Destination {
  readonly data: Float32Array;
  readonly start: number;
  readonly width: number;
}

function prepareMatrix(where: string, preparation: TablePreparation, matrix: Matrix): Matrix {
  const { columns, width, named } = preparation;
  if (named || columns.some((column) => column.kind !== 'number')) {
    throw new DataError(
      `${where}: rows must have the columns ${columns
        .slice(0, 12)
        .map((column) => show(column.name))
        .join(', ')}${columns.length > 12 ? ', …' : ''} of the training data; got a matrix.`,
    );
  }
  if (matrix.columns !== width) {
    throw new DataError(
      `${where}: rows must have shape [rows, ${width}] as in training; got [${matrix.rows}, ${matrix.columns}].`,
    );
  }
  const numbers = columns.filter((column) => column.kind === 'number');
  const mean = Float64Array.from(numbers, (column) => column.mean);
  const scale = Float64Array.from(numbers, (column) => column.scale);
  const { data: source, rows, scale: unit } = matrix;
  const data = new Float32Array(rows * width);
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < width; column++, i++) {
      const value = (source[i]! * unit - mean[column]!) / scale[column]!;
      data[i] = value;
      if (!Number.isFinite(data[i])) {
        throw tooFar(where, String(column), row + 1, source[i]! * unit);
      }
    }
  }
  return { data, rows, columns: width, scale: 1 };
}

/** The table's column for each fitted one; undefined for an ignored one. */
function matchColumns(
  where: string,
  preparation: TablePreparation,
  table: Table,
): (Column | undefined)[] {
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  const known = new Set(preparation.columns.map((column) => column.name));
  const names = [...byName.keys()];
  const matched = preparation.columns.map((fitted) => {
    if (fitted.kind === 'ignored') return undefined;
    const column = byName.get(fitted.name);
    // No rows, no names: an empty array of records is a table without columns.
    if (column === undefined && table.rowCount > 0) throw missingColumn(where, fitted.name, names);
    return column;
  });
  const extra = names.find((name) => !known.has(name));
  if (extra !== undefined) {
    throw new DataError(
      `${where}: column ${show(extra)} was not in the training data. Leave it out of the rows.`,
      { column: extra },
    );
  }
  return matched;
}

function writeColumn(
  where: string,
  fitted: ColumnPreparation,
  column: Column,
  to: Destination,
  table: Table,
): void {
  const firstRow = table.firstRow ?? 1;
  checkKind(where, fitted, column, firstRow);
  if (fitted.kind === 'text') {
    const indexOf = new Map(fitted.categories.map((category, index) => [category, index]));
    for (let row = 0; row < table.rowCount; row++) {
      const cell = cellAt(column, row);
      const index = cell === null ? fitted.categories.length : indexOf.get(String(cell));
      if (index === undefined || (cell === null && !fitted.missing)) continue;
      to.data[row * to.width + to.start + index] = 1;
    }
    return;
  }
  if (fitted.kind === 'ignored') return;
  for (let row = 0; row < table.rowCount; row++) {
    const cell = cellAt(column, row);
    const value = cell === null ? fitted.fill : Number(cell);
    const at = row * to.width + to.start;
    to.data[at] = (value - fitted.mean) / fitted.scale;
    if (!Number.isFinite(to.data[at])) {
      throw tooFar(where, column.name, row + firstRow, value);
    }
  }
}

/** A column without a value fits any kind; else the kinds must agree. */
function checkKind(
  where: string,
  fitted: ColumnPreparation,
  column: Column,
  firstRow: number,
): void {
  if (fitted.kind === column.kind || fitted.kind === 'ignored') return;
  for (let row = 0; row < column.values.length; row++) {
    const cell = cellAt(column, row);
    if (cell === null) continue;
    const kinds = { number: 'numbers', text: 'text', boolean: 'true or false' };
    throw new DataError(
      `${where}: column ${show(column.name)} must hold ${kinds[fitted.kind]} as in training; got ${show(cell)} in row ${row + firstRow}.`,
      { row: row + firstRow, column: column.name },
    );
  }
}

function tooFar(where: string, column: string, row: number, value: number): DataError {
  return new DataError(
    `${where}: column ${show(column)} must stay within the range of float32 once standardised; got ${value} in row ${row}.`,
    { row, column },
  );
}
