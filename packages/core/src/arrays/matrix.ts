/**
 * Reads `x`: every accepted form becomes a checked {@link Matrix}, rows × columns, row-major. A contiguous
 * typed array is viewed, not copied, so a data set takes its memory only once. This file has no linear
 * algebra and knows nothing of networks. The values keep the caller's type; a trainer rounds them to the type
 * in which it computes.
 */
import type { DataError } from '../words/errors.ts';
import { dataError, mustBe, rangeError, typeError } from '../words/fault.ts';
import { checkNumber, checkOptions, isRecord, show, type NumberRule } from '../words/options.ts';

/** The element types that a matrix keeps. */
export type MatrixData = Float32Array | Float64Array | Uint8Array;

/** Rows × columns, row-major; `data.length` is `rows · columns`. May view the caller's memory: read only. */
export interface Matrix {
  readonly data: MatrixData;
  readonly rows: number;
  readonly columns: number;
  /** The value of an element is `data[i] · scale`. Always 1 for floating-point data. */
  readonly scale: number;
}

/** The typed arrays that are read. 64-bit integers are not among them, because a double cannot hold them exactly. */
export type NumericArray =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array;

/** Numbers with a shape, such as the result of `predict` or the content of an IDX file or an npy file. */
export interface ShapedArray {
  readonly data: NumericArray | readonly number[];
  readonly shape: readonly number[];
  /** Factor of every element, e.g. 1 / 255 for pixels. Default 1: Uint8 is read as 0–255. */
  readonly scale?: number;
  /** The distance between neighbours in each dimension, in elements, as in an ndarray. */
  readonly stride?: readonly number[];
  /** Index of the first element. Default 0. */
  readonly offset?: number;
}

/** What is accepted wherever the API says `x`. */
export type MatrixInput = ShapedArray | readonly (NumericArray | readonly number[])[];

/** What {@link readMatrix} checks in addition to finiteness. */
export interface MatrixRules {
  /** The name in messages. Default `'x'`. */
  readonly name?: string;
  /** How many columns there must be; any number if absent. */
  readonly columns?: number;
  /** Refuse values outside the range of float32, because the caller is going to round to float32. Default false. */
  readonly float32?: boolean;
}

const HALF_ULP_ABOVE_FLOAT32 = 3.4028235677973366e38;

/**
 * The matrix that `x` represents, checked once, at the public edge.
 *
 * Float32Array, Float64Array and Uint8Array are kept (viewed when contiguous). Other 8- and 16-bit integers become
 * float32, and all other types become float64. Both conversions are exact.
 *
 * @param x - `{ data, shape: [rows, columns], scale? }`, an array of rows, or an ndarray-like with `stride`
 *   and `offset`
 * @returns shape [rows, columns]; may share the caller's memory
 * @throws {TypeError} when `x` has none of these forms
 * @throws {RangeError} when shape, stride and data do not fit together, or the number of columns is not the expected one
 * @throws {DataError} when a row has another length than the first, or a value is not finite
 * @example
 * const matrix = readMatrix([[0, 1], [2, 3]], { columns: 2 });
 */
export function readMatrix(x: unknown, rules: MatrixRules = {}): Matrix {
  checkOptions('readMatrix', rules, ['name', 'columns', 'float32']);
  return readMatrixFor('readMatrix', x, rules);
}

/** {@link readMatrix} on behalf of the public function `where`. */
export function readMatrixFor(where: string, x: unknown, rules: MatrixRules = {}): Matrix {
  const name = rules.name ?? 'x';
  const matrix = isShaped(x)
    ? readShaped(where, name, x)
    : readRows(where, name, x, rules.columns ?? 0);
  if (rules.columns !== undefined && matrix.columns !== rules.columns) {
    throw rangeError({
      where,
      subject: name,
      rule: `must have shape [rows, ${rules.columns}]`,
      got: `[${matrix.rows}, ${matrix.columns}]`,
    });
  }
  checkFinite(where, name, matrix, rules);
  return matrix;
}

/** Whether a value has `data` and `shape`, that is, represents numbers with a shape. */
export function isShaped(value: unknown): value is ShapedArray {
  return isRecord(value) && 'data' in value && 'shape' in value;
}

