/**
 * Reads `y`: class indices, one-hot or soft rows, or real rows / a vector. Which form is allowed depends on the loss and
 * the number of outputs. Every value is checked once, at the public edge, and the message names the row of a bad value.
 * Labels such as text are encoded in `labels.ts`, and the loss does the label smoothing.
 */
import { dataError, mustBe, rangeError, typeError } from '../words/fault.ts';
import { lossFacts, type LossKind } from '../losses/loss.ts';
import { checkNumber } from '../words/options.ts';
import {
  elementFault,
  isList,
  isNumericArray,
  isShaped,
  readMatrixFor,
  type MatrixInput,
  type NumericArray,
  type ShapedArray,
} from './matrix.ts';

/** What is accepted wherever the API says `y`. */
export type TargetInput = NumericArray | readonly number[] | MatrixInput | ShapedArray;

/** Checked targets: for each data row a class index, or a row of numbers. */
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
  /** Refuse real targets outside the range of float32, because the caller is going to round to float32. Default false. */
  readonly float32?: boolean;
  /** The name in messages. Default `'y'`. */
  readonly name?: string;
}

/** How far the sum of a row of class probabilities may be from 1. */
const PROBABILITY_SUM_TOLERANCE = 1e-5;

/**
 * The targets that `y` represents.
 *
 * - softmax cross-entropy: class indices 0 … K − 1 (a vector or one column), or rows of K non-negative
 *   numbers that sum to 1 within 1e-5;
 * - binary cross-entropy: rows of K numbers in [0, 1]; for K = 1 a vector too;
 * - mse, mae, huber: rows of K finite numbers; for K = 1 a vector too.
 *
 * @param where - the public function, for messages
 * @param y - a vector, an array of rows, or `{ data, shape }` of one or two dimensions
 * @returns labels as Int32Array, or rows as float32 (if `y` was float32 or small integers) or float64
 * @throws {TypeError} when `y` has none of these forms
 * @throws {RangeError} when its shape does not fit the loss, the outputs or the rows of `x`
 * @throws {DataError} when a value is out of range or not finite, or a row's sum is not 1
 * @example
 * const targets = readTargets('fit', [2, 0, 1], { loss: 'softmax-cross-entropy', outputs: 3, rows: 3 });
 */
export function readTargets(where: string, y: unknown, rules: TargetRules): Targets {
  const name = rules.name ?? 'y';
  const vector = asVector(where, name, y);
  const rows = vector?.length ?? rowCount(where, name, y);
  if (rows !== rules.rows) {
    throw rangeError({
      where,
      subject: name,
      rule: 'must have as many rows as x',
      got: `${rows} for ${rules.rows}`,
    });
  }
  const { loss, outputs } = rules;
  if (vector !== undefined && lossFacts(loss).targets === 'class') {
    return { kind: 'labels', rows, labels: readLabels(where, name, vector, outputs) };
  }
  if (vector !== undefined && rows > 0 && outputs !== 1) {
    throw rangeError({
      where,
      subject: name,
      rule: `must have shape [${rows}, ${outputs}] for '${loss}'`,
      got: `[${rows}]`,
    });
  }
  const given = vector === undefined ? y : { data: vector, shape: [rows, outputs] };
  const float32 = rules.float32 === true;
  const { data, scale } = readMatrixFor(where, given, { name, columns: outputs, float32 });
  const targets: RowTargets = {
    kind: 'rows',
    rows,
    columns: outputs,
    data: data instanceof Uint8Array ? Float32Array.from(data, (byte) => byte * scale) : data,
  };
  checkProbabilities(where, name, loss, targets);
  return targets;
}

type RowTargets = Extract<Targets, { kind: 'rows' }>;

/** The values of a one-dimensional `y` (a column counts as one-dimensional), or undefined if `y` has two dimensions. */
function asVector(where: string, name: string, y: unknown): ArrayLike<unknown> | undefined {
  if (isNumericArray(y)) return y;
  if (isShaped(y)) return shapedVector(where, name, y);
  if (!Array.isArray(y)) return undefined;
  const items: readonly unknown[] = y;
  if (!isList(items[0])) return items;
  const column = items.every((row) => isList(row) && row.length === 1);
  return column ? items.map((row) => (row as readonly unknown[])[0]) : undefined;
}

