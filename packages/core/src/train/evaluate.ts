/**
 * `evaluate`: loss and metrics of a network over rows, without dropout; changes nothing.
 */
import type { Backend } from '../backends/contract.ts';
import type { BackendChoice } from '../backends/registry.ts';
import type { Loss, LossOption } from '../losses/loss.ts';
import { currentParameters, stateOf, type Network } from '../model/network.ts';
import { range } from '../arrays/split.ts';
import { anyOption } from '../words/options.ts';
import { TILE_ROWS } from '../model/prediction.ts';
import { DataSet } from './data-set.ts';
import type { FitData } from './fit-options.ts';
import type { Evaluation } from './history.ts';
import { MetricAccumulator, readMetrics, type MetricName } from './metrics.ts';
import { readRowSet, type WeightOptions } from './row-set.ts';
import type { ClassWeights } from './row-weights.ts';
import { BatchRunner } from './batch-runner.ts';
import { readStepOptions, stepRules } from './settings.ts';

export interface EvaluateOptions {
  readonly loss: LossOption;
  readonly metrics?: readonly MetricName[];
  readonly classWeights?: ClassWeights;
  readonly sampleWeights?: ArrayLike<number>;
  readonly backend?: BackendChoice;
}

/**
 * The loss and metrics of a network over rows.
 *
 * @param net - made by `network`
 * @param data - `x`: shape [rows, inputs]; `y` as `fit` takes it. No rows: NaN
 * @param options - `loss` is required; `metrics`, `classWeights`, `sampleWeights`, `backend` as in `fit`
 * @returns the mean loss Σ w ℓ / Σ w and the metrics by name
 * @throws {TypeError} when an argument is of a wrong kind or unknown
 * @throws {DataError} when a number is not finite or a label out of range
 * @example
 * const { loss, metrics } = evaluate(net, { x, y }, { loss: 'softmax-cross-entropy' });
 */
export function evaluate(net: Network, data: FitData, options: EvaluateOptions): Evaluation {
  const where = 'evaluate';
  const state = stateOf(where, net);
  const { loss, backend, classWeights } = stepRules(state);
  const read = readStepOptions<EvaluateSettings>(where, options, {
    loss,
    metrics: anyOption,
    classWeights,
    sampleWeights: anyOption,
    backend,
  });
  const metrics = readMetrics(where, read.metrics, read.loss.kind);
  const rows = readRowSet({ where, state, loss: read.loss, least: 0 }, data, read);
  const set = new DataSet([rows], read.backend.precision);
  const runner = new BatchRunner({
    ...read,
    network: state,
    parameters: currentParameters(state),
    data: set,
    capacity: TILE_ROWS,
    windowLimit: 0,
  });
  try {
    const accumulator = new MetricAccumulator(metrics, read.loss.kind, state.layout.outputs);
    const tiles = runner.evaluate(range(0, set.rows), TILE_ROWS, accumulator);
    let tile = tiles.next();
    while (tile.done !== true) tile = tiles.next();
    return tile.value;
  } finally {
    runner.close();
  }
}

interface EvaluateSettings extends WeightOptions {
  readonly loss: Loss;
  readonly metrics: unknown;
  readonly backend: Backend;
}
