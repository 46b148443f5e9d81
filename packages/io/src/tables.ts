/**
 * The registry of readers: one row for each format, and the two functions that read a table of any of them. To use it,
 * call `formatOf(data)` for what a path or word means, `readTable` or `readTableBatches` for a file, and `read` of the
 * row itself for a data set such as Fashion-MNIST. To add a format, write its folder and list its row here.
 */
import { basename } from 'node:path';
import type { ColumnKind, Table } from 'vinculum';
import {
  checkOptions,
  DATE_FORMATS,
  rangeError,
  show,
  suggestion,
  typeError,
} from 'vinculum/internal';
import { CSV, type CsvOptions } from './csv/csv.ts';
import { FASHION_MNIST } from './idx/fashion-mnist.ts';
import { IDX } from './idx/idx-table.ts';
import { JSON_LINES } from './json-lines/json-lines.ts';
import { PARQUET } from './parquet/parquet.ts';
import { isSource, openSource, nameOfSource, type OpenSource, type Source } from './source.ts';
import type {
  ColumnKinds,
  CommonTableOptions,
  DataSetFormat,
  KnownReading,
  TableFormat,
  TableReader,
  TableRequest,
} from './table-format.ts';

/** The options of any format; one that a format does not take is refused for its data. */
export interface TableOptions extends CommonTableOptions, CsvOptions {
  /** The name of a format, or `'auto'` (default): by the ending of the path, else by the first bytes, else CSV. */
  readonly format?: string;
}

export interface BatchOptions extends TableOptions {
  /** The columns to read, with their kinds; the file's other columns are passed over. */
  readonly kinds: ColumnKinds;
}

/** A row of the registry. */
export type DataFormat = TableFormat | DataSetFormat;

/** Formats of files. A file that no row recognises is read as the first format. */
const TABLE_FORMATS: readonly TableFormat[] = [CSV, JSON_LINES, PARQUET, IDX];

/** Every format of data that can be read. */
export const DATA_FORMATS: readonly DataFormat[] = [...TABLE_FORMATS, FASHION_MNIST];

const COMMON_OPTIONS = ['format', 'kinds', 'onProgress', 'onColumns'];
const KINDS: readonly ColumnKind[] = ['number', 'text', 'boolean', 'date'];

/**
 * The format that a path or a word names: a data set by its word, a file by its ending (`.gz` left off).
 *
 * @returns undefined where the name says nothing, as for `-`: then the first bytes decide at reading
 * @example
 * formatOf('digits.csv.gz')?.name; // 'csv'
 */
export function formatOf(data: string): DataFormat | undefined {
  const name = basename(data).toLowerCase().replace(/\.gz$/, '');
  return (
    DATA_FORMATS.find((format) => format.kind === 'data-set' && format.name === data) ??
    TABLE_FORMATS.find(({ endings }) => endings.some((ending) => name.endsWith(ending)))
  );
}

/**
 * What a run on some data is called: the file's name without folders and the endings of known formats.
 *
 * @returns `'model'` if no characters are left
 * @example
 * runNameOf('examples/data/digits.csv.gz'); // 'digits'
 */
export function runNameOf(data: string): string {
  const endings = ['.gz', ...TABLE_FORMATS.flatMap((format) => format.endings)];
  let name = basename(data);
  for (let ending: string | undefined = ''; ending !== undefined;) {
    name = name.slice(0, name.length - ending.length);
    ending = endings.find((one) => name.toLowerCase().endsWith(one));
  }
  return name === '' || name.startsWith('.') ? 'model' : name;
}

/**
 * Reads a table: CSV (RFC 4180; the first row names the columns) or another format of {@link DATA_FORMATS}, plain or gzip.
 *
 * Cells are trimmed. Missing are the empty cell, NA, N/A, NaN, null, None and `?`. A column is numbers if all its
 * cells are, also as people write them (`38.8%`, `$1,173.38`, `-20.999,41`), dates if all are, booleans if all are true or
 * false, else text; `reading` of a column says why. Blank lines are passed over. Rows count from 1 after the header.
 *
 * @param source - a path, the bytes, or a stream of bytes; a stream is closed however the reading ends
 * @param options - see {@link TableOptions}
 * @returns the columns in the file's order; no rows if there is only a header
 * @throws {TypeError} when an option is unknown, of a wrong kind or not for this format
 * @throws {RangeError} when an option has a wrong value
 * @throws {DataError} when the file cannot be read, a row has too few or too many fields, a quote is not closed,
 *   a column name is empty or repeated, a number has two readings, or a cell was meant as a number and is none (row and column are given)
 * @example
 * const table = await readTable('examples/data/penguins.csv');
 */
export async function readTable(source: Source, options: TableOptions = {}): Promise<Table> {
  const { reader, opened, request } = await openTable('readTable', source, options, {});
  try {
    return await reader.read(opened, request);
  } finally {
    await opened.close();
  }
}

