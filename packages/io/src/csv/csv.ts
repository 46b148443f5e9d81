/**
 * CSV as a format of tables: the whole file with the kinds of its columns found out, or batches of known kinds in
 * constant memory for predictions.
 */
import { TextDecoder } from 'node:util';
import { DataError, type Column, type ColumnKind } from 'vinculum';
import type { OpenSource } from '../source.ts';
import { requireColumns, type TableFormat } from '../table-format.ts';
import { ColumnReader, MISSING_VALUES, type CellRules, type Site } from './cells.ts';
import { openCsv, quote, type CsvRecords, type RecordBatch } from './records.ts';

/** The options that only CSV takes. */
export interface CsvOptions {
  /** One character, or `'auto'` (default): comma, semicolon or tab, whichever fits the first lines. */
  readonly delimiter?: string;
  /** `'.'`, `','`, or `'auto'` (default): a comma is a decimal mark only where `;` separates the columns. */
  readonly decimal?: 'auto' | '.' | ',';
  /** The spellings of a missing value, in place of the usual ones. */
  readonly missing?: readonly string[];
  /** A label of the Encoding Standard. Default UTF-8, or UTF-16 where a byte-order mark says so. */
  readonly encoding?: string;
}

/** The row of the registry. */
export const CSV: TableFormat = {
  kind: 'table',
  name: 'csv',
  title: 'a CSV file',
  endings: ['.csv', '.tsv', '.txt'],
  options: ['delimiter', 'decimal', 'missing', 'encoding'],
  // Any text may be CSV: it is what is read where no other format is recognised.
  recognises: () => false,
  reader(where, options: CsvOptions) {
    checkCsvOptions(where, options);
    return {
      async read(source, { kinds, onRows }) {
        const csv = await open(source, options);
        requireColumns(source, csv.names, kinds);
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
          onRows(rowCount);
        }
        return { rowCount, columns: readers.map((reader) => reader.finish()) };
      },
      async *readBatches(source, { kinds, onRows }) {
        const csv = await open(source, options);
        requireColumns(source, csv.names, kinds);
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
          onRows(batch.firstRow + batch.records.length - 1);
          yield { rowCount: batch.records.length, columns, firstRow: batch.firstRow };
        }
      },
    };
  },
};

function siteOf(batch: RecordBatch, index: number): Site {
  return { row: batch.firstRow + index, line: batch.lines[index]! };
}

interface OpenCsv extends CsvRecords {
  /** A reader of one column under the options. */
  reader(name: string, kind: ColumnKind | undefined): ColumnReader;
}

async function open(source: OpenSource, options: CsvOptions): Promise<OpenCsv> {
  const { delimiter = 'auto', decimal = 'auto' } = options;
  const text = readText(source, options.encoding);
  const csv = await openCsv(source, text, delimiter === 'auto' ? undefined : delimiter);
  const missing: ReadonlySet<string> = new Set(options.missing ?? MISSING_VALUES);
  const decimalComma = decimal === ',' || (decimal === 'auto' && csv.delimiter === ';');
  const rules: CellRules = { missing, decimalComma };
  return { ...csv, reader: (name, kind) => new ColumnReader(source, name, { ...rules, kind }) };
}

function checkCsvOptions(where: string, options: CsvOptions): void {
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

/**
 * The text of a source in pieces: UTF-8 unless a byte-order mark says UTF-16 or `encoding` says otherwise.
 *
 * @throws {DataError} when bytes are no text of that encoding
 */
async function* readText(source: OpenSource, encoding?: string): AsyncGenerator<string> {
  const { where, name } = source;
  let decoder: TextDecoder | undefined;
  let offset = 0;
  for (let piece = await source.next(); piece !== undefined; piece = await source.next()) {
    const label = encoding ?? encodingOf(piece, offset, decoder);
    decoder ??= new TextDecoder(label, { fatal: true });
    yield decode(where, name, decoder, piece, offset);
    offset += piece.length;
  }
  if (decoder !== undefined) yield decode(where, name, decoder, undefined, offset);
}

/** Whether a label names an encoding that can be read. */
function isEncoding(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch {
    return false;
  }
}

function encodingOf(piece: Uint8Array, offset: number, decoder: TextDecoder | undefined): string {
  if (decoder !== undefined || offset > 0) return 'utf-8';
  if (piece[0] === 0xff && piece[1] === 0xfe) return 'utf-16le';
  return piece[0] === 0xfe && piece[1] === 0xff ? 'utf-16be' : 'utf-8';
}

function decode(
  where: string,
  name: string,
  decoder: TextDecoder,
  piece: Uint8Array | undefined,
  offset: number,
): string {
  let text: string;
  try {
    text = piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true });
  } catch {
    if (decoder.encoding === 'utf-8' && piece?.includes(0) === true) throw binary(where, name);
    throw new DataError(
      `${where}: ${name} must be ${decoder.encoding.toUpperCase()} text; got other bytes near offset ${offset}. Save it as UTF-8, or read it with \`encoding: 'windows-1252'\`.`,
    );
  }
  if (text.includes('\0')) throw binary(where, name);
  return text;
}

function binary(where: string, name: string): DataError {
  return new DataError(`${where}: ${name} must be text; got a binary file (it holds NUL bytes).`);
}
