/**
 * Metrics of an epoch, gathered batch by batch from predictions and targets without allocation. Rows count
 * alike, whatever their weights in the loss. Softmax outputs are judged by their largest value (ties: the
 * lowest index), binary ones by 0.5.
 */
import { mustBe, rangeError, typeError } from '../words/fault.ts';
import type { LossKind } from '../losses/loss.ts';
import { checkChoice } from '../words/options.ts';

export const METRIC_NAMES = ['accuracy', 'mse', 'rmse', 'mae', 'r2'] as const;

export type MetricName = (typeof METRIC_NAMES)[number];

/** Whether a higher value is the better one. */
export function higherIsBetter(name: string): boolean {
  return name === 'r2' || name === 'accuracy';
}

/**
 * The metrics of a run: those asked for, or accuracy for a cross-entropy and none else.
 *
 * @throws {TypeError} when it is no array
 * @throws {RangeError} when a name is unknown or does not go with the loss
 */
export function readMetrics(where: string, given: unknown, loss: LossKind): MetricName[] {
  const classes = loss.endsWith('cross-entropy');
  if (given === undefined) return classes ? ['accuracy'] : [];
  if (!Array.isArray(given)) {
    throw typeError(mustBe(where, 'metrics', 'an array of names', given));
  }
  return (given as unknown[]).map((name) => {
    const metric = checkChoice(where, 'metrics', name, METRIC_NAMES);
    if ((metric === 'accuracy') !== classes) {
      throw rangeError({
        where,
        subject: `metric '${metric}'`,
        rule: 'must go with its kind of loss',
        got: `'${loss}'`,
      });
    }
    return metric;
  });
}

type Values = Float32Array | Float64Array;

/** Places in the sums; blocks of one sum a column follow. */
const ROWS = 0;
const CORRECT = 1;
const ABSOLUTE = 2;
const BLOCKS = 3;

/** Counts and sums of one pass over rows. */
export class MetricAccumulator {
  readonly #names: readonly MetricName[];
  readonly #loss: LossKind;
  readonly #columns: number;
  /** By column, block after block: Σ (z − t)², Σ (t − s), Σ (t − s)² and s. */
  readonly #sums: Float64Array;
  readonly #marked: Float64Array;

  constructor(names: readonly MetricName[], loss: LossKind, columns: number) {
    this.#names = names;
    this.#loss = loss;
    this.#columns = columns;
    this.#sums = new Float64Array(BLOCKS + 4 * columns);
    this.#marked = this.#sums.slice();
  }

  /** Begins a new pass. */
  reset(): void {
    this.#sums.fill(0);
  }

  /** Remembers the pass as it is, for {@link undo}. */
  mark(): void {
    this.#marked.set(this.#sums);
  }

  /** Forgets what was added since {@link mark}. */
  undo(): void {
    this.#sums.set(this.#marked);
  }

  /**
   * Takes in `rows` rows.
   *
   * @param output - predictions, shape [rows, columns]
   * @param target - class indices [rows], or values [rows, columns]
   */
  add(output: Values, target: Values | Int32Array, rows: number): void {
    if (this.#names.length === 0) return;
    if (this.#loss === 'softmax-cross-entropy') this.#addClasses(output, target, rows);
    else this.#addValues(output, target, rows);
    this.#sums[ROWS]! += rows;
  }

  /** The metrics of the pass by name; NaN where there were no rows. */
  results(): Record<string, number> {
    return Object.fromEntries(this.#names.map((name) => [name, this.#result(name)]));
  }

  #addClasses(output: Values, target: Values | Int32Array, rows: number): void {
    const k = this.#columns;
    for (let row = 0; row < rows; row++) {
      const truth = target instanceof Int32Array ? target[row]! : argmax(target, row * k, k);
      if (truth === argmax(output, row * k, k)) this.#sums[CORRECT]!++;
    }
  }

  #addValues(output: Values, target: Values | Int32Array, rows: number): void {
    const k = this.#columns;
    const sums = this.#sums;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < k; column++) {
        const truth = target[row * k + column]!;
        const guess = output[row * k + column]!;
        const errors = BLOCKS + column;
        // Sums are taken about the first row's targets, so that a large mean costs no digits.
        if (sums[ROWS] === 0 && row === 0) sums[errors + 3 * k] = truth;
        const shifted = truth - sums[errors + 3 * k]!;
        if (truth >= 0.5 === guess >= 0.5) sums[CORRECT]!++;
        sums[ABSOLUTE]! += Math.abs(guess - truth);
        sums[errors]! += (guess - truth) * (guess - truth);
        sums[errors + k]! += shifted;
        sums[errors + 2 * k]! += shifted * shifted;
      }
    }
  }

  #result(name: MetricName): number {
    const sums = this.#sums;
    const rows = sums[ROWS]!;
    const elements = rows * this.#columns;
    switch (name) {
      case 'accuracy':
        return sums[CORRECT]! / (this.#loss === 'softmax-cross-entropy' ? rows : elements);
      case 'mse':
      case 'rmse': {
        const errors = sums.subarray(BLOCKS, BLOCKS + this.#columns);
        const mean = errors.reduce((sum, one) => sum + one, 0) / elements;
        return name === 'mse' ? mean : Math.sqrt(mean);
      }
      case 'mae':
        return sums[ABSOLUTE]! / elements;
      case 'r2':
        return this.#determination();
      default:
        return name satisfies never;
    }
  }

  /**
   * R², the mean over the outputs of 1 − Σ (z − t)² / Σ (t − mean)², as scikit-learn has it: for a constant
   * target 1 where it is met and 0 where it is missed; NaN without rows.
   */
  #determination(): number {
    const k = this.#columns;
    const sums = this.#sums;
    const rows = sums[ROWS]!;
    let sum = rows === 0 ? NaN : 0;
    for (let at = BLOCKS; at < BLOCKS + k; at++) {
      const error = sums[at]!;
      const spread = sums[at + 2 * k]! - (sums[at + k]! * sums[at + k]!) / rows;
      if (spread > 0 || error !== error) sum += 1 - error / spread;
      else sum += error === 0 ? 1 : 0;
    }
    return sum / k;
  }
}

/** The index of the first largest of `count` values from `start`. */
export function argmax(values: ArrayLike<number>, start: number, count: number): number {
  let best = 0;
  for (let k = 1; k < count; k++) if (values[start + k]! > values[start + best]!) best = k;
  return best;
}
