/**
 * The cells of one Parquet column. Its type says the kind, unless the caller knows another one: a model that has learned
 * from a CSV file reads the rows of a Parquet file in the same way.
 */
import type { Column, ColumnReading, DataError } from 'vinculum';
import {
  dataError,
  dateReading,
  LONG_INTEGERS,
  losesDigits,
  readKnownDate,
  readKnownNumber,
  readTruth,
  show,
} from 'vinculum/internal';
import type { OpenSource } from '../source.ts';
import type { KnownReading } from '../table-format.ts';
import type { Stored, ValueType } from './values.ts';

/** A column of a file. */
export interface FileColumn {
  readonly name: string;
  readonly type: ValueType;
}

type Cell = number | string | boolean;

/** Collects the cells of a column. */
export class ParquetColumn {
  readonly name: string;
  readonly #source: OpenSource;
  readonly #type: ValueType;
  readonly #known: KnownReading | undefined;
  readonly #numbers: Float64Array;
  #texts: (string | null)[] = [];
  readonly #truths: (boolean | null)[] = [];
  #spellings: (string | null)[] | undefined;
  #rows = 0;
  #longIntegers = false;

  /**
   * @param known - the kind that the column must have; undefined if its type says it
   * @param rowCount - the rows that will come
   */
  constructor(
    source: OpenSource,
    { name, type }: FileColumn,
    known: KnownReading | undefined,
    rowCount: number,
  ) {
    this.name = name;
    this.#source = source;
    this.#type = type;
    this.#known = known;
    const { kind } = this;
    this.#numbers = new Float64Array(kind === 'number' || kind === 'date' ? rowCount : 0);
    const isSpelled = kind === 'date' || known?.spelled === true;
    if (isSpelled) this.#spellings = [];
  }

  /** Whether the texts of the column may still be numbers or dates, because nobody knows its kind. */
  get isOpen(): boolean {
    return this.#known === undefined && !this.#longIntegers;
  }

  private get kind(): ValueType['kind'] {
    return this.#known?.kind ?? this.#type.kind;
  }

  /**
   * Adds the next cells.
   *
   * @param firstRow - the number of the first one in the file, from 1
   * @throws {DataError} when a cell is not of the kind
   */
  add(stored: ArrayLike<Stored | null | undefined>, firstRow: number): void {
    for (let i = 0; i < stored.length; i++) {
      const one = stored[i];
      if (one === null || one === undefined) this.#push(null, null);
      else this.#addValue(one, firstRow + i);
    }
  }

  /** The column of the cells so far. */
  finish(): Column {
    const { name } = this;
    const spellings = this.#spellings === undefined ? {} : { spellings: this.#spellings };
    if (this.#longIntegers) {
      return { name, kind: 'text', values: this.#texts, reading: LONG_INTEGERS };
    }
    switch (this.kind) {
      case 'number':
        return { name, kind: 'number', values: this.#numbers, ...spellings };
      case 'date':
        return { name, kind: 'date', values: this.#numbers, ...spellings, ...this.#dateReading() };
      case 'boolean':
        return { name, kind: 'boolean', values: this.#truths, ...spellings };
      case 'text':
        return { name, kind: 'text', values: this.#texts, ...spellings };
      default:
        this.kind satisfies never;
        throw new Error('internal: an unknown kind of column');
    }
  }

  /** The reading under which a CSV file spells the same dates. */
  #dateReading(): { readonly reading?: ColumnReading } {
    if (this.#known !== undefined) return {};
    const example = this.#spellings?.find((text) => text !== null);
    return typeof example === 'string' ? { reading: dateReading('ymd', example) } : {};
  }

  #addValue(stored: Stored, row: number): void {
    const { spelling, integers = false } = this.#type;
    if (this.#longIntegers) {
      this.#texts.push(spelling(stored));
      return;
    }
    const cell = this.#cellOf(stored, row);
    const isLong =
      integers && this.isOpen && typeof cell === 'number' && losesDigits(spelling(stored), cell);
    if (!isLong) {
      this.#push(cell, this.#spellings === undefined ? null : spelling(stored));
      return;
    }
    this.#longIntegers = true;
    this.#texts = Array.from(this.#numbers.subarray(0, this.#rows), (value) =>
      Number.isNaN(value) ? null : String(value),
    );
    this.#texts.push(spelling(stored));
  }

  /** The cell, on its way to the kind that the caller knows. */
  #cellOf(stored: Stored, row: number): Cell {
    const { kind, value, rule, spelling, integers = false } = this.#type;
    const cell = value(stored);
    if (cell === undefined) throw this.#fault(row, rule, spelling(stored));
    const known = this.#known;
    if (known === undefined || known.kind === kind) return cell;
    if (known.kind === 'text' && (integers || known.spelled === true)) return spelling(stored);
    const read = kind === 'text' ? readKnown(String(cell).trim(), known) : undefined;
    if (read === undefined) throw this.#fault(row, RULES[known.kind], cell);
    if (typeof read === 'string') throw this.#fault(row, read, cell);
    return read;
  }

  #push(cell: Cell | null, spelling: string | null): void {
    const row = this.#rows++;
    this.#spellings?.push(spelling);
    if (this.#longIntegers) this.#texts.push(null);
    else if (this.#numbers.length > 0) this.#numbers[row] = typeof cell === 'number' ? cell : NaN;
    else if (this.kind === 'boolean') this.#truths.push(typeof cell === 'boolean' ? cell : null);
    else this.#texts.push(typeof cell === 'string' ? cell : null);
  }

  #fault(row: number, rule: string, got: Cell): DataError {
    const { where, name: file } = this.#source;
    return dataError(
      {
        where,
        subject: `${file} row ${row}, column ${show(this.name)}`,
        rule: `must be ${rule}`,
        got: show(got),
      },
      { row, column: this.name },
    );
  }
}

const RULES = {
  number: 'a number',
  text: 'text',
  boolean: 'true or false',
  date: 'a date',
} as const;

/** A text as the kind that is known: the cell, or the rule that it breaks, or undefined if the kind is text. */
function readKnown(text: string, known: KnownReading): number | boolean | string | undefined {
  switch (known.kind) {
    case 'number':
      return readKnownNumber(text, known, '.');
    case 'date':
      return readKnownDate(text, known);
    case 'boolean':
      return readTruth(text) ?? RULES.boolean;
    case 'text':
      return undefined;
    default:
      return known.kind satisfies never;
  }
}
