/**
 * `evaluate`: loss and metrics of a network over rows, without dropout; changes nothing.
 */
import { chooseBackend, type BackendChoice } from '../backends/registry.ts';
import { readLoss, type LossOption } from '../losses/loss.ts';
import { currentParameters, stateOf, type Network } from '../model.ts';
import { TILE_ROWS } from '../prediction.ts';
import { lower } from '../program/lower.ts';
import { SCALARS } from '../program/scalars.ts';
import { DataSet, DataWindow } from './data-set.ts';
import { range, type FitData } from './fit-options.ts';
import type { Evaluation } from './history.ts';
import { MetricAccumulator, readMetrics, type MetricName } from './metrics.ts';
import { readRowSet } from './row-set.ts';
import type { ClassWeights } from './row-weights.ts';
import { checkOutput, checkStepOptions } from './settings.ts';

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
 * @param data - `x`: shape [rows, inputs]; `y` as `fit` takes it. No rows: loss 0, metrics NaN
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
  checkStepOptions(where, options, ['loss', 'metrics', 'classWeights', 'sampleWeights', 'backend']);
  const loss = readLoss(where, options.loss);
  checkOutput(where, loss, state);
  const metrics = readMetrics(where, options.metrics, loss.kind);
  const { outputs } = state.layout;
  const rows = readRowSet({ where, state, loss }, data, options);
  const backend = chooseBackend(where, options.backend ?? 'auto', state.spec.dtype);
  const set = new DataSet([rows], backend.precision);
  const executable = backend.compile(
    lower({
      spec: state.spec,
      purpose: 'train',
      precision: backend.precision,
      capacity: TILE_ROWS,
      loss,
      data: set.request(TILE_ROWS, 0),
    }),
  );
  const accumulator = new MetricAccumulator(metrics, loss.kind, outputs);
  try {
    (executable.view('parameters') as Float32Array).set(currentParameters(state));
    executable.run('prepare');
    const window = new DataWindow(set, executable);
    const order = executable.view('rows');
    const all = range(0, set.rows);
    const { tensors } = executable.program;
    const output = executable.view(tensors.has('y') ? 'y' : `h${state.layout.dense.length - 1}`);
    let lossSum = 0;
    let weightSum = 0;
    for (let start = 0; start < set.rows; start += TILE_ROWS) {
      const count = Math.min(TILE_ROWS, set.rows - start);
      for (let i = 0; i < count; i++) {
        order[i] = window.whole ? start + i : i;
        if (!window.whole) window.copyRow(start + i, i);
      }
      weightSum += set.weightSum(all, start, count);
      executable.scalars[SCALARS.rows] = count;
      executable.run('evaluate');
      lossSum += executable.scalars[SCALARS.loss]!;
      accumulator.add(output as Float32Array, executable.view('target') as Float32Array, count);
    }
    return { loss: weightSum > 0 ? lossSum / weightSum : 0, metrics: accumulator.results() };
  } finally {
    executable.close();
  }
}
