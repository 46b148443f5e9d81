/**
 * One pass that measures rows: the weighted mean loss and the metrics, computed tile by tile from the results of each
 * forward pass. `evaluate` and the validation of `fit` use it.
 */
import type { LossKind } from '../losses/loss.ts';
import { MetricAccumulator } from '../metrics/accumulator.ts';
import type { RealArray } from '../metrics/metric.ts';
import type { MetricName } from '../metrics/registry.ts';
import type { Evaluation } from './history.ts';

/** The sums of a pass. */
export class EvaluationPass {
  readonly metrics: MetricAccumulator;
  #lossSum = 0;
  #weightSum = 0;

  /** @param columns - outputs of the network */
  constructor(names: readonly MetricName[], loss: LossKind, columns: number) {
    this.metrics = new MetricAccumulator(names, loss, columns);
  }

  /** Begins a new pass. */
  reset(): void {
    this.metrics.reset();
    this.#lossSum = 0;
    this.#weightSum = 0;
  }

  /** Adds `rows` rows: their Σ w ℓ and Σ w, their predictions and their targets. */
  add(
    lossSum: number,
    weightSum: number,
    output: RealArray,
    target: RealArray | Int32Array,
    rows: number,
  ): void {
    this.#lossSum += lossSum;
    this.#weightSum += weightSum;
    this.metrics.add(output, target, rows);
  }

  /** The mean loss Σ w ℓ / Σ w and the metrics; NaN if Σ w is 0. */
  result(): Evaluation {
    return { loss: this.#lossSum / this.#weightSum, metrics: this.metrics.results() };
  }
}
