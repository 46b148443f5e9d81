/**
 * `fit`: epochs of steps over shuffled batches, with validation, metrics, schedules, early stopping that
 * gives the best parameters back, callbacks, progress and abort. It is async and yields, so that a page stays
 * responsive. It changes only its network.
 */
import { stateOf, type Network } from '../model/network.ts';
import {
  learningRateAt,
  scheduleAfter,
  scheduleEnds,
  scheduleStart,
  type RunLength,
} from '../optim/schedule.ts';
import { shuffleRows } from '../random/shuffle.ts';
import { rangeError } from '../words/fault.ts';
import { show } from '../words/options.ts';
import { callAll, RunControl } from './callbacks.ts';
import { DataSet } from './data-set.ts';
import { signOf, WATCH_ONLY, watchedValue, Watcher } from './early-stopping.ts';
import { RowSums } from './row-sums.ts';
import { readFitSettings, type FitData, type FitOptions, type FitSettings } from './fit-options.ts';
import type { EpochRecord, Evaluation, History } from './history.ts';
import type { MetricAccumulator } from '../metrics/accumulator.ts';
import { Pause } from './pause.ts';
import type { MakeReducer } from './reducer.ts';
import { TrainingRun } from './run.ts';
import { copyLoop, newLoopState, resumedLoop, type LoopState, type RunState } from './run-state.ts';

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
 *   arrays as they are until the run has ended
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
export async function fit(net: Network, data: FitData, options: FitOptions): Promise<History> {
  return startFit(net, data, options).finished;
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
  const where = 'fit';
  const network = stateOf(where, net);
  const settings = readFitSettings(where, options, network, data);
  const { backend, batchSize, numerics, trainingRows, metrics } = settings;
  if (from !== undefined && from.numerics !== numerics) {
    const rule = `must be '${from.numerics}', with which the run began, because others give other bits`;
    throw rangeError({ where, subject: 'numerics', rule, got: show(numerics) });
  }
  const run = new TrainingRun({
    where,
    network,
    settings,
    backend,
    data: new DataSet(settings.parts, backend.precision),
    capacity: Math.min(batchSize, trainingRows.length),
    keepBest: settings.earlyStopping?.restoreBest === true,
    asynchronous: true,
    from,
    metrics,
    reducer,
  });
  const loop = new FitLoop(net, run, settings, from);
  return { finished: loop.run().finally(() => run.close()), state: () => loop.state() };
}

/** The loop over epochs. Everything that it keeps from one batch or epoch to the next is in its {@link LoopState}. */
class FitLoop {
  readonly #run: TrainingRun;
  readonly #settings: FitSettings;
  readonly #loop: LoopState;
  readonly #control: RunControl;
  readonly #pause = new Pause();
  readonly #watcher: Watcher;
  readonly #length: RunLength;
  readonly #training: MetricAccumulator;
  readonly #validation: RowSums;
  readonly #order: Uint32Array;
  readonly #watchesBatches: boolean;
  /** When the seconds of the loop's state were taken. */
  #clock: number = performance.now();

  constructor(net: Network, run: TrainingRun, settings: FitSettings, from: RunState | undefined) {
    const { metrics, trainingRows, loss, batchSize, epochs, callbacks, schedule } = settings;
    this.#run = run;
    this.#settings = settings;
    this.#loop =
      from === undefined ? newLoopState(scheduleStart(schedule)) : resumedLoop(from.loop);
    this.#control = new RunControl(net, run, this.#loop.control);
    this.#watcher = new Watcher(settings.earlyStopping ?? WATCH_ONLY, this.#loop.watcher);
    this.#watchesBatches = callbacks.some((one) => one.onBatchEnd !== undefined);
    const { outputs } = run.layout;
    this.#training = run.metrics;
    if (from !== undefined) this.#training.restore(from.metrics);
    this.#validation = new RowSums(metrics, loss.kind, outputs);
    this.#order = trainingRows.slice();
    const rowsPerEpoch = trainingRows.length;
    this.#length = { stepsPerEpoch: -Math.floor(-rowsPerEpoch / batchSize), epochs, rowsPerEpoch };
  }

