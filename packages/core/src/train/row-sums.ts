/**
 * What is summed over some rows: Σ w ℓ, Σ w and the metrics, added tile by tile from the results of each forward pass.
 * `evaluate` and the validation of `fit` measure a pass with it. In training it holds the sums of one shard, which a
 * reducer joins with those of the other shards, in the same order as their adjoints.
 */
import type { LossKind } from '../losses/loss.ts';
import { MetricAccumulator, type MetricState } from '../metrics/accumulator.ts';
import type { RealArray } from '../metrics/metric.ts';
import type { MetricName } from '../metrics/registry.ts';
import type { Evaluation } from './history.ts';

/** The sums over some rows as plain data, which one process can send to another. */
export interface RowSumsState {
  readonly lossSum: number;
  readonly weightSum: number;
  readonly metrics: MetricState;
}

/** The sums over some rows. */
export class RowSums {
  readonly metrics: MetricAccumulator;
  /** Σ w ℓ. */
  lossSum = 0;
  /** Σ w. */
  weightSum = 0;

  /** @param columns - outputs of the network */
  constructor(names: readonly MetricName[], loss: LossKind, columns: number) {
    this.metrics = new MetricAccumulator(names, loss, columns);
  }

  /** Forgets all rows. */
  reset(): void {
    this.metrics.reset();
    this.lossSum = 0;
    this.weightSum = 0;
  }

  /** Adds `rows` rows: their Σ w ℓ and Σ w, their predictions, their targets and their sample weights, if they have any. */
  add(
    lossSum: number,
    weightSum: number,
    output: RealArray,
    target: RealArray | Int32Array,
    rows: number,
    sampleWeights?: Float64Array,
  ): void {
    this.lossSum += lossSum;
    this.weightSum += weightSum;
    this.metrics.add(output, target, rows, sampleWeights);
  }

  /** Adds the rows of other sums of the same kind, which come after these rows. */
  join(newer: RowSums): void {
    this.lossSum += newer.lossSum;
    this.weightSum += newer.weightSum;
    this.metrics.join(newer.metrics);
  }

  /** The mean loss Σ w ℓ / Σ w and the metrics; NaN if Σ w is 0. */
  result(): Evaluation {
    return { loss: this.lossSum / this.weightSum, metrics: this.metrics.results() };
  }

  /** A copy as plain data. */
  state(): RowSumsState {
    const { lossSum, weightSum } = this;
    return { lossSum, weightSum, metrics: this.metrics.state() };
  }

  /** Takes over the sums of a state of the same kind. */
  restore({ lossSum, weightSum, metrics }: RowSumsState): void {
    this.lossSum = lossSum;
    this.weightSum = weightSum;
    this.metrics.restore(metrics);
  }
}
