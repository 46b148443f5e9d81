/**
 * The cells of one CSV column: numbers are read strictly and straight from the bytes, and the kind of the column is
 * decided by all of its cells. A cell that was meant as a number and is none (`1e400`, `1_000`, a stray word among
 * numbers) is an error with row and column, never silently a category. See docs/decisions/0011-cells-are-read-strictly.md.
 */
import type { Column, ColumnKind, DataError } from 'vinculum';
import { dataError, show } from 'vinculum/internal';
import type { OpenSource } from '../source.ts';
import { losesDigits, readNumber, readTruth } from './cell.ts';
import { NumberCells } from './number-cells.ts';
import type { RecordReader } from './records.ts';
import type { CellTexts } from './texts.ts';

/** From this share of numbers on, another cell in a column is a fault and not a sign of a text column. */
const STRAY_SHARE = 0.9;

/** How the cells of one column are to be read. */
export interface CellRules {
  readonly missing: ReadonlySet<string>;
  /** Whether `1,5` is a number: only if commas do not separate columns. */
  readonly decimalComma: boolean;
  /** The kind, if it is known beforehand. */
  readonly kind?: ColumnKind | undefined;
}

/** Where a cell is in the file. */
interface Site {
  readonly row: number;
  readonly line: number;
}

interface Fault extends Site {
  readonly text: string;
  readonly rule: string;
  readonly remedy?: string;
}

/** Collects the cells of one column and decides its kind at the end. */
export class ColumnReader {
  readonly #source: OpenSource;
  readonly #name: string;
  readonly #rules: CellRules;
  readonly #numbers: NumberCells;
  /** The cells as text, beginning with the first cell that is not a number. */
  #text: (string | null)[] | undefined;
  #numberCount = 0;
  #textCount = 0;
  #truthCount = 0;
  /** Integers of which float64 would lose digits. */
  #lossyCount = 0;
  #lossy: Fault | undefined;
  #misspelt: Fault | undefined;
  #stray: Fault | undefined;
  /** The first number with a decimal comma, and the first with a point, in a column that may have commas. */
  #withComma: Fault | undefined;
  #withPoint: Fault | undefined;
  /** Whether plain numbers can be read from the bytes: there was no text so far, and no word for "missing" has digits. */
  #plain: boolean;

  constructor(source: OpenSource, name: string, rules: CellRules) {
    this.#source = source;
    this.#name = name;
    this.#rules = rules;
    this.#numbers = new NumberCells(rules.decimalComma ? ',' : '.');
    const isText = rules.kind === 'text' || rules.kind === 'boolean';
    if (isText) this.#text = [];
    this.#plain = !isText && ![...rules.missing].some((word) => /\d/.test(word));
  }

