/** What reads the cells of one CSV column: a column whose kind is known, or one whose cells decide it at the end. */
import { dataError, show, type CellFault, type DecimalMark } from 'vinculum/internal';
import type { DataError } from 'vinculum';
import type { OpenSource } from '../source.ts';
import type { CellStore } from './cell-store.ts';
import type { RecordReader } from './records.ts';
import type { CellTexts } from './texts.ts';

/** What all columns of a file share. */
export interface CellRules {
  readonly missing: ReadonlySet<string>;
  /** Whether the caller says which words are missing, so that they are missing in a target of text too. */
  readonly ownMissing: boolean;
  /** The decimal mark that plain cells are tried with first. */
  readonly usualDecimal: DecimalMark;
  /** Keeps the cells of a whole file; absent for batches. */
  readonly store?: CellStore;
}

/** Takes the cells of a column, records by records. */
export interface CellTaker {
  /**
   * Adds the next cells of the column at index `column`.
   *
   * @param records - the records that were read last
   * @param texts - makes strings of cells
   * @param limit - how many of the records to add
   * @throws {DataError} when the kind is given and a cell is not of it, or a field is too long
   */
  add(records: RecordReader, texts: CellTexts, column: number, limit: number): void;
}

/** Whether plain numbers can be read from the bytes: no word for "missing" may have digits. */
export function canReadBytes(missing: ReadonlySet<string>): boolean {
  return ![...missing].some((word) => /\d/.test(word));
}

/** The error for a cell; `row` counts from 1. */
export function cellError(
  { where, name }: OpenSource,
  { column, text, rule, remedy, remedyInCode, choices }: Omit<CellFault, 'row'>,
  { row, line }: { readonly row: number; readonly line: number },
): DataError {
  return dataError(
    {
      where,
      subject: `${name} row ${row} (line ${line}), column ${show(column)}`,
      rule: `must be ${rule}`,
      got: show(text),
      remedy,
      remedyInCode,
      choices,
    },
    { row, column },
  );
}
