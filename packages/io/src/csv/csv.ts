/**
 * CSV as a format of tables: the whole file with the kinds of its columns found out, or batches of known kinds in
 * constant memory for predictions.
 */
import { DataError, type ColumnKind } from 'vinculum';
import { rangeError, show, typeError } from 'vinculum/internal';
import type { OpenSource } from '../source.ts';
import { requireColumns, type TableFormat } from '../table-format.ts';
import { isEncoding, textOf } from '../text.ts';
import { MISSING_VALUES } from './cell.ts';
import { ColumnReader } from './column.ts';
import { RecordReader } from './records.ts';
import { CellTexts } from './texts.ts';

/** The options that only CSV takes. */
export interface CsvOptions {
  /** One character, or `'auto'` (default): comma, semicolon or tab, whichever fits the first lines. */
  readonly delimiter?: string;
  /** `'.'`, `','`, or `'auto'` (default): a comma is a decimal mark only if `;` separates the columns. */
  readonly decimal?: 'auto' | '.' | ',';
  /** The spellings of a missing value, in place of the usual ones. */
  readonly missing?: readonly string[];
  /** A label of the Encoding Standard. Default UTF-8, or UTF-16 if a byte-order mark says so. */
  readonly encoding?: string;
}

/** The row of the registry. */
export const CSV: TableFormat = {
  kind: 'table',
  name: 'csv',
  title: 'a CSV file',
  endings: ['.csv', '.tsv', '.txt'],
  options: ['delimiter', 'decimal', 'missing', 'encoding'],
  // Any text may be CSV, so a file is read as CSV if no other format is recognised.
  recognises: () => false,
  reader(where, options: CsvOptions) {
    checkCsvOptions(where, options);
    return {
      async read(source, { kinds, onRows }) {
        const records = await open(source, options, kinds);
        const readers = readersOf(source, records, options, (name) => kinds.get(name));
        const texts = new CellTexts();
        while (await records.next()) {
          addRecords(records, texts, readers);
          onRows(records.firstRow + records.cells.records - 1);
        }
        return {
          rowCount: records.firstRow - 1,
          columns: readers.map(({ reader }) => reader.finish()),
        };
      },
      async *readBatches(source, { kinds, onRows }) {
        const records = await open(source, options, kinds);
        const readers = readersOf(source, records, options, (name) => kinds.get(name) ?? null);
        const texts = new CellTexts();
        while (await records.next()) {
          addRecords(records, texts, readers);
          const { firstRow } = records;
          const rowCount = records.cells.records;
          onRows(firstRow + rowCount - 1);
          const columns = readers.map(({ reader }) => reader.finish());
          for (const { reader } of readers) reader.restart();
          yield { rowCount, columns, firstRow };
        }
      },
    };
  },
};

/** Opens the text and checks that it has the columns whose kinds are known. */
async function open(
  source: OpenSource,
  { delimiter = 'auto', encoding }: CsvOptions,
  kinds: ReadonlyMap<string, ColumnKind>,
): Promise<RecordReader> {
  const text = textOf(source, encoding);
  const records = await RecordReader.open(
    source,
    text,
    delimiter === 'auto' ? undefined : delimiter,
  );
  requireColumns(source, records.names, kinds);
  return records;
}

/** A reader of the column at an index of the file. */
interface PlacedReader {
  readonly reader: ColumnReader;
  readonly column: number;
}

/** A reader for each column, except columns for which `kindOf` gives null. If `kindOf` gives undefined, the kind is inferred. */
function readersOf(
  source: OpenSource,
  { names, delimiter }: RecordReader,
  options: CsvOptions,
  kindOf: (name: string) => ColumnKind | null | undefined,
): PlacedReader[] {
  const { decimal = 'auto' } = options;
  const missing: ReadonlySet<string> = new Set(options.missing ?? MISSING_VALUES);
  const decimalComma = decimal === ',' || (decimal === 'auto' && delimiter === ';');
  return names.flatMap((name, column) => {
    const kind = kindOf(name);
    if (kind === null) return [];
    return [{ column, reader: new ColumnReader(source, name, { missing, decimalComma, kind }) }];
  });
}

/**
 * Gives the records that were read last to the columns, column by column.
 *
 * @throws {DataError} for the first row with a fault, as if the cells had been read row by row
 */
function addRecords(
  records: RecordReader,
  texts: CellTexts,
  readers: readonly PlacedReader[],
): void {
  let limit = records.cells.records;
  let first: unknown;
  for (const { reader, column } of readers) {
    try {
      reader.add(records, texts, column, limit);
    } catch (error) {
      if (!(error instanceof DataError) || error.row === undefined) throw error;
      first = error;
      limit = error.row - records.firstRow;
    }
  }
  if (first !== undefined) throw first;
}

function checkCsvOptions(where: string, options: CsvOptions): void {
  const { delimiter = 'auto', decimal = 'auto', missing, encoding } = options;
  if (
    delimiter !== 'auto' &&
    (typeof delimiter !== 'string' || !/^[^\w\s"\\.+-]$|^\t$/.test(delimiter))
  ) {
    throw rangeError({
      where,
      subject: 'delimiter',
      rule: "must be one character that no number or quote has, or 'auto'",
      got: shown(delimiter),
    });
  }
  if (!['auto', '.', ','].includes(decimal)) {
    throw rangeError({
      where,
      subject: 'decimal',
      rule: "must be '.', ',' or 'auto'",
      got: shown(decimal),
    });
  }
  const texts: readonly unknown[] | undefined = missing;
  if (texts !== undefined && !(Array.isArray(texts) && texts.every(isText))) {
    throw typeError({
      where,
      subject: 'missing',
      rule: 'must be an array of strings',
      got: shown(missing),
    });
  }
  if (encoding !== undefined && !isEncoding(encoding)) {
    throw rangeError({
      where,
      subject: 'encoding',
      rule: "must be a label of the Encoding Standard such as 'utf-8' or 'windows-1252'",
      got: shown(encoding),
    });
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** An option's value in the form that a message shows. */
function shown(value: unknown): string {
  return isText(value) ? show(value) : (JSON.stringify(value) ?? String(value));
}
