/**
 * A table: named columns of numbers, text or truth values, each of which may be missing. It stands between
 * the files and records that people have and the matrix that a network takes (`preparation.ts` goes from one
 * to the other). Plain data; rows and columns are found by index or by a Map, so a column may be called
 * `__proto__` or `constructor` without harm.
 */
import { DataError } from '../errors.ts';
import { nearest, show } from '../options.ts';

/** What one cell of a record may hold; null, undefined and NaN mean "missing". */
export type Cell = string | number | boolean | null | undefined;

/** Numbers; NaN is a missing value, infinities do not occur. */
export interface NumberColumn {
  readonly name: string;
  readonly kind: 'number';
  readonly values: Float64Array;
}

/** Text; null is a missing value. */
export interface TextColumn {
  readonly name: string;
  readonly kind: 'text';
  readonly values: readonly (string | null)[];
}

/** Truth values; null is a missing value. */
export interface BooleanColumn {
  readonly name: string;
  readonly kind: 'boolean';
  readonly values: readonly (boolean | null)[];
}

export type Column = NumberColumn | TextColumn | BooleanColumn;
export type ColumnKind = Column['kind'];

/** Columns of one length, in order, with names that differ. Read only. */
export interface Table {
  readonly rowCount: number;
  readonly columns: readonly Column[];
  /** The number of the first row in its source, counted from 1, for messages. Default 1. */
  readonly firstRow?: number;
}

/** A row by column name; the order of the names does not matter. */
export type RowRecord = Readonly<Record<string, Cell>>;

/** Rows as people hold them: records by column name, or arrays. */
export type RowInput = readonly (RowRecord | readonly Cell[])[];

/**
 * A table from columns, checked.
 *
 * @throws {DataError} when names repeat or lengths differ, or a number is infinite
 * @example
 * tableFromColumns([{ name: 'age', kind: 'number', values: Float64Array.of(3, NaN) }]).rowCount; // 2
 */
export function tableFromColumns(columns: readonly Column[], firstRow = 1): Table {
  const rowCount = columns[0]?.values.length ?? 0;
  const seen = new Set<string>();
  for (const column of columns) {
    const { name, values } = column;
    if (seen.has(name)) {
      throw new DataError(`tableFromColumns: column names must differ; got ${show(name)} twice.`, {
        column: name,
      });
    }
    seen.add(name);
    if (values.length !== rowCount) {
      throw new DataError(
        `tableFromColumns: column ${show(name)} must have ${rowCount} rows as the first has; got ${values.length}.`,
        { column: name },
      );
    }
    if (column.kind !== 'number') continue;
    const bad = column.values.findIndex((value) => Math.abs(value) === Infinity);
    if (bad !== -1) throw infinite('tableFromColumns', name, bad, column.values[bad]!);
  }
  return firstRow === 1 ? { rowCount, columns } : { rowCount, columns, firstRow };
}

/**
 * A table from rows: records by column name (column order: first appearance; an absent name is a missing
 * value) or arrays of one length (columns named '0', '1', …). A column is text, numbers or truth values by
 * what its cells are; a column without any value counts as numbers.
 *
 * @param rows - all records or all arrays
 * @param where - the public function, for messages
 * @throws {TypeError} when a row is neither a record nor an array, or both kinds are mixed
 * @throws {DataError} when arrays differ in length, a column mixes kinds, or a number is infinite
 * @example
 * const table = tableFromRows([{ age: 3, kind: 'cat' }, { kind: 'dog', age: null }]);
 */
export function tableFromRows(rows: unknown, where = 'tableFromRows'): Table {
  if (!Array.isArray(rows)) {
    throw new TypeError(
      `${where}: rows must be an array of records or arrays, a table, or { data, shape }; got ${show(rows)}.`,
    );
  }
  const list: readonly unknown[] = rows;
  const names = namesOf(where, list);
  const columns = names.map((name, index) => {
    const cells = list.map((row) => cellOf(row, name, index));
    return columnOf(where, name, cells);
  });
  return { rowCount: list.length, columns };
}

/** Whether a value is a {@link Table}. */
export function isTable(value: unknown): value is Table {
  return (
    typeof value === 'object' &&
    value !== null &&
    'rowCount' in value &&
    'columns' in value &&
    Array.isArray(value.columns)
  );
}

/**
 * The names of the columns, in order.
 *
 * @example
 * columnNames(table); // ['weight', 'fur']
 */
export function columnNames(table: Table): string[] {
  return table.columns.map((column) => column.name);
}

/**
 * The column of a name.
 *
 * @throws {DataError} when there is none (the nearest name is suggested)
 * @example
 * columnOfTable(table, 'fur').kind; // 'text'
 */
export function columnOfTable(table: Table, name: string, where = 'columnOfTable'): Column {
  const found = table.columns.find((column) => column.name === name);
  if (found === undefined) throw missingColumn(where, name, columnNames(table));
  return found;
}

/**
 * The table without some columns.
 *
 * @throws {DataError} when a name is no column
 * @example
 * columnNames(dropColumns(table, ['fur'])); // ['weight']
 */
export function dropColumns(table: Table, names: readonly string[], where = 'dropColumns'): Table {
  for (const name of names) columnOfTable(table, name, where);
  return { ...table, columns: table.columns.filter((column) => !names.includes(column.name)) };
}

