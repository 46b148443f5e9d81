/**
 * CSV text to records: strings by position, with the numbers of row and line that messages need. papaparse
 * does the parsing (RFC 4180: quotes, doubled quotes, line breaks in quotes); this file feeds it piece by
 * piece, finds the delimiter, and turns every doubt into a `DataError`. A record is an array and never an
 * object, so a header such as `__proto__` cannot reach a prototype.
 */
import Papa from 'papaparse';
import { DataError } from 'vinculum';

/** The largest field and record in characters, and the most columns: a broken file fails at once. */
const MAX_FIELD_LENGTH = 1 << 20;
const MAX_RECORD_LENGTH = 1 << 24;
const MAX_COLUMNS = 1 << 16;

/** Delimiters that are recognised, in the order that breaks ties. */
const DELIMITERS = [',', ';', '\t'] as const;

/** So many characters are looked at before the delimiter is chosen. */
const SNIFF_LENGTH = 1 << 16;

/** Records that stand together in the file. */
export interface RecordBatch {
  /** One array a data row, as long as the header; fields trimmed. */
  readonly records: readonly (readonly string[])[];
  /** The number of the first data row, counted from 1. */
  readonly firstRow: number;
  /** The line of the file, counted from 1, on which each record begins. */
  readonly lines: readonly number[];
}

/** The header of a CSV text and its records, read as they are asked for. */
export interface CsvRecords {
  readonly names: readonly string[];
  readonly delimiter: string;
  readonly batches: AsyncGenerator<RecordBatch>;
}

/** Whom to name in messages: the public function and the file. */
export interface CsvPlace {
  readonly where: string;
  readonly name: string;
}

interface Parsed {
  readonly data: string[][];
  readonly errors: readonly { readonly code: string; readonly row: number }[];
  readonly meta: { readonly cursor: number };
}

interface RawRecord {
  readonly fields: string[];
  readonly line: number;
}

/**
 * Opens CSV text: reads and checks the header.
 *
 * @param place - whom to name in messages
 * @param text - the text in pieces
 * @param delimiter - one character, or undefined to find out (`,` `;` or tab)
 * @throws {DataError} when there is no header, or a name is empty or repeated
 */
export async function openCsv(
  place: CsvPlace,
  text: AsyncIterable<string>,
  delimiter: string | undefined,
): Promise<CsvRecords> {
  const reader = new RecordReader(place, text);
  await reader.start(delimiter);
  const header = await reader.next();
  if (header === undefined) {
    throw new DataError(
      `${place.where}: ${place.name} must begin with a line of column names; got no text.`,
    );
  }
  const names = header[0]!.fields.map((field) => field.trim());
  checkNames(place, names);
  return { names, delimiter: reader.delimiter, batches: reader.batches(names, header.slice(1)) };
}

function checkNames(place: CsvPlace, names: readonly string[]): void {
  if (names.length > MAX_COLUMNS) {
    throw new DataError(
      `${place.where}: ${place.name} must have at most ${MAX_COLUMNS} columns; got ${names.length}.`,
    );
  }
  const firstAt = new Map<string, number>();
  names.forEach((name, index) => {
    if (name === '') {
      throw new DataError(
        `${place.where}: ${place.name} must name every column in its first line; column ${index + 1} of ${names.length} has no name.`,
        { column: index },
      );
    }
    const before = firstAt.get(name);
    if (before !== undefined) {
      throw new DataError(
        `${place.where}: ${place.name} must have column names that differ; columns ${before + 1} and ${index + 1} are both ${quote(name)}.`,
        { column: name },
      );
    }
    firstAt.set(name, index);
  });
}

/** Reads records in order; keeps what is left of an unfinished one. */
class RecordReader {
  delimiter = ',';
  readonly #place: CsvPlace;
  readonly #pieces: AsyncIterator<string>;
  #newline: '\n' | '\r' = '\n';
  #buffer = '';
  #ended = false;
  #line = 1;
  /** Records handed out so far, the header included: so the next data row has this number. */
  #rowsBefore = 0;

  constructor(place: CsvPlace, text: AsyncIterable<string>) {
    this.#place = place;
    this.#pieces = text[Symbol.asyncIterator]();
  }

