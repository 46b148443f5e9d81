/**
 * The rows of a run: inputs, targets and weights of the training set, followed by those of a separate validation set.
 * Rows are addressed by one index. If the whole set fits into the arena's data window, it is copied there once;
 * otherwise each batch is copied there, with the same bits.
 */
import type { Matrix } from '../arrays/matrix.ts';
import type { Targets } from '../arrays/targets.ts';
import { copyRows } from '../arrays/copy-rows.ts';
import type { DataRequest } from '../lowering/lowering.ts';
import type { Runner } from '../model/runner.ts';
import { bytesOf, newReals, type RealArray } from '../program/memory.ts';
import type { Precision } from '../program/program.ts';

/** One set of rows, checked. */
export interface RowSet {
  readonly matrix: Matrix;
  readonly targets: Targets;
  /** class weight × sample weight, or undefined if all are 1. */
  readonly weights: Float64Array | undefined;
  /** The sample weights alone, by which rows count in metrics; undefined if all are 1. */
  readonly sampleWeights?: Float64Array | undefined;
}

/**
 * The most bytes a data window may take; a larger set is copied batch by batch. A second copy of a large set would cost more
 * memory than the first, because every thread of an ensemble has one; to copy rows by batches costs about a twentieth of an epoch.
 */
const WINDOW_LIMIT_BYTES = 0x0c00_0000;

/** Row sets that are addressed as one, and their window in an arena. */
export class DataSet {
  readonly rows: number;
  readonly #parts: readonly RowSet[];
  readonly #precision: Precision;
  readonly #columns: number;
  /** Columns of the targets; 0 if all targets are class indices. */
  readonly #targetColumns: number;
  /** Whether the window holds bytes. */
  readonly #bytes: boolean;
  /** The weights in their stored precision, so that Σ w adds exactly the numbers that multiply the losses. */
  readonly #weights: RealArray | undefined;
  /** The sample weights of all rows. */
  readonly #samples: Float64Array | undefined;
  #x: RealArray | Uint8Array = NOTHING;
  #target: RealArray | Int32Array = NOTHING;
  #windowWeights: RealArray = NOTHING;
  /** Whether the whole set lies in the window, row i at place i. */
  #whole = false;

