/**
 * The rows of a run: inputs, targets and weights of the training set and, behind them, of a validation set
 * of its own. Rows are addressed by one index. The set is copied once into the arena's data window where it
 * fits; else each batch is copied there, with the same bits.
 */
import type { HostExecutable } from '../backends/contract.ts';
import type { Matrix } from '../data/matrix.ts';
import type { Targets } from '../data/targets.ts';
import { copyRows, scaleFor } from '../prediction.ts';
import type { DataRequest } from '../program/lowering.ts';
import { bytesOf } from '../program/memory.ts';
import type { Precision } from '../program/program.ts';

/** One set of rows, checked. */
export interface RowSet {
  readonly matrix: Matrix;
  readonly targets: Targets;
  /** class weight × sample weight, or undefined where all are 1. */
  readonly weights: Float64Array | undefined;
}

/** The most bytes a data window may take; a larger set is copied batch by batch. */
const WINDOW_LIMIT_BYTES = 0x4000_0000;

type RealArray = Float32Array | Float64Array;

/** Row sets that are addressed as one. */
export class DataSet {
  readonly rows: number;
  readonly parts: readonly RowSet[];
  readonly weighted: boolean;
  readonly precision: Precision;
  readonly targetKind: 'labels' | 'rows';
  readonly #bytes: boolean;

  /**
   * @param parts - training rows, then validation rows; of one width and, after {@link alike}, one kind
   * @param precision - of the backend
   */
  constructor(parts: readonly RowSet[], precision: Precision) {
    this.precision = precision;
    this.parts = alike(parts);
    this.rows = parts.reduce((sum, part) => sum + part.matrix.rows, 0);
    this.weighted = parts.some((part) => part.weights !== undefined);
    this.targetKind = this.parts[0]!.targets.kind;
    const { scale } = parts[0]!.matrix;
    this.#bytes = parts.every(
      ({ matrix }) => matrix.data instanceof Uint8Array && matrix.scale === scale,
    );
  }

  /** How the Program must be lowered for these rows; a small `capacity` where the set does not fit. */
  request(capacity: number, limit: number = WINDOW_LIMIT_BYTES): DataRequest {
    const { precision } = this;
    const inputType = this.#bytes ? 'uint8' : precision;
    const { targets, matrix } = this.parts[0]!;
    const targetColumns = targets.kind === 'labels' ? 1 : targets.columns;
    const rowBytes =
      matrix.columns * bytesOf(inputType) +
      (targetColumns + (this.weighted ? 1 : 0)) * bytesOf(precision);
    return {
      windowRows: rowBytes * this.rows <= limit ? Math.max(this.rows, 1) : capacity,
      inputType,
      scale: this.#bytes ? matrix.scale : 1,
      targets: this.targetKind,
      weighted: this.weighted,
    };
  }

  /**
   * Σ w of the rows order[start … start + count), in that order, of the weights as they are stored: the very
   * numbers that weigh the losses. One loop, since a number that is returned for each row would be allocated.
   */
  weightSum(order: ArrayLike<number>, start: number, count: number): number {
    if (!this.weighted) return count;
    const first = this.parts[0]!;
    const { rows } = first.matrix;
    const own = this.parts[1]?.weights;
    const single = this.precision === 'float32';
    let sum = 0;
    for (let i = start; i < start + count; i++) {
      const row = order[i]!;
      const weights = row < rows ? first.weights : own;
      const weight = weights === undefined ? 1 : weights[row < rows ? row : row - rows]!;
      sum += single ? Math.fround(weight) : weight;
    }
    return sum;
  }
}

/** Copies rows of a data set into the window of an executable. */
export class DataWindow {
  /** Whether the whole set lies in the window, row i at place i. */
  readonly whole: boolean;
  readonly #data: DataSet;
  readonly #x: RealArray | Uint8Array;
  readonly #target: RealArray | Int32Array;
  readonly #weights: RealArray | undefined;
  readonly #columns: number;
  readonly #targetColumns: number;
  /** What the inputs of each part are multiplied by when they are copied. */
  readonly #factors: Float64Array;