  /** Reads the first piece; settles line end and delimiter. */
  async start(delimiter: string | undefined): Promise<void> {
    do await this.#fill(this.#buffer.length + 1);
    while (!this.#ended && !/[\r\n]./s.test(this.#buffer) && this.#buffer.length < SNIFF_LENGTH);
    if (!this.#buffer.includes('\n') && this.#buffer.includes('\r')) this.#newline = '\r';
    this.delimiter = delimiter ?? sniff(this.#buffer.slice(0, SNIFF_LENGTH), this.#newline);
  }

  /** The next records that are complete, blank lines left out; undefined at the end of the text. */
  async next(): Promise<RawRecord[] | undefined> {
    for (;;) {
      if (this.#buffer === '' && this.#ended) return undefined;
      const parsed = this.#parse();
      const raw = this.#locate(parsed.data);
      this.#buffer = this.#buffer.slice(this.#ended ? this.#buffer.length : parsed.meta.cursor);
      if (raw.length > 0) return raw;
      if (this.#ended) return undefined;
      if (this.#buffer.length > MAX_RECORD_LENGTH) throw this.#tooLong();
      // Twice as much before the next try: a long record costs time in proportion to its length.
      await this.#fill(this.#buffer.length * 2 + 1);
    }
  }

  /** All further records, checked against the header. */
  async *batches(
    names: readonly string[],
    rest: readonly RawRecord[],
  ): AsyncGenerator<RecordBatch> {
    let firstRow = 1;
    try {
      for (let raw: readonly RawRecord[] | undefined = rest; raw; raw = await this.next()) {
        const batch = raw;
        const from = firstRow;
        if (batch.length === 0) continue;
        const records = batch.map((one, index) => this.#check(names, one, from + index));
        yield { records, firstRow: from, lines: batch.map((one) => one.line) };
        firstRow += batch.length;
      }
    } finally {
      await this.#pieces.return?.();
    }
  }

  async #fill(length: number): Promise<void> {
    const parts = [this.#buffer];
    let held = this.#buffer.length;
    while (!this.#ended && held < length) {
      const piece = await this.#pieces.next();
      if (piece.done === true) this.#ended = true;
      else {
        parts.push(piece.value);
        held += piece.value.length;
      }
    }
    if (parts.length > 1) this.#buffer = parts.join('');
  }

  #parse(): Parsed {
    const parser = new Papa.Parser({ delimiter: this.delimiter, newline: this.#newline });
    const parsed = parser.parse(this.#buffer, 0, !this.#ended) as Parsed;
    // A fault in a record that is not complete yet may only mean that its end is still to come.
    const fault = parsed.errors.find((error) => this.#ended || error.row < parsed.data.length);
    if (fault === undefined) return parsed;
    const row = this.#rowsBefore + this.#locate(parsed.data.slice(0, fault.row), false).length;
    const line = this.#lineAfter(parsed.data.slice(0, fault.row));
    const rule =
      fault.code === 'MissingQuotes'
        ? 'a closing quote for every opening one; the last one is never closed'
        : 'quotes only around whole fields, and doubled inside them';
    throw new DataError(
      `${this.#place.where}: ${this.#place.name} must have ${rule}, in the record that begins on line ${line}.`,
      { row: row === 0 ? undefined : row },
    );
  }

  #locate(data: readonly string[][], advance = true): RawRecord[] {
    let line = this.#line;
    const raw: RawRecord[] = [];
    // Only a quote lets a field hold line breaks.
    const quoted = this.#buffer.includes('"');
    for (const fields of data) {
      const blank = fields.length === 1 && fields[0]!.trim() === '';
      if (!blank) raw.push({ fields, line });
      line += quoted ? linesOf(fields, this.#newline) : 1;
    }
    if (advance) {
      this.#line = line;
      this.#rowsBefore += raw.length;
    }
    return raw;
  }

  #lineAfter(data: readonly string[][]): number {
    return data.reduce((line, fields) => line + linesOf(fields, this.#newline), this.#line);
  }

  #check(names: readonly string[], raw: RawRecord, row: number): readonly string[] {
    const { fields, line } = raw;
    const { where, name } = this.#place;
    if (fields.length !== names.length) {
      const column = names[fields.length] ?? names.length;
      const what =
        fields.length < names.length
          ? `column ${quote(names[fields.length]!)} and what follows are missing`
          : `the first one too many is ${quote(fields[names.length]!)}`;
      throw new DataError(
        `${where}: ${name} row ${row} (line ${line}) must have ${names.length} fields as the header has; got ${fields.length}: ${what}.`,
        { row, column },
      );
    }
    for (let index = 0; index < fields.length; index++) {
      const field = fields[index]!;
      if (field.length > MAX_FIELD_LENGTH) {
        throw new DataError(
          `${where}: ${name} row ${row} (line ${line}), column ${quote(names[index]!)} must have at most ${MAX_FIELD_LENGTH} characters; got ${field.length}. A quote may be missing.`,
          { row, column: names[index] },
        );
      }
      if (mayHaveSpace(field)) fields[index] = field.trim();
    }
    return fields;
  }

  #tooLong(): DataError {
    return new DataError(
      `${this.#place.where}: ${this.#place.name} must have records of at most ${MAX_RECORD_LENGTH} characters; the one that begins on line ${this.#line} is longer. A quote may be missing.`,
      { row: this.#rowsBefore },
    );
  }
}

/** Whether the first or last character may be white space: most fields have none, and a copy costs time. */
function mayHaveSpace(field: string): boolean {
  const { length } = field;
  if (length === 0) return false;
  const [first, last] = [field.charCodeAt(0), field.charCodeAt(length - 1)];
  return first <= SPACE || last <= SPACE || first > ASCII || last > ASCII;
}

const SPACE = 32;
const ASCII = 127;

/** Lines that a record takes: its own and one for each line break inside a field. */
function linesOf(fields: readonly string[], newline: string): number {
  let lines = 1;
  for (const field of fields) {
    for (let at = field.indexOf(newline); at !== -1; at = field.indexOf(newline, at + 1)) lines++;
  }
  return lines;
}

/**
 * The delimiter of a text: the one that splits the header into the most fields, among those that split the
 * next records into as many; then any that splits the header.
 */
function sniff(text: string, newline: '\n' | '\r'): string {
  let best: string = ',';
  let bestScore = 0;
  for (const delimiter of DELIMITERS) {
    const parser = new Papa.Parser({ delimiter, newline, preview: 11 });
    const { data } = parser.parse(text, 0, false) as Parsed;
    const width = data[0]?.length ?? 0;
    const complete = data.slice(1, -1).filter((fields) => fields.some((field) => field !== ''));
    const even = complete.every((fields) => fields.length === width);
    const score = width < 2 ? 0 : width + (even ? MAX_COLUMNS : 0);
    if (score > bestScore) {
      best = delimiter;
      bestScore = score;
    }
  }
  return best;
}

/** A field as a message shows it. */
export function quote(text: string): string {
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
  return `'${shown.slice(1, -1)}'`;
}
