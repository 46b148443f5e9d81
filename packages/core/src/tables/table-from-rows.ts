/**
 * Tables from rows in memory: records by column name, or arrays. Such rows come from JSON, forms and databases, where numbers
 * are often text, so columns of text are read as the cells of a file are.
 */
import { dataError, mustBe, typeError } from '../words/fault.ts';
import { isRecord, show } from '../words/options.ts';
import { isList } from '../arrays/matrix.ts';
import { readTexts } from './reading/read-texts.ts';
import type { Column, ColumnKind, Table } from './table.ts';

/**
 * A table from rows: records by column name (column order: first appearance; an absent name is a missing
 * value) or arrays of one length (columns named '0', '1', …). The cells of a column decide whether it is text, numbers
 * or truth values; a column without any value counts as numbers. A column of text in which every cell is a number
 * (`'21'`, `'$1,173.38'`) or a date is read as such, and its `reading` says so; codes such as `'007'` stay text.
 *
 * @param rows - all records or all arrays
 * @throws {TypeError} when a row is neither a record nor an array, or both kinds are mixed
 * @throws {DataError} when arrays differ in length, a column mixes kinds, a number is infinite, or a text among numbers is none
 * @example
 * const table = tableFromRows([{ age: 3, kind: 'cat' }, { kind: 'dog', age: null }]);
 */
export function tableFromRows(rows: unknown): Table {
  return tableFromRowsFor('tableFromRows', rows);
}

/** {@link tableFromRows} on behalf of the public function `where`. */
export function tableFromRowsFor(where: string, rows: unknown): Table {
  const { rowCount, columns } = typedTable(where, rows);
  return { rowCount, columns: readTexts(where, columns) };
}

/** As {@link tableFromRowsFor}, but text stays text: for rows whose readings a preparation knows. */
export function typedTable(where: string, rows: unknown): Table {
  if (!Array.isArray(rows)) {
    const rule = 'an array of records or arrays, a table, or { data, shape }';
    throw typeError(mustBe(where, 'rows', rule, rows));
  }
  const columns = namesOf(where, rows).map((name) => columnOf(where, name, rows));
  return { rowCount: rows.length, columns };
}

/** Own property names only, so nothing is read from a prototype; arrays give '0', '1', …. */
function namesOf(where: string, rows: readonly unknown[]): string[] {
  const first = rows[0];
  const width = isList(first) ? first.length : undefined;
  const names = new Set<string>();
  // The loop uses indices, because `forEach` would skip holes, which are not rows.
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index];
    if (isList(row) !== isList(first) || !isRecord(row)) {
      const rule = width === undefined ? 'a record { column: value }' : 'an array as rows[0] is';
      throw typeError(mustBe(where, `rows[${index}]`, rule, row));
    }
    if (isList(row) && row.length !== width) {
      throw dataError(
        {
          where,
          subject: `rows[${index}]`,
          rule: `must have ${width} values as rows[0] has`,
          got: row.length,
        },
        { row: index + 1 },
      );
    }
    if (width === undefined) for (const name of Object.keys(row)) names.add(name);
  }
  return width === undefined ? [...names] : Array.from({ length: width }, (_, index) => `${index}`);
}

const KIND_OF_TYPE: ReadonlyMap<string, ColumnKind> = new Map([
  ['number', 'number'],
  ['string', 'text'],
  ['boolean', 'boolean'],
]);

/** The cells under one name; an array has its positions as names. */
function columnOf(where: string, name: string, rows: readonly object[]): Column {
  let kind: ColumnKind | undefined;
  const values = rows.map((record, row) => {
    const cell = Object.hasOwn(record, name) ? (record as Record<string, unknown>)[name] : null;
    if (cell === null || cell === undefined || Number.isNaN(cell)) return null;
    const found = KIND_OF_TYPE.get(typeof cell);
    const finite = cell !== Infinity && cell !== -Infinity;
    if (found !== undefined && found === (kind ?? found) && finite) {
      kind = found;
      return cell;
    }
    const rule = !finite
      ? 'finite numbers'
      : kind === undefined
        ? 'numbers, text or booleans'
        : `one kind of value (${kind} so far)`;
    throw dataError(
      {
        where,
        subject: `column ${show(name)}`,
        rule: `must hold ${rule}`,
        got: `${show(cell)} in row ${row + 1}`,
      },
      { row: row + 1, column: name },
    );
  });
  return kind === undefined || kind === 'number'
    ? { name, kind: 'number', values: Float64Array.from(values, (cell) => (cell ?? NaN) as number) }
    : ({ name, kind, values } as Column);
}
