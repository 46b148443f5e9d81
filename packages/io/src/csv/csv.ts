/**
 * CSV as a format of tables: the whole file with the kinds of its columns found out, or batches of known kinds in
 * constant memory for predictions.
 */
import { DataError, MISSING_VALUES, type Column, type DataNote, type Table } from 'vinculum';
import {
  decimalMarkOf,
  rangeError,
  show,
  typeError,
  type DecimalMark,
  type SourceRules,
} from 'vinculum/internal';
import type { OpenSource } from '../source.ts';
import {
  requireColumns,
  type KnownReading,
  type TableFormat,
  type TableRequest,
} from '../table-format.ts';
import { isEncoding, textOf } from '../text.ts';
import { CellStore } from './cell-store.ts';
import { cellError, type CellRules, type CellTaker } from './column-reader.ts';
import { KnownColumn } from './known-column.ts';
import { spacesAsTabs, withoutComments, withoutFirstLines } from './line-filters.ts';
import { missingNotes, withoutIndex } from './notes.ts';
import { RecordReader } from './records.ts';
import { RowLines } from './row-lines.ts';
import { CellTexts } from './texts.ts';
import { UndecidedColumn } from './undecided-column.ts';

/** The options that only CSV takes. */
export interface CsvOptions {
  /** One character, `'auto'` (default: comma, semicolon, tab or `|`, whichever fits the first lines), or `'space'` for runs of spaces. */
  readonly delimiter?: string;
  /** The decimal mark of the file: `'.'`, `','`, or `'auto'` (default): the numbers of all columns decide. */
  readonly decimal?: 'auto' | '.' | ',';
  /** The mark between groups of three digits, if it decides the decimal mark: `','` (1,250.5) or `'.'` (1.250,5). */
  readonly thousands?: '.' | ',' | "'" | ' ';
  /** The spellings of a missing value, in place of the usual ones. */
  readonly missing?: readonly string[];
  /** Lines above the table to pass over. Default 0. */
  readonly skipRows?: number;
  /** Lines that begin with this text are passed over, such as `'#'` or `'Total'`. */
  readonly comment?: string;
  /** Whether the first line is data; the columns are then called '0', '1', … Default false. */
  readonly noHeader?: boolean;
  /** Names of the columns, in place of those in the file. */
  readonly names?: readonly string[];
  /** What batches do with columns whose kind is not given: `'skip'` (default), or `'text'` to pass them on. */
  readonly others?: 'skip' | 'text';
  /** A label of the Encoding Standard. Default UTF-8, or UTF-16 if a byte-order mark says so. */
  readonly encoding?: string;
}

/** A column that is only passed on. */
const AS_TEXT: KnownReading = { kind: 'text', spelled: true };

