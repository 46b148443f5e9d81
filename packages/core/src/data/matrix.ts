/**
 * Reading `x`: whatever a caller holds becomes a checked {@link Matrix}, rows × columns, row-major. A
 * contiguous typed array is viewed, not copied, so a data set costs its own memory once. This is no linear
 * algebra and knows nothing of networks; the values stay in the caller's type (a trainer rounds to the type
 * it computes in).
 */
import { DataError } from '../errors.ts';
import { checkNumber, show } from '../options.ts';

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

/** The typed arrays that are read; 64-bit integers are not, since they do not fit a double. */
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

/** Numbers with a shape: what `predict` returns, an IDX file or an npy file holds. */
export interface ShapedArray {
  readonly data: NumericArray | readonly number[];
  readonly shape: readonly number[];
  /** Factor of every element, e.g. 1 / 255 for pixels. Default 1: Uint8 is read as 0–255. */
  readonly scale?: number;
  /** Steps between neighbours of each dimension, in elements, as an ndarray has them. */
  readonly stride?: readonly number[];
  /** Index of the first element. Default 0. */
  readonly offset?: number;
}

/** What is accepted wherever the API says `x`. */
export type MatrixInput = ShapedArray | readonly (NumericArray | readonly number[])[];

/** What {@link readMatrix} checks besides finiteness. */
export interface MatrixRules {
  /** The name in messages. Default `'x'`. */
  readonly name?: string;
  /** How many columns there must be; any number if absent. */
  readonly columns?: number;
  /** Refuse values beyond float32, which the caller is going to round to. Default false. */
  readonly float32?: boolean;
  /** Let NaN pass, for readers to whom it means "missing". Default false. */
  readonly allowNaN?: boolean;
}