/** Whether a value is one of the typed arrays that are read as numbers. */
export function isNumericArray(value: unknown): value is NumericArray {
  return (
    ArrayBuffer.isView(value) &&
    !(value instanceof DataView) &&
    !(value instanceof BigInt64Array) &&
    !(value instanceof BigUint64Array)
  );
}

/** Whether a value is an array or a typed array. */
export function isList(value: unknown): value is readonly unknown[] | NumericArray {
  return Array.isArray(value) || isNumericArray(value);
}

function readShaped(where: string, name: string, x: ShapedArray): Matrix {
  const { data, shape, stride, scale = 1, offset = 0 } = x;
  if (!isList(data)) {
    throw typeError(mustBe(where, `${name}.data`, 'a typed array or an array of numbers', data));
  }
  const [rows, columns] = readPair(where, `${name}.shape`, 'be [rows, columns]', shape, { min: 0 });
  const [down, across] =
    stride === undefined
      ? [columns, 1]
      : readPair(where, `${name}.stride`, 'have 2 steps', stride, {});
  checkNumber(where, `${name}.scale`, scale);
  checkNumber(where, `${name}.offset`, offset, { integer: true, min: 0 });
  const size = rows * columns;
  if (stride === undefined && offset === 0 && data.length !== size) {
    throw rangeError({
      where,
      subject: `${name}.shape [${rows}, ${columns}]`,
      rule: `needs ${size} elements`,
      got: data.length,
    });
  }
  const spans = [(rows - 1) * down, (columns - 1) * across];
  const first = spans.reduce((index, span) => index + Math.min(0, span), offset);
  const last = spans.reduce((index, span) => index + Math.max(0, span), offset);
  if (size > 0 && (first < 0 || last >= data.length)) {
    throw rangeError({
      where,
      subject: `${name} with shape [${rows}, ${columns}], stride [${down}, ${across}] and offset ${offset}`,
      rule: `must stay within its data of ${data.length}; reaches ${first < 0 ? first : last}`,
    });
  }
  const contiguous = (across === 1 || columns <= 1) && (down === columns || rows <= 1);
  const kept = contiguous ? viewOf(data, offset, size) : undefined;
  const values = kept ?? copyType(data, size);
  if (kept === undefined) {
    for (let row = 0; row < rows; row++) {
      const source = { from: data, start: offset + row * down, step: across };
      copyRow(where, name, source, values, row, columns);
    }
  }
  if (scale === 1 || values instanceof Uint8Array) return { data: values, rows, columns, scale };
  return { data: values.map((value) => value * scale), rows, columns, scale: 1 };
}

/** Two integers: a shape, or the steps of a stride. */
function readPair(
  where: string,
  name: string,
  rule: string,
  given: unknown,
  bounds: NumberRule,
): [number, number] {
  const list = isList(given) ? Array.from<unknown>(given) : [];
  if (list.length !== 2) {
    throw rangeError({
      where,
      subject: name,
      rule: `must ${rule}`,
      got: list.length === 0 ? show(given) : `[${list.join(', ')}]`,
    });
  }
  const check = (axis: number): number =>
    checkNumber(where, `${name}[${axis}]`, list[axis], { integer: true, ...bounds });
  return [check(0), check(1)];
}

/** The caller's memory, if its type is one that a matrix keeps. */
function viewOf(
  data: NumericArray | readonly number[],
  offset: number,
  size: number,
): MatrixData | undefined {
  if (data instanceof Uint8ClampedArray) {
    return new Uint8Array(data.buffer, data.byteOffset + offset, size);
  }
  const kept =
    data instanceof Float32Array || data instanceof Float64Array || data instanceof Uint8Array;
  return kept ? data.subarray(offset, offset + size) : undefined;
}

/** New memory in the narrowest kept type that holds every value of an array's type. */
export function copyType(data: ArrayLike<unknown>, length: number): MatrixData {
  if (data instanceof Uint8Array || data instanceof Uint8ClampedArray)
    return new Uint8Array(length);
  const narrow =
    data instanceof Float32Array || (isNumericArray(data) && data.BYTES_PER_ELEMENT < 4);
  return narrow ? new Float32Array(length) : new Float64Array(length);
}