  /** A copy of the whole state of the run. */
  state(): RunState {
    this.#takeTime();
    return {
      numerics: this.#settings.numerics,
      step: { ...this.#run.progress },
      loop: copyLoop(this.#loop),
      metrics: this.#training.state(),
      tensors: this.#run.tensors(),
    };
  }

  async run(): Promise<History> {
    const { callbacks } = this.#settings;
    try {
      await this.#run.ready;
      await callAll(callbacks, 'onTrainBegin', this.#control);
      await this.#epochs();
      const history = this.#finish();
      await callAll(callbacks, 'onTrainEnd', history, this.#control);
      return history;
    } catch (error) {
      this.#restoreBest();
      throw error;
    } finally {
      this.#pause.close();
    }
  }

  async #epochs(): Promise<void> {
    const { callbacks, epochs } = this.#settings;
    const loop = this.#loop;
    while (loop.epoch <= epochs && !this.#mustStop()) {
      if (loop.batch === 0) await callAll(callbacks, 'onEpochBegin', loop.epoch, this.#control);
      const record = await this.#epoch();
      if (record !== undefined) await this.#closeEpoch(record);
    }
  }

  /** Runs the rest of an epoch; the result is undefined if the epoch was interrupted. */
  async #epoch(): Promise<EpochRecord | undefined> {
    const { batchSize, callbacks } = this.#settings;
    const run = this.#run;
    const loop = this.#loop;
    const order = this.#order;
    const rows = order.length;
    const { epoch } = loop;
    this.#takeTime();
    if (loop.batch === 0) loop.epochSeconds = 0;
    this.#shuffle(epoch);
    for (let start = loop.batch * batchSize; start < rows; start += batchSize) {
      const count = Math.min(batchSize, rows - start);
      run.progress.learningRate = loop.control.rate ?? this.#scheduledRate();
      loop.batches++;
      const taken = run.step(order, start, count);
      // A step that has already ended is not awaited, because that would take longer than a small step.
      if (typeof taken === 'boolean' ? taken : await taken) {
        loop.lossSum += run.loss * run.weightSum;
        loop.weightSum += run.weightSum;
      }
      loop.batch++;
      if (this.#watchesBatches) await callAll(callbacks, 'onBatchEnd', loop.batch, this.#control);
      if (this.#watchesBatches ? this.#pause.due() : this.#pause.dueAfterStep()) {
        await this.#report(start + count, loop.lossSum / loop.weightSum, undefined);
        await this.#pause.turn();
      }
      if (this.#mustStop() && start + count < rows) return undefined;
    }
    const validation = await this.#validate();
    this.#takeTime();
    return {
      epoch,
      loss: loop.lossSum / loop.weightSum,
      metrics: this.#training.results(),
      ...(validation && { validation }),
      learningRate: run.learningRate,
      gradientNorm: run.gradientNorm,
      penalty: run.penalty(),
      seconds: loop.epochSeconds,
    };
  }

  /** Evaluates an epoch and moves the state to the next one, so that callbacks see the state between the two. */
  async #closeEpoch(record: EpochRecord): Promise<void> {
    const { schedule, optimizer, callbacks } = this.#settings;
    const loop = this.#loop;
    loop.records.push(record);
    const { monitor } = this.#watcher;
    const value = watchedValue(monitor, record);
    const verdict = this.#watcher.see(record.epoch, value);
    if (verdict.improved) this.#run.best?.set(this.#run.parameters);
    loop.schedule = scheduleAfter(schedule, optimizer.learningRate, loop.schedule, {
      loss: (record.validation ?? record).loss,
      watched: signOf(monitor) * value,
    });
    if (verdict.stop) loop.stoppedBy = 'early-stopping';
    else if (scheduleEnds(schedule, loop.schedule)) loop.stoppedBy = 'schedule';
    await this.#report(this.#order.length, record.loss, record);
    loop.epoch++;
    loop.batch = loop.lossSum = loop.weightSum = 0;
    this.#training.reset();
    await callAll(callbacks, 'onEpochEnd', record, this.#control);
    this.#mustStop();
    if (this.#pause.due()) await this.#pause.turn();
  }

  /** Loss and metrics of the validation rows, without dropout. */
  async #validate(): Promise<Evaluation | undefined> {
    const { validationRows, batchSize } = this.#settings;
    if (validationRows.length === 0) return undefined;
    const tile = Math.min(batchSize, this.#order.length);
    this.#validation.reset();
    for (const pending of this.#run.evaluate(validationRows, tile, this.#validation)) {
      if (pending !== undefined) await pending;
      if (this.#pause.due()) await this.#pause.turn();
    }
    return this.#validation.result();
  }

  #scheduledRate(): number {
    const { schedule, optimizer } = this.#settings;
    const { batches, schedule: state } = this.#loop;
    return learningRateAt(schedule, optimizer.learningRate, batches, this.#length, state);
  }

  #shuffle(epoch: number): void {
    const { trainingRows, shuffle, seed, backend } = this.#settings;
    if (!shuffle) return;
    this.#order.set(trainingRows);
    if (backend.shuffle === undefined) shuffleRows(this.#order, seed, epoch);
    else backend.shuffle(this.#order, seed, epoch);
  }

  #mustStop(): boolean {
    const loop = this.#loop;
    if (this.#settings.signal?.aborted === true) loop.stoppedBy ??= 'abort';
    if (loop.control.stopped) loop.stoppedBy ??= 'callback';
    return loop.stoppedBy !== undefined;
  }

  /** Adds the time since the last call to the seconds of run and epoch. */
  #takeTime(): void {
    const now = performance.now();
    const passed = (now - this.#clock) / 1000;
    this.#loop.seconds += passed;
    this.#loop.epochSeconds += passed;
    this.#clock = now;
  }

  /** Calls `onProgress`. If it returns a promise, this waits for it, so that its rejection ends the run. */
  async #report(rows: number, loss: number, record: EpochRecord | undefined): Promise<void> {
    const { onProgress, epochs } = this.#settings;
    if (onProgress === undefined) return;
    this.#takeTime();
    const told: unknown = onProgress({
      epoch: this.#loop.epoch,
      epochs,
      rows,
      rowsInEpoch: this.#order.length,
      loss,
      learningRate: this.#run.learningRate,
      gradientNorm: this.#run.gradientNorm,
      seconds: this.#loop.seconds,
      record,
    });
    await told;
  }

  #finish(): History {
    const { records, watcher, stoppedBy } = this.#loop;
    this.#restoreBest();
    this.#run.adoptOutput();
    return {
      epochs: records,
      bestEpoch: watcher.bestEpoch,
      stoppedBy: stoppedBy ?? 'epochs',
      skippedSteps: this.#run.progress.skippedSteps,
    };
  }

  /** Restores the best parameters, if there are any and the caller wants them. */
  #restoreBest(): void {
    const run = this.#run;
    if (this.#loop.watcher.bestEpoch === 0 || run.best === undefined) return;
    run.parameters.set(run.best);
    run.markChanged();
  }
}