/** A strided look at numbers: element (r, c) is `data[offset + r·rowStride + c·columnStride]`. */
interface Strided {
  readonly data: NumericArray | readonly number[];
  readonly rows: number;
  readonly columns: number;
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

const HALF_ULP_ABOVE_FLOAT32 = 3.4028235677973366e38;

/**
 * The matrix that `x` stands for, checked once, at the public edge.
 *
 * Float32Array, Float64Array and Uint8Array are kept (viewed when contiguous); 8- and 16-bit integers become
 * float32, all else float64, both exactly.
 *
 * @param where - the public function, for messages
 * @param x - `{ data, shape: [rows, columns], scale? }`, an array of rows, or an ndarray-like with `stride`
 *   and `offset`
 * @returns shape [rows, columns]; may share the caller's memory
 * @throws {TypeError} when `x` is no such thing
 * @throws {RangeError} when shape, stride and data do not fit together, or the columns are not those expected
 * @throws {DataError} when a row has another length than the first, or a value is not finite
 * @example
 * const matrix = readMatrix('fit', [[0, 1], [2, 3]], { columns: 2 });
 */
export function readMatrix(where: string, x: unknown, rules: MatrixRules = {}): Matrix {
  const name = rules.name ?? 'x';
  const matrix = isShaped(x) ? readShaped(where, name, x) : readRows(where, name, x, rules);
  if (rules.columns !== undefined && matrix.columns !== rules.columns) {
    throw new RangeError(
      `${where}: ${name} must have shape [rows, ${rules.columns}]; got [${matrix.rows}, ${matrix.columns}].`,
    );
  }
  checkFinite(where, name, matrix, rules);
  return matrix;
}

/** Whether a value has `data` and `shape`, that is, stands for numbers with a shape. */
export function isShaped(value: unknown): value is ShapedArray {
  return typeof value === 'object' && value !== null && 'data' in value && 'shape' in value;
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

/**
 * The rows of a matrix at the given indices, in their order, in new memory of the same type.
 *
 * @param matrix - where the rows come from
 * @param indices - row indices from 0; each must be within the matrix
 */
export function selectMatrixRows(matrix: Matrix, indices: ArrayLike<number>): Matrix {
  const { columns, scale } = matrix;
  const data = sameType(matrix.data, indices.length * columns);
  for (let i = 0; i < indices.length; i++) {
    const start = indices[i]! * columns;
    data.set(matrix.data.subarray(start, start + columns), i * columns);
  }
  return { data, rows: indices.length, columns, scale };
}

function sameType(data: MatrixData, length: number): MatrixData {
  if (data instanceof Uint8Array) return new Uint8Array(length);
  return data instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
}

function readShaped(where: string, name: string, x: ShapedArray): Matrix {
  const { data, shape } = x;
  if (!isNumericArray(data) && !Array.isArray(data)) {
    throw new TypeError(
      `${where}: ${name}.data must be a typed array or an array of numbers; got ${show(data)}.`,
    );
  }
  const [rows, columns] = readShape(where, name, shape);
  const scale = checkNumber(where, `${name}.scale`, x.scale ?? 1);
  const [rowStride, columnStride] = readStride(where, name, x.stride, columns);
  const offset = checkNumber(where, `${name}.offset`, x.offset ?? 0, { integer: true, min: 0 });
  if (x.stride === undefined && offset === 0 && data.length !== rows * columns) {
    throw new RangeError(
      `${where}: ${name}.shape [${rows}, ${columns}] needs ${rows * columns} elements; got ${data.length}.`,
    );
  }
  if (rows > 0 && columns > 0) {
    const reach = [(rows - 1) * rowStride, (columns - 1) * columnStride];
    const first = offset + Math.min(0, reach[0]!) + Math.min(0, reach[1]!);
    const last = offset + Math.max(0, reach[0]!) + Math.max(0, reach[1]!);
    if (first < 0 || last >= data.length) {
      throw new RangeError(
        `${where}: ${name} with shape [${rows}, ${columns}], stride [${rowStride}, ${columnStride}] and offset ${offset} must stay within its data of ${data.length}; reaches ${first < 0 ? first : last}.`,
      );
    }
  }
  const strided = { data, rows, columns, offset, rowStride, columnStride };
  const kept = viewOrCopy(where, name, strided);
  if (scale === 1 || kept instanceof Uint8Array) return { data: kept, rows, columns, scale };
  return { data: kept.map((value) => value * scale), rows, columns, scale: 1 };
}

function readShape(where: string, name: string, shape: unknown): [number, number] {
  const sizes: unknown[] =
    Array.isArray(shape) || isNumericArray(shape) ? Array.from(shape as ArrayLike<unknown>) : [];
  if (sizes.length !== 2) {
    throw new RangeError(
      `${where}: ${name}.shape must be [rows, columns]; got ${sizes.length === 0 ? show(shape) : `[${sizes.join(', ')}]`}.`,
    );
  }
  const [rows, columns] = sizes.map((size, axis) =>
    checkNumber(where, `${name}.shape[${axis}]`, size, { integer: true, min: 0 }),
  );
  return [rows!, columns!];
}

function readStride(
  where: string,
  name: string,
  stride: unknown,
  columns: number,
): [number, number] {
  if (stride === undefined) return [columns, 1];
  const steps: unknown[] =
    Array.isArray(stride) || isNumericArray(stride) ? Array.from(stride as ArrayLike<unknown>) : [];
  if (steps.length !== 2) {
    throw new RangeError(`${where}: ${name}.stride must have 2 steps; got ${show(stride)}.`);
  }
  const [row, column] = steps.map((step, axis) =>
    checkNumber(where, `${name}.stride[${axis}]`, step, { integer: true }),
  );
  return [row!, column!];
}

/** The caller's memory where it already lies as wanted, else a copy in the type that holds it exactly. */
function viewOrCopy(where: string, name: string, x: Strided): MatrixData {
  const { data, rows, columns, offset, rowStride, columnStride } = x;
  const contiguous =
    (columnStride === 1 || columns <= 1) && (rowStride === columns || rows <= 1 || columns === 0);
  const keeps = data instanceof Uint8ClampedArray ? bytesOf(data) : data;
  if (
    contiguous &&
    (keeps instanceof Float32Array || keeps instanceof Float64Array || keeps instanceof Uint8Array)
  ) {
    return keeps.subarray(offset, offset + rows * columns);
  }
  const copy = isNumericArray(keeps)
    ? copyType(keeps, rows * columns)
    : new Float64Array(rows * columns);
  let next = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value: unknown = keeps[offset + row * rowStride + column * columnStride];
      if (typeof value !== 'number') throw notANumber(where, name, row, column, value);
      copy[next++] = value;
    }
  }
  return copy;
}

