/**
 * Holds rows out, for validation during training and for the test after it. The choice of rows is a pure function
 * of (seed, number of rows, labels, groups, time): with labels every class keeps its share, with groups no group is on both
 * sides, with time the last rows are held out. This file only makes indices; it moves no data.
 */
import { dataError } from '../words/fault.ts';
import { checkNumber, checkOptions } from '../words/options.ts';
import { shuffleRows } from '../random/shuffle.ts';
import { encodeLabelsFor, findClassesFor, type LabelInput } from './labels.ts';
import { lastInTime, readSplitRoles, type SplitRoles, type SplitRule } from './split-rule.ts';

/** Row indices from 0, each list ascending; together the lists contain all rows. */
export interface Split {
  readonly train: Uint32Array;
  readonly test: Uint32Array;
}

export interface SplitOptions extends SplitRoles {
  /** The share of rows to hold out, above 0 and below 1. Default 0.25, as in scikit-learn. */
  readonly testFraction?: number;
  /** A non-negative safe integer. Default 0. */
  readonly seed?: number;
  /** One label for each row: stratify, so that the held-out rows have each class in its share. */
  readonly labels?: LabelInput;
}

/** Row indices from 0, each list ascending; together the lists contain all rows of a training set. */
export interface ValidationSplit {
  readonly training: Uint32Array;
  readonly validation: Uint32Array;
}

