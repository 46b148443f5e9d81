/**
 * CSV files as tables: the whole file with the kinds of its columns found out, or batches of known kinds in
 * constant memory for predictions. Plain or gzip, from a path, bytes or a stream.
 */
import { DataError, type Column, type ColumnKind, type Table } from 'vinculum';
import { checkOptions } from 'vinculum/internal';
import { ColumnReader, MISSING_VALUES, type CellRules, type Site } from './csv-cells.ts';
import { openCsv, quote, type CsvRecords, type RecordBatch } from './csv-records.ts';
import { isEncoding, nameOfSource, readText, type Source } from './source.ts';

/** Kinds of columns by name: a Map or a record. */
export type ColumnKinds = ReadonlyMap<string, ColumnKind> | Readonly<Record<string, ColumnKind>>;

export interface CsvOptions {
  /** One character, or `'auto'` (default): comma, semicolon or tab, whichever fits the first lines. */
  readonly delimiter?: string;
  /** `'.'`, `','`, or `'auto'` (default): a comma is a decimal mark only where `;` separates the columns. */
  readonly decimal?: 'auto' | '.' | ',';
  /** The spellings of a missing value, in place of the usual ones. */
  readonly missing?: readonly string[];
  /** Columns whose kind is known; the others' is found out from their cells. */
  readonly kinds?: ColumnKinds;
  /** A label of the Encoding Standard. Default UTF-8, or UTF-16 where a byte-order mark says so. */
  readonly encoding?: string;
}

export interface BatchOptions extends CsvOptions {
  /** The columns to read, with their kinds; the file's other columns are passed over. */
  readonly kinds: ColumnKinds;
}

const OPTIONS = ['delimiter', 'decimal', 'missing', 'kinds', 'encoding'];
const KINDS: readonly ColumnKind[] = ['number', 'text', 'boolean'];

/**
 * Reads a CSV file (RFC 4180; the first row names the columns) as a table.
 *
 * Cells are trimmed. Missing are the empty cell, NA, N/A, NaN, null, None and `?`. A column is numbers if all its
 * cells are, booleans if all are true or false, else text; blank lines are passed over. Rows count from 1
 * after the header.
 *
 * @param source - a path, the bytes, or a stream of bytes; gzip is recognised
 * @param options - see {@link CsvOptions}
 * @returns the columns in the file's order; no rows if there is only a header
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when an option has a wrong value
 * @throws {DataError} when the file cannot be read, a row has too few or too many fields, a quote is not closed,
 *   a column name is empty or repeated, or a cell was meant as a number and is none (row and column are given)
 * @example
 * const table = await readTable('examples/data/penguins.csv');
 */
export async function readTable(source: Source, options: CsvOptions = {}): Promise<Table> {
  const csv = await open('readTable', source, options, {});
  const { kinds } = csv;
  requireColumns('readTable', source, csv.names, kinds);
  const readers = csv.names.map((name) => csv.reader(name, kinds.get(name)));
  let rowCount = 0;
  for await (const batch of csv.batches) {
    rowCount += batch.records.length;
    batch.records.forEach((fields, index) => {
      const site = siteOf(batch, index);
      for (let column = 0; column < readers.length; column++) {
        readers[column]!.add(fields[column]!, site);
      }
    });
  }
  return { rowCount, columns: readers.map((reader) => reader.finish()) };
}

/**
 * Reads a CSV file in batches of some hundred rows, in memory that does not grow with the file.
 *
 * @param source - a path, the bytes, or a stream of bytes such as `process.stdin`
 * @param options - `kinds`: the columns to read, as `columnKinds(preparation)` gives them
 * @returns tables in order; `firstRow` is the number of a table's first row in the file
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when an option has a wrong value
 * @throws {DataError} as `readTable`, and when a column is not there
 * @example
 * for await (const table of readTableBatches(process.stdin, { kinds: { age: 'number' } })) use(table);
 */
export async function* readTableBatches(
  source: Source,
  options: BatchOptions,
): AsyncGenerator<Table> {
  const csv = await open('readTableBatches', source, options);
  const { kinds } = csv;
  requireColumns('readTableBatches', source, csv.names, kinds);
  const wanted = csv.names.flatMap((name, at) => {
    const kind = kinds.get(name);
    return kind === undefined ? [] : [{ name, at, kind }];
  });
  for await (const batch of csv.batches) {
    const columns = wanted.map(({ name, at, kind }): Column => {
      const reader = csv.reader(name, kind);
      batch.records.forEach((fields, index) => reader.add(fields[at]!, siteOf(batch, index)));
      return reader.finish();
    });
    yield { rowCount: batch.records.length, columns, firstRow: batch.firstRow };
  }
}