function bytesOf(data: Uint8ClampedArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.length);
}

/** The narrowest kept type that holds every value of an array's type. */
function copyType(data: NumericArray, length: number): MatrixData {
  if (data instanceof Uint8Array || data instanceof Uint8ClampedArray)
    return new Uint8Array(length);
  const narrow =
    data instanceof Float32Array ||
    data instanceof Int8Array ||
    data instanceof Int16Array ||
    data instanceof Uint16Array;
  return narrow ? new Float32Array(length) : new Float64Array(length);
}

function readRows(where: string, name: string, x: unknown, rules: MatrixRules): Matrix {
  if (!Array.isArray(x)) {
    const remedy = isNumericArray(x)
      ? ` For one row give [row]; for many { data, shape: [rows, columns] }.`
      : '';
    throw new TypeError(
      `${where}: ${name} must be { data, shape: [rows, columns] } or an array of rows; got ${show(x)}.${remedy}`,
    );
  }
  const rows: readonly unknown[] = x;
  if (rows.length === 0) {
    return { data: new Float64Array(0), rows: 0, columns: rules.columns ?? 0, scale: 1 };
  }
  const first = checkRow(where, name, rows[0], 0);
  const columns = first.length;
  const all = rows.map((row, index) => checkRow(where, name, row, index));
  const sample = isNumericArray(first) ? first : undefined;
  const kind: unknown = Object.getPrototypeOf(first);
  const alike = sample !== undefined && all.every((row) => Object.getPrototypeOf(row) === kind);
  const data = alike
    ? copyType(sample, rows.length * columns)
    : new Float64Array(rows.length * columns);
  all.forEach((row, index) => {
    if (row.length !== columns) {
      throw new DataError(
        `${where}: ${name}[${index}] must have ${columns} values as ${name}[0] has; got ${row.length}.`,
        { row: index + 1 },
      );
    }
    if (isNumericArray(row)) {
      data.set(row, index * columns);
      return;
    }
    for (let column = 0; column < columns; column++) {
      const value: unknown = row[column];
      if (typeof value !== 'number') throw notANumber(where, name, index, column, value);
      data[index * columns + column] = value;
    }
  });
  return { data, rows: rows.length, columns, scale: 1 };
}

function checkRow(
  where: string,
  name: string,
  row: unknown,
  index: number,
): NumericArray | readonly unknown[] {
  if (isNumericArray(row) || Array.isArray(row)) return row;
  throw new TypeError(
    `${where}: ${name}[${index}] must be a row of numbers; got ${show(row)}.${typeof row === 'number' ? ' For one row give [row].' : ''}`,
  );
}

function notANumber(
  where: string,
  name: string,
  row: number,
  column: number,
  value: unknown,
): DataError {
  return new DataError(
    `${where}: ${name}[${row}][${column}] must be a number; got ${show(value)}.`,
    { row: row + 1, column },
  );
}

function checkFinite(where: string, name: string, matrix: Matrix, rules: MatrixRules): void {
  const { data, columns } = matrix;
  if (data instanceof Uint8Array) return;
  const limit =
    rules.float32 === true && data instanceof Float64Array ? HALF_ULP_ABOVE_FLOAT32 : Infinity;
  const allowNaN = rules.allowNaN === true;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (Math.abs(value) < limit || (allowNaN && value !== value)) continue;
    const row = Math.floor(i / columns);
    const column = i - row * columns;
    const rule = Number.isFinite(value) ? 'within the range of float32' : 'a finite number';
    throw new DataError(`${where}: ${name}[${row}][${column}] must be ${rule}; got ${value}.`, {
      row: row + 1,
      column,
    });
  }
}