  /**
   * Adds the next cells of the column at index `column`.
   *
   * @param records - the records that were read last
   * @param texts - makes strings of cells
   * @param limit - how many of the records to add
   * @throws {DataError} when the kind is given and a cell is not of it, or a field is too long
   */
  add(records: RecordReader, texts: CellTexts, column: number, limit: number): void {
    const { cells, names, firstRow } = records;
    const { bytes, starts, ends, forms, lines } = cells;
    const width = names.length;
    for (let record = 0, cell = column; record < limit; record++, cell += width) {
      const start = starts[cell]!;
      const end = ends[cell]!;
      if (this.#plain && this.#numbers.take(bytes, start, end)) {
        this.#numberCount++;
        if (this.#rules.decimalComma) this.#noteComma(firstRow + record, lines[record]!);
        continue;
      }
      records.checkLength(cell);
      const site = { row: firstRow + record, line: lines[record]! };
      this.#addText(texts.read(bytes, start, end, forms[cell]!), site);
    }
  }

  /** The column. @throws {DataError} when a cell looks like a number but is not one */
  finish(): Column {
    const name = this.#name;
    const { kind } = this.#rules;
    if (kind === 'text') return { name, kind, values: this.#text! };
    if (kind === 'boolean') return { name, kind, values: this.#truths() };
    const numeric = this.#numberCount + (this.#misspelt === undefined ? 0 : 1) > 0;
    if (this.#text !== undefined && numeric) this.#checkStray();
    if (this.#textCount === 0) {
      if (this.#misspelt !== undefined) throw this.#fault(this.#misspelt);
      this.#checkMarks();
      if (this.#isIdentifiers()) return { name, kind: 'text', values: this.#spellings() };
      const values = this.#numbers.values();
      this.#numbers.clear(kind === undefined);
      return { name, kind: 'number', values };
    }
    if (this.#truthCount === this.#textCount && !numeric) {
      return { name, kind: 'boolean', values: this.#truths() };
    }
    return { name, kind: 'text', values: this.#text! };
  }

  /** Begins anew, for the next batch of a column whose kind is given. */
  restart(): void {
    this.#numbers.clear(false);
    if (this.#rules.kind !== 'number') this.#text = [];
  }

  #addText(text: string, site: Site): void {
    if (this.#rules.missing.has(text)) {
      if (this.#text === undefined) this.#numbers.push(NaN);
      else this.#text.push(null);
    } else if (this.#rules.kind === 'text') this.#text!.push(text);
    else if (this.#rules.kind === 'boolean') this.#addTruth(text, site);
    else this.#addAny(text, site);
  }

  #addTruth(text: string, site: Site): void {
    if (readTruth(text) === undefined) throw this.#fault({ ...site, text, rule: 'true or false' });
    this.#text!.push(text);
  }

  #addAny(text: string, site: Site): void {
    const value = readNumber(text, this.#rules.decimalComma);
    if (typeof value === 'number') {
      this.#numberCount++;
      if (this.#text === undefined) this.#numbers.push(value, text);
      else this.#text.push(text);
      if (this.#rules.decimalComma) this.#noteMark(text, site);
      if (losesDigits(text, value)) this.#noteLossy(text, site);
      return;
    }
    const faultHere = (): Fault => ({ ...site, text, rule: value ?? 'a number' });
    if (this.#rules.kind === 'number') throw this.#fault(faultHere());
    if (this.#text === undefined) {
      this.#text = this.#spellings();
      this.#numbers.clear(true);
      this.#plain = false;
    }
    this.#text.push(text);
    if (value !== undefined) {
      this.#misspelt ??= faultHere();
      return;
    }
    this.#textCount++;
    if (readTruth(text) !== undefined) this.#truthCount++;
    this.#stray ??= faultHere();
  }

  #truths(): (boolean | null)[] {
    return this.#text!.map((text) => (text === null ? null : (readTruth(text) ?? null)));
  }

  /** The cells so far, in their original spelling. */
  #spellings(): (string | null)[] {
    const { length } = this.#numbers;
    return Array.from({ length }, (_, row) => this.#numbers.spellingOf(row));
  }

  /** Notes a number that was taken from the bytes, if it is the first with a comma. */
  #noteComma(row: number, line: number): void {
    if (this.#withComma !== undefined || !this.#numbers.hasPlaces()) return;
    const text = this.#numbers.spellingOf(this.#numbers.length - 1)!;
    this.#withComma = { row, line, text, rule: '' };
  }

  #noteMark(text: string, site: Site): void {
    if (text.includes(',')) this.#withComma ??= { ...site, text, rule: '' };
    else if (text.includes('.')) this.#withPoint ??= { ...site, text, rule: '' };
  }

  #noteLossy(text: string, site: Site): void {
    this.#lossyCount++;
    const rule = `an integer that float64 holds exactly, from -${2 ** 53} to ${2 ** 53}`;
    const remedy = ` If the column names things, read it with kinds: { ${JSON.stringify(this.#name)}: 'text' }; with 'number' it is rounded.`;
    this.#lossy ??= { ...site, text, rule, remedy };
  }

  /**
   * Whether a column of numbers is one of identifiers: more than one in ten is an integer of which float64 would lose
   * digits, so that two of them could become one. Text keeps them apart.
   *
   * @throws {DataError} when only a few are: among ordinary numbers such an integer is more likely a slip
   */
  #isIdentifiers(): boolean {
    if (this.#lossy === undefined || this.#rules.kind === 'number') return false;
    if (this.#numberCount - this.#lossyCount >= STRAY_SHARE * this.#numberCount) {
      throw this.#fault(this.#lossy);
    }
    return true;
  }

  /** Numbers with a decimal comma and with a point in one column: one of them must be a thousands mark. */
  #checkMarks(): void {
    if (this.#withComma === undefined || this.#withPoint === undefined) return;
    const { row, text } = this.#withComma;
    const rule = `written with one decimal mark, and ${show(text)} in row ${row} has the other`;
    throw this.#fault({ ...this.#withPoint, rule });
  }

  #checkStray(): void {
    const share = this.#numberCount / (this.#numberCount + this.#textCount);
    if (this.#stray !== undefined && share >= STRAY_SHARE) throw this.#fault(this.#stray);
  }

  #fault({ row, line, text, rule, remedy = '' }: Fault): DataError {
    const { where, name } = this.#source;
    return dataError(
      {
        where,
        subject: `${name} row ${row} (line ${line}), column ${show(this.#name)}`,
        rule: `must be ${rule}`,
        got: show(text),
        remedy,
      },
      { row, column: this.#name },
    );
  }
}
