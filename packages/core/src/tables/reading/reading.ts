/**
 * How the cells of a column were read, and why: the decision on a column's kind, as `describe` prints it, as the notes of
 * a training say it, and as a model keeps it so that the rows of a prediction are read in the same way.
 */
import type { DateFormatName } from './date-formats.ts';
import type { DecimalMark } from './marks.ts';

/** Why a column was read as it was, for programs. */
export type ReadingCode =
  | 'decimal-comma'
  | 'decorated-numbers'
  | 'numbers-as-text'
  | 'codes'
  | 'long-integers'
  | 'some-numbers'
  | 'date'
  | 'ambiguous-date';

/** A decision on a column that a reader made from its cells. Plain JSON. */
export interface ColumnReading {
  /** Kind of the column. */
  readonly kind: 'number' | 'text' | 'boolean' | 'date';
  readonly code: ReadingCode;
  /** The reason, in words, without the name of the column. */
  readonly why: string;
  /** Of numbers: the decimal mark, if it is not the point. */
  readonly decimal?: DecimalMark;
  /** Of numbers: what every cell counts, such as `%` or `€`. */
  readonly unit?: string;
  /** Of dates: a row of the table of formats. */
  readonly format?: DateFormatName;
}

/** Something that a user should know about the data, for people and for programs. Plain JSON. */
export interface DataNote {
  /** Stable, for programs. */
  readonly code: string;
  /** The column that it is about, if it is about one. */
  readonly column?: string;
  /** How many cells it is about. */
  readonly count?: number;
  /** A sentence without its full stop. */
  readonly message: string;
}
