/**
 * A table: named columns of numbers, text or truth values, each of which may be missing. It is the form between the
 * files and records that people have and the matrix that a network takes; `preparation.ts` leads from one to the
 * other. It is plain data. Rows and columns are found by index or by a Map, so a column may be called `__proto__` or
 * `constructor` without harm.
 */
import { dataError, mustBe, typeError } from '../words/fault.ts';
import { checkNumber, isRecord, show, suggestion } from '../words/options.ts';
import { isList } from '../arrays/matrix.ts';
import { checkRowIndices } from '../arrays/select-rows.ts';
import type { ColumnReading, DataNote } from './reading/reading.ts';
import { selectStored } from './stored-column.ts';

/** The content of one cell of a record; null, undefined and NaN mean "missing". */
export type Cell = string | number | boolean | null | undefined;

/** What every column has. */
interface ColumnBase {
  readonly name: string;
  /** How the cells were read, and why; absent for values that were never text. */
  readonly reading?: ColumnReading;
  /**
   * The cells as the source spells them; null for an empty cell. Present only if some value does not print as its cell: a
   * class keeps the spelling (`02138`, `None`), see {@link classColumn}.
   */
  readonly spellings?: readonly (string | null)[];
}

/** Numbers; NaN is a missing value, infinities do not occur. */
export interface NumberColumn extends ColumnBase {
  readonly kind: 'number';
  readonly values: Float64Array;
}

/** Text; null is a missing value. */
export interface TextColumn extends ColumnBase {
  readonly kind: 'text';
  readonly values: readonly (string | null)[];
}

/** Truth values; null is a missing value. */
export interface BooleanColumn extends ColumnBase {
  readonly kind: 'boolean';
  readonly values: readonly (boolean | null)[];
}

/** Dates and times: milliseconds since 1970-01-01 00:00 of the clock that the cells show; NaN is a missing value. */
export interface DateColumn extends ColumnBase {
  readonly kind: 'date';
  readonly values: Float64Array;
}

export type Column = NumberColumn | TextColumn | BooleanColumn | DateColumn;
export type ColumnKind = Column['kind'];

/** Columns of one length, in order, with names that differ. Read only. */
export interface Table {
  readonly rowCount: number;
  readonly columns: readonly Column[];
  /** The number of the first row in its source, counted from 1, for messages. Default 1. */
  readonly firstRow?: number;
  /** The numbers of all rows in their source, for messages, if they do not follow one another, as in selected rows. */
  readonly rowNumbers?: ArrayLike<number>;
  /** What the reader left out or changed. */
  readonly notes?: readonly DataNote[];
}

/** The number of a row (an index from 0) in its source, counted from 1. */
export function rowNumberOf({ firstRow = 1, rowNumbers }: Table, row: number): number {
  return rowNumbers?.[row] ?? row + firstRow;
}

/** A row by column name; the order of the names does not matter. */
export type RowRecord = Readonly<Record<string, Cell>>;

/** Rows as users have them: records by column name, or arrays. */
export type RowInput = readonly (RowRecord | readonly Cell[])[];

/** Whether a value is a {@link Table}. */
export function isTable(value: unknown): value is Table {
  return isRecord(value) && 'rowCount' in value && Array.isArray(value['columns']);
}

/** @throws {TypeError} when a value is no {@link Table} */
export function checkTable(where: string, name: string, value: unknown): void {
  if (!isTable(value)) throw typeError(mustBe(where, name, 'a table', value));
}

/** @throws {TypeError} when a value is neither a {@link Table} nor a matrix */
export function checkTableOrMatrix(where: string, name: string, value: unknown): void {
  const matrix = isRecord(value) && ArrayBuffer.isView(value['data']);
  if (!matrix && !isTable(value)) {
    throw typeError(mustBe(where, name, 'a table or a matrix', value, ' See tableFromRows.'));
  }
}

/**
 * The column of a name.
 *
 * @throws {TypeError} when `table` is no table
 * @throws {DataError} when there is none (the nearest name is suggested)
 * @example
 * columnOfTable(table, 'fur').kind; // 'text'
 */
export function columnOfTable(table: Table, name: string): Column {
  checkTable('columnOfTable', 'table', table);
  return columnOfTableFor('columnOfTable', table, name);
}

