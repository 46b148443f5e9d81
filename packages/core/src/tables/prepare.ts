/**
 * Applies a fitted preparation to tables, records, arrays or a matrix, and gives one float32 matrix. If the preparation
 * was fitted on named columns, columns are found by name, so their order does not matter. A column that is missing,
 * unexpected or of another kind is an error that names row and column.
 */
import type { DataError } from '../words/errors.ts';
import { dataError, mustBe, typeError } from '../words/fault.ts';
import { isRecord, showAll, show } from '../words/options.ts';
import type { Matrix } from '../arrays/matrix.ts';
import {
  startsOf,
  widthOf,
  type BooleanPreparation,
  type ColumnPreparation,
  type DatePreparation,
  type NumberPreparation,
  type TablePreparation,
  type TextPreparation,
} from './preparation.ts';
import { scaledNumber } from './column-scaling.ts';
import { writeDate } from './date-parts.ts';
import { readKnownDate, readKnownNumber } from './reading/known-cells.ts';
import {
  cellAt,
  checkTableOrMatrix,
  classColumn,
  columnOfTableFor,
  rowNumberOf,
  type BooleanColumn,
  type Column,
  type DateColumn,
  type NumberColumn,
  type Table,
  type TextColumn,
} from './table.ts';

/**
 * The matrix that a network takes.
 *
 * @param preparation - from `fitPreparation`
 * @param input - rows with the same columns, in any order if they have names
 * @returns float32, shape [rows, preparation.width], in new memory (the only allocation that grows with rows)
 * @throws {TypeError} when `preparation` or `input` has another type
 * @throws {DataError} when a column is missing, unexpected or of another kind, or a value is out of the range of float32
 * @example
 * prepare(fitPreparation(table), table).columns; // 3
 */
export function prepare(preparation: TablePreparation, input: Table | Matrix): Matrix {
  const where = 'prepare';
  const given: unknown = preparation;
  if (!isRecord(given) || !Array.isArray(given['columns'])) {
    throw typeError(mustBe(where, 'preparation', 'made by fitPreparation(…)', given));
  }
  checkTableOrMatrix(where, 'input', input);
  return prepareFor(where, preparation, input);
}

