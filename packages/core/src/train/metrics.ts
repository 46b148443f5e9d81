/**
 * Metrics of an epoch, gathered batch by batch from predictions and targets without allocation. Rows count
 * alike, whatever their weights in the loss. Softmax outputs are judged by their largest value (ties: the
 * lowest index), binary ones by 0.5.
 */
import type { LossKind } from '../losses/loss.ts';
import { checkChoice, show } from '../options.ts';

export const METRIC_NAMES = [
  'accuracy',
  'top-5-accuracy',
  'precision',
  'recall',
  'f1',
  'mse',
  'rmse',
  'mae',
  'r2',
] as const;

export type MetricName = (typeof METRIC_NAMES)[number];

const CLASSIFICATION: readonly MetricName[] = [
  'accuracy',
  'top-5-accuracy',
  'precision',
  'recall',
  'f1',
];

/** Whether a higher value is the better one. */
export function higherIsBetter(name: string): boolean {
  return name === 'r2' || CLASSIFICATION.some((metric) => metric === name);
}

/**
 * The metrics of a run: those asked for, or accuracy for a cross-entropy and none else.
 *
 * @throws {TypeError} when it is no array
 * @throws {RangeError} when a name is unknown or does not go with the loss
 */
export function readMetrics(where: string, given: unknown, loss: LossKind): MetricName[] {
  const classes = loss === 'softmax-cross-entropy' || loss === 'binary-cross-entropy';
  if (given === undefined) return classes ? ['accuracy'] : [];
  if (!Array.isArray(given)) {
    throw new TypeError(`${where}: metrics must be an array of names; got ${show(given)}.`);
  }
  return (given as unknown[]).map((name) => {
    const metric = checkChoice(where, 'metrics', name, METRIC_NAMES);
    const topOfTwo = metric === 'top-5-accuracy' && loss === 'binary-cross-entropy';
    if (CLASSIFICATION.includes(metric) !== classes || topOfTwo) {
      throw new RangeError(
        `${where}: metric '${metric}' must go with its kind of loss; got '${loss}'.`,
      );
    }
    return metric;
  });
}

type Values = Float32Array | Float64Array;

/** Counts and sums of one pass over rows. */
export class MetricAccumulator {
  readonly #names: readonly MetricName[];
  readonly #loss: LossKind;
  readonly #columns: number;
  /** confusion[truth · classes + guess]. */
  readonly #confusion: Float64Array;
  readonly #classes: number;
  /** By column: Σ (z − t)², Σ t and Σ t². */
  readonly #errorSquares: Float64Array;
  readonly #targetSum: Float64Array;
  readonly #targetSquares: Float64Array;
  /** The first row's targets: sums are taken about them, so that a large mean costs no digits. */
  readonly #shift: Float64Array;
  #rows = 0;
  #correct = 0;
  #judged = 0;
  #top = 0;
  #absolute = 0;

  constructor(names: readonly MetricName[], loss: LossKind, columns: number) {
    this.#names = names;
    this.#loss = loss;
    this.#columns = columns;
    this.#classes = loss === 'softmax-cross-entropy' ? columns : 2;
    const detailed = names.some(
      (name) => name === 'precision' || name === 'recall' || name === 'f1',
    );
    this.#confusion = new Float64Array(detailed ? this.#classes * this.#classes : 0);
    this.#errorSquares = new Float64Array(columns);
    this.#targetSum = new Float64Array(columns);
    this.#targetSquares = new Float64Array(columns);
    this.#shift = new Float64Array(columns);
  }

  /** Begins a new pass. */
  reset(): void {
    this.#rows = this.#correct = this.#judged = this.#top = this.#absolute = 0;
    this.#confusion.fill(0);
    this.#errorSquares.fill(0);
    this.#targetSum.fill(0);
    this.#targetSquares.fill(0);
  }