  /** @param changing - whether the set's rows change between steps, so that each batch is copied anew */
  constructor(data: DataSet, executable: HostExecutable, changing = false) {
    const { tensors } = executable.program;
    this.#data = data;
    this.#x = executable.view('window.x') as RealArray | Uint8Array;
    this.#target = executable.view('window.target') as RealArray | Int32Array;
    this.#weights = tensors.has('window.weights')
      ? (executable.view('window.weights') as RealArray)
      : undefined;
    this.#columns = data.parts[0]!.matrix.columns;
    const { targets } = data.parts[0]!;
    this.#targetColumns = targets.kind === 'labels' ? 1 : targets.columns;
    const x = this.#x;
    this.#factors = Float64Array.from(data.parts, ({ matrix }) =>
      x instanceof Uint8Array ? 1 : scaleFor(x, matrix),
    );
    const windowRows = tensors.get('window.x')!.shape[0] as number;
    this.whole = !changing && windowRows >= data.rows;
    if (this.whole) this.#copyAll();
  }

  /** Copies one row of the set to a place of the window, without allocation; where it is not whole. */
  copyRow(row: number, place: number): void {
    const { parts } = this.#data;
    const { rows } = parts[0]!.matrix;
    const part = row < rows ? 0 : 1;
    const { matrix, targets, weights } = parts[part]!;
    const index = row < rows ? row : row - rows;
    const x = this.#x;
    const factor = this.#factors[part]!;
    for (let i = 0; i < this.#columns; i++) {
      x[place * this.#columns + i] = matrix.data[index * this.#columns + i]! * factor;
    }
    const source = targets.kind === 'labels' ? targets.labels : targets.data;
    const k = this.#targetColumns;
    for (let i = 0; i < k; i++) this.#target[place * k + i] = source[index * k + i]!;
    if (this.#weights !== undefined) {
      this.#weights[place] = weights === undefined ? 1 : weights[index]!;
    }
  }

  #copyAll(): void {
    let place = 0;
    for (const part of this.#data.parts) {
      this.#copy(part, 0, part.matrix.rows, place);
      place += part.matrix.rows;
    }
  }

  #copy(part: RowSet, first: number, rows: number, place: number): void {
    const { matrix, targets, weights } = part;
    const start = place * this.#columns;
    const x = this.#x;
    if (x instanceof Uint8Array) {
      x.set(
        (matrix.data as Uint8Array).subarray(first * this.#columns, (first + rows) * this.#columns),
        start,
      );
    } else {
      copyRows(x.subarray(start, start + rows * this.#columns), matrix, first, rows);
    }
    const source = targets.kind === 'labels' ? targets.labels : targets.data;
    const k = this.#targetColumns;
    this.#target.set(source.subarray(first * k, (first + rows) * k), place * k);
    if (this.#weights === undefined) return;
    for (let i = 0; i < rows; i++) this.#weights[place + i] = weights?.[first + i] ?? 1;
  }
}

/** Row sets whose targets are all labels or all rows: labels become one-hot rows beside soft ones. */
function alike(parts: readonly RowSet[]): readonly RowSet[] {
  const rowsOf = parts.map(({ targets }) => targets).find((targets) => targets.kind === 'rows');
  if (rowsOf === undefined) return parts;
  return parts.map((part) =>
    part.targets.kind === 'rows'
      ? part
      : { ...part, targets: oneHot(part.targets.labels, rowsOf.columns) },
  );
}

/** Class indices as one-hot rows; shape [rows, columns]. */
export function oneHot(labels: Int32Array, columns: number): Extract<Targets, { kind: 'rows' }> {
  const data = new Float32Array(labels.length * columns);
  labels.forEach((label, row) => {
    data[row * columns + label] = 1;
  });
  return { kind: 'rows', rows: labels.length, columns, data };
}