function readRows(where: string, name: string, x: unknown, noColumns: number): Matrix {
  if (!Array.isArray(x)) {
    const remedy = isNumericArray(x)
      ? ` For one row give [row]; for many { data, shape: [rows, columns] }.`
      : '';
    const rule = '{ data, shape: [rows, columns] } or an array of rows';
    throw typeError(mustBe(where, name, rule, x, remedy));
  }
  // `Array.from` visits the holes of an array; `map` would skip them and leave rows of zeros.
  const rows = Array.from<unknown, readonly unknown[] | NumericArray>(x, (row, index) => {
    if (isList(row)) return row;
    const remedy = typeof row === 'number' ? ' For one row give [row].' : '';
    throw typeError(mustBe(where, `${name}[${index}]`, 'a row of numbers', row, remedy));
  });
  const first = rows[0] ?? [];
  const columns = rows.length === 0 ? noColumns : first.length;
  const alike = rows.every((row) => row.constructor === first.constructor);
  const data = copyType(alike ? first : [], rows.length * columns);
  rows.forEach((from, row) => {
    if (from.length !== columns) {
      throw dataError(
        {
          where,
          subject: `${name}[${row}]`,
          rule: `must have ${columns} values as ${name}[0] has`,
          got: from.length,
        },
        { row: row + 1 },
      );
    }
    copyRow(where, name, { from, start: 0, step: 1 }, data, row, columns);
  });
  return { data, rows: rows.length, columns, scale: 1 };
}

/** Where a row's numbers are: every `step`-th element of `from`, beginning at `start`. */
interface Strided {
  readonly from: ArrayLike<unknown>;
  readonly start: number;
  readonly step: number;
}

/** Copies one row and checks that each value is a number. */
function copyRow(
  where: string,
  name: string,
  { from, start, step }: Strided,
  to: MatrixData,
  row: number,
  columns: number,
): void {
  for (let column = 0; column < columns; column++) {
    const value = from[start + column * step];
    const i = row * columns + column;
    if (typeof value !== 'number') throw elementFault(where, name, 'a number', columns, i, value);
    to[i] = value;
  }
}

function checkFinite(where: string, name: string, matrix: Matrix, rules: MatrixRules): void {
  const { data, columns } = matrix;
  if (data instanceof Uint8Array) return;
  const limit =
    rules.float32 === true && data instanceof Float64Array ? HALF_ULP_ABOVE_FLOAT32 : Infinity;
  if (data.length === 0 || isWithinRange(data, limit)) return;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (Math.abs(value) < limit) continue;
    const rule = Number.isFinite(value) ? 'within the range of float32' : 'a finite number';
    throw elementFault(where, name, rule, columns, i, value);
  }
}

/**
 * Whether every number is finite, and finite as a float32 if there is a limit. It adds x − x, which is 0, or NaN if x is not
 * finite: four such sums take half the time of comparisons that may leave the loop, which a prediction of many rows notices.
 */
function isWithinRange(data: Float32Array | Float64Array, limit: number): boolean {
  const whole = data.length - (data.length % 4);
  let [a, b, c, d] = [0, 0, 0, 0];
  if (limit === Infinity) {
    for (let i = 0; i < whole; i += 4) {
      a += data[i]! - data[i]!;
      b += data[i + 1]! - data[i + 1]!;
      c += data[i + 2]! - data[i + 2]!;
      d += data[i + 3]! - data[i + 3]!;
    }
  } else {
    for (let i = 0; i < whole; i++) {
      const single = Math.fround(data[i]!);
      a += single - single;
    }
  }
  for (let i = whole; i < data.length; i++) {
    if (!(Math.abs(data[i]!) < limit)) return false;
  }
  return a + b + c + d === 0;
}

/** The error of element `i` of a row-major matrix. */
export function elementFault(
  where: string,
  name: string,
  rule: string,
  columns: number,
  i: number,
  value: unknown,
): DataError {
  const row = Math.floor(i / columns);
  const column = i % columns;
  return dataError(mustBe(where, `${name}[${row}][${column}]`, rule, value), {
    row: row + 1,
    column,
  });
}
