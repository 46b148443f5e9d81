/**
 * The scores of all rows of a pass, for the metrics that need them. The memory doubles when it is full and is kept, so a
 * second pass over the same number of rows allocates nothing.
 */
import { isTrue, trueClass } from './class-of-row.ts';
import type { AllScores, Ranking, RealArray, RowShape } from './metric.ts';

/** A copy of a buffer, as plain data. */
export interface ScoreState {
  readonly output: RealArray;
  readonly truth: Int32Array | Float64Array;
  /** Present if some row has a weight. */
  readonly weights?: Float64Array;
}

/** Predictions, truths and weights, row after row. */
export class ScoreBuffer implements AllScores {
  readonly shape: RowShape;
  rows = 0;
  output: RealArray = new Float32Array(0);
  truth: Int32Array | Float64Array;
  weights: Float64Array | undefined;
  /** The rankings that were asked for, by column, since the last row was added; without weights. */
  readonly #rankings = new Map<number, Ranking>();

  constructor(shape: RowShape) {
    this.shape = shape;
    this.truth = this.#newTruths(0);
  }

  rankingOf(column: number): Ranking | undefined {
    const known = this.#rankings.get(column);
    const ranking = known?.order.length === this.rows ? known : this.#rank(column);
    if (ranking === undefined) return undefined;
    this.#rankings.set(column, ranking);
    return { ...ranking, weights: this.weights };
  }

  #rank(column: number): Ranking | undefined {
    const { columns } = this.shape;
    const scores = new Float64Array(this.rows);
    for (let row = 0; row < scores.length; row++)
      scores[row] = this.#scoreOf(row * columns + column);
    if (scores.some(Number.isNaN)) return undefined;
    const order = Uint32Array.from(scores.keys()).toSorted((a, b) => scores[a]! - scores[b]!);
    return {
      order,
      scores: Float64Array.from(order, (row) => scores[row]!),
      positive: Uint8Array.from(order, (row) => Number(this.#isPositive(row, column))),
    };
  }

  #scoreOf(index: number): number {
    const output = this.output[index]!;
    return this.shape.task === 'values' ? Math.abs(output - this.truth[index]!) : output;
  }

  #isPositive(row: number, column: number): boolean {
    const { task, columns } = this.shape;
    switch (task) {
      case 'classes':
        return this.truth[row] === column;
      case 'binary':
        return this.truth[row] === 1;
      case 'labels':
        return this.truth[row * columns + column] === 1;
      case 'values':
        return false;
      default:
        return task satisfies never;
    }
  }

  /** Appends a copy of rows. */
  add(
    output: RealArray,
    target: RealArray | Int32Array,
    rows: number,
    weights?: Float64Array,
  ): void {
    const { shape } = this;
    const { columns } = shape;
    this.#rankings.clear();
    this.#reserve(output, this.rows + rows);
    const start = this.rows * columns;
    for (let i = 0; i < rows * columns; i++) this.output[start + i] = output[i]!;
    if (shape.task === 'values') {
      for (let i = 0; i < rows * columns; i++) this.truth[start + i] = target[i]!;
    } else if (shape.task === 'labels') {
      for (let i = 0; i < rows * columns; i++) this.truth[start + i] = isTrue(target, i) ? 1 : 0;
    } else {
      for (let row = 0; row < rows; row++) {
        this.truth[this.rows + row] = trueClass(shape, target, row);
      }
    }
    this.#weigh(weights, rows);
    this.rows += rows;
  }

  /** Appends a copy of the rows of another buffer of the same shape. */
  append(newer: ScoreBuffer): void {
    const { columns } = this.shape;
    const truths = this.#truths;
    this.#rankings.clear();
    this.#reserve(newer.output, this.rows + newer.rows);
    this.output.set(newer.output.subarray(0, newer.rows * columns), this.rows * columns);
    this.truth.set(newer.truth.subarray(0, newer.rows * truths), this.rows * truths);
    this.#weigh(newer.weights, newer.rows);
    this.rows += newer.rows;
  }

  /** A copy of the rows so far. */
  state(): ScoreState {
    const { rows, shape, weights } = this;
    return {
      output: this.output.slice(0, rows * shape.columns),
      truth: this.truth.slice(0, rows * this.#truths),
      ...(weights === undefined ? {} : { weights: weights.slice(0, rows) }),
    };
  }

  /** Continues from a copy; the caller sets the number of rows. */
  restore({ output, truth, weights }: ScoreState): void {
    this.#rankings.clear();
    this.output = output.slice();
    this.truth = truth.slice();
    this.weights = weights?.slice();
  }

  /** Truths of a row. */
  get #truths(): number {
    const { task, columns } = this.shape;
    return task === 'labels' || task === 'values' ? columns : 1;
  }

  #newTruths(rows: number): Int32Array | Float64Array {
    const length = rows * this.#truths;
    return this.shape.task === 'values' ? new Float64Array(length) : new Int32Array(length);
  }

  /** Writes the weights of the rows that were added last. If only some rows have weights, the others count once. */
  #weigh(weights: Float64Array | undefined, rows: number): void {
    if (weights === undefined && this.weights === undefined) return;
    const capacity = this.output.length / this.shape.columns;
    if (this.weights === undefined || this.weights.length < this.rows + rows) {
      const longer = new Float64Array(capacity).fill(1);
      longer.set(this.weights?.subarray(0, this.rows) ?? NO_WEIGHTS);
      this.weights = longer;
    }
    for (let row = 0; row < rows; row++) this.weights[this.rows + row] = weights?.[row] ?? 1;
  }

  /** Allocates memory if needed; numbers are kept in the precision of `like`. */
  #reserve(like: RealArray, rows: number): void {
    const { columns } = this.shape;
    if (rows * columns <= this.output.length) return;
    const capacity = Math.max(rows, 2 * this.rows);
    const output =
      like instanceof Float32Array
        ? new Float32Array(capacity * columns)
        : new Float64Array(capacity * columns);
    output.set(this.output);
    this.output = output;
    const truth = this.#newTruths(capacity);
    truth.set(this.truth);
    this.truth = truth;
  }
}

const NO_WEIGHTS = new Float64Array(0);