function siteOf(batch: RecordBatch, index: number): Site {
  return { row: batch.firstRow + index, line: batch.lines[index]! };
}

interface OpenCsv extends CsvRecords {
  /** The columns whose kind is known. */
  readonly kinds: ReadonlyMap<string, ColumnKind>;
  /** A reader of one column under the options. */
  reader(name: string, kind: ColumnKind | undefined): ColumnReader;
}

async function open(
  where: string,
  source: Source,
  options: CsvOptions = {},
  defaultKinds?: ColumnKinds,
): Promise<OpenCsv> {
  checkCsvOptions(where, source, options);
  const kinds = kindMap(where, options.kinds ?? defaultKinds);
  const { delimiter = 'auto', decimal = 'auto' } = options;
  const place = { where, name: nameOfSource(source) };
  const text = readText(where, source, options.encoding);
  const csv = await openCsv(place, text, delimiter === 'auto' ? undefined : delimiter);
  const missing: ReadonlySet<string> = new Set(options.missing ?? MISSING_VALUES);
  const decimalComma = decimal === ',' || (decimal === 'auto' && csv.delimiter === ';');
  const rules: CellRules = { missing, decimalComma };
  return {
    ...csv,
    kinds,
    reader: (name, kind) => new ColumnReader(place, name, { ...rules, kind }),
  };
}

function checkCsvOptions(where: string, source: unknown, options: CsvOptions): void {
  const readable =
    typeof source === 'string' ||
    (typeof source === 'object' && source !== null && Symbol.asyncIterator in source) ||
    source instanceof Uint8Array;
  if (!readable) {
    throw new TypeError(
      `${where}: source must be a path, bytes (Uint8Array) or a stream of bytes; got ${source === null ? 'null' : typeof source}.`,
    );
  }
  checkOptions(where, options, OPTIONS);
  const { delimiter = 'auto', decimal = 'auto', missing, encoding } = options;
  if (
    delimiter !== 'auto' &&
    (typeof delimiter !== 'string' || !/^[^\w\s"\\.+-]$|^\t$/.test(delimiter))
  ) {
    throw new RangeError(
      `${where}: delimiter must be one character that no number or quote has, or 'auto'; got ${shown(delimiter)}.`,
    );
  }
  if (!['auto', '.', ','].includes(decimal)) {
    throw new RangeError(`${where}: decimal must be '.', ',' or 'auto'; got ${shown(decimal)}.`);
  }
  const texts: readonly unknown[] | undefined = missing;
  if (texts !== undefined && !(Array.isArray(texts) && texts.every(isText))) {
    throw new TypeError(`${where}: missing must be an array of strings; got ${shown(missing)}.`);
  }
  if (encoding !== undefined && !isEncoding(encoding)) {
    throw new RangeError(
      `${where}: encoding must be a label of the Encoding Standard such as 'utf-8' or 'windows-1252'; got ${shown(encoding)}.`,
    );
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** An option's value as a message shows it. */
function shown(value: unknown): string {
  return isText(value) ? quote(value) : (JSON.stringify(value) ?? String(value));
}

/** @throws {TypeError} when there is no Map or record. @throws {RangeError} when a kind is none of the three */
function kindMap(where: string, given: unknown): ReadonlyMap<string, ColumnKind> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new TypeError(
      `${where}: kinds must be a Map or a record of kinds by column; got ${shown(given)}.`,
    );
  }
  const kinds: ReadonlyMap<string, unknown> =
    given instanceof Map ? given : new Map(Object.entries(given));
  for (const [name, kind] of kinds) {
    if (!KINDS.some((known) => known === kind)) {
      throw new RangeError(
        `${where}: kinds of column ${quote(name)} must be 'number', 'text' or 'boolean'; got ${shown(kind)}.`,
      );
    }
  }
  return kinds as ReadonlyMap<string, ColumnKind>;
}

function requireColumns(
  where: string,
  source: Source,
  names: readonly string[],
  kinds: ReadonlyMap<string, ColumnKind>,
): void {
  const known = new Set(names);
  for (const name of kinds.keys()) {
    if (known.has(name)) continue;
    const list = names.slice(0, 12).map(quote).join(', ');
    throw new DataError(
      `${where}: ${nameOfSource(source)} must have a column ${quote(name)}; its columns are ${list}${names.length > 12 ? ', …' : ''}.`,
      { column: name },
    );
  }
}