/** {@link columnOfTable} on behalf of the public function `where`. */
export function columnOfTableFor(where: string, table: Table, name: string): Column {
  const found = table.columns.find((column) => column.name === name);
  if (found !== undefined) return found;
  const names = table.columns.map((column) => column.name);
  const remedy = suggestion(name, names, 'The columns are');
  throw dataError(
    { where, subject: '', rule: `there is no column ${show(name)}`, remedy },
    { column: name },
  );
}

/**
 * The rows at the given indices (from 0), in their order, as a new table. The rows keep the numbers that they have in the
 * source of the old table, so that an error about one of them names the row of the file.
 *
 * @throws {TypeError} when an argument is of a wrong kind
 * @throws {RangeError} when the table has no such row
 * @example
 * selectRows(table, [0, 2]).rowCount; // 2
 */
export function selectRows(table: Table, indices: ArrayLike<number>): Table {
  checkTable('selectRows', 'table', table);
  checkRowIndices('selectRows', indices, table.rowCount);
  const columns = table.columns.map((column): Column => {
    const stored = selectStored(column, indices);
    if (stored !== undefined) return stored;
    const picked = pickValues(column, indices);
    const { spellings } = column;
    return spellings === undefined ? picked : { ...picked, spellings: pick(spellings, indices) };
  });
  const notes = table.notes === undefined ? {} : { notes: table.notes };
  const rowNumbers = new Uint32Array(indices.length);
  for (let i = 0; i < rowNumbers.length; i++) rowNumbers[i] = rowNumberOf(table, indices[i]!);
  return { rowCount: indices.length, columns, rowNumbers, ...notes };
}

function pickValues(column: Column, indices: ArrayLike<number>): Column {
  switch (column.kind) {
    case 'number':
    case 'date': {
      const values = new Float64Array(indices.length);
      pickInto(values, column.values, indices);
      return { ...column, values };
    }
    case 'text':
      return { ...column, values: pick(column.values, indices) };
    case 'boolean':
      return { ...column, values: pick(column.values, indices) };
    default:
      column satisfies never;
      throw new Error('internal: an unknown kind of column');
  }
}

/**
 * A column as the names of classes. A class keeps the spelling of the source: `02138` and `2138` are two classes, and so are
 * `1.1` and `1.10`. In a column of text only the empty cell is missing, because `None` and `NA` may be names.
 *
 * @returns a text column if the cells have spellings of their own, else the column as it is
 * @throws {TypeError} when the argument is no column
 * @example
 * classColumn(columnOfTable(table, 'fur')).kind; // 'text'
 */
export function classColumn(column: Column): Column {
  if (!isRecord(column) || !isList(column.values)) {
    throw typeError(mustBe('classColumn', 'column', 'a column of a table', column));
  }
  const { name, spellings } = column;
  if (spellings === undefined) return column;
  const isText = column.kind === 'text';
  const values = spellings.map((text, row) =>
    isText || cellAt(column, row) !== null ? text : null,
  );
  const reading = column.reading === undefined ? {} : { reading: column.reading };
  return { name, kind: 'text', values, ...reading };
}

function pick<Value>(values: readonly Value[], indices: ArrayLike<number>): Value[] {
  const picked: Value[] = [];
  for (let row = 0; row < indices.length; row++) picked.push(values[indices[row]!]!);
  return picked;
}

function pickInto(out: Float64Array, values: Float64Array, indices: ArrayLike<number>): void {
  for (let row = 0; row < out.length; row++) out[row] = values[indices[row]!]!;
}

/**
 * The cell of a column at a row index; null if it is missing.
 *
 * @throws {TypeError} when an argument is of a wrong kind
 * @example
 * cellAt(columnOfTable(table, 'weight'), 1); // 30
 */
export function cellAt(column: Column, row: number): string | number | boolean | null {
  if (!isRecord(column) || !isList(column.values)) {
    throw typeError(mustBe('cellAt', 'column', 'a column of a table', column));
  }
  checkNumber('cellAt', 'row', row, { integer: true, min: 0 });
  const value = column.values[row] ?? null;
  return typeof value === 'number' && Number.isNaN(value) ? null : value;
}
