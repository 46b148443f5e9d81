/**
 * The cells of a CSV column whose kind nobody gave: plain numbers are read straight from the bytes, and from the first cell
 * that is none all cells are kept as text. The core decides at the end of the file what the column is, because all of its
 * cells have a say, and in the decimal mark all columns.
 */
import type { Column } from 'vinculum';
import {
  decideColumn,
  DECIMAL_COMMA,
  evidenceOf,
  looksLikeCode,
  losesDigits,
  studyOf,
  type ColumnEvidence,
  type DecidedMark,
  type SourceRules,
  type Study,
  PLAIN_NUMBER,
  storedColumn,
} from 'vinculum/internal';
import { canReadBytes, type CellRules, type CellTaker } from './column-reader.ts';
import { NumberCells } from './number-cells.ts';
import type { RecordReader } from './records.ts';
import type { CellTexts } from './texts.ts';

/** A column of at most so many distinct numbers may be classes, which keep their spelling. */
const MOST_CLASSES = 256;

const COMMA_NUMBER = /^[+-]?(?:\d+,\d*|,\d+)(?:[eE][+-]?\d+)?$/;

/** Collects the cells of one column. */
export class UndecidedColumn implements CellTaker {
  readonly name: string;
  readonly #rules: CellRules;
  readonly #numbers: NumberCells;
  /** All cells as text, from the first cell that is no number. */
  #texts: string[] | undefined;
  #study: Study | undefined;
  /** Whether a number was spelt with a point where the comma is usual, or is an integer that float64 rounds. */
  #unusual = false;
  readonly #missing = new Map<string, number>();
  #marks: ReturnType<NumberCells['marks']> | undefined;
  readonly #fromBytes: boolean;

  constructor(name: string, rules: CellRules) {
    this.name = name;
    this.#rules = rules;
    this.#numbers = new NumberCells(rules.usualDecimal, rules.store);
    this.#fromBytes = canReadBytes(rules.missing);
  }

  /** How often each word for "missing" occurred. */
  get missing(): ReadonlyMap<string, number> {
    return this.#study?.missing ?? this.#missing;
  }

  add(records: RecordReader, texts: CellTexts, column: number, limit: number): void {
    const { cells, names } = records;
    const { bytes, starts, ends, forms } = cells;
    const width = names.length;
    const numbers = this.#numbers;
    let plain = this.#texts === undefined && this.#fromBytes;
    for (let record = 0, cell = column; record < limit; record++, cell += width) {
      const start = starts[cell]!;
      const end = ends[cell]!;
      if (plain && numbers.take(bytes, start, end)) continue;
      records.checkLength(cell);
      this.#addText(texts.read(bytes, start, end, forms[cell]!));
      plain = this.#texts === undefined && this.#fromBytes;
    }
  }

  /** What the column says of the decimal mark; undefined if it is not meant as numbers. */
  evidence(): ColumnEvidence | undefined {
    if (this.#texts !== undefined || this.#unusual) {
      this.#study ??= this.#studied();
      return evidenceOf(this.#study);
    }
    const { only, either, count } = (this.#marks = this.#numbers.marks());
    const spell = (row: number): string | undefined =>
      row === -1 ? undefined : this.#numbers.spellingOf(row);
    const comma = this.#rules.usualDecimal === ',';
    const rows = new Map([
      [spell(only), only],
      [spell(either), either],
    ]);
    return {
      name: this.name,
      present: this.#numbers.length,
      point: comma ? undefined : spell(only),
      comma: comma ? spell(only) : undefined,
      either: spell(either),
      commas: comma ? count : 0,
      rowOf: (text) => rows.get(text) ?? 0,
    };
  }

  /** The column. @throws {DataError} when a cell looks like a number but is not one */
  finish(decimal: DecidedMark, rules: SourceRules): Column {
    const numbers = this.#numbers;
    const { usualDecimal } = this.#rules;
    const marked = (this.#marks ??= numbers.marks());
    const otherMark = decimal.mark !== usualDecimal && (marked.only !== -1 || marked.either !== -1);
    if (this.#study !== undefined || otherMark) {
      this.#study ??= this.#studied();
      return decideColumn(this.#study, decimal.mark, rules);
    }
    const spellings = numbers.losesSpelling(MOST_CLASSES, looksLikeCode)
      ? this.#spellings()
      : undefined;
    const column = {
      name: this.name,
      kind: 'number',
      ...(decimal.known && decimal.mark === ',' ? { reading: DECIMAL_COMMA } : {}),
      ...(spellings === undefined ? {} : { spellings }),
    } as const;
    if (numbers.isStored) return storedColumn(column, numbers.loader());
    const values = numbers.values();
    numbers.clear(true);
    return { ...column, values };
  }

  #addText(text: string): void {
    if (this.#texts !== undefined) {
      this.#texts.push(text);
      return;
    }
    if (this.#rules.missing.has(text)) {
      this.#missing.set(text, (this.#missing.get(text) ?? 0) + 1);
      this.#numbers.pushMissing(text);
      return;
    }
    const value = this.#numberIn(text);
    if (value !== undefined) {
      this.#numbers.push(value, text);
      return;
    }
    this.#texts = this.#spellings().map((word) => word ?? '');
    this.#numbers.clear(true);
    this.#texts.push(text);
  }

  /** The number in a cell that is spelt in an unusual way but without decorations. */
  #numberIn(text: string): number | undefined {
    const comma = this.#rules.usualDecimal === ',';
    const plain = PLAIN_NUMBER.test(text);
    if (!plain && !(comma && COMMA_NUMBER.test(text))) return undefined;
    const value = Number(text.replace(',', '.'));
    if (value - value !== 0) return undefined;
    if ((comma && text.includes('.')) || losesDigits(text, value)) this.#unusual = true;
    return value;
  }

  #studied(): Study {
    const texts = this.#texts ?? Array.from(this.#spellings(), (word) => word ?? '');
    this.#texts = undefined;
    this.#numbers.clear(true);
    return studyOf({ name: this.name, texts, missing: this.#rules.missing });
  }

  /** The cells so far, in their original spelling; null for an empty one. */
  #spellings(): (string | null)[] {
    const numbers = this.#numbers;
    return Array.from({ length: numbers.length }, (_, row) => numbers.spellingOf(row) || null);
  }
}