/** Like `asVector`, for `{ data, shape: [rows] or [rows, 1] }` with the stride and the offset of an ndarray. */
function shapedVector(
  where: string,
  name: string,
  { data, shape, stride, offset = 0, scale = 1 }: ShapedArray,
): ArrayLike<unknown> | undefined {
  const flat = shape.length === 1 || (shape.length === 2 && shape[1] === 1);
  if (!flat || !isList(data) || scale !== 1) return undefined;
  if (stride === undefined && offset === 0) return data.length === shape[0] ? data : undefined;
  const rows = checkNumber(where, `${name}.shape[0]`, shape[0], { integer: true, min: 0 });
  const step = checkNumber(where, `${name}.stride[0]`, stride?.[0] ?? 1, { integer: true });
  checkNumber(where, `${name}.offset`, offset, { integer: true, min: 0 });
  const last = offset + (rows - 1) * step;
  if (rows > 0 && (Math.min(offset, last) < 0 || Math.max(offset, last) >= data.length)) {
    throw rangeError({
      where,
      subject: `${name} with shape [${Array.from(shape).join(', ')}], stride [${step}] and offset ${offset}`,
      rule: `must stay within its data of ${data.length}; reaches ${last}`,
    });
  }
  return Array.from({ length: rows }, (_, row) => data[offset + row * step]);
}

function rowCount(where: string, name: string, y: unknown): number {
  if (Array.isArray(y)) return y.length;
  if (!isShaped(y)) {
    const rule = 'an array of class indices or of rows, a typed array, or { data, shape }';
    throw typeError(mustBe(where, name, rule, y));
  }
  if (y.shape.length === 2) return Number(y.shape[0]);
  throw rangeError({
    where,
    subject: `${name}.shape`,
    rule: 'must be [rows] or [rows, columns] and fit its data',
    got: `[${Array.from(y.shape).join(', ')}] for ${y.data.length} values`,
  });
}

function readLabels(
  where: string,
  name: string,
  vector: ArrayLike<unknown>,
  classes: number,
): Int32Array {
  return Int32Array.from(vector, (label, row) => {
    if (Number.isInteger(label) && 0 <= (label as number) && (label as number) < classes) {
      return label as number;
    }
    const [rule, remedy] =
      typeof label === 'number'
        ? [`an integer from 0 to ${classes - 1}, since the network has ${classes} outputs`, '']
        : ['a class index', ' Classifier takes text and boolean labels as they are.'];
    throw dataError(mustBe(where, `${name}[${row}]`, rule, label, remedy), { row: row + 1 });
  });
}

/**
 * A cross-entropy needs rows of probabilities, and with softmax the sum of each row must be 1. A loss of numbers may have a
 * smallest target.
 */
function checkProbabilities(
  where: string,
  name: string,
  loss: LossKind,
  { data, columns }: RowTargets,
): void {
  const { targets, least = -Infinity } = lossFacts(loss);
  const binary = targets === 'probabilities';
  if (targets === 'numbers') {
    const below = data.findIndex((value) => value < least);
    if (below < 0) return;
    const rule = `at least ${least} for '${loss}'`;
    throw elementFault(where, name, rule, columns, below, data[below]!);
  }
  let sum = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value < 0 || (binary && value > 1)) {
      const rule = binary ? `in [0, 1] for '${loss}'` : 'a probability';
      throw elementFault(where, name, rule, columns, i, value);
    }
    sum += value;
    if (binary || (i + 1) % columns !== 0) continue;
    if (!(Math.abs(sum - 1) <= PROBABILITY_SUM_TOLERANCE)) {
      const row = (i + 1) / columns - 1;
      throw dataError(
        {
          where,
          subject: `${name}[${row}]`,
          rule: `must sum to 1 (within ${PROBABILITY_SUM_TOLERANCE})`,
          got: sum,
          remedy: " For several labels a row use 'binary-cross-entropy'.",
        },
        { row: row + 1 },
      );
    }
    sum = 0;
  }
}
