/**
 * Metrics of one pass over rows, computed batch by batch from predictions and targets without allocation. Each
 * statistic is computed once, even if several metrics use it. A row counts as often as its sample weight says, as in
 * scikit-learn; class weights belong to the loss alone.
 */
import type { LossKind } from '../losses/loss.ts';
import { rowShape, type RealArray, type RowShape, type Statistic } from './metric.ts';
import { METRICS, type MetricName, type MetricValues } from './registry.ts';
import { ScoreBuffer, type ScoreState } from './scores.ts';

/** The state of a pass so far, as plain data. */
export interface MetricState {
  readonly rows: number;
  /** The sums of all statistics, one after another. */
  readonly sums: Float64Array;
  /** Present if a metric needs the scores of all rows. */
  readonly scores?: ScoreState;
}

/** Counts and sums of one pass over rows. */
export class MetricAccumulator {
  /** The number of rows that were added. */
  rows = 0;
  readonly #names: readonly MetricName[];
  readonly #shape: RowShape;
  readonly #statistics: readonly Statistic[];
  /** The sums of each statistic, views of {@link MetricAccumulator.#all}. */
  readonly #sums: readonly Float64Array[];
  readonly #all: Float64Array;
  /** Absent if no metric needs the scores of all rows. */
  readonly #scores: ScoreBuffer | undefined;

  constructor(names: readonly MetricName[], loss: LossKind, columns: number) {
    const shape = rowShape(loss, columns);
    this.#names = names;
    this.#shape = shape;
    const metrics = names.map((name) => METRICS[name]);
    const statistics = metrics.flatMap((one) => (one.needs === 'sums' ? [one.statistic] : []));
    this.#statistics = [...new Set(statistics)];
    const sizes = this.#statistics.map((statistic) => statistic.size(shape));
    this.#all = new Float64Array(sizes.reduce((sum, size) => sum + size, 0));
    let start = 0;
    this.#sums = sizes.map((size) => this.#all.subarray(start, (start += size)));
    if (metrics.some(({ needs }) => needs === 'scores')) this.#scores = new ScoreBuffer(shape);
  }

  /** Begins a new pass. */
  reset(): void {
    this.#all.fill(0);
    this.#rewind(0);
  }

  /**
   * Adds `rows` rows.
   *
   * @param output - predictions, shape [rows, columns]
   * @param target - class indices [rows], or values [rows, columns]
   * @param weights - how often each row counts, the first `rows` of them; absent, each counts once
   */
  add(
    output: RealArray,
    target: RealArray | Int32Array,
    rows: number,
    weights?: Float64Array,
  ): void {
    for (let i = 0; i < this.#statistics.length; i++) {
      this.#statistics[i]!.add(this.#sums[i]!, this.#shape, output, target, rows, weights);
    }
    this.#scores?.add(output, target, rows, weights);
    this.rows += rows;
  }

  /** Adds the rows of another pass with the same metrics, which come after the rows of this one. */
  join(newer: MetricAccumulator): void {
    for (let i = 0; i < this.#statistics.length; i++) {
      joinSums(this.#statistics[i]!, this.#sums[i]!, newer.#sums[i]!, this.#shape);
    }
    if (newer.#scores !== undefined) this.#scores?.append(newer.#scores);
    this.rows += newer.rows;
  }

  /** The metrics of the pass by name; NaN if there were no rows. */
  results(): MetricValues {
    return Object.fromEntries(this.#names.map((name) => [name, this.#result(name)]));
  }

  /** A copy of a statistic's sums, or undefined if no metric of this pass needs the statistic. */
  sumsOf(statistic: Statistic): Float64Array | undefined {
    return this.#sums[this.#statistics.indexOf(statistic)]?.slice();
  }

  /** A copy of the pass so far. */
  state(): MetricState {
    const { rows } = this;
    const scores = this.#scores?.state();
    return { rows, sums: this.#all.slice(), ...(scores && { scores }) };
  }

  /** Continues from the state of a pass with the same metrics. */
  restore({ rows, sums, scores }: MetricState): void {
    this.#all.set(sums);
    if (scores !== undefined) this.#scores?.restore(scores);
    this.#rewind(rows);
  }

  #rewind(rows: number): void {
    this.rows = rows;
    if (this.#scores !== undefined) this.#scores.rows = rows;
  }

  #result(name: MetricName): number {
    const metric = METRICS[name];
    if (metric.needs === 'scores') return metric.value(this.#scores!);
    return metric.value(this.#sums[this.#statistics.indexOf(metric.statistic)]!, this.#shape);
  }
}

/** sums ← sums + newer, as the statistic says. */
function joinSums(
  statistic: Statistic,
  sums: Float64Array,
  newer: Float64Array,
  shape: RowShape,
): void {
  if (statistic.join !== undefined) statistic.join(sums, newer, shape);
  else for (let i = 0; i < sums.length; i++) sums[i]! += newer[i]!;
}