/**
 * Reads a table in batches of some hundred rows, in memory that does not grow with the file.
 *
 * @param source - a path, the bytes, or a stream of bytes such as `process.stdin`; closed at the end
 * @param options - `kinds`: the columns to read, as `columnKinds(preparation)` gives them
 * @returns tables in order; `firstRow` is the number of a table's first row in the file
 * @throws {TypeError} when an option is unknown, of a wrong kind or not for this format
 * @throws {RangeError} when an option has a wrong value
 * @throws {DataError} as `readTable`, and when a column is not there
 * @example
 * for await (const table of readTableBatches(process.stdin, { kinds: { age: 'number' } })) use(table);
 */
export async function* readTableBatches(
  source: Source,
  options: BatchOptions,
): AsyncGenerator<Table> {
  const { reader, opened, request } = await openTable('readTableBatches', source, options);
  try {
    yield* reader.readBatches(opened, request);
  } finally {
    await opened.close();
  }
}

interface OpenTable {
  readonly reader: TableReader;
  readonly opened: OpenSource;
  readonly request: TableRequest;
}

/** Checks the options, opens the source, and finds its format. */
async function openTable(
  where: string,
  source: Source,
  options: TableOptions = {},
  defaultKinds?: ColumnKinds,
): Promise<OpenTable> {
  if (!isSource(source)) {
    const got = source === null ? 'null' : typeof source;
    const rule = 'a path, bytes (Uint8Array) or a stream of bytes';
    throw typeError({ where, subject: 'source', rule: `must be ${rule}`, got });
  }
  const ownNames = TABLE_FORMATS.flatMap((format) => format.options);
  checkOptions(where, options, [...COMMON_OPTIONS, ...ownNames]);
  const { format: wanted, kinds: given, onProgress, onColumns = () => undefined, ...own } = options;
  const named = namedFormat(where, source, wanted);
  // If the name already says the format, wrong options are reported before anything is opened.
  let reader = named && readerOf(where, source, named, own);
  const opened = await openSource(where, source);
  try {
    reader ??= readerOf(where, source, recognise(opened.head), own);
    const kinds = kindMap(where, given ?? defaultKinds);
    const onRows = (rows: number): void =>
      onProgress?.({ bytes: opened.bytesRead(), totalBytes: opened.totalBytes, rows });
    return { reader, opened, request: { kinds, onRows, onColumns } };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** The format that the option or the path names; undefined if the first bytes must decide. */
function namedFormat(where: string, source: Source, wanted: unknown): TableFormat | undefined {
  if (wanted !== undefined && wanted !== 'auto') {
    const names = ['auto', ...TABLE_FORMATS.map(({ name }) => name)];
    const found = TABLE_FORMATS.find(({ name }) => name === wanted);
    if (found !== undefined) return found;
    const remedy = typeof wanted === 'string' ? suggestion(wanted, names) : '';
    const rule = 'a known format';
    throw rangeError({
      where,
      subject: 'format',
      rule: `must be ${rule}`,
      got: show(wanted),
      remedy,
    });
  }
  const format = typeof source === 'string' ? formatOf(source) : undefined;
  return format?.kind === 'table' ? format : undefined;
}

function recognise(head: Uint8Array): TableFormat {
  return TABLE_FORMATS.find((format) => format.recognises(head)) ?? CSV;
}

function readerOf(where: string, source: Source, format: TableFormat, own: object): TableReader {
  const foreign = Object.keys(own).find((name) => !format.options.includes(name));
  if (foreign === undefined) return format.reader(where, own);
  throw typeError({
    where,
    subject: `option '${foreign}'`,
    rule: `must be left off, because ${nameOfSource(source)} is ${format.title}`,
  });
}

/** @throws {TypeError} when there is no Map or record. @throws {RangeError} when a kind is none that exists */
function kindMap(where: string, given: unknown): ReadonlyMap<string, KnownReading> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw typeError({
      where,
      subject: 'kinds',
      rule: 'must be a Map or a record of kinds by column',
      got: show(given),
    });
  }
  const kinds: ReadonlyMap<string, unknown> =
    given instanceof Map ? given : new Map(Object.entries(given));
  return new Map(
    Array.from(kinds, ([name, kind]) => [name, knownReading(where, name, kind)] as const),
  );
}

function knownReading(where: string, name: string, given: unknown): KnownReading {
  const long: Partial<Record<string, unknown>> =
    typeof given === 'object' && given !== null ? given : { kind: given };
  const kind = KINDS.find((known) => known === long['kind']);
  if (kind === undefined) {
    throw rangeError({
      where,
      subject: `kinds of column ${show(name)}`,
      rule: "must be 'number', 'text', 'boolean' or 'date'",
      got: show(long['kind']),
    });
  }
  const formats = DATE_FORMATS.map((format) => format.name);
  const { format } = long;
  if (format !== undefined && !formats.some((known) => known === format)) {
    throw rangeError({
      where,
      subject: `the date format of column ${show(name)}`,
      rule: `must be one of ${formats.join(', ')}`,
      got: show(format),
    });
  }
  return { ...long, kind };
}