/** The row of the registry. */
export const CSV: TableFormat = {
  kind: 'table',
  name: 'csv',
  title: 'a CSV file',
  endings: ['.csv', '.tsv', '.txt'],
  options: [
    'delimiter',
    'decimal',
    'thousands',
    'missing',
    'encoding',
    'skipRows',
    'comment',
    'noHeader',
    'names',
    'others',
  ],
  // Any text may be CSV, so a file is read as CSV if no other format is recognised.
  recognises: () => false,
  reader(where, options: CsvOptions) {
    checkCsvOptions(where, options);
    const { others = 'skip' } = options;
    return {
      async read(source, request) {
        const store = new CellStore(source.where);
        try {
          return await readWhole(source, options, request, store);
        } catch (error) {
          store.close();
          throw error;
        }
      },
      async *readBatches(source, { kinds, onRows }) {
        const records = await open(source, options, kinds);
        const rules = cellRules(records, options);
        const readers = records.names.flatMap((name, column) => {
          const known = kinds.get(name) ?? (others === 'text' && name !== '' ? AS_TEXT : undefined);
          return known === undefined
            ? []
            : [{ column, reader: new KnownColumn(source, name, known, rules) }];
        });
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

/** Reads all rows; their cells are kept in the store. */
async function readWhole(
  source: OpenSource,
  options: CsvOptions,
  { kinds, onRows }: TableRequest,
  store: CellStore,
): Promise<Table> {
  const records = await open(source, options, kinds);
  const rules = { ...cellRules(records, options), store };
  const readers = records.names.map((name, column) => {
    const known = kinds.get(name);
    const isOpen = known === undefined || (known.kind === 'date' && known.format === undefined);
    const reader = isOpen
      ? new UndecidedColumn(name, rules)
      : new KnownColumn(source, name, known, rules);
    return { reader, column };
  });
  const texts = new CellTexts();
  const lines = new RowLines();
  while (await records.next()) {
    addRecords(records, texts, readers);
    lines.add(records.cells);
    onRows(records.firstRow + records.cells.records - 1);
  }
  const columns = readers.map(({ reader }) => reader);
  return { rowCount: lines.length, ...decide(source, records, options, { columns, lines }) };
}

/** Opens the text and checks that it has the columns whose kinds are known. */
async function open(
  source: OpenSource,
  options: CsvOptions,
  kinds: ReadonlyMap<string, KnownReading>,
): Promise<RecordReader> {
  const { delimiter = 'auto', encoding, skipRows = 0, comment, noHeader = false, names } = options;
  let text = textOf(source, encoding);
  if (skipRows > 0) text = withoutFirstLines(text, skipRows);
  if (comment !== undefined) text = withoutComments(text, comment);
  if (delimiter === 'space') text = spacesAsTabs(text);
  const fixed = delimiter === 'auto' ? undefined : delimiter === 'space' ? '\t' : delimiter;
  const records = await RecordReader.open(source, text, fixed, { noHeader, names });
  // An empty line may be one that was taken out.
  if (comment !== undefined) records.cells.emptyLinesAreCells = false;
  requireColumns(source, records.names, kinds);
  return records;
}

/** The decimal mark that the options say, as that of the other numbers or as the mark that does not group digits. */
function decimalOption({ decimal = 'auto', thousands }: CsvOptions): DecimalMark | 'auto' {
  if (decimal !== 'auto') return decimal;
  return thousands === ',' ? '.' : thousands === '.' ? ',' : 'auto';
}

function cellRules({ delimiter }: RecordReader, options: CsvOptions): CellRules {
  const decimal = decimalOption(options);
  return {
    missing: new Set(options.missing ?? MISSING_VALUES),
    ownMissing: options.missing !== undefined,
    usualDecimal: decimal === 'auto' ? (delimiter === ';' ? ',' : '.') : decimal,
  };
}

/** The columns whose cells are all there, with one decimal mark for the file, and what a user should know of them. */
function decide(
  source: OpenSource,
  { delimiter }: RecordReader,
  options: CsvOptions,
  file: { readonly columns: readonly (KnownColumn | UndecidedColumn)[]; readonly lines: RowLines },
): { readonly columns: Column[]; readonly notes?: readonly DataNote[] } {
  const undecided = file.columns.filter((column) => column instanceof UndecidedColumn);
  const rules: SourceRules = {
    decimal: decimalOption(options),
    usualDecimal: delimiter === ';' ? ',' : '.',
    // Files with semicolons are usually of people who write decimal commas, and yet many are not.
    unclearMark: delimiter === ';' ? '.' : delimiter === ',' ? undefined : ',',
    commaDelimited: delimiter === ',',
    typed: false,
    ownMissing: options.missing !== undefined,
    fault: ({ row, ...fault }) => cellError(source, fault, file.lines.at(row)),
  };
  const decimal = decimalMarkOf(
    undecided.flatMap((column) => column.evidence() ?? []),
    rules,
  );
  const all = file.columns.map((column) =>
    column instanceof UndecidedColumn ? column.finish(decimal, rules) : column.finish(),
  );
  const { columns, left } = withoutIndex(source, all);
  const kept = new Set(columns.map(({ name }) => name));
  const notes = [
    ...left,
    ...undecided.flatMap((column) =>
      kept.has(column.name) ? missingNotes(column.name, column.missing) : [],
    ),
  ];
  return notes.length === 0 ? { columns } : { columns, notes };
}

/**
 * Gives the records that were read last to the columns, column by column.
 *
 * @throws {DataError} for the first row with a fault, as if the cells had been read row by row
 */
function addRecords(
  records: RecordReader,
  texts: CellTexts,
  readers: readonly { readonly reader: CellTaker; readonly column: number }[],
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

/** Marks that group digits. */
const GROUPINGS: readonly string[] = [',', '.', ' ', "'"];

function checkCsvOptions(where: string, options: CsvOptions): void {
  const { delimiter = 'auto', decimal = 'auto', thousands, missing, encoding } = options;
  if (
    delimiter !== 'auto' &&
    delimiter !== 'space' &&
    (typeof delimiter !== 'string' || !/^[^\w\s"\\.+-]$|^\t$/.test(delimiter))
  ) {
    throw rangeError({
      where,
      subject: 'delimiter',
      rule: "must be one character that no number or quote has, 'space' or 'auto'",
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
  if (thousands !== undefined && (!GROUPINGS.includes(thousands) || thousands === decimal)) {
    throw rangeError({
      where,
      subject: 'thousands',
      rule: "must be ',', '.', ' ' or \"'\", and not the decimal mark",
      got: shown(thousands),
    });
  }
  checkLineOptions(where, options);
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

function checkLineOptions(where: string, options: CsvOptions): void {
  const { skipRows, comment, noHeader, names, others } = options;
  const faults: [string, unknown, boolean, string][] = [
    ['skipRows', skipRows, Number.isInteger(skipRows) && skipRows! >= 0, 'an integer, at least 0'],
    ['comment', comment, isText(comment) && comment !== '', 'a text that is not empty'],
    ['noHeader', noHeader, typeof noHeader === 'boolean', 'true or false'],
    ['others', others, others === 'skip' || others === 'text', "'skip' or 'text'"],
    ['names', names, Array.isArray(names) && names.every(isText), 'an array of strings'],
  ];
  const wrong = faults.find(([, value, fits]) => value !== undefined && !fits);
  if (wrong === undefined) return;
  const [subject, value, , rule] = wrong;
  throw typeError({ where, subject, rule: `must be ${rule}`, got: shown(value) });
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** An option's value in the form that a message shows. */
function shown(value: unknown): string {
  return isText(value) ? show(value) : (JSON.stringify(value) ?? String(value));
}
