/**
 * CSV text to records of cells, with the numbers of row and line that messages need: reads piece by piece, keeps what is
 * left of an unfinished record, checks every record against the header, and turns every doubt into a `DataError`. Column
 * names stay in an array and never become keys of an object, so a header such as `__proto__` cannot reach a prototype.
 */
import type { DataError } from 'vinculum';
import { dataError, show } from 'vinculum/internal';
import type { OpenSource } from '../source.ts';
import type { TextPieces } from '../text.ts';
import { sniffDelimiter } from './dialect.ts';
import { checkNames, positionNames, refuseNumbersAsNames, type HeaderRules } from './header.ts';
import { dropEmptyLastCells, shapeChoices, type RaggedRow } from './ragged.ts';
import { MAX_EMPTY_LINES, RecordSplitter, type SplitFault } from './splitter.ts';
import { decode } from './texts.ts';

/** The largest field (in characters) and record (in bytes), so that a broken file fails early. */
const MAX_FIELD_LENGTH = 1 << 20;
const MAX_RECORD_LENGTH = 1 << 24;

/** So much of the text is looked at to see what follows a row with a wrong number of fields. */
const PEEK_LENGTH = 1 << 16;

/** Reads the records of a CSV text in order. After `next`, `cells` holds the cells, `width` cells for each record. */
export class RecordReader {
  readonly names: readonly string[];
  readonly delimiter: string;
  readonly cells: RecordSplitter;
  /** The number of the first record of `cells`, counted from 1 after the header. */
  firstRow = 1;
  readonly #source: OpenSource;
  readonly #text: TextBuffer;
  #ragged: RaggedRow | undefined;

  /** Whether the records of the last split were given out as they are, because the first of them is the first row. */
  #begun: boolean;

  private constructor(
    source: OpenSource,
    text: TextBuffer,
    splitter: RecordSplitter,
    { noHeader, names }: HeaderRules,
  ) {
    this.#source = source;
    this.#text = text;
    this.cells = splitter;
    this.delimiter = text.delimiter;
    this.#begun = !noHeader;
    const first = Array.from({ length: splitter.cells }, (_, cell) => textOfCell(splitter, cell));
    this.names = names ?? (noHeader ? positionNames(first.length) : first);
    if (names !== undefined && names.length !== first.length) {
      throw dataError({
        where: source.where,
        subject: 'names',
        rule: `must be one for each column of ${source.name}, which are ${first.length}`,
        got: names.length,
      });
    }
    checkNames(source, this.names);
    if (names === undefined && !noHeader) refuseNumbersAsNames(source, first);
  }

  /**
   * Reads and checks the header.
   *
   * @param source - what to name in messages
   * @param pieces - its text
   * @param delimiter - one character, or undefined to find out (`,` `;` `|` or tab)
   * @throws {DataError} when there is no header, or a name is repeated
   */
  static async open(
    source: OpenSource,
    pieces: TextPieces,
    delimiter: string | undefined,
    header: HeaderRules,
  ): Promise<RecordReader> {
    const text = new TextBuffer(pieces);
    text.delimiter = delimiter ?? (await findDelimiter(text));
    const splitter = new RecordSplitter(text.delimiter.charCodeAt(0));
    if (!(await nextRecords(source, text, splitter, 0, 1))) {
      throw dataError({
        where: source.where,
        subject: source.name,
        rule: 'must begin with a line of column names',
        got: 'no text',
      });
    }
    const reader = new RecordReader(source, text, splitter, header);
    splitter.emptyLinesAreCells = reader.names.length === 1;
    if (!header.noHeader) splitter.records = 0;
    return reader;
  }

