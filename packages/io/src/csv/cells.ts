/**
 * Cells of a CSV column to values: numbers read strictly, missing values known by their usual spellings, and
 * the kind of a column decided by all of its cells. A cell that was meant as a number and is none (`1e400`,
 * `1_000`, a stray word among numbers) is an error with row and column, never silently a category.
 */
import { DataError, type Column, type ColumnKind } from 'vinculum';
import { quote, type CsvPlace } from './records.ts';

/** The spellings of "missing", compared as they stand after trimming. */
export const MISSING_VALUES: readonly string[] = [
  '',
  'NA',
  'na',
  'N/A',
  'n/a',
  '#N/A',
  '<NA>',
  '?',
  'NaN',
  'nan',
  'NAN',
  'null',
  'NULL',
  'Null',
  'None',
];

/** From this share of numbers on, a word in a column is a fault and not a sign of a text column. */
const STRAY_TEXT_SHARE = 0.9;

/** How the cells of one column are to be read. */
export interface CellRules {
  readonly missing: ReadonlySet<string>;
  /** Whether `1,5` is a number: only where commas do not separate columns. */
  readonly decimalComma: boolean;
  /** The kind, if it is known beforehand. */
  readonly kind?: ColumnKind | undefined;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const COMMA_NUMBER = /^[+-]?(?:\d+,\d*|,\d+)(?:[eE][+-]?\d+)?$/;

/** What was meant as a number and is none, and the remedy. */
const MALFORMED: readonly (readonly [RegExp, string])[] = [
  [/^[+-]?(?:inf|infinity|∞)$/i, 'a finite number'],
  [/^[+-]?0[xob][\da-f]+$/i, 'a decimal number'],
  [/^[+-]?\d[\d.]*(?:_\d+)+(?:\.\d*)?$/, 'a number without underscores'],
  [/^[+-]?\d+(?:[.,]\d+)+$/, 'a number with a decimal point and no other mark'],
  [/^[+-]?[\p{Nd}.,]*\p{Nd}[\p{Nd}.,]*$/u, 'a number in the digits 0–9'],
];

/** What a cell says when it is read as a number: the number, the rule it breaks, or undefined for text. */
function readNumber(text: string, decimalComma: boolean): number | string | undefined {
  if (NUMBER.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : 'within the range of float64';
  }
  if (decimalComma && COMMA_NUMBER.test(text)) return readNumber(text.replace(',', '.'), false);
  if (text.length > 400) return undefined;
  return MALFORMED.find(([pattern]) => pattern.test(text))?.[1];
}

/** The value of an integer as JavaScript prints it, at most 15 digits and no sign; -1 for any other text. */
function plainInteger(text: string): number {
  const { length } = text;
  if (length === 0 || length > 15) return -1;
  let value = 0;
  for (let i = 0; i < length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9 || (i === 0 && digit === 0 && length > 1)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

const SHORT_DECIMAL = /^-?(?:0|[1-9]\d*)\.(\d+)$/;

/**
 * Decimal places of a text that `value.toFixed(places)` gives back: up to 15 digits survive a double. 0 for
 * any other text.
 */
function decimalPlaces(text: string, value: number): number {
  if (text.length > 16 || (value === 0 && text.startsWith('-'))) return 0;
  return SHORT_DECIMAL.exec(text)?.[1]?.length ?? 0;
}

/** Where a cell stands. */
export interface Site {
  readonly row: number;
  readonly line: number;
}

interface Fault extends Site {
  readonly text: string;
  readonly rule: string;
}

/** Collects the cells of one column and decides its kind at the end. */
export class ColumnReader {
  readonly #place: CsvPlace;
  readonly #name: string;
  readonly #rules: CellRules;
  #length = 0;
  #numbers = new Float64Array(64);
  #text: (string | null)[] | undefined;
  /** Decimal places as written, for numbers such as `1.50`; 0 where the number prints as it was written. */
  #places = new Uint8Array(64);
  /** The text of the few cells whose number prints in neither way, such as `007` or `1e3`. */
  readonly #spelling = new Map<number, string>();
  #numberCount = 0;
  #textCount = 0;
  #truthCount = 0;
  /** Whether plain integers can be taken at once: no text so far, and none of them means "missing". */
  #plain: boolean;
  #malformed: Fault | undefined;
  #stray: Fault | undefined;
  #withComma: Fault | undefined;
  #withPoint: Fault | undefined;

  constructor(place: CsvPlace, name: string, rules: CellRules) {
    this.#place = place;
    this.#name = name;
    this.#rules = rules;
    if (rules.kind === 'text' || rules.kind === 'boolean') this.#text = [];
    this.#plain = this.#text === undefined && ![...rules.missing].some((word) => /\d/.test(word));
  }

  /** Adds the next cell, already trimmed. @throws {DataError} when the kind is given and the cell is not of it */
  add(text: string, site: Site): void {
    const row = this.#length++;
    const integer = this.#plain ? plainInteger(text) : -1;
    if (integer >= 0) {
      this.#numberCount++;
      this.#putNumber(row, integer);
      return;
    }
    if (this.#rules.missing.has(text)) {
      this.#putNumber(row, NaN);
      this.#text?.push(null);
      return;
    }
    if (this.#rules.kind === 'text') this.#text!.push(text);
    else if (this.#rules.kind === 'boolean') this.#addTruth(text, site);
    else this.#addAny(row, text, site);
  }

  /** The column. @throws {DataError} when a cell was meant as a number and is none */
  finish(): Column {
    const name = this.#name;
    const { kind } = this.#rules;
    if (kind === 'text') return { name, kind, values: this.#text! };
    if (kind === 'boolean') return { name, kind, values: this.#truths() };
    const numeric = this.#numberCount + (this.#malformed === undefined ? 0 : 1) > 0;
    if (this.#text !== undefined && numeric) this.#checkStray();
    if (this.#textCount === 0) {
      if (this.#malformed !== undefined) throw this.#fault(this.#malformed);
      this.#checkMarks();
      return { name, kind: 'number', values: this.#numbers.slice(0, this.#length) };
    }
    if (this.#truthCount === this.#textCount && !numeric) {
      return { name, kind: 'boolean', values: this.#truths() };
    }
    return { name, kind: 'text', values: this.#text! };
  }

  #addAny(row: number, text: string, site: Site): void {
    const value = readNumber(text, this.#rules.decimalComma);
    if (typeof value === 'number') {
      this.#numberCount++;
      this.#putNumber(row, value);
      if (this.#text !== undefined) this.#text.push(text);
      else this.#remember(row, text, value);
      if (this.#rules.decimalComma) this.#noteMark(text, site);
      return;
    }
    const fault = { ...site, text, rule: value ?? 'a number' };
    if (this.#rules.kind === 'number') throw this.#fault(fault);
    this.#text ??= this.#recall(row);
    this.#plain = false;
    this.#text.push(text);
    this.#putNumber(row, NaN);
    if (value !== undefined) {
      this.#malformed ??= fault;
      return;
    }
    this.#textCount++;
    if (truthOf(text) !== undefined) this.#truthCount++;
    this.#stray ??= fault;
  }

  #addTruth(text: string, site: Site): void {
    if (truthOf(text) === undefined) throw this.#fault({ ...site, text, rule: 'true or false' });
    this.#text!.push(text);
  }

  #truths(): (boolean | null)[] {
    return this.#text!.map((text) => (text === null ? null : (truthOf(text) ?? null)));
  }

  #remember(row: number, text: string, value: number): void {
    const places = decimalPlaces(text, value);
    this.#places[row] = places;
    if (places === 0 && String(value) !== text) this.#spelling.set(row, text);
  }

  /** The cells before `row` as they were written. */
  #recall(row: number): (string | null)[] {
    return Array.from({ length: row }, (_, before) => {
      const value = this.#numbers[before]!;
      if (Number.isNaN(value)) return null;
      const places = this.#places[before]!;
      if (places > 0) return value.toFixed(places);
      return this.#spelling.get(before) ?? String(value);
    });
  }

  #putNumber(row: number, value: number): void {
    if (row >= this.#numbers.length) {
      const larger = new Float64Array(this.#numbers.length * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
      const places = new Uint8Array(larger.length);
      places.set(this.#places);
      this.#places = places;
    }
    this.#numbers[row] = value;
  }

  #noteMark(text: string, site: Site): void {
    if (text.includes(',')) this.#withComma ??= { ...site, text, rule: '' };
    else if (text.includes('.')) this.#withPoint ??= { ...site, text, rule: '' };
  }

  /** Numbers with a decimal comma and with a point in one column: one of them must be a thousands mark. */
  #checkMarks(): void {
    const { row, text } = this.#withComma ?? { row: 0, text: '' };
    if (this.#withComma === undefined || this.#withPoint === undefined) return;
    const rule = `written with one decimal mark, and ${quote(text)} in row ${row} has the other`;
    throw this.#fault({ ...this.#withPoint, rule });
  }

  #checkStray(): void {
    const share = this.#numberCount / (this.#numberCount + this.#textCount);
    if (this.#stray !== undefined && share >= STRAY_TEXT_SHARE) throw this.#fault(this.#stray);
  }

  #fault(fault: Fault): DataError {
    const { where, name } = this.#place;
    return new DataError(
      `${where}: ${name} row ${fault.row} (line ${fault.line}), column ${quote(this.#name)} must be ${fault.rule}; got ${quote(fault.text)}.`,
      { row: fault.row, column: this.#name },
    );
  }
}

function truthOf(text: string): boolean | undefined {
  if (text.length > 5) return undefined;
  const word = text.toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : undefined;
}
