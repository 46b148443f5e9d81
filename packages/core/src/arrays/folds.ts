/**
 * Divides all rows into folds of nearly equal size, so that each row is held out once: with classes every fold has its share of each,
 * with groups no group is in two folds. The folds are a pure function of (seed, rows, classes, groups); this file moves no data.
 */
import { shuffleRows } from '../random/shuffle.ts';
import { range } from './split.ts';
import type { SplitRule } from './split-rule.ts';

/** Parts of the random stream of splits, so that folds inside a training part do not follow those around it. */
export const FOLD_PARTS = { validation: 2, test: 3 } as const;

/**
 * The fold of each row.
 *
 * Rows are dealt out in turn, class by class, each class in random order: the sizes of two folds differ by at most one row, and so do the
 * rows of one class in them. With groups the largest group goes first, each to the fold that has the fewest rows.
 *
 * @param folds - how many; fewer are used if there are not as many rows or groups
 * @param seed - a non-negative safe integer
 * @param rule - classes or groups; times have no effect, because folds of the past would be judged by networks that know what came later
 * @param part - of {@link FOLD_PARTS}: what the folds are for
 * @returns for each row a number from 0
 *
 * Source: the idea of scikit-learn's StratifiedKFold and GroupKFold.
 */
export function foldsOf(
  rows: number,
  folds: number,
  seed: number,
  { classOf, groupOf }: SplitRule = {},
  part: number = FOLD_PARTS.validation,
): Int32Array {
  const order = range(0, rows);
  shuffleRows(order, seed, 0, 'split', part);
  if (groupOf !== undefined) return foldsOfGroups(order, folds, groupOf);
  // Sorting is stable, so the rows of a class stay in their random order.
  if (classOf !== undefined) order.sort((left, right) => classOf[left]! - classOf[right]!);
  const foldOf = new Int32Array(rows);
  for (const [place, row] of order.entries()) foldOf[row] = place % folds;
  return foldOf;
}

function foldsOfGroups(order: Uint32Array, folds: number, groupOf: Int32Array): Int32Array {
  const sizes = new Map<number, number>();
  for (const row of order) sizes.set(groupOf[row]!, (sizes.get(groupOf[row]!) ?? 0) + 1);
  const counts = Array.from({ length: folds }, () => 0);
  const foldOfGroup = new Map<number, number>();
  for (const [group, size] of [...sizes].toSorted((left, right) => right[1] - left[1])) {
    const fold = counts.indexOf(Math.min(...counts));
    foldOfGroup.set(group, fold);
    counts[fold]! += size;
  }
  return Int32Array.from(groupOf, (group) => foldOfGroup.get(group)!);
}

/** How many folds there can be: as many as are wanted, or as there are rows or groups. */
export function possibleFolds(rows: number, folds: number, { groupOf }: SplitRule = {}): number {
  return Math.min(folds, groupOf === undefined ? rows : new Set(groupOf).size);
}