  /**
   * Takes in `rows` rows.
   *
   * @param output - predictions, shape [rows, columns]
   * @param target - class indices [rows], or values [rows, columns]
   */
  add(output: Values, target: Values | Int32Array, rows: number): void {
    if (this.#names.length === 0 || rows === 0) return;
    if (this.#rows === 0 && !(target instanceof Int32Array)) {
      for (let column = 0; column < this.#columns; column++) this.#shift[column] = target[column]!;
    }
    this.#rows += rows;
    if (this.#loss === 'softmax-cross-entropy') this.#addClasses(output, target, rows);
    else if (this.#loss === 'binary-cross-entropy') this.#addBinary(output, target as Values, rows);
    else this.#addValues(output, target as Values, rows);
  }

  /** The metrics of the pass by name; NaN where there were no rows. */
  results(): Record<string, number> {
    const results: Record<string, number> = {};
    for (const name of this.#names) results[name] = this.#result(name);
    return results;
  }

  #addClasses(output: Values, target: Values | Int32Array, rows: number): void {
    const k = this.#columns;
    for (let row = 0; row < rows; row++) {
      const guess = argmax(output, row * k, k);
      const truth = target instanceof Int32Array ? target[row]! : argmax(target, row * k, k);
      this.#count(truth, guess);
      if (rankOf(output, row * k, k, truth) < 5) this.#top++;
    }
  }

  #addBinary(output: Values, target: Values, rows: number): void {
    for (let i = 0; i < rows * this.#columns; i++) {
      this.#count(target[i]! >= 0.5 ? 1 : 0, output[i]! >= 0.5 ? 1 : 0);
    }
  }

  #count(truth: number, guess: number): void {
    this.#judged++;
    if (truth === guess) this.#correct++;
    if (this.#confusion.length > 0) this.#confusion[truth * this.#classes + guess]!++;
  }

  #addValues(output: Values, target: Values, rows: number): void {
    const k = this.#columns;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < k; column++) {
        const truth = target[row * k + column]!;
        const difference = output[row * k + column]! - truth;
        this.#errorSquares[column]! += difference * difference;
        this.#absolute += Math.abs(difference);
        const shifted = truth - this.#shift[column]!;
        this.#targetSum[column]! += shifted;
        this.#targetSquares[column]! += shifted * shifted;
      }
    }
  }

  #result(name: MetricName): number {
    const elements = this.#rows * this.#columns;
    switch (name) {
      case 'accuracy':
        return this.#correct / this.#judged;
      case 'top-5-accuracy':
        return this.#top / this.#judged;
      case 'mse':
        return this.#squared() / elements;
      case 'rmse':
        return Math.sqrt(this.#squared() / elements);
      case 'mae':
        return this.#absolute / elements;
      case 'r2':
        return this.#determination();
      case 'precision':
      case 'recall':
      case 'f1':
        return this.#macro(name);
      default:
        return name satisfies never;
    }
  }

  /** Σ (z − t)² over all outputs. */
  #squared(): number {
    return this.#errorSquares.reduce((sum, one) => sum + one, 0);
  }

  /**
   * R², the mean over the outputs of 1 − Σ (z − t)² / Σ (t − mean)², as scikit-learn has it: for a constant
   * target 1 where it is met and 0 where it is missed; NaN without rows.
   */
  #determination(): number {
    if (this.#rows === 0) return NaN;
    let sum = 0;
    for (let column = 0; column < this.#columns; column++) {
      const error = this.#errorSquares[column]!;
      const total = this.#targetSum[column]!;
      const spread = this.#targetSquares[column]! - (total * total) / this.#rows;
      if (spread > 0 || error !== error) sum += 1 - error / spread;
      else sum += error === 0 ? 1 : 0;
    }
    return sum / this.#columns;
  }

  /** The mean over classes that occur; a binary run counts class 1 alone, as scikit-learn does. */
  #macro(name: 'precision' | 'recall' | 'f1'): number {
    const classes = this.#classes;
    const binary = this.#loss === 'binary-cross-entropy';
    let sum = 0;
    let counted = 0;
    for (let k = binary ? 1 : 0; k < classes; k++) {
      let truths = 0;
      let guesses = 0;
      for (let other = 0; other < classes; other++) {
        truths += this.#confusion[k * classes + other]!;
        guesses += this.#confusion[other * classes + k]!;
      }
      if (truths + guesses === 0) continue;
      const hits = this.#confusion[k * classes + k]!;
      const denominator =
        name === 'precision' ? guesses : name === 'recall' ? truths : (truths + guesses) / 2;
      sum += denominator === 0 ? 0 : hits / denominator;
      counted++;
    }
    return counted === 0 ? 0 : sum / counted;
  }
}

/** The index of the first largest of `count` values from `start`. */
export function argmax(values: ArrayLike<number>, start: number, count: number): number {
  let best = 0;
  for (let k = 1; k < count; k++) if (values[start + k]! > values[start + best]!) best = k;
  return best;
}

/** How many classes stand before `truth`: larger, or equal with a lower index. */
function rankOf(values: Values, start: number, count: number, truth: number): number {
  const own = values[start + truth]!;
  let rank = 0;
  for (let k = 0; k < count; k++) {
    const value = values[start + k]!;
    if (value > own || (value === own && k < truth)) rank++;
  }
  return rank;
}
