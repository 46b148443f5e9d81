/**
 * `fit`: epochs of steps over shuffled batches, with validation, metrics, schedules, early stopping that
 * gives the best parameters back, callbacks, progress and abort. It is async and yields, so a page stays
 * alive; it changes its network and nothing else.
 */
import { chooseBackend } from '../backends/registry.ts';
import { attachRun, stateOf, type Network, type NetworkState } from '../model.ts';
import { learningRateAt, plateauOf, type RunLength } from '../optim/schedule.ts';
import { PLATEAU_START, plateauAfter } from '../optim/schedules/reduce-on-plateau.ts';
import { shuffleInto } from '../random/shuffle.ts';
import { callAll, RunControl, type Callback } from './callbacks.ts';
import { DataSet } from './data-set.ts';
import { WATCH_ONLY, Watcher } from './early-stopping.ts';
import { readFitSettings, type FitData, type FitOptions, type FitSettings } from './fit-options.ts';
import type { EpochRecord, Evaluation, History, StopReason } from './history.ts';
import { MetricAccumulator } from './metrics.ts';
import { Pause } from './pause.ts';
import { TrainingRun } from './run.ts';
import { adoptOutput } from './settings.ts';

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
  const state = stateOf('fit', net);
  const settings = readFitSettings('fit', options, state, data);
  const backend = chooseBackend('fit', options.backend ?? 'auto', state.spec.dtype);
  const set = new DataSet(settings.parts, backend.precision);
  const earlyStop = settings.earlyStopping;
  const run = new TrainingRun({
    where: 'fit',
    state,
    settings: settings.step,
    backend,
    data: set,
    capacity: Math.min(settings.step.batchSize, Math.max(settings.trainingRows.length, 1)),
    keepBest: earlyStop?.restoreBest === true,
  });
  try {
    attachRun('fit', state, run);
  } catch (error) {
    run.executable.close();
    throw error;
  }
  try {
    adoptOutput(state, settings.step.loss);
    return await new FitLoop(net, state, run, settings).run();
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
  readonly #validation: MetricAccumulator;
  readonly #shuffled: Uint32Array;
  readonly #order: Uint32Array;
  readonly #records: EpochRecord[] = [];
  readonly #started = performance.now();
  /** Batches seen, skipped ones included: where the schedule stands. */
  #batches = 0;
  #plateau = PLATEAU_START;
  #stoppedBy: StopReason | undefined;

  constructor(net: Network, state: NetworkState, run: TrainingRun, settings: FitSettings) {
    const { step, metrics, trainingRows } = settings;
    this.#run = run;
    this.#settings = settings;
    this.#control = new RunControl(net, run);
    this.#watcher = new Watcher(settings.earlyStopping ?? WATCH_ONLY);
    const { outputs } = state.layout;
    this.#training = new MetricAccumulator(metrics, step.loss.kind, outputs);
    this.#validation = new MetricAccumulator(metrics, step.loss.kind, outputs);
    this.#shuffled = new Uint32Array(trainingRows.length);
    this.#order = trainingRows.slice();
    const stepsPerEpoch = Math.floor((trainingRows.length + step.batchSize - 1) / step.batchSize);
    this.#length = { stepsPerEpoch, epochs: settings.epochs };
  }

  async run(): Promise<History> {
    try {
      await this.#call('onTrainBegin', this.#control);
      for (let epoch = 1; epoch <= this.#settings.epochs; epoch++) {
        if (this.#mustStop()) break;
        await this.#call('onEpochBegin', epoch, this.#control);
        if (!(await this.#epoch(epoch))) break;
        if (this.#stoppedBy !== undefined) break;
      }
      const history = this.#finish();
      await this.#call('onTrainEnd', history, this.#control);
      return history;
    } finally {
      this.#pause.close();
    }
  }

  /** One epoch; false where it was broken off. */
  async #epoch(epoch: number): Promise<boolean> {
    const begun = performance.now();
    const { step } = this.#settings;
    const rows = this.#order.length;
    this.#shuffle(epoch);
    this.#training.reset();
    let lossSum = 0;
    let weightSum = 0;
    for (let start = 0, batch = 1; start < rows; start += step.batchSize, batch++) {
      const count = Math.min(step.batchSize, rows - start);
      this.#run.learningRate = this.#control.rate ?? this.#scheduledRate();
      this.#batches++;
      this.#run.metrics = this.#training;
      if (this.#run.step(this.#order, start, count)) {
        lossSum += this.#run.loss * this.#run.weightSum;
        weightSum += this.#run.weightSum;
      }
      if (this.#settings.watchesBatches) await this.#call('onBatchEnd', batch, this.#control);
      if (this.#pause.due()) {
        this.#report(epoch, start + count, weightSum > 0 ? lossSum / weightSum : 0, undefined);
        await this.#pause.turn();
      }
      if (this.#mustStop() && start + count < rows) return false;
    }
    const loss = weightSum > 0 ? lossSum / weightSum : 0;
    const validation = await this.#validate();
    const record: EpochRecord = {
      epoch,
      loss,
      metrics: this.#training.results(),
      ...(validation && { validation }),
      learningRate: this.#run.learningRate,
      gradientNorm: this.#run.gradientNorm,
      penalty: this.#run.penalty(),
      seconds: (performance.now() - begun) / 1000,
    };
    await this.#closeEpoch(record);
    return true;
  }

  async #closeEpoch(record: EpochRecord): Promise<void> {
    this.#records.push(record);
    const judged = record.validation ?? record;
    const { monitor } = this.#watcher;
    const value = monitor === 'loss' ? judged.loss : judged.metrics[monitor]!;
    const plateau = plateauOf(this.#settings.schedule);
    if (plateau !== undefined) this.#plateau = plateauAfter(plateau, this.#plateau, judged.loss);
    const verdict = this.#watcher.see(record.epoch, value);
    if (verdict.improved) this.#run.best?.set(this.#run.parameters);
    if (verdict.stop) this.#stoppedBy = 'early-stopping';
    this.#report(record.epoch, this.#order.length, record.loss, record);
    await this.#call('onEpochEnd', record, this.#control);
    this.#mustStop();
    if (this.#pause.due()) await this.#pause.turn();
  }

  /** Loss and metrics of the validation rows, without dropout. */
  async #validate(): Promise<Evaluation | undefined> {
    const { validationRows, step } = this.#settings;
    if (validationRows.length === 0) return undefined;
    this.#validation.reset();
    this.#run.metrics = this.#validation;
    this.#run.prepareEvaluation();
    const tile = Math.min(step.batchSize, this.#order.length);
    let lossSum = 0;
    let weightSum = 0;
    for (let start = 0; start < validationRows.length; start += tile) {
      const count = Math.min(tile, validationRows.length - start);
      lossSum += this.#run.evaluate(validationRows, start, count);
      weightSum += this.#run.weightSum;
      if (this.#pause.due()) await this.#pause.turn();
    }
    return {
      loss: weightSum > 0 ? lossSum / weightSum : 0,
      metrics: this.#validation.results(),
    };
  }

  #scheduledRate(): number {
    const { schedule, step } = this.#settings;
    const base = step.optimizer.learningRate;
    return learningRateAt(schedule, base, this.#batches, this.#length, this.#plateau);
  }

  #shuffle(epoch: number): void {
    const { trainingRows, shuffle, step } = this.#settings;
    if (!shuffle) return;
    shuffleInto(this.#shuffled, step.seed, epoch);
    for (let i = 0; i < this.#shuffled.length; i++) {
      this.#order[i] = trainingRows[this.#shuffled[i]!]!;
    }
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

  #call<Name extends keyof Callback>(
    name: Name,
    ...values: Parameters<NonNullable<Callback[Name]>>
  ): Promise<void> | undefined {
    return callAll(this.#settings.callbacks, name, values);
  }

  /** Brings the best parameters back where asked. */
  #finish(): History {
    const { bestEpoch } = this.#watcher;
    if (bestEpoch > 0 && this.#run.best !== undefined) {
      this.#run.parameters.set(this.#run.best);
      this.#run.markChanged();
    }
    return {
      epochs: this.#records,
      bestEpoch,
      stoppedBy: this.#stoppedBy ?? 'epochs',
      skippedSteps: this.#run.skippedSteps,
    };
  }
}