/** Which part of the rows is held out if several networks each hold out another part. */
export interface Fold {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

/** The only fold, for rows that are held out once. */
const ONLY_FOLD: Fold = { index: 0, count: 1 };

/** Counter word 1 of the two splits, so that they are independent under one seed. */
const PARTS = { validation: 0, test: 1 } as const;

/**
 * Splits rows into training and test rows.
 *
 * ⌈fraction · rows⌉ rows are held out, at least 1. With labels each class gives its share by largest
 * remainders (ties: the first class). Each class keeps at least one row for training, so fewer rows are held
 * out if some classes are very small.
 *
 * With groups whole groups are held out, ⌈fraction · groups⌉ of them, whatever their sizes and labels. With time the last
 * rows are held out; of rows of equal time those that come last.
 *
 * @param rows - how many rows there are, at least 2
 * @param options - `testFraction = 0.25`, `seed = 0`, `labels` to stratify by, `groups` or `time`
 * @returns row indices, ascending
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is out of range, there is not one label, group or time for each row, or both groups and
 *   time are given
 * @throws {DataError} when too few rows are left on either side
 * @example
 * const { train, test } = trainTestSplit(150, { testFraction: 0.2, seed: 7, labels });
 *
 * Source: the conventions of scikit-learn's train_test_split (rounding up, stratification) and GroupShuffleSplit.
 */
export function trainTestSplit(rows: number, options: SplitOptions = {}): Split {
  const where = 'trainTestSplit';
  checkOptions(where, options, ['testFraction', 'seed', 'labels', 'groups', 'time']);
  const fraction = options.testFraction ?? 0.25;
  const { labels } = options;
  const classOf = labels && encodeLabelsFor(where, findClassesFor(where, labels), labels, rows);
  const rule = { classOf, ...readSplitRoles(where, options, rows) };
  const split = holdOut(where, rows, fraction, options.seed ?? 0, rule, PARTS.test);
  return { train: split.training, test: split.validation };
}

/**
 * The validation rows of a training set. It works like {@link trainTestSplit}, but with a separate random stream.
 *
 * @param rows - rows of the training set
 * @param fraction - the share to hold out, below 1; 0 holds out none
 * @param seed - the run's seed
 * @param classOf - the class index of each row, to stratify by; or undefined
 * @returns row indices, ascending
 * @throws {RangeError} when a value is out of range
 * @throws {DataError} when too few rows are left on either side
 */
export function validationSplit(
  rows: number,
  fraction: number,
  seed: number,
  classOf?: Int32Array,
): ValidationSplit {
  return validationSplitFor('validationSplit', rows, fraction, seed, { classOf });
}

/**
 * {@link validationSplit} on behalf of the public function `where`.
 *
 * @param fold - which part is held out. The shuffled rows of each class form a circle, and fold i of k holds out the given share
 *   of the circle from place ⌊i·n/k⌋ on. So the folds have the same size, differ as much as possible, and are disjoint
 *   if the share is at most 1/k. Fold 0 is the part that is held out without folds. With groups the circle is one of groups.
 *   With times every fold is the same last rows, because rows before them must not be judged by a network that knows later ones.
 */
export function validationSplitFor(
  where: string,
  rows: number,
  fraction: number,
  seed: number,
  rule: SplitRule = {},
  fold: Fold = ONLY_FOLD,
): ValidationSplit {
  if (fraction === 0) {
    return { training: range(0, rows), validation: range(0, 0) };
  }
  return holdOut(where, rows, fraction, seed, rule, PARTS.validation, fold);
}

function holdOut(
  where: string,
  rows: number,
  fraction: number,
  seed: number,
  rule: SplitRule,
  part: number,
  fold: Fold = ONLY_FOLD,
): ValidationSplit {
  checkNumber(where, 'rows', rows, { integer: true, min: 0 });
  checkNumber(where, 'fraction', fraction, { above: 0, below: 1 });
  checkNumber(where, 'seed', seed, { integer: true, min: 0 });
  if (rows < 2) {
    throw dataError({
      where,
      subject: 'the data',
      rule: 'must have at least 2 rows to hold some out',
      got: rows,
    });
  }
  const { classOf = new Int32Array(rows), groupOf, times } = rule;
  const circle = { seed, part, fold };
  const held =
    times !== undefined
      ? lastInTime(times, shareOf(rows, fraction))
      : groupOf !== undefined
        ? wholeGroups(where, groupOf, fraction, circle)
        : partOfEachClass(where, classOf, shareOf(rows, fraction), circle);
  return splitBy(rows, (row) => held[row] === 1);
}

/** The split that holds out the rows for which `isHeld` is true. */
export function splitBy(rows: number, isHeld: (row: number) => boolean): ValidationSplit {
  let count = 0;
  for (let row = 0; row < rows; row++) if (isHeld(row)) count++;
  const training = new Uint32Array(rows - count);
  const validation = new Uint32Array(count);
  for (let row = 0, held = 0; row < rows; row++) {
    if (isHeld(row)) validation[held++] = row;
    else training[row - held] = row;
  }
  return { training, validation };
}

/** ⌈fraction · count⌉, but not all. 0.07 · 100 is 7.000000000000001, so a rounding error above an integer must not add one. */
function shareOf(count: number, fraction: number): number {
  return Math.min(count - 1, Math.ceil(count * fraction * (1 - 1e-12)));
}

/** What a random split depends on in addition to the rows. */
interface Circle {
  readonly seed: number;
  readonly part: number;
  readonly fold: Fold;
}

/** Marks held-out rows: of each class its quota, from the place of the fold on the circle of its shuffled rows. */
function partOfEachClass(
  where: string,
  classOf: Int32Array,
  wanted: number,
  { seed, part, fold }: Circle,
): Uint8Array {
  const sizes = classSizes(classOf);
  const quota = quotas(sizes, classOf.length, wanted);
  if (quota.every((count) => count === 0)) {
    throw dataError({
      where,
      subject: 'some class',
      rule: 'must have at least 2 rows, one of them to hold out',
      got: '1 in each',
      remedy: ' Use fewer classes or more rows.',
    });
  }
  const order = range(0, classOf.length);
  shuffleRows(order, seed, 0, 'split', part);
  const held = new Uint8Array(classOf.length);
  const places = sizes.map(() => 0);
  for (const row of order) {
    const group = classOf[row]!;
    const size = sizes[group]!;
    const start = Math.floor((fold.index * size) / fold.count);
    const place = places[group]!;
    places[group] = place + 1;
    if ((place - start + size) % size < quota[group]!) held[row] = 1;
  }
  return held;
}

/** Marks the rows of the groups that are held out. */
function wholeGroups(
  where: string,
  groupOf: Int32Array,
  fraction: number,
  circle: Circle,
): Uint8Array {
  // Rows that were selected earlier may have left groups without rows.
  const present = [...new Set(groupOf)].toSorted((a, b) => a - b);
  if (present.length < 2) {
    throw dataError({
      where,
      subject: 'the groups',
      rule: 'must be at least 2, one of them to hold out',
      got: present.length,
    });
  }
  const single = new Int32Array(present.length);
  const ofPresent = partOfEachClass(where, single, shareOf(present.length, fraction), circle);
  const held = new Set(present.filter((_, index) => ofPresent[index] === 1));
  return Uint8Array.from(groupOf, (group) => (held.has(group) ? 1 : 0));
}

/** start, start + 1, …, end − 1. */
export function range(start: number, end: number): Uint32Array {
  return Uint32Array.from({ length: end - start }, (_, index) => start + index);
}

/** How many rows each class has. */
function classSizes(classOf: Int32Array): number[] {
  const classes = classOf.reduce((most, one) => Math.max(most, one + 1), 0);
  const sizes = Array.from({ length: classes }, () => 0);
  for (const one of classOf) sizes[one]! += 1;
  return sizes;
}

/** How many rows each class gives: its share by largest remainders, but never its last row. */
function quotas(counts: readonly number[], rows: number, wanted: number): number[] {
  const shares = counts.map((count) => (wanted * count) / rows);
  const quota = shares.map((share, one) =>
    Math.min(Math.floor(share), Math.max(counts[one]! - 1, 0)),
  );
  let left = wanted - quota.reduce((sum, count) => sum + count, 0);
  const remainder = (one: number): number => shares[one]! - Math.floor(shares[one]!);
  const byRemainder = [...shares.keys()].toSorted((a, b) => remainder(b) - remainder(a));
  for (let taken = [0]; taken.length > 0;) {
    taken = byRemainder.filter((one) => quota[one]! < counts[one]! - 1).slice(0, left);
    for (const one of taken) quota[one]! += 1;
    left -= taken.length;
  }
  return quota;
}