/**
 * Some columns of a table, in the order asked for.
 *
 * @throws {DataError} when a name is no column
 * @example
 * columnNames(selectColumns(table, ['fur', 'weight'])); // ['fur', 'weight']
 */
export function selectColumns(
  table: Table,
  names: readonly string[],
  where = 'selectColumns',
): Table {
  return { ...table, columns: names.map((name) => columnOfTable(table, name, where)) };
}

/**
 * The rows at the given indices (from 0), in their order, as a new table.
 *
 * @example
 * selectRows(table, [0, 2]).rowCount; // 2
 */
export function selectRows(table: Table, indices: ArrayLike<number>): Table {
  const order = Array.from(indices);
  const columns = table.columns.map((column): Column => {
    switch (column.kind) {
      case 'number':
        return { ...column, values: Float64Array.from(order, (row) => column.values[row]!) };
      case 'text':
        return { ...column, values: order.map((row) => column.values[row]!) };
      case 'boolean':
        return { ...column, values: order.map((row) => column.values[row]!) };
      default:
        return column satisfies never;
    }
  });
  return { rowCount: order.length, columns };
}

/**
 * The cell of a column at a row index; null where it is missing.
 *
 * @example
 * cellAt(columnOfTable(table, 'weight'), 1); // 30
 */
export function cellAt(column: Column, row: number): string | number | boolean | null {
  const value = column.values[row] ?? null;
  return typeof value === 'number' && Number.isNaN(value) ? null : value;
}

/**
 * Refuses text that cannot be written as UTF-8 (half of a surrogate pair): what is learned must be savable.
 *
 * @throws {DataError} when `text` is not well-formed
 */
export function checkWellFormed(where: string, what: string, text: string): void {
  if (!/\p{Surrogate}/u.test(text)) return;
  throw new DataError(`${where}: ${what} must be well-formed text; got ${show(text)}.`);
}

/** The error of a column that is not there, with the nearest name or all of them. */
export function missingColumn(where: string, name: string, known: readonly string[]): DataError {
  const near = nearest(name, known);
  const list = known.slice(0, 12).map((one) => show(one));
  const remedy =
    near === undefined
      ? `The columns are ${list.join(', ')}${known.length > list.length ? ', …' : ''}.`
      : `Did you mean ${show(near)}?`;
  return new DataError(`${where}: there is no column ${show(name)}. ${remedy}`, { column: name });
}

/** Own property names only, so nothing is read from a prototype; arrays give '0', '1', …. */
function namesOf(where: string, rows: readonly unknown[]): string[] {
  const first = rows[0];
  const arrays = isRow(first);
  const names = new Set<string>();
  rows.forEach((row, index) => {
    if (isRow(row) !== arrays || typeof row !== 'object' || row === null) {
      throw new TypeError(
        `${where}: rows[${index}] must be ${arrays ? 'an array as rows[0] is' : 'a record { column: value }'}; got ${show(row)}.`,
      );
    }
    if (!isRow(row)) {
      for (const name of Object.keys(row)) names.add(name);
    } else if (row.length !== (first as ArrayLike<unknown>).length) {
      throw new DataError(
        `${where}: rows[${index}] must have ${(first as ArrayLike<unknown>).length} values as rows[0] has; got ${row.length}.`,
        { row: index + 1 },
      );
    } else if (index === 0) {
      for (let column = 0; column < row.length; column++) names.add(String(column));
    }
  });
  return [...names];
}

function isRow(row: unknown): row is ArrayLike<unknown> {
  return Array.isArray(row) || ArrayBuffer.isView(row);
}

function cellOf(row: unknown, name: string, index: number): unknown {
  if (isRow(row)) return row[index];
  return Object.hasOwn(row as object, name) ? (row as Record<string, unknown>)[name] : undefined;
}

const KIND_OF_TYPE: ReadonlyMap<string, ColumnKind> = new Map([
  ['number', 'number'],
  ['string', 'text'],
  ['boolean', 'boolean'],
]);

function columnOf(where: string, name: string, cells: readonly unknown[]): Column {
  let kind: ColumnKind | undefined;
  cells.forEach((cell, row) => {
    if (isMissing(cell)) return;
    const found = KIND_OF_TYPE.get(typeof cell);
    if (found === undefined || (kind !== undefined && found !== kind)) {
      throw new DataError(
        `${where}: column ${show(name)} must hold ${kind === undefined ? 'numbers, text or booleans' : `one kind of value (${kind} so far)`}; got ${show(cell)} in row ${row + 1}.`,
        { row: row + 1, column: name },
      );
    }
    if (cell === Infinity || cell === -Infinity) throw infinite(where, name, row, cell);
    kind = found;
  });
  if (kind === 'text') {
    return { name, kind, values: cells.map((cell) => (isMissing(cell) ? null : String(cell))) };
  }
  if (kind === 'boolean') {
    return { name, kind, values: cells.map((cell) => (isMissing(cell) ? null : cell === true)) };
  }
  const values = Float64Array.from(cells, (cell) => (isMissing(cell) ? NaN : (cell as number)));
  return { name, kind: 'number', values };
}

function isMissing(cell: unknown): boolean {
  return cell === null || cell === undefined || Number.isNaN(cell);
}

function infinite(where: string, name: string, row: number, value: number): DataError {
  return new DataError(
    `${where}: column ${show(name)} must hold finite numbers; got ${value} in row ${row + 1}.`,
    { row: row + 1, column: name },
  );
}
