/**
 * CSV bytes to cells, by RFC 4180: quotes around whole fields, doubled inside them, line breaks inside them. It works on
 * UTF-8, in which no byte of a longer character looks like a comma, a quote or a line end, and makes no strings: a cell
 * is a range of the bytes. LF, CR LF and CR all end a line, so that nothing has to be guessed about line ends.
 */

/** Properties of a cell in addition to its range. */
const PLAIN = 0;
/** In quotes, which the range leaves out. */
const QUOTED = 1;
/** In quotes, with doubled quotes inside. */
export const DOUBLED = 2;

/** The most empty lines in succession: a few kilobytes of gzip can hold a thousand million of them. */
export const MAX_EMPTY_LINES: number = 1 << 22;

/** Why a record cannot be read: a quote at a wrong place, or too many empty lines. */
export interface SplitFault {
  readonly kind: 'unclosed' | 'misplaced' | 'empty';
  /** The line on which the record begins. */
  readonly line: number;
}

const LF = 10;
const CR = 13;
const SPACE = 32;
const TAB = 9;
const QUOTE = 34;

/** The record is not complete: more bytes are needed. */
const INCOMPLETE = -1;
/** The record can never be read: `fault` says why. */
const MISPLACED = -2;

/** Splits text, call by call. Its fields hold the result of the last call, and the next call overwrites them. */
export class RecordSplitter {
  readonly #delimiter: number;
  /** No byte above it ends a plain cell. */
  readonly #highest: number;
  /** The text of the call. At `end` there is a 0, which no text contains. */
  bytes: Uint8Array = new Uint8Array(1);
  /** The ranges of the cells, record by record. */
  starts: Int32Array = new Int32Array(256);
  ends: Int32Array = new Int32Array(256);
  forms: Uint8Array = new Uint8Array(256);
  cells = 0;
  /** How many cells there are up to the end of each record, and the line on which it begins, from 1. */
  cellsUpTo: Int32Array = new Int32Array(64);
  lines: Int32Array = new Int32Array(64);
  records = 0;
  /** The line that comes next. */
  line = 1;
  /** The number of empty lines since the last record. */
  blankLines = 0;
  /**
   * Whether an empty line between two records is a record with one empty cell: in a file of one column a line is a cell.
   * Otherwise, and at the end of the file, empty lines are passed over.
   */
  emptyLinesAreCells = false;
  fault: SplitFault | undefined;
  #end = 0;
  #ended = false;
  #form = PLAIN;
  #cellEnd = 0;

  /** @param delimiter - the code of the character that separates columns */
  constructor(delimiter: number) {
    this.#delimiter = delimiter;
    this.#highest = Math.max(delimiter, CR);
  }

  /**
   * Splits the records that are complete.
   *
   * @param bytes - text from `start` to `end`, and a 0 at `end`
   * @param ended - whether the text ends there, so that the last record needs no line end
   * @param most - stop after so many records
   * @returns the place where the first record begins that was not split
   */
  split(bytes: Uint8Array, start: number, end: number, ended: boolean, most: number): number {
    this.bytes = bytes;
    this.cells = 0;
    this.records = 0;
    this.fault = undefined;
    this.#end = end;
    this.#ended = ended;
    let at = start;
    while (at < end && this.records < most && this.fault === undefined) {
      const next = this.#splitRecord(at);
      if (next < 0) break;
      at = next;
    }
    return at;
  }

  /** Splits one record and returns the place where the next one begins, or a code. */
  #splitRecord(start: number): number {
    const { bytes, line } = this;
    const before = this.cells;
    let at = start;
    for (;;) {
      const quoted = bytes[at] === QUOTE;
      const first = quoted ? at + 1 : at;
      at = quoted ? this.#endOfQuoted(first) : this.#endOfPlain(first);
      if (at < 0) return this.#giveUp(at, before, line);
      this.#pushCell(first, quoted ? this.#cellEnd : at, quoted ? this.#form : PLAIN);
      if (bytes[at] !== this.#delimiter || at === this.#end) break;
      at++;
    }
    const next = this.#afterLineEnd(at);
    if (next < 0) return this.#giveUp(next, before, line);
    this.line++;
    if (this.cells === before + 1 && this.#isBlank(before)) {
      this.cells = before;
      if (++this.blankLines > MAX_EMPTY_LINES) this.fault = { kind: 'empty', line };
    } else {
      if (this.emptyLinesAreCells && this.blankLines > 0) this.#pushEmptyLines(line);
      this.blankLines = 0;
      this.#pushRecord(line);
    }
    return next;
  }

