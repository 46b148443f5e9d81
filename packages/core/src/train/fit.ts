/**
 * `fit`: epochs of steps over shuffled batches, with validation, metrics, schedules, early stopping that
 * gives the best parameters back, callbacks, progress and abort. It is async and yields, so a page stays
 * alive; it changes its network and nothing else.
 */
import { stateOf, type Network } from '../model/network.ts';
import { learningRateAt, plateauOf, type RunLength } from '../optim/schedule.ts';
import { PLATEAU_START, plateauAfter } from '../optim/schedules/reduce-on-plateau.ts';
import { shuffleRows } from '../random/shuffle.ts';
import { callAll, RunControl } from './callbacks.ts';
import { DataSet } from './data-set.ts';
import { WATCH_ONLY, watchedValue, Watcher } from './early-stopping.ts';
import { EvaluationPass } from './evaluation-pass.ts';
import { readFitSettings, type FitData, type FitOptions, type FitSettings } from './fit-options.ts';
import type { EpochRecord, Evaluation, History, StopReason } from './history.ts';
import { MetricAccumulator } from '../metrics/accumulator.ts';
import { Pause } from './pause.ts';
import { TrainingRun } from './run.ts';

/**
 * Trains a network: Σ w ℓ / Σ w is minimised by steps of the optimiser over batches of shuffled rows.
 *
 * One seed gives the same parameters, bit for bit, on every float32 backend, run to run. A step whose
 * gradient is not finite throws before it changes anything; the network keeps the steps before it.
 *
 * @param net - made by `network`; its parameters are changed, and its `output` is set by the loss if absent
 * @param data - `x`: shape [rows, inputs], finite; `y`: class indices, one-hot or soft rows for
 *   'softmax-cross-entropy', values in [0, 1] for 'binary-cross-entropy', real rows or a vector otherwise
 * @param options - `loss` is required; see {@link FitOptions} for the rest and the defaults
 * @returns the history: a record an epoch, the best epoch, and why the run ended
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
  const where = 'fit';
  const state = stateOf(where, net);
  const settings = readFitSettings(where, options, state, data);
  const { backend, batchSize, trainingRows } = settings;
  const run = new TrainingRun({
    where,
    network: state,
    settings,
    backend,
    data: new DataSet(settings.parts, backend.precision),
    capacity: Math.min(batchSize, trainingRows.length),
    keepBest: settings.earlyStopping?.restoreBest === true,
    asynchronous: true,
  });
  try {
    return await new FitLoop(net, run, settings).run();
  } finally {
    run.close();
  }
}

/** The loop over epochs, with what it carries from one to the next. */
class FitLoop {
  readonly #run: TrainingRun;
  readonly #settings: FitSettings;
  readonly #control: RunControl;
  readonly #pause = new Pause();
  readonly #watcher: Watcher;
  readonly #length: RunLength;
  readonly #training: MetricAccumulator;
  readonly #validation: EvaluationPass;
  readonly #order: Uint32Array;
  readonly #records: EpochRecord[] = [];
  readonly #started = performance.now();
  readonly #watchesBatches: boolean;
  /** Batches seen, skipped ones included: where the schedule stands. */
  #batches = 0;
  #plateau = PLATEAU_START;
  #stoppedBy: StopReason | undefined;

  constructor(net: Network, run: TrainingRun, settings: FitSettings) {
    const { metrics, trainingRows, loss, batchSize, epochs, callbacks } = settings;
    this.#run = run;
    this.#settings = settings;
    this.#control = new RunControl(net, run);
    this.#watcher = new Watcher(settings.earlyStopping ?? WATCH_ONLY);
    this.#watchesBatches = callbacks.some((one) => one.onBatchEnd !== undefined);
    const { outputs } = run.layout;
    run.metrics = new MetricAccumulator(metrics, loss.kind, outputs);
    this.#training = run.metrics;
    this.#validation = new EvaluationPass(metrics, loss.kind, outputs);
    this.#order = trainingRows.slice();
    this.#length = { stepsPerEpoch: -Math.floor(-trainingRows.length / batchSize), epochs };
  }

