/**
 * The facts of the data: each column in each part of the rows, so that the page can show what is missing, how the values are
 * spread, and whether the rows that the model is judged by look like those that it has learned from.
 */
import type { ColumnKind, DataNote } from 'vinculum';

/** A part of the rows. The validation rows of an ensemble differ from network to network; they are counted once. */
export type SplitName = 'train' | 'validation' | 'test';

export interface DataFacts {
  /** Rows of each part. */
  readonly rows: Readonly<Record<SplitName, number>>;
  /** Inputs, targets and the columns of other roles, in the order of the source. */
  readonly columns: readonly ColumnFacts[];
  readonly duplicates: DuplicateFacts;
  /** What the reader and the preparation left out or read as something else than it seems. */
  readonly notes: readonly DataNote[];
  /** What is suspicious, such as a column that copies the target; as `describeTable` finds it. */
  readonly warnings: readonly DataNote[];
  /** The inputs are the pixels of a picture, row by row from its upper left corner. */
  readonly image?: ImageFacts;
}

/** What a column is for. */
export type ColumnRole = 'input' | 'target' | 'id' | 'weight' | 'group' | 'time' | 'dropped';

export interface ColumnFacts {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly role: ColumnRole;
  /** What the preparation makes of it, in words. */
  readonly use: string;
  /** Absent for a part that has no rows. */
  readonly splits: Readonly<Partial<Record<SplitName, ColumnSplit>>>;
}

/** The cells of one column in one part of the rows. */
export interface ColumnSplit {
  readonly missing: number;
  /** Distinct values, without the missing one. */
  readonly levels: number;
  /** Of numbers, dates (in milliseconds since 1970-01-01) and truth values (as 0 and 1), if there is a value. */
  readonly spread?: SpreadFacts;
  /** Of numbers and dates. The edges are the same in every part. */
  readonly histogram?: Histogram;
  /** Of text and truth values: the most frequent values, the same ones in every part and in the same order. */
  readonly common?: readonly ValueCount[];
}

export interface SpreadFacts {
  readonly min: number;
  readonly median: number;
  readonly max: number;
  readonly mean: number;
  /** With the number of values as the divisor. */
  readonly deviation: number;
}

/** Counts of values: bin i holds edges[i] ≤ value < edges[i + 1], and the last bin also its upper edge. */
export interface Histogram {
  /** Ascending; one more than there are counts. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

export interface ValueCount {
  readonly value: string;
  readonly count: number;
}

export interface DuplicateFacts {
  /** Rows whose inputs and targets are those of an earlier row. */
  readonly repeated: number;
  /** Held-out rows that have the inputs of a row that was learned from. */
  readonly acrossSplit: number;
}

export interface ImageFacts {
  readonly width: number;
  readonly height: number;
  /** The value of a pixel without ink. */
  readonly low: number;
  /** The value of a pixel full of ink. */
  readonly high: number;
}