  /**
   * @param parts - training rows, then validation rows; of one width. If one part has labels and the other soft rows, labels become one-hot
   * @param precision - of the backend
   */
  constructor(parts: readonly RowSet[], precision: Precision) {
    const { columns, scale } = parts[0]!.matrix;
    this.rows = parts.reduce((sum, part) => sum + part.matrix.rows, 0);
    this.#parts = parts;
    this.#precision = precision;
    this.#columns = columns;
    this.#targetColumns = Math.max(
      ...parts.map(({ targets }) => (targets.kind === 'labels' ? 0 : targets.columns)),
    );
    this.#bytes = parts.every(
      ({ matrix }) => matrix.data instanceof Uint8Array && matrix.scale === scale,
    );
    if (parts.every(({ weights }) => weights === undefined)) return;
    this.#weights = newReals(precision, this.rows);
    if (parts.some(({ sampleWeights }) => sampleWeights !== undefined)) {
      this.#samples = new Float64Array(this.rows);
    }
    this.#weigh(parts);
  }

  /** How the Program must be lowered for these rows; with a window of `capacity` rows if the set does not fit. */
  request(capacity: number, limit: number = WINDOW_LIMIT_BYTES): DataRequest {
    const inputType = this.#bytes ? 'uint8' : this.#precision;
    const weighted = this.#weights !== undefined;
    const rowBytes =
      this.#columns * bytesOf(inputType) +
      (Math.max(this.#targetColumns, 1) + (weighted ? 1 : 0)) * bytesOf(this.#precision);
    return {
      windowRows: rowBytes * this.rows <= limit ? Math.max(this.rows, 1) : capacity,
      inputType,
      scale: this.#bytes ? this.#parts[0]!.matrix.scale : 1,
      targets: this.#targetColumns === 0 ? 'labels' : 'rows',
      weighted,
    };
  }

  /** Takes the data window of a runner, and fills it if the whole set fits. */
  open(runner: Pick<Runner, 'view'>): void {
    this.#x = runner.view('window.x');
    this.#target = runner.view('window.target');
    if (this.#weights !== undefined) this.#windowWeights = runner.view('window.weights');
    this.#whole = this.#x.length >= this.rows * this.#columns;
    if (this.#whole) this.write(this.#parts);
  }

  /** Writes row sets to the window, row i at place i, in place of the rows that were there. */
  write(parts: readonly RowSet[]): void {
    let place = 0;
    for (const { matrix, targets } of parts) {
      copyRows(this.#x, place * this.#columns, matrix, 0, matrix.rows);
      for (let row = 0; row < matrix.rows; row++) this.#copyTarget(targets, row, place++);
    }
    this.#weigh(parts);
    this.#windowWeights.set(this.#weights ?? NOTHING);
  }

  /**
   * Writes rows order[start … start + count) of another set to the window, from a place on, in place of the rows that were there. The
   * window must hold this whole set, and the other set must have its form.
   */
  fill(place: number, set: RowSet, order: Uint32Array, start: number, count: number): void {
    const { matrix, targets, weights, sampleWeights } = set;
    for (let i = 0; i < count; i++) {
      const row = order[start + i]!;
      copyRows(this.#x, (place + i) * this.#columns, matrix, row, 1);
      this.#copyTarget(targets, row, place + i);
      if (this.#weights !== undefined) {
        this.#weights[place + i] = weights?.[row] ?? 1;
        this.#windowWeights[place + i] = this.#weights[place + i]!;
      }
      if (this.#samples !== undefined) this.#samples[place + i] = sampleWeights?.[row] ?? 1;
    }
  }

  /**
   * Fills `places` with the window row of each batch row, order[start … start + count). If the whole set is in the
   * window, that is the row's own index; otherwise the row is first copied to row i of the window.
   *
   * @param atOnce - whether rows that follow one another are copied together, which allocates a view. Default false: then
   *   nothing is allocated
   */
  placesInto(
    places: Uint32Array,
    order: Uint32Array,
    start: number,
    count: number,
    atOnce: boolean = false,
  ): void {
    if (this.#whole) {
      for (let i = 0; i < count; i++) places[i] = order[start + i]!;
      return;
    }
    for (let i = 0; i < count; i++) places[i] = i;
    for (let i = 0; i < count;) {
      const some = atOnce ? this.#inOrder(order, start + i, start + count) : 1;
      this.#copyRows(order[start + i]!, i, some);
      i += some;
    }
  }

  /** How many rows from order[start] on follow one another in one part. */
  #inOrder(order: Uint32Array, start: number, end: number): number {
    const first = order[start]!;
    const { rows } = this.#parts[0]!.matrix;
    const last = Math.min(end, start + (first < rows ? rows - first : this.rows - first));
    let next = start + 1;
    while (next < last && order[next] === first + (next - start)) next++;
    return next - start;
  }

  /**
   * Σ w of the rows order[start … start + count), in that order, from the stored weights. It is one loop, because a
   * function that returns a number for each row would allocate it.
   */
  weightSum(order: ArrayLike<number>, start: number, count: number): number {
    if (this.#weights === undefined) return count;
    let sum = 0;
    for (let i = start; i < start + count; i++) sum += this.#weights[order[i]!]!;
    return sum;
  }

  /** Whether rows have weights that count in metrics. */
  get hasSampleWeights(): boolean {
    return this.#samples !== undefined;
  }

  /** Fills `weights` with the sample weights of the rows order[start … start + count), if there are any. */
  sampleWeightsInto(
    weights: Float64Array,
    order: ArrayLike<number>,
    start: number,
    count: number,
  ): void {
    if (this.#samples === undefined) return;
    for (let i = 0; i < count; i++) weights[i] = this.#samples[order[start + i]!]!;
  }

  #weigh(parts: readonly RowSet[]): void {
    let place = 0;
    for (const { matrix, weights, sampleWeights } of parts) {
      this.#weights?.fill(1, place, place + matrix.rows).set(weights ?? NOTHING, place);
      this.#samples?.fill(1, place, place + matrix.rows).set(sampleWeights ?? NOTHING, place);
      place += matrix.rows;
    }
  }

  /** Copies rows of one part, which follow one another, to the window from a place on. */
  #copyRows(row: number, place: number, some: number): void {
    const first = this.#parts[0]!;
    const { rows } = first.matrix;
    const part = row < rows ? first : this.#parts[1]!;
    const index = row < rows ? row : row - rows;
    copyRows(this.#x, place * this.#columns, part.matrix, index, some);
    for (let i = 0; i < some; i++) {
      this.#copyTarget(part.targets, index + i, place + i);
      if (this.#weights !== undefined) this.#windowWeights[place + i] = this.#weights[row + i]!;
    }
  }

  #copyTarget(targets: Targets, row: number, place: number): void {
    const target = this.#target;
    const k = this.#targetColumns;
    if (targets.kind === 'rows') {
      for (let i = 0; i < k; i++) target[place * k + i] = targets.data[row * k + i]!;
    } else if (k === 0) {
      target[place] = targets.labels[row]!;
    } else {
      for (let i = 0; i < k; i++) target[place * k + i] = targets.labels[row] === i ? 1 : 0;
    }
  }
}

const NOTHING = new Float32Array(0);