  /**
   * Reads the next records, at least one.
   *
   * @returns false at the end of the text
   * @throws {DataError} when a record has too few or too many fields, or a quote is misplaced or never closed
   */
  async next(): Promise<boolean> {
    if (!this.#begun) {
      this.#begun = true;
      return true;
    }
    this.firstRow += this.cells.records;
    // The records before a fault were returned first, so that the same fault comes first however the stream is divided.
    if (this.#ragged !== undefined) throw await this.#raggedError(this.#ragged);
    if (!(await nextRecords(this.#source, this.#text, this.cells, this.firstRow, Infinity))) {
      return false;
    }
    dropEmptyLastCells(this.cells, this.names.length);
    const { records, cellsUpTo } = this.cells;
    for (let record = 0; record < records; record++) {
      if (cellsUpTo[record] === (record + 1) * this.names.length) continue;
      this.#ragged = this.#raggedRow(record);
      if (record === 0) throw await this.#raggedError(this.#ragged);
      this.cells.records = record;
      break;
    }
    return true;
  }

  #raggedRow(record: number): RaggedRow {
    const { names, cells, firstRow } = this;
    const start = record === 0 ? 0 : cells.cellsUpTo[record - 1]!;
    const count = cells.cellsUpTo[record]! - start;
    const missing = names[count];
    const what =
      missing === undefined
        ? `the first one too many is ${show(textOfCell(cells, start + names.length))}`
        : `column ${show(missing)} and what follows are missing`;
    const row = firstRow + record;
    const line = cells.lines[record]!;
    const following = cells.cellsUpTo[record + 1];
    return {
      fault: {
        where: this.#source.where,
        subject: `${this.#source.name} row ${row} (line ${line})`,
        rule: `must have ${names.length} fields as the header has`,
        got: `${count}: ${what}`,
      },
      site: { row, column: missing ?? names.length },
      line,
      count,
      begin: textOfCell(cells, start),
      nextCount: record + 1 < cells.records ? following! - cells.cellsUpTo[record]! : undefined,
    };
  }

  async #raggedError(ragged: RaggedRow): Promise<DataError> {
    const nextCount = ragged.nextCount ?? (await this.#nextWidth());
    const choices = shapeChoices({ ...ragged, nextCount }, this.names);
    return dataError({ ...ragged.fault, choices }, ragged.site);
  }

  /** The fields of the record that is to be split next; 0 at the end of the text, undefined if it is too long to look at. */
  async #nextWidth(): Promise<number | undefined> {
    const text = this.#text;
    await text.fill(PEEK_LENGTH);
    const splitter = new RecordSplitter(text.delimiter.charCodeAt(0));
    splitter.emptyLinesAreCells = this.cells.emptyLinesAreCells;
    splitter.blankLines = this.cells.blankLines;
    const end = Math.min(text.end, text.start + PEEK_LENGTH);
    const peeked = new Uint8Array(end - text.start + 1);
    peeked.set(text.bytes.subarray(text.start, end));
    const isWhole = text.ended && end === text.end;
    splitter.split(peeked, 0, peeked.length - 1, isWhole, 1);
    dropEmptyLastCells(splitter, this.names.length);
    if (splitter.records > 0) return splitter.cellsUpTo[0];
    return isWhole && splitter.fault === undefined ? 0 : undefined;
  }

  /** @throws {DataError} when a field is longer than any honest one: a quote may be missing before it */
  checkLength(cell: number): void {
    const { starts, ends, lines } = this.cells;
    if (ends[cell]! - starts[cell]! <= MAX_FIELD_LENGTH) return;
    const { length } = textOfCell(this.cells, cell);
    if (length <= MAX_FIELD_LENGTH) return;
    const record = Math.floor(cell / this.names.length);
    const name = this.names[cell % this.names.length]!;
    const row = this.firstRow + record;
    throw dataError(
      {
        where: this.#source.where,
        subject: `${this.#source.name} row ${row} (line ${lines[record]!}), column ${show(name)}`,
        rule: `must have at most ${MAX_FIELD_LENGTH} characters`,
        got: length,
        remedy: ' A quote may be missing.',
      },
      { row, column: name },
    );
  }
}

function textOfCell({ bytes, starts, ends, forms }: RecordSplitter, cell: number): string {
  return decode(bytes, starts[cell]!, ends[cell]!, forms[cell]!);
}

/** The text that was read but not used yet, followed by a 0. */
class TextBuffer {
  bytes: Uint8Array = new Uint8Array(1);
  start = 0;
  end = 0;
  ended = false;
  delimiter = ',';
  readonly #pieces: TextPieces;

  constructor(pieces: TextPieces) {
    this.#pieces = pieces;
  }

  /** Reads until there are `length` bytes, or the end of the text. */
  async fill(length: number): Promise<void> {
    while (!this.ended && this.end - this.start < length) {
      const piece = await this.#pieces.next();
      if (piece === undefined) this.ended = true;
      else this.#append(piece);
    }
  }

  #append(piece: Uint8Array): void {
    const held = this.end - this.start;
    const needed = held + piece.length + 1;
    const target =
      needed <= this.bytes.length ? this.bytes : new Uint8Array(Math.max(needed, 2 * held));
    target.set(this.bytes.subarray(this.start, this.end));
    target.set(piece, held);
    target[held + piece.length] = 0;
    this.bytes = target;
    this.start = 0;
    this.end = held + piece.length;
  }
}

async function findDelimiter(text: TextBuffer): Promise<string> {
  for (let length = 1; ; length = 2 * (text.end - text.start)) {
    await text.fill(length);
    const found = sniffDelimiter(text.bytes, text.start, text.end, text.ended);
    if (found !== undefined) return found;
  }
}

/** Splits the next complete records, at least one; false at the end of the text. */
async function nextRecords(
  source: OpenSource,
  text: TextBuffer,
  splitter: RecordSplitter,
  row: number,
  most: number,
): Promise<boolean> {
  for (;;) {
    text.start = splitter.split(text.bytes, text.start, text.end, text.ended, most);
    if (splitter.records > 0) return true;
    if (splitter.fault !== undefined) throw faultOf(source, splitter.fault, row);
    const left = text.end - text.start;
    if (left > MAX_RECORD_LENGTH) throw tooLong(source, splitter.line, row);
    if (text.ended) return false;
    // The next try needs twice as much text, so that the time for a long record is proportional to its length.
    await text.fill(2 * left + 1);
  }
}

const FAULTS: Readonly<Record<SplitFault['kind'], string>> = {
  unclosed: 'a closing quote for every opening one; the last one is never closed',
  misplaced: 'quotes only around whole fields, and doubled inside them',
  empty: `at most ${MAX_EMPTY_LINES} empty lines in succession`,
};

function faultOf({ where, name }: OpenSource, { kind, line }: SplitFault, row: number): DataError {
  return dataError(
    {
      where,
      subject: name,
      rule: `must have ${FAULTS[kind]}, in the record that begins on line ${line}`,
    },
    { row: row === 0 ? undefined : row },
  );
}

function tooLong({ where, name }: OpenSource, line: number, row: number): DataError {
  return dataError(
    {
      where,
      subject: name,
      rule: `must have records of at most ${MAX_RECORD_LENGTH} bytes; the one that begins on line ${line} is longer`,
      remedy: ' A quote may be missing.',
    },
    { row },
  );
}