/** {@link prepare} on behalf of the public function `where`. */
export function prepareFor(
  where: string,
  preparation: TablePreparation,
  input: Table | Matrix,
): Matrix {
  const steps = preparationSteps(preparation, input, where);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** Gives zeroed memory for so many numbers. */
type Allocate = (length: number) => Float32Array;

/**
 * {@link prepare} in steps of a column or some rows. Between the steps the caller may pause or stop.
 *
 * @param allocate - gives the memory of the matrix
 */
export function* preparationSteps(
  preparation: TablePreparation,
  input: Table | Matrix,
  where: string,
  allocate: Allocate = (length) => new Float32Array(length),
): Generator<void, Matrix> {
  if ('data' in input) return yield* matrixSteps(where, preparation, input, allocate);
  const { columns, width } = preparation;
  const byName = new Map(input.columns.map((column) => [column.name, column]));
  const data = allocate(input.rowCount * width);
  const starts = startsOf(columns);
  for (const [index, fitted] of columns.entries()) {
    // Without rows there are no names, because an empty array of records is a table without columns.
    if (fitted.kind !== 'ignored' && input.rowCount > 0) {
      const column = byName.get(fitted.name) ?? columnOfTableFor(where, input, fitted.name);
      writeColumn(where, fitted, column, { data, start: starts[index]!, width, table: input });
    }
    byName.delete(fitted.name);
    yield;
  }
  for (const name of byName.keys()) {
    throw dataError(
      {
        where,
        subject: `column ${show(name)}`,
        rule: 'was not in the training data',
        remedy: ' Leave it out of the rows.',
      },
      { column: name },
    );
  }
  return { data, rows: input.rowCount, columns: width, scale: 1 };
}

/** Rows of a matrix that are prepared in one step. */
const STEP_ROWS = 1024;

function* matrixSteps(
  where: string,
  { columns, width }: TablePreparation,
  matrix: Matrix,
  allocate: Allocate,
): Generator<void, Matrix> {
  const numbers = positionalColumns(columns);
  if (numbers === undefined) {
    throw dataError({
      where,
      subject: 'rows',
      rule: `must have the columns ${showAll(columns.map((column) => column.name))} of the training data`,
      got: 'a matrix',
    });
  }
  const { data: source, rows, scale: unit } = matrix;
  if (matrix.columns !== columns.length) {
    throw dataError({
      where,
      subject: 'rows',
      rule: `must have shape [rows, ${columns.length}] as in training`,
      got: `[${rows}, ${matrix.columns}]`,
    });
  }
  const data = allocate(rows * width);
  const fields = numbers.map((column) => ({
    place: Number(column.name),
    span: widthOf(column),
    column,
  }));
  for (let row = 0, i = 0; row < rows; row++) {
    const start = row * columns.length;
    for (const { place, span, column } of fields) {
      const value = source[start + place]! * unit;
      data[i] = scaledNumber(column, value);
      if (!Number.isFinite(data[i])) throw tooFar(where, String(place), row + 1, value);
      // An indicator stays 0, because a matrix has no missing values.
      i += span;
    }
    if (row % STEP_ROWS === STEP_ROWS - 1) yield;
  }
  return { data, rows, columns: width, scale: 1 };
}

/**
 * The columns that a matrix can provide, each at the position that is its name; undefined if the training rows had other
 * names, text or truth values. Arrays with missing cells are tables whose columns have their positions as names; a column
 * of such a table without any value is ignored.
 */
function positionalColumns(columns: readonly ColumnPreparation[]): NumberPreparation[] | undefined {
  const positional = columns.every(
    ({ name, kind }, place) => name === String(place) && (kind === 'number' || kind === 'ignored'),
  );
  return positional ? columns.filter((column) => column.kind === 'number') : undefined;
}

/** The place of a column's numbers: they begin at `data[start]`, with a distance of `width` between rows. */
interface Destination {
  readonly data: Float32Array;
  readonly start: number;
  readonly width: number;
  /** Names the rows in messages. */
  readonly table: Table;
}

type WrittenPreparation = Exclude<ColumnPreparation, { kind: 'ignored' }>;

function writeColumn(
  where: string,
  fitted: WrittenPreparation,
  given: Column,
  to: Destination,
): void {
  const column = given.kind === fitted.kind ? given : converted(where, fitted, given, to.table);
  switch (fitted.kind) {
    case 'text':
      writeText(fitted, column as TextColumn, to);
      break;
    case 'date':
      writeDates(fitted, column as DateColumn, to);
      break;
    case 'number':
    case 'boolean':
      writeNumbers(where, fitted, column as NumberColumn | BooleanColumn, to);
      break;
    default:
      fitted satisfies never;
  }
}

/**
 * A column of another kind than in training: texts may spell what the training rows held, and numbers may have been spelt
 * as categories. A column without a value fits any kind.
 */
function converted(
  where: string,
  fitted: WrittenPreparation,
  column: Column,
  table: Table,
): Column {
  const { name, kind } = fitted;
  if (kind === 'text' && column.spellings !== undefined) return classColumn(column);
  const read = readerOf(fitted);
  const rows = column.values.length;
  const numbers = new Float64Array(rows).fill(NaN);
  const kinds = { number: 'numbers', text: 'text', boolean: 'true or false', date: 'dates' };
  for (let row = 0; row < rows; row++) {
    const cell = cellAt(column, row);
    if (cell === null) continue;
    const text = typeof cell === 'string' ? cell.trim() : undefined;
    const value = text === undefined ? undefined : read?.(text);
    if (typeof value === 'number') {
      numbers[row] = value;
      continue;
    }
    const number = rowNumberOf(table, row);
    throw dataError(
      {
        where,
        subject: `column ${show(name)}`,
        rule: `must hold ${kinds[kind]} as in training`,
        got: `${show(cell)} in row ${number}`,
      },
      { row: number, column: name },
    );
  }
  if (kind === 'text') return { name, kind, values: Array.from({ length: rows }, () => null) };
  return kind === 'date'
    ? { name, kind, values: numbers }
    : { name, kind: 'number', values: numbers };
}

/** Reads a text as the training cells were read; undefined if they were never text. */
function readerOf(
  fitted: WrittenPreparation,
): ((text: string) => number | string | undefined) | undefined {
  const { reading = {} } = fitted;
  if (fitted.kind === 'number') {
    return (text) => (text === '' ? NaN : readKnownNumber(text, reading, '.'));
  }
  return fitted.kind === 'date'
    ? (text) => (text === '' ? NaN : readKnownDate(text, reading))
    : undefined;
}

function writeDates(
  fitted: DatePreparation,
  { values }: DateColumn,
  { data, start, width }: Destination,
): void {
  for (let row = 0, at = start; row < values.length; row++, at += width) {
    writeDate(fitted, values[row]!, data, at);
  }
}

function writeText(
  { categories, missing, embedded }: TextPreparation,
  { values }: TextColumn,
  { data, start, width }: Destination,
): void {
  const indexOf = new Map<string | null, number>(categories.map((word, index) => [word, index]));
  if (embedded === true) {
    for (let row = 0, at = start; row < values.length; row++, at += width) {
      data[at] = (indexOf.get(values[row]!) ?? -1) + 1;
    }
    return;
  }
  if (missing) indexOf.set(null, categories.length);
  for (let row = 0, at = start; row < values.length; row++, at += width) {
    const index = indexOf.get(values[row]!);
    if (index !== undefined) data[at + index] = 1;
  }
}

function writeNumbers(
  where: string,
  fitted: NumberPreparation | BooleanPreparation,
  { values }: NumberColumn | BooleanColumn,
  { data, start, width, table }: Destination,
): void {
  for (let row = 0, at = start; row < values.length; row++, at += width) {
    const cell = values[row];
    const number = cell === null || cell === undefined ? NaN : Number(cell);
    const isMissing = Number.isNaN(number);
    const value = isMissing ? fitted.fill : number;
    data[at] = scaledNumber(fitted, value);
    if (!Number.isFinite(data[at])) {
      throw tooFar(where, fitted.name, rowNumberOf(table, row), value);
    }
    if (fitted.indicator === true && isMissing) data[at + 1] = 1;
  }
}

function tooFar(where: string, column: string, row: number, value: number): DataError {
  return dataError(
    {
      where,
      subject: `column ${show(column)}`,
      rule: 'must stay within the range of float32 once standardised',
      got: `${value} in row ${row}`,
    },
    { row, column },
  );
}
