/**
 * Labels that a row may have several of, as rows of yes and no: what scikit-learn calls a label indicator. This file reads them;
 * what is learned from them is decided by the classifier.
 */
import { isList, isShaped, readMatrixFor, type ShapedArray } from '../arrays/matrix.ts';
import { isTrue } from '../metrics/class-of-row.ts';
import { dataError, rangeError } from '../words/fault.ts';
import { show } from '../words/options.ts';

/** Whether one label holds: 1 or true, 0 or false. */
export type Indicator = number | boolean;

/** The labels of each row: as many in every row, each 0 or 1, or each false or true. */
export type LabelRows<One extends Indicator = Indicator> =
  readonly (readonly One[])[] | (One extends number ? ShapedArray : never);

/** Checked labels of rows. */
export interface ReadLabelRows {
  readonly rows: number;
  /** Labels of a row. */
  readonly columns: number;
  /** Row-major, 0 and 1. */
  readonly data: Float64Array;
  /** What predictions consist of, as the given labels did. */
  readonly form: 'number' | 'boolean';
}

/** Whether labels are rows of labels, and not one label a row. */
export function areLabelRows(labels: unknown): labels is LabelRows {
  if (isShaped(labels)) return labels.shape.length === 2;
  return Array.isArray(labels) && isList(labels[0]);
}

/**
 * The labels of rows.
 *
 * @throws {TypeError} when they are no rows
 * @throws {RangeError} when there are not as many as rows, or fewer than 2 in a row
 * @throws {DataError} when one is neither 0 nor 1, neither false nor true, or a row has another number of them
 */
export function readLabelRows(where: string, labels: LabelRows, rows: number): ReadLabelRows {
  const form = isBoolean(labels) ? 'boolean' : 'number';
  const given = isShaped(labels) ? labels : asNumbers(where, labels, form);
  const { data, columns, rows: count } = readMatrixFor(where, given, { name: 'labels' });
  if (count !== rows) {
    throw rangeError({
      where,
      subject: 'labels',
      rule: `must have one entry a row, ${rows}`,
      got: count,
    });
  }
  if (columns < 2) {
    throw rangeError({
      where,
      subject: 'rows of labels',
      rule: 'must have at least 2 labels each',
      got: columns,
      remedy: ' For one label a row give an array of labels.',
    });
  }
  const wrong = data.findIndex((value) => value !== 0 && value !== 1);
  if (wrong !== -1)
    throw badLabel(where, Math.floor(wrong / columns), wrong % columns, data[wrong]);
  return { rows, columns, data: Float64Array.from(data), form };
}

/** The answers of outputs in the form of the labels: yes from 0.5. */
export function labelRowsOf(
  output: ArrayLike<number>,
  columns: number,
  form: ReadLabelRows['form'],
): Indicator[][] {
  return Array.from({ length: output.length / columns }, (_, row) =>
    Array.from({ length: columns }, (_label, column) => {
      const holds = isTrue(output, row * columns + column);
      return form === 'boolean' ? holds : Number(holds);
    }),
  );
}

function isBoolean(labels: LabelRows): boolean {
  if (isShaped(labels)) return false;
  const [first] = labels[0] ?? [];
  return typeof first === 'boolean';
}

/** Text is refused here, because a matrix would name it without its remedy. */
function asNumbers(
  where: string,
  labels: readonly (readonly Indicator[])[],
  form: ReadLabelRows['form'],
): readonly (readonly number[])[] {
  return labels.map((row, index) =>
    isList(row)
      ? Array.from(row, (one: unknown, column) => {
          if (typeof one === form) return Number(one);
          throw badLabel(where, index, column, one);
        })
      : row,
  );
}

function badLabel(where: string, row: number, column: number, got: unknown): Error {
  return dataError(
    {
      where,
      subject: `labels[${row}][${column}]`,
      rule: 'must be 0 or 1 (or false or true, in all rows), for a label that the row does not have or has',
      got: show(got),
      remedy: ' Give each label a column of its own.',
    },
    { row: row + 1 },
  );
}
