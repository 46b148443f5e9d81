/**
 * `fit`: epochs of steps over shuffled batches, of rows in memory or of a stream. The loop itself is in fit-loop.ts. `fit` is async and
 * yields, so that a page stays responsive. It changes only its network.
 */
import { stateOf, type Network, type NetworkState } from '../model/network.ts';
import { rangeError } from '../words/fault.ts';
import { show } from '../words/options.ts';
import { MemoryRows, type EpochRows } from './epoch-rows.ts';
import { FitLoop } from './fit-loop.ts';
import { readFitSettings, type FitData, type FitOptions, type FitSettings } from './fit-options.ts';
import type { History } from './history.ts';
import { readMemoryParts } from './memory-parts.ts';
import { openStream } from './open-stream.ts';
import type { MakeReducer } from './reducer.ts';
import { isRowStream, type RowStream } from './row-stream.ts';
import { TrainingRun } from './run.ts';
import type { RunState } from './run-state.ts';

/**
 * Trains a network: Σ w ℓ / Σ w is minimised by steps of the optimiser over batches of shuffled rows.
 *
 * One seed gives the same parameters, bit for bit, on every float32 backend and in every run. A step whose
 * gradient is not finite throws before it changes anything, and the network keeps the result of the earlier steps. When a
 * run with early stopping ends, even by an error, the network gets the best parameters so far unless `restoreBest` is
 * false.
 *
 * @param net - made by `network`; its parameters are changed, and its `output` is set by the loss if absent
 * @param data - `x`: shape [rows, inputs], finite; `y`: class indices, one-hot or soft rows for
 *   'softmax-cross-entropy', values in [0, 1] for 'binary-cross-entropy', real rows or a vector otherwise
 *   A set of up to 192 MiB is copied before `fit` returns its promise; a larger one is read during the run, so leave its
 *   arrays as they are until the run has ended.
 *   Rows that do not fit into the memory come as a {@link RowStream}: a batch takes the next rows of chunks in random order.
 *   A stream of one chunk gives the same bits as its rows in memory
 * @param options - `loss` is required; see {@link FitOptions} for the rest and the defaults
 * @returns the history: a record for each epoch, the best epoch, and why the run ended
 * @throws {TypeError} when an argument or option is of a wrong kind or unknown
 * @throws {RangeError} when a value or a shape is wrong
 * @throws {DataError} when a number in the data is not finite, or a label out of range
 * @throws {NonFiniteError} when a loss or gradient is not finite and `onNonFinite` is 'throw'
 * @throws {VinculumError} with code 'busy' when the network is in training already
 * @example
 * const history = await fit(net, { x, y }, { loss: 'softmax-cross-entropy', epochs: 10 });
 *
 * Source: the notes, eq. (6)–(10), (19)–(30).
 */
export async function fit(
  net: Network,
  data: FitData | RowStream,
  options: FitOptions,
): Promise<History> {
  if (!isRowStream(data)) return startFit(net, data, options).finished;
  return (await startStreamedFit(net, data, options)).finished;
}

/** A run that has begun. */
export interface RunningFit {
  readonly finished: Promise<History>;
  /** A copy of the whole state of the run. Call it between two steps, for example in a callback, while the run lasts. */
  state(): RunState;
}

/**
 * Begins `fit`, or continues a run from a state that {@link RunningFit.state} returned. The rest of the run has the same
 * bits as without the interruption, on any float32 backend and with any number of threads.
 *
 * @param from - the state of a run with the same network, data and options; if absent, the run begins
 * @param reducer - joins the shards of several processes that run the same `fit`, each with all rows; see reducer.ts
 * @throws as `fit` does, and {RangeError} when the state is of another network, optimiser or precision
 */
export function startFit(
  net: Network,
  data: FitData,
  options: FitOptions,
  from?: RunState,
  reducer?: MakeReducer,
): RunningFit {
  const network = stateOf(WHERE, net);
  const settings = readFitSettings(WHERE, options, network);
  const parts = readMemoryParts(WHERE, settings, network, data);
  return begin(net, network, settings, new MemoryRows(parts, settings), { from, reducer });
}

/** {@link startFit} with the rows of a stream. */
export async function startStreamedFit(
  net: Network,
  stream: RowStream,
  options: FitOptions,
  from?: RunState,
  reducer?: MakeReducer,
): Promise<RunningFit> {
  const network = stateOf(WHERE, net);
  const settings = readFitSettings(WHERE, options, network);
  const rows = await openStream(WHERE, settings, network, stream);
  return begin(net, network, settings, rows, { from, reducer });
}

/** The public function, for messages. */
const WHERE = 'fit';

function begin(
  net: Network,
  network: NetworkState,
  settings: FitSettings,
  rows: EpochRows,
  {
    from,
    reducer,
  }: { readonly from: RunState | undefined; readonly reducer: MakeReducer | undefined },
): RunningFit {
  const { backend, batchSize, numerics, metrics } = settings;
  if (from !== undefined && from.numerics !== numerics) {
    const rule = `must be '${from.numerics}', with which the run began, because others give other bits`;
    throw rangeError({ where: WHERE, subject: 'numerics', rule, got: show(numerics) });
  }
  const run = new TrainingRun({
    where: WHERE,
    network,
    settings,
    backend,
    data: rows.data,
    capacity: Math.min(batchSize, rows.training),
    keepBest: settings.earlyStopping?.restoreBest === true,
    asynchronous: true,
    from,
    metrics,
    reducer,
  });
  const loop = new FitLoop(net, run, rows, settings, from);
  return { finished: loop.run().finally(() => run.close()), state: () => loop.state() };
}
