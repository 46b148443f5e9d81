/**
 * What a metric is: a name, the direction that is better, the losses that it fits, and a function that computes its value
 * from a statistic. Most metrics need only running sums (a statistic). Metrics of a ranking need the scores of all rows.
 * A metric is a plain record in its own file, with a row in registry.ts.
 */
import { lossFacts, NUMBER_LOSSES, type LossKind } from '../losses/loss.ts';
import { listed } from '../words/messages.ts';

/** Numbers as a backend holds them. */
export type RealArray = Float32Array | Float64Array;

/**
 * The meaning of the outputs of a row: one class of several (softmax); class 0 or 1, given by one output, or several labels
 * that are each true or false (both binary cross-entropy); or numbers.
 */
export type MetricTask = 'classes' | 'binary' | 'labels' | 'values';

/** What every statistic and metric must know about the rows. */
export interface RowShape {
  readonly task: MetricTask;
  /** Outputs of a row. */
  readonly columns: number;
}

/** The shape of the rows of a network with a given loss and number of outputs. */
export function rowShape(loss: LossKind, columns: number): RowShape {
  const { targets } = lossFacts(loss);
  if (targets === 'numbers') return { task: 'values', columns };
  if (targets === 'class') return { task: 'classes', columns };
  return { task: columns === 1 ? 'binary' : 'labels', columns };
}

/** `'mse', 'mae' or 'huber'`. */
function alternatives(names: readonly string[]): string {
  return listed(
    names.map((name) => `'${name}'`),
    { last: 'or' },
  );
}

/** The losses that a metric fits. */
export interface MetricFit {
  readonly tasks: readonly MetricTask[];
  /** The rule in words; in a message it follows "needs". */
  readonly rule: string;
}

/** Any cross-entropy. */
export const ANY_CLASSES: MetricFit = {
  tasks: ['classes', 'binary', 'labels'],
  rule: 'a cross-entropy loss',
};

/** Cross-entropies for rows that have exactly one class. */
export const ONE_CLASS_A_ROW: MetricFit = {
  tasks: ['classes', 'binary'],
  rule: "one class a row, so 'softmax-cross-entropy', or 'binary-cross-entropy' with one output",
};

/** Losses of numbers. */
export const NUMBERS: MetricFit = {
  tasks: ['values'],
  rule: `a loss of numbers (${alternatives(NUMBER_LOSSES)})`,
};

/** Running sums over rows, shared by all metrics that name them. Adding rows allocates nothing. */
export interface Statistic {
  /** The number of sums for rows of a shape. All sums are 0 before the first row. */
  size(shape: RowShape): number;
  /**
   * Adds rows to the sums.
   *
   * @param output - predictions, shape [rows, columns]
   * @param target - class indices [rows], or values [rows, columns]
   * @param weights - how often each row counts; absent, each counts once
   */
  add(
    sums: Float64Array,
    shape: RowShape,
    output: RealArray,
    target: RealArray | Int32Array,
    rows: number,
    weights?: Float64Array,
  ): void;
  /** sums ← the sums of both, of which `newer` has the later rows. If absent, the sums are added element by element. */
  join?(sums: Float64Array, newer: Float64Array, shape: RowShape): void;
}

/** The predictions and truths of all rows of a pass. */
export interface AllScores {
  readonly shape: RowShape;
  readonly rows: number;
  /** Predictions, shape [rows, columns]; the memory may be longer. */
  readonly output: RealArray;
  /**
   * The class of each row; for the task 'labels' 0 or 1, and for the task 'values' the true number, of each element. The memory may
   * be longer.
   */
  readonly truth: Int32Array | Float64Array;
  /** How often each row counts; absent, each counts once. The memory may be longer. */
  readonly weights?: Float64Array | undefined;
  /**
   * The rows ranked by a column: by the score of one class against the rest or of one label, or by the absolute error of a number. Rows
   * are sorted once, however many metrics ask. Undefined if a score is NaN.
   */
  rankingOf(column: number): Ranking | undefined;
}

/** The rows of a pass by ascending score; `scores` and `positive` are in this order. */
export interface Ranking {
  readonly order: Uint32Array;
  readonly scores: Float64Array;
  /** 1 for a row that belongs to the class or has the label, else 0; of numbers 0. */
  readonly positive: Uint8Array;
  /** How often each row counts, by the index of the row; absent, each counts once. */
  readonly weights?: Float64Array | undefined;
}

interface MetricFacts {
  /** Whether a larger value is better, or a smaller value. */
  readonly better: 'up' | 'down';
  readonly fits: MetricFit;
  /** The usual name of the metric, for tables and reports. */
  readonly label: string;
  /**
   * How it is printed: always with four decimals, or with four digits, in scientific form if the unit of the target makes
   * the value very small or very large.
   */
  readonly digits: 'fixed' | 'scaled';
}

/** A metric that comes from running sums. */
export interface SumMetric extends MetricFacts {
  readonly needs: 'sums';
  readonly statistic: Statistic;
  /** The value, computed from the statistic's sums; NaN if there were no rows. */
  value(sums: Float64Array, shape: RowShape): number;
}

/** A metric that needs the scores of all rows at once, so its memory grows with the number of rows. */
export interface ScoreMetric extends MetricFacts {
  readonly needs: 'scores';
  /** The value; NaN if it is not defined. */
  value(scores: AllScores): number;
}

export type Metric = SumMetric | ScoreMetric;
