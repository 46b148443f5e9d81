/** The targets of a regression and its loss, as a caller gives them. */
import {
  isList,
  isNumericArray,
  isShaped,
  type NumericArray,
  type ShapedArray,
} from '../arrays/matrix.ts';
import { LARGEST_TARGET, readTargets } from '../arrays/targets.ts';
import {
  NUMBER_LOSSES,
  readLoss,
  type Loss,
  type LossKind,
  type LossOption,
  type NumberLossKind,
} from '../losses/loss.ts';
import { dataError, mustBe } from '../words/fault.ts';
import { checkChoice } from '../words/options.ts';
import type { TargetRows } from './recipe-request.ts';
import { countRows } from './rows.ts';

/** One number a row. */
export type VectorTargets = readonly number[] | NumericArray;

/** Several numbers a row. */
export type RowTargets = readonly (readonly number[] | NumericArray)[] | ShapedArray;

/** A loss of numbers with its parameter. */
export type NumberLossOption = Exclude<LossOption, LossKind> & { readonly kind: NumberLossKind };

/** The loss of the options; `'squared_error'` is `'mse'`. */
export function readNumberLoss(
  where: string,
  name: string,
  value: unknown = 'squared_error',
): Loss {
  if (typeof value === 'string')
    checkChoice(where, name, value, ['squared_error', ...NUMBER_LOSSES]);
  const loss = readLoss(where, value === 'squared_error' ? 'mse' : value);
  checkChoice(where, `${name}.kind`, loss.kind, NUMBER_LOSSES);
  return loss;
}

/** The number of targets in a row; undefined if the targets are plain numbers, not rows. */
export function widthOf(targets: VectorTargets | RowTargets): number | undefined {
  if (isNumericArray(targets)) return undefined;
  if (isShaped(targets)) return targets.shape[1] ?? 1;
  const first: unknown = Array.isArray(targets) ? targets[0] : undefined;
  return isList(first) ? first.length : undefined;
}

/** Rows with their targets, checked for the loss. */
export function targetRows(
  where: string,
  rows: TargetRows['rows'],
  targets: VectorTargets | RowTargets,
  columns: number,
  loss: LossKind,
): TargetRows {
  return { rows, targets: readNumbers(where, targets, countRows(rows), columns, loss), columns };
}

/** The targets as numbers, row-major. @throws {DataError} when one is too large for its square */
export function readNumbers(
  where: string,
  targets: VectorTargets | RowTargets,
  rows: number,
  outputs: number,
  loss: LossKind = 'mse',
): Float64Array {
  const read = readTargets(where, targets, { loss, outputs, rows, name: 'targets' });
  const numbers = Float64Array.from(read.kind === 'rows' ? read.data : read.labels);
  const large = numbers.findIndex((value) => Math.abs(value) > LARGEST_TARGET);
  if (large === -1) return numbers;
  const row = Math.floor(large / outputs);
  const rule = `at most ${LARGEST_TARGET} in size, because errors are squared`;
  throw dataError(mustBe(where, `targets[${row}]`, rule, numbers[large]), { row: row + 1 });
}
