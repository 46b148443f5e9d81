/**
 * The class that a row of outputs means: the index of its largest value, or 0 or 1 for a single output or label. Of equal values
 * the lowest index wins. Only this file decides that, so that the whole library agrees.
 */
import type { RealArray, RowShape } from './metric.ts';

/**
 * The index of the first largest of `count` values from `start`.
 *
 * @example
 * argmax([0.2, 0.4, 0.4], 0, 3); // 1
 */
export function argmax(values: ArrayLike<number>, start: number, count: number): number {
  let best = 0;
  for (let k = 1; k < count; k++) if (values[start + k]! > values[start + best]!) best = k;
  return best;
}

/** Whether an output, or a true value, of a label means that the row has the label: from 0.5. */
export function isTrue(values: ArrayLike<number>, index: number): boolean {
  return values[index]! >= 0.5;
}

/** The number of possible classes of a row. */
export function classCount({ task, columns }: RowShape): number {
  return task === 'binary' ? 2 : columns;
}

/** The class that the outputs of a row choose; one output chooses class 1 from 0.5. */
export function predictedClass(
  { task, columns }: RowShape,
  output: ArrayLike<number>,
  row: number,
): number {
  if (task === 'binary') return isTrue(output, row) ? 1 : 0;
  return argmax(output, row * columns, columns);
}

/** The true class of a row: the given index, or for one-hot and soft rows the index of the largest value. */
export function trueClass(shape: RowShape, target: RealArray | Int32Array, row: number): number {
  return target instanceof Int32Array ? target[row]! : predictedClass(shape, target, row);
}
