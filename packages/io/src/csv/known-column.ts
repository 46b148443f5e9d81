/**
 * The cells of a CSV column whose kind is known: those of a prediction, or of a column whose kind the caller gives. Each
 * cell is judged as it comes, so that batches need no memory of the cells before them.
 */
import type { Column } from 'vinculum';
import { readKnownDate, readKnownNumber, readTruth, storedColumn } from 'vinculum/internal';
import type { OpenSource } from '../source.ts';
import type { KnownReading } from '../table-format.ts';
import { canReadBytes, cellError, type CellRules, type CellTaker } from './column-reader.ts';
import { NumberCells } from './number-cells.ts';
import type { RecordReader } from './records.ts';
import type { CellTexts } from './texts.ts';

/** Reads the cells of a column of a known kind. */
export class KnownColumn implements CellTaker {
  readonly #source: OpenSource;
  readonly #name: string;
  readonly #rules: CellRules;
  readonly #reading: KnownReading;
  readonly #numbers: NumberCells;
  /** Cells of text, of truth values or of dates, or of every kind if they keep their spelling. */
  #texts: string[] = [];
  readonly #fromBytes: boolean;

  constructor(source: OpenSource, name: string, reading: KnownReading, rules: CellRules) {
    this.#source = source;
    this.#name = name;
    this.#rules = rules;
    this.#reading = reading;
    this.#numbers = new NumberCells(reading.decimal ?? rules.usualDecimal, rules.store);
    this.#fromBytes = reading.kind === 'number' && canReadBytes(rules.missing);
  }

  add(records: RecordReader, texts: CellTexts, column: number, limit: number): void {
    const { cells, names, firstRow } = records;
    const { bytes, starts, ends, forms, lines } = cells;
    const width = names.length;
    for (let record = 0, cell = column; record < limit; record++, cell += width) {
      const start = starts[cell]!;
      const end = ends[cell]!;
      if (this.#fromBytes && this.#numbers.take(bytes, start, end)) {
        if (this.#reading.spelled === true) {
          this.#texts.push(texts.read(bytes, start, end, forms[cell]!));
        }
        continue;
      }
      records.checkLength(cell);
      const text = texts.read(bytes, start, end, forms[cell]!);
      const rule = this.#addText(text);
      if (rule === undefined) continue;
      const fault = { column: this.#name, text, rule };
      throw cellError(this.#source, fault, { row: firstRow + record, line: lines[record]! });
    }
  }

  /** The column of the cells so far. */
  finish(): Column {
    const name = this.#name;
    const { kind, spelled = false } = this.#reading;
    const { missing, ownMissing } = this.#rules;
    switch (kind) {
      case 'number':
      case 'date': {
        const numbers = this.#numbers;
        const isSpelled = kind === 'date' || spelled;
        const column = { name, kind, ...(isSpelled ? { spellings: this.#spellings() } : {}) };
        if (numbers.isStored) return storedColumn(column, numbers.loader());
        return { ...column, values: numbers.values() };
      }
      case 'boolean': {
        const values = this.#texts.map((text) => readTruth(text) ?? null);
        return { name, kind, values, ...(spelled ? { spellings: this.#spellings() } : {}) };
      }
      case 'text': {
        const values = this.#texts.map((text) => (missing.has(text) ? null : text));
        const words = !ownMissing && this.#texts.some((text) => text !== '' && missing.has(text));
        return {
          name,
          kind,
          values,
          ...(words || spelled ? { spellings: this.#spellings() } : {}),
        };
      }
      default:
        kind satisfies never;
        throw new Error('internal: an unknown kind of column');
    }
  }

  /** Begins anew, for the next batch. */
  restart(): void {
    this.#numbers.clear(false);
    this.#texts = [];
  }

  #spellings(): (string | null)[] {
    return this.#texts.map((text) => text || null);
  }

  /** Adds a cell, or gives the rule that it breaks. */
  #addText(text: string): string | undefined {
    const isMissing = this.#rules.missing.has(text);
    const { kind } = this.#reading;
    if (kind === 'text' || kind === 'boolean') {
      if (kind === 'boolean' && !isMissing && readTruth(text) === undefined) return 'true or false';
      this.#texts.push(text);
      return undefined;
    }
    if (kind === 'date' || this.#reading.spelled === true) this.#texts.push(text);
    if (isMissing) {
      this.#numbers.pushMissing('');
      return undefined;
    }
    const value =
      kind === 'date'
        ? readKnownDate(text, this.#reading)
        : readKnownNumber(text, this.#reading, this.#rules.usualDecimal);
    if (typeof value === 'string') return value;
    this.#numbers.pushPlain(value);
    return undefined;
  }
}
