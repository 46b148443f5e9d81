/**
 * `evaluate`: loss and metrics of a network over rows, without dropout; it changes nothing. `measure` does the same for
 * rows that come batch by batch, for example from a file that is larger than memory.
 */
import type { Backend, Numerics } from '../backends/contract.ts';
import type { BackendChoice } from '../backends/registry.ts';
import type { Loss, LossOption } from '../losses/loss.ts';
import { stateOf, type Network, type NetworkState } from '../model/network.ts';
import { anyOption } from '../words/options.ts';
import { RowSums } from './row-sums.ts';
import { Evaluator } from './evaluator.ts';
import type { FitData } from './fit-options.ts';
import type { Evaluation } from './history.ts';
import { readMetrics, type MetricName } from '../metrics/registry.ts';
import { confusion } from '../metrics/statistics/confusion.ts';
import { readRowSet, type WeightOptions } from './row-set.ts';
import type { ClassWeights } from './row-weights.ts';
import { readStepOptions, stepRules } from './settings.ts';

export interface EvaluateOptions {
  readonly loss: LossOption;
  readonly metrics?: readonly MetricName[];
  readonly classWeights?: ClassWeights;
  readonly sampleWeights?: ArrayLike<number>;
  readonly backend?: BackendChoice;
  readonly numerics?: Numerics;
  /** The number of threads; it never changes a bit. By default it follows the amount of work and the machine. */
  readonly threads?: number;
}

/**
 * The loss and metrics of a network over rows.
 *
 * @param net - made by `network`
 * @param data - `x`: shape [rows, inputs]; `y` as `fit` takes it. No rows: NaN
 * @param options - `loss` is required; `metrics`, `classWeights`, `sampleWeights`, `backend`, `numerics`, `threads` as in `fit`
 * @returns the mean loss Σ w ℓ / Σ w and the metrics by name
 * @throws {TypeError} when an argument is of a wrong kind or unknown
 * @throws {DataError} when a number is not finite or a label out of range
 * @example
 * const { loss, metrics } = evaluate(net, { x, y }, { loss: 'softmax-cross-entropy' });
 */
export function evaluate(net: Network, data: FitData, options: EvaluateOptions): Evaluation {
  const where = 'evaluate';
  const state = stateOf(where, net);
  const { loss, backend, numerics, threads, classWeights } = stepRules(state);
  const read = readStepOptions<EvaluateSettings>(where, options, {
    loss,
    metrics: anyOption,
    classWeights,
    sampleWeights: anyOption,
    backend,
    numerics,
    threads,
  });
  const { outputs } = state.layout;
  const metrics = readMetrics(where, read.metrics, read.loss.kind, outputs);
  const rows = readRowSet({ where, state, loss: read.loss, least: 0 }, data, read);
  const pass = new RowSums(metrics, read.loss.kind, outputs);
  const evaluator = new Evaluator({ ...read, network: state, pass });
  try {
    evaluator.add(rows);
    return pass.result();
  } finally {
    evaluator.close();
  }
}

/** Measures a network on rows that come batch by batch. */
export interface Measurement {
  /** Rows taken in so far. */
  readonly rows: number;
  /** Adds rows, with one forward pass over each; a row counts as often as its sample weight says. */
  add(data: FitData, sampleWeights?: ArrayLike<number>): void;
  /** The loss and the metrics of all rows so far; NaN without rows. */
  result(): Evaluation;
  /** The confusion matrix, counts[truth · classes + prediction], if a metric needs it. */
  confusion(): Float64Array | undefined;
  /** Gives the memory back. */
  close(): void;
}

/**
 * Begins to measure a network on rows that come batch by batch, in constant memory unless a metric needs all scores.
 *
 * @param options - `loss` is required; `metrics`, `backend`, `numerics` and `threads` as in `evaluate`
 * @throws as {@link evaluate}
 */
export function measure(net: Network, options: MeasureOptions): Measurement {
  const where = 'measure';
  const state: NetworkState = stateOf(where, net);
  const { loss, backend, numerics, threads } = stepRules(state);
  const read = readStepOptions<Omit<EvaluateSettings, keyof WeightOptions>>(where, options, {
    loss,
    metrics: anyOption,
    backend,
    numerics,
    threads,
  });
  const { outputs } = state.layout;
  const metrics = readMetrics(where, read.metrics, read.loss.kind, outputs);
  const pass = new RowSums(metrics, read.loss.kind, outputs);
  const evaluator = new Evaluator({ ...read, network: state, pass });
  return {
    get rows() {
      return pass.metrics.rows;
    },
    add: (data, sampleWeights) =>
      evaluator.add(
        readRowSet({ where, state, loss: read.loss, least: 0 }, data, { sampleWeights }),
      ),
    result: () => pass.result(),
    confusion: () => pass.metrics.sumsOf(confusion),
    close: () => evaluator.close(),
  };
}

/** What {@link measure} takes. */
export type MeasureOptions = Pick<
  EvaluateOptions,
  'loss' | 'metrics' | 'backend' | 'numerics' | 'threads'
>;

interface EvaluateSettings extends WeightOptions {
  readonly loss: Loss;
  readonly metrics: unknown;
  readonly backend: Backend;
  readonly numerics: Numerics;
  readonly threads: number | undefined;
}