  #endOfPlain(start: number): number {
    const { bytes } = this;
    const delimiter = this.#delimiter;
    const highest = this.#highest;
    let at = start;
    for (let byte = bytes[at]!; ; byte = bytes[++at]!) {
      if (byte > highest) continue;
      if (byte === delimiter || byte === LF || byte === CR || byte === 0) break;
    }
    return at === this.#end && !this.#ended ? INCOMPLETE : at;
  }

  /** Where the field ends after its closing quote and spaces; sets the end of the cell and its form. */
  #endOfQuoted(start: number): number {
    const { bytes } = this;
    this.#form = QUOTED;
    let at = start;
    for (;;) {
      for (let byte = bytes[at]!; byte !== QUOTE && at < this.#end; byte = bytes[++at]!) {
        // CR LF is one line end: it is counted at its LF.
        if (byte === LF || (byte === CR && bytes[at + 1] !== LF)) this.line++;
      }
      // A quote that is the last byte so far may be the first of two.
      if (at >= this.#end || (at + 1 === this.#end && !this.#ended)) return INCOMPLETE;
      if (bytes[at + 1] !== QUOTE) break;
      this.#form = DOUBLED;
      at += 2;
    }
    this.#cellEnd = at++;
    while ((bytes[at] === SPACE || bytes[at] === TAB) && bytes[at] !== this.#delimiter) at++;
    if (at === this.#end) return this.#ended ? at : INCOMPLETE;
    const byte = bytes[at];
    return byte === this.#delimiter || byte === LF || byte === CR ? at : MISPLACED;
  }

  /** The start of the next line. A CR that is the last byte so far may be the first of CR LF. */
  #afterLineEnd(at: number): number {
    if (at === this.#end) return at;
    if (this.bytes[at] === LF) return at + 1;
    if (at + 1 === this.#end && !this.#ended) return INCOMPLETE;
    return this.bytes[at + 1] === LF ? at + 2 : at + 1;
  }

  /** Takes the cells of a record back. */
  #giveUp(code: number, cells: number, line: number): number {
    this.cells = cells;
    this.line = line;
    const unclosed = code === INCOMPLETE && this.#ended;
    if (!unclosed && code === INCOMPLETE) return INCOMPLETE;
    this.fault = { kind: unclosed ? 'unclosed' : 'misplaced', line };
    return MISPLACED;
  }

  /** Whether a line contains only white space and no quotes, because `""` is an empty cell, not an empty line. */
  #isBlank(cell: number): boolean {
    if (this.forms[cell] !== PLAIN) return false;
    for (let at = this.starts[cell]!; at < this.ends[cell]!; at++) {
      const byte = this.bytes[at]!;
      if (byte !== SPACE && (byte < TAB || byte > CR)) return false;
    }
    return true;
  }

  /** Puts the empty lines before the record that was just split, as records of one empty cell. */
  #pushEmptyLines(line: number): void {
    const cell = this.cells - 1;
    const [start, end, form] = [this.starts[cell]!, this.ends[cell]!, this.forms[cell]!];
    this.cells = cell;
    for (let empty = this.blankLines; empty > 0; empty--) {
      this.#pushCell(start, start, PLAIN);
      this.#pushRecord(line - empty);
    }
    this.#pushCell(start, end, form);
  }

  #pushCell(start: number, end: number, form: number): void {
    const cell = this.cells++;
    if (cell === this.starts.length) {
      this.starts = doubled(this.starts);
      this.ends = doubled(this.ends);
      const forms = new Uint8Array(this.starts.length);
      forms.set(this.forms);
      this.forms = forms;
    }
    this.starts[cell] = start;
    this.ends[cell] = end;
    this.forms[cell] = form;
  }

  #pushRecord(line: number): void {
    const record = this.records++;
    if (record === this.lines.length) {
      this.lines = doubled(this.lines);
      this.cellsUpTo = doubled(this.cellsUpTo);
    }
    this.lines[record] = line;
    this.cellsUpTo[record] = this.cells;
  }
}

function doubled(values: Int32Array): Int32Array {
  const larger = new Int32Array(values.length * 2);
  larger.set(values);
  return larger;
}
