/**
 * Splits for cross-validation: the rows are divided into folds, and each fold is the test of one split whose other rows are
 * learned from. With labels each fold has its share of every class, with groups no group is in two folds, and with time each
 * fold is judged by rows before it. This file only makes indices; it moves no data.
 */
import { rangeError } from '../words/fault.ts';
import { checkNumber, checkOptions } from '../words/options.ts';
import { foldsOf, FOLD_PARTS, possibleFolds } from './folds.ts';
import { encodeLabelsFor, findClassesFor, type LabelInput } from './labels.ts';
import { splitBy, type Split } from './split.ts';
import { orderInTime, readSplitRoles, type SplitRoles, type SplitRule } from './split-rule.ts';

export interface KFoldOptions extends SplitRoles {
  /** How many folds there are, at least 2. Default 5, as in scikit-learn. */
  readonly folds?: number;
  /** A non-negative safe integer. Default 0. */
  readonly seed?: number;
  /** One label for each row: stratify, so that each fold has its share of every class. */
  readonly labels?: LabelInput;
}

/**
 * Divides rows into folds, and gives a split for each fold, whose test rows are the fold.
 *
 * The rows are shuffled, so that their order in a file does not matter; scikit-learn does not shuffle by default. The sizes of two
 * folds differ by at most one row, and with labels so do the rows of one class in them. With groups whole groups are in a
 * fold, and the folds have about the same number of rows. With time the rows are cut into k + 1 parts of equal size in the
 * order of time; fold i is part i + 1, and the rows to learn from are the parts before it.
 *
 * @param rows - how many there are, at least as many as folds
 * @param options - `folds = 5`, `seed = 0`, `labels` to stratify by, `groups` or `time`
 * @returns a split for each fold, with ascending row indices
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is out of range, there are fewer rows or groups than folds, there is not one label, group
 *   or time for each row, or both groups and time are given
 * @example
 * for (const { train, test } of kFold(150, { folds: 3, labels })) {
 *   console.log(train.length, test.length); // 100 50
 * }
 *
 * Source: the idea of scikit-learn's KFold, StratifiedKFold, GroupKFold and TimeSeriesSplit.
 */
export function kFold(rows: number, options: KFoldOptions = {}): Split[] {
  const where = 'kFold';
  checkOptions(where, options, ['folds', 'seed', 'labels', 'groups', 'time']);
  checkNumber(where, 'rows', rows, { integer: true, min: 0 });
  const { labels, seed = 0 } = options;
  const classOf = labels && encodeLabelsFor(where, findClassesFor(where, labels), labels, rows);
  const rule = { classOf, ...readSplitRoles(where, options, rows) };
  return foldSplits(where, rows, options.folds ?? DEFAULT_FOLDS, seed, rule);
}

/** As in scikit-learn. */
export const DEFAULT_FOLDS = 5;

/** {@link kFold} on behalf of the public function `where`, by a checked rule. */
export function foldSplits(
  where: string,
  rows: number,
  folds: number,
  seed: number,
  rule: SplitRule,
): Split[] {
  checkNumber(where, 'folds', folds, { integer: true, min: 2 });
  checkNumber(where, 'seed', seed, { integer: true, min: 0 });
  const { groupOf, times } = rule;
  const parts = times === undefined ? folds : folds + 1;
  if (possibleFolds(rows, parts, rule) < parts) {
    const unit = groupOf === undefined ? 'rows' : 'groups';
    throw rangeError({
      where,
      subject: 'folds',
      rule: `must be at most as many as there are ${unit}${times === undefined ? '' : ', less one'}`,
      got: `${folds} folds of ${groupOf === undefined ? rows : new Set(groupOf).size} ${unit}`,
    });
  }
  const partOf =
    times === undefined
      ? foldsOf(rows, folds, seed, rule, FOLD_PARTS.test)
      : partsInTime(times, parts);
  return Array.from({ length: folds }, (_, fold) => {
    if (times === undefined) {
      const { training, validation } = splitBy(rows, (row) => partOf[row] === fold);
      return { train: training, test: validation };
    }
    const known = splitBy(rows, (row) => partOf[row]! <= fold).validation;
    return { train: known, test: splitBy(rows, (row) => partOf[row] === fold + 1).validation };
  });
}

/** The part of each row if the rows are cut in the order of time into parts of nearly equal size. */
function partsInTime(times: Float64Array, parts: number): Int32Array {
  const partOf = new Int32Array(times.length);
  for (const [place, row] of orderInTime(times).entries()) {
    partOf[row] = Math.floor((place * parts) / times.length);
  }
  return partOf;
}
