/**
 * The loop of `fit` over epochs: steps, validation, metrics, schedules, early stopping that gives the best parameters back, callbacks,
 * progress and abort. Where the rows come from is the matter of {@link EpochRows}.
 */
import type { MetricAccumulator } from '../metrics/accumulator.ts';
import type { Network } from '../model/network.ts';
import {
  learningRateAt,
  scheduleAfter,
  scheduleEnds,
  scheduleStart,
  type RunLength,
} from '../optim/schedule.ts';
import { callAll, RunControl } from './callbacks.ts';
import { signOf, WATCH_ONLY, watchedValue, Watcher } from './early-stopping.ts';
import type { EpochRows } from './epoch-rows.ts';
import type { FitSettings } from './fit-options.ts';
import type { EpochRecord, Evaluation, History } from './history.ts';
import { Pause } from './pause.ts';
import { RowSums } from './row-sums.ts';
import type { TrainingRun } from './run.ts';
import { copyLoop, newLoopState, resumedLoop, type LoopState, type RunState } from './run-state.ts';

/** The loop over epochs. Everything that it keeps from one batch or epoch to the next is in its {@link LoopState}. */
export class FitLoop {
  readonly #run: TrainingRun;
  readonly #rows: EpochRows;
  readonly #settings: FitSettings;
  readonly #loop: LoopState;
  readonly #control: RunControl;
  readonly #pause = new Pause();
  readonly #watcher: Watcher;
  readonly #length: RunLength;
  readonly #training: MetricAccumulator;
  readonly #validation: RowSums;
  readonly #watchesBatches: boolean;
  /** When the seconds of the loop's state were taken. */
  #clock: number = performance.now();

  constructor(
    net: Network,
    run: TrainingRun,
    rows: EpochRows,
    settings: FitSettings,
    from: RunState | undefined,
  ) {
    const { metrics, loss, batchSize, epochs, callbacks, schedule } = settings;
    this.#run = run;
    this.#rows = rows;
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
    const rowsPerEpoch = rows.training;
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
    const source = this.#rows;
    const rows = source.training;
    this.#takeTime();
    if (loop.batch === 0) loop.epochSeconds = 0;
    source.begin(loop.epoch);
    for (let start = loop.batch * batchSize; start < rows; start += batchSize) {
      const count = Math.min(batchSize, rows - start);
      run.progress.learningRate = loop.control.rate ?? this.#scheduledRate();
      loop.batches++;
      const ready = source.ready(start, count);
      if (ready !== undefined) await ready;
      const taken = run.step(source.order, source.place, count);
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
      epoch: loop.epoch,
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
    await this.#report(this.#rows.training, record.loss, record);
    loop.epoch++;
    loop.batch = loop.lossSum = loop.weightSum = 0;
    this.#training.reset();
    await callAll(callbacks, 'onEpochEnd', record, this.#control);
    this.#mustStop();
    if (this.#pause.due()) await this.#pause.turn();
  }

  /** Loss and metrics of the validation rows, without dropout. */
  async #validate(): Promise<Evaluation | undefined> {
    const { training, validation } = this.#rows;
    if (validation === 0) return undefined;
    const tile = Math.min(this.#settings.batchSize, training);
    this.#validation.reset();
    for (const pending of this.#rows.validate(this.#run, tile, this.#validation)) {
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
      rowsInEpoch: this.#rows.training,
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