  async run(): Promise<History> {
    const { callbacks, epochs } = this.#settings;
    try {
      await this.#run.ready;
      await callAll(callbacks, 'onTrainBegin', this.#control);
      for (let epoch = 1; epoch <= epochs && !this.#mustStop(); epoch++) {
        await callAll(callbacks, 'onEpochBegin', epoch, this.#control);
        const record = await this.#epoch(epoch);
        if (record !== undefined) await this.#closeEpoch(record);
      }
      const history = this.#finish();
      await callAll(callbacks, 'onTrainEnd', history, this.#control);
      return history;
    } finally {
      this.#pause.close();
    }
  }

  /** One epoch; undefined where it was broken off. */
  async #epoch(epoch: number): Promise<EpochRecord | undefined> {
    const begun = performance.now();
    const { batchSize, callbacks } = this.#settings;
    const run = this.#run;
    const order = this.#order;
    const rows = order.length;
    this.#shuffle(epoch);
    this.#training.reset();
    let lossSum = 0;
    let weightSum = 0;
    for (let start = 0, batch = 1; start < rows; start += batchSize, batch++) {
      const count = Math.min(batchSize, rows - start);
      run.learningRate = this.#control.rate ?? this.#scheduledRate();
      this.#batches++;
      const taken = run.step(order, start, count);
      // A step that has ended is not awaited: that would cost more than a small step.
      if (typeof taken === 'boolean' ? taken : await taken) {
        lossSum += run.loss * run.weightSum;
        weightSum += run.weightSum;
      }
      if (this.#watchesBatches) await callAll(callbacks, 'onBatchEnd', batch, this.#control);
      if (this.#watchesBatches ? this.#pause.due() : this.#pause.dueAfterStep()) {
        this.#report(epoch, start + count, lossSum / weightSum, undefined);
        await this.#pause.turn();
      }
      if (this.#mustStop() && start + count < rows) return undefined;
    }
    const validation = await this.#validate();
    return {
      epoch,
      loss: lossSum / weightSum,
      metrics: this.#training.results(),
      ...(validation && { validation }),
      learningRate: run.learningRate,
      gradientNorm: run.gradientNorm,
      penalty: run.penalty(),
      seconds: (performance.now() - begun) / 1000,
    };
  }

  async #closeEpoch(record: EpochRecord): Promise<void> {
    const { schedule, callbacks } = this.#settings;
    this.#records.push(record);
    const judged = record.validation ?? record;
    const value = watchedValue(this.#watcher.monitor, record);
    const plateau = plateauOf(schedule);
    if (plateau !== undefined) this.#plateau = plateauAfter(plateau, this.#plateau, judged.loss);
    const verdict = this.#watcher.see(record.epoch, value);
    if (verdict.improved) this.#run.best?.set(this.#run.parameters);
    if (verdict.stop) this.#stoppedBy = 'early-stopping';
    this.#report(record.epoch, this.#order.length, record.loss, record);
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
    const base = optimizer.learningRate;
    return learningRateAt(schedule, base, this.#batches, this.#length, this.#plateau);
  }

  #shuffle(epoch: number): void {
    const { trainingRows, shuffle, seed, backend } = this.#settings;
    if (!shuffle) return;
    this.#order.set(trainingRows);
    if (backend.shuffle === undefined) shuffleRows(this.#order, seed, epoch);
    else backend.shuffle(this.#order, seed, epoch);
  }

  #mustStop(): boolean {
    if (this.#settings.signal?.aborted === true) this.#stoppedBy ??= 'abort';
    if (this.#control.stopped) this.#stoppedBy ??= 'callback';
    return this.#stoppedBy !== undefined;
  }

  #report(epoch: number, rows: number, loss: number, record: EpochRecord | undefined): void {
    this.#settings.onProgress?.({
      epoch,
      epochs: this.#settings.epochs,
      rows,
      rowsInEpoch: this.#order.length,
      loss,
      learningRate: this.#run.learningRate,
      gradientNorm: this.#run.gradientNorm,
      seconds: (performance.now() - this.#started) / 1000,
      record,
    });
  }

  /** Brings the best parameters back where asked. */
  #finish(): History {
    const { bestEpoch } = this.#watcher;
    const run = this.#run;
    if (bestEpoch > 0 && run.best !== undefined) {
      run.parameters.set(run.best);
      run.markChanged();
    }
    run.adoptOutput();
    return {
      epochs: this.#records,
      bestEpoch,
      stoppedBy: this.#stoppedBy ?? 'epochs',
      skippedSteps: run.skippedSteps,
    };
  }
}
