/**
 * Reading `y`: class indices, one-hot or soft rows, or real rows / a vector, as the loss and the number of
 * outputs demand. It checks every value once, at the public edge, and names the row of a bad one. It does
 * not encode labels such as text (see `labels.ts`) and does not smooth them (the loss does).
 */
import { DataError } from '../errors.ts';
import type { LossKind } from '../losses/loss.ts';
import { show } from '../options.ts';
import {
  isNumericArray,
  isShaped,
  readMatrix,
  type MatrixInput,
  type NumericArray,
  type ShapedArray,
} from './matrix.ts';

/** What is accepted wherever the API says `y`. */
export type TargetInput = NumericArray | readonly number[] | MatrixInput | ShapedArray;

/** Checked targets: a class index a row, or a row of numbers a row. */
export type Targets =
  | { readonly kind: 'labels'; readonly rows: number; readonly labels: Int32Array }
  | {
      readonly kind: 'rows';
      readonly rows: number;
      readonly columns: number;
      /** Row-major, shape [rows, columns]; may view the caller's memory: read only. */
      readonly data: Float32Array | Float64Array;
    };

/** What the targets must fit. */
export interface TargetRules {
  readonly loss: LossKind;
  /** Outputs of the network: K. */
  readonly outputs: number;
  /** Rows of `x`. */
  readonly rows: number;
  /** Refuse real targets beyond float32, which the caller is going to round to. Default false. */
  readonly float32?: boolean;
  /** The name in messages. Default `'y'`. */
  readonly name?: string;
}

/** How far the sum of a row of class probabilities may be from 1. */
const PROBABILITY_SUM_TOLERANCE = 1e-5;

/**
 * The targets that `y` stands for.
 *
 * - softmax cross-entropy: class indices 0 … K − 1 (a vector or one column), or rows of K non-negative
 *   numbers that sum to 1 within 1e-5;
 * - binary cross-entropy: rows of K numbers in [0, 1]; for K = 1 a vector too;
 * - mse, mae, huber: rows of K finite numbers; for K = 1 a vector too.
 *
 * @param where - the public function, for messages
 * @param y - a vector, an array of rows, or `{ data, shape }` of one or two dimensions
 * @returns labels as Int32Array, or rows as float32 (where `y` was float32 or small integers) or float64
 * @throws {TypeError} when `y` is no such thing
 * @throws {RangeError} when its shape does not fit the loss, the outputs or the rows of `x`
 * @throws {DataError} when a value is out of range or not finite, or a row's sum is not 1
 * @example
 * const targets = readTargets('fit', [2, 0, 1], { loss: 'softmax-cross-entropy', outputs: 3, rows: 3 });
 */
export function readTargets(where: string, y: unknown, rules: TargetRules): Targets {
  const name = rules.name ?? 'y';
  const vector = asVector(y);
  const rows = vector?.length ?? rowCount(where, name, y);
  if (rows !== rules.rows) {
    throw new RangeError(
      `${where}: ${name} must have as many rows as x; got ${rows} for ${rules.rows}.`,
    );
  }
  if (rules.loss === 'softmax-cross-entropy') {
    return vector === undefined
      ? readDistributions(where, name, y, rules)
      : { kind: 'labels', rows, labels: readLabels(where, name, vector, rules.outputs) };
  }
  if (rows === 0) return { kind: 'rows', rows, columns: rules.outputs, data: new Float64Array(0) };
  const values = vector === undefined ? y : { data: vector, shape: [rows, 1] };
  if (vector !== undefined && rules.outputs !== 1) {
    throw new RangeError(
      `${where}: ${name} must have shape [${rows}, ${rules.outputs}] for '${rules.loss}'; got [${rows}].`,
    );
  }
  const matrix = readRowsOf(where, name, values, rules);
  if (rules.loss === 'binary-cross-entropy') checkUnitInterval(where, name, matrix);
  return matrix;
}

