/**
 * What a format of tables is: how it is recognised, and how it is read whole and in batches. One file of a format's
 * folder makes such a record, and `tables.ts` lists it; nothing else needs to know the format. See
 * docs/adding-a-format.md.
 */
import {
  type ColumnKind,
  type ColumnReading,
  type Matrix,
  type Table,
  type TextColumn,
} from 'vinculum';
import { dataError, showAll, show } from 'vinculum/internal';
import type { OpenSource, ReadProgress } from './source.ts';

/** The kind of a column, or the reading that a training decided: `{ kind: 'date', format: 'dmy' }`. */
export type KnownKind =
  | ColumnKind
  | (Pick<ColumnReading, 'kind'> &
      Partial<Omit<ColumnReading, 'kind'>> & {
        readonly spelled?: boolean;
        readonly optional?: boolean;
      });

/** Kinds of columns by name: a Map or a record. */
export type ColumnKinds = ReadonlyMap<string, KnownKind> | Readonly<Record<string, KnownKind>>;

/** A kind in its long form. */
export interface KnownReading extends Partial<Omit<ColumnReading, 'kind'>> {
  readonly kind: ColumnKind;
  /** Whether the column keeps the spelling of every cell. */
  readonly spelled?: boolean;
  /** Whether the data may be without the column. */
  readonly optional?: boolean;
}

/** The options that every format of tables receives. */
export interface CommonTableOptions {
  /** Columns whose kind is known; the kinds of the others are found out from their cells. */
  readonly kinds?: ColumnKinds;
  /**
   * Called while the data are read, about once for each 256 KiB: for a progress bar. What it throws ends the reading.
   */
  readonly onProgress?: (progress: ReadProgress) => void;
  /** Called with the names of all columns of the data, also of those that are passed over, once they are known. */
  readonly onColumns?: (names: readonly string[]) => void;
}

/** A format of files that hold a table. */
export interface TableFormat {
  readonly kind: 'table';
  /** The name by which `format: …` asks for it, such as `'csv'`. */
  readonly name: string;
  /** What people call such a file, with its article: `a CSV file`. For hints and help texts. */
  readonly title: string;
  /** Endings of file names in lower case, each with its point; `.gz` may follow. They are left off names of runs. */
  readonly endings: readonly string[];
  /** The names of the options that only this format takes. */
  readonly options: readonly string[];
  /** Whether the first bytes, with gzip undone, can only be of this format. */
  recognises(head: Uint8Array): boolean;
  /**
   * A reader under these options.
   *
   * @param where - the public function, for messages
   * @param options - the options that the caller gave
   * @throws {TypeError} when an option is of a wrong kind
   * @throws {RangeError} when an option has a wrong value
   */
  reader(where: string, options: object): TableReader;
}

/** Reads one source. Whoever opened the source closes it. */
export interface TableReader {
  /** The whole table; `kinds` are of some of its columns. */
  read(source: OpenSource, request: TableRequest): Promise<Table>;
  /** The table in batches; `kinds` names the columns to read. */
  readBatches(source: OpenSource, request: TableRequest): AsyncGenerator<Table>;
}

/** What is asked for, checked. */
export interface TableRequest {
  readonly kinds: ReadonlyMap<string, KnownReading>;
  /** To be called with the number of rows so far after each piece of the source. */
  readonly onRows: (rows: number) => void;
  /** Called by {@link requireColumns} with the names of all columns of the source. */
  readonly onColumns: (names: readonly string[]) => void;
}

/** Rows of numbers with the class of each. */
export interface LabelledMatrix {
  readonly rows: Matrix;
  readonly target: TextColumn;
}

/** A data set of several files that is named by a word instead of a path, with its own test rows. */
export interface DataSetFormat {
  readonly kind: 'data-set';
  /** The word. */
  readonly name: string;
  /** What people call it. */
  readonly title: string;
  /** The name of the target column. */
  readonly target: string;
  /**
   * Reads it.
   *
   * @param directory - the folder of its files; the usual folder if absent
   */
  read(
    directory?: string,
  ): Promise<{ readonly train: LabelledMatrix; readonly test: LabelledMatrix }>;
}

/**
 * Tells the names of the columns of data, and refuses data that lack a column whose kind is known. For readers of formats.
 *
 * @throws {DataError} that names the missing column and the existing columns
 */
export function requireColumns(
  { where, name }: OpenSource,
  names: readonly string[],
  { kinds, onColumns }: Pick<TableRequest, 'kinds' | 'onColumns'>,
): void {
  onColumns(names);
  const known = new Set(names);
  for (const [column, { optional = false }] of kinds) {
    if (optional || known.has(column)) continue;
    throw dataError(
      {
        where,
        subject: name,
        rule: `must have a column ${show(column)}; its columns are ${showAll(names)}`,
      },
      { column },
    );
  }
}