type RowTargets = Extract<Targets, { kind: 'rows' }>;

/** The values of a one-dimensional `y` (a column counts as one), or undefined where it has two dimensions. */
function asVector(y: unknown): ArrayLike<unknown> | undefined {
  if (isNumericArray(y)) return y;
  if (Array.isArray(y)) {
    const items: readonly unknown[] = y;
    const first = items[0];
    return Array.isArray(first) || isNumericArray(first) ? undefined : items;
  }
  if (!isShaped(y) || y.stride !== undefined || y.offset !== undefined) return undefined;
  const { shape, data, scale } = y;
  const flat = shape.length === 1 || (shape.length === 2 && shape[1] === 1);
  const plain = isNumericArray(data) || Array.isArray(data);
  return flat && plain && (scale ?? 1) === 1 && data.length === shape[0] ? data : undefined;
}

function rowCount(where: string, name: string, y: unknown): number {
  if (Array.isArray(y)) return y.length;
  if (isShaped(y) && y.shape.length === 2) return Number(y.shape[0]);
  if (isShaped(y)) {
    throw new RangeError(
      `${where}: ${name}.shape must be [rows] or [rows, columns] and fit its data; got [${Array.from(y.shape).join(', ')}] for ${y.data.length} values.`,
    );
  }
  throw new TypeError(
    `${where}: ${name} must be an array of class indices or of rows, a typed array, or { data, shape }; got ${show(y)}.`,
  );
}

function readLabels(
  where: string,
  name: string,
  vector: ArrayLike<unknown>,
  classes: number,
): Int32Array {
  const labels = new Int32Array(vector.length);
  for (let row = 0; row < vector.length; row++) {
    const label = vector[row];
    if (typeof label !== 'number') {
      throw new DataError(
        `${where}: ${name}[${row}] must be a class index; got ${show(label)}. Classifier takes text and boolean labels as they are.`,
        { row: row + 1 },
      );
    }
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new DataError(
        `${where}: ${name}[${row}] must be an integer from 0 to ${classes - 1}, since the network has ${classes} outputs; got ${label}.`,
        { row: row + 1 },
      );
    }
    labels[row] = label;
  }
  return labels;
}

function readRowsOf(where: string, name: string, y: unknown, rules: TargetRules): RowTargets {
  const columns = rules.outputs;
  const matrix = readMatrix(where, y, { name, columns, float32: rules.float32 === true });
  const { data, rows, scale } = matrix;
  if (!(data instanceof Uint8Array)) return { kind: 'rows', rows, columns, data };
  return { kind: 'rows', rows, columns, data: Float32Array.from(data, (byte) => byte * scale) };
}

function readDistributions(where: string, name: string, y: unknown, rules: TargetRules): Targets {
  const targets = readRowsOf(where, name, y, rules);
  const { data, columns, rows } = targets;
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let column = 0; column < columns; column++) {
      const value = data[row * columns + column]!;
      if (value < 0) {
        throw new DataError(
          `${where}: ${name}[${row}][${column}] must be a probability; got ${value}.`,
          { row: row + 1, column },
        );
      }
      sum += value;
    }
    if (!(Math.abs(sum - 1) <= PROBABILITY_SUM_TOLERANCE)) {
      throw new DataError(
        `${where}: ${name}[${row}] must sum to 1 (within ${PROBABILITY_SUM_TOLERANCE}); got ${sum}. For several labels a row use 'binary-cross-entropy'.`,
        { row: row + 1 },
      );
    }
  }
  return targets;
}

function checkUnitInterval(where: string, name: string, targets: RowTargets): void {
  const { data, columns } = targets;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value >= 0 && value <= 1) continue;
    const row = Math.floor(i / columns);
    const column = i - row * columns;
    throw new DataError(
      `${where}: ${name}[${row}][${column}] must be in [0, 1] for 'binary-cross-entropy'; got ${value}.`,
      { row: row + 1, column },
    );
  }
}
