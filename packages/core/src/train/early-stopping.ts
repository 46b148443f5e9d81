/**
 * Early stopping: watch one number per epoch, remember the best, and stop when it has not improved for `patience`
 * epochs. NaN is never better. The network gets the parameters of the best epoch unless the caller declines.
 * Libraries differ in what the best is, so both meanings are here: see `best` of {@link EarlyStoppingOptions}.
 */
import { booleanOption, choiceOption, numberOption, readOptions } from '../words/options.ts';
import { higherIsBetter, type MetricName } from '../metrics/registry.ts';
import type { EpochRecord } from './history.ts';
import type { WatcherState } from './run-state.ts';

export interface EarlyStoppingOptions {
  /**
   * `'loss'` or a metric's name, measured on the validation rows if there are any; or `'objective'`, the quantity that the
   * run minimises: the loss of the training rows plus the penalty of l1 and l2. Default `'loss'`.
   */
  readonly monitor?: Monitored;
  /** Epochs without a better value before the run stops. Default 10. */
  readonly patience?: number;
  /** The smallest improvement that counts; at least 0. Default 0. */
  readonly minDelta?: number;
  /**
   * Which value becomes the best one. `'beyond-delta'`: only a value that is better by more than `minDelta`, so the best
   * does not change while progress is slow (Keras, PyTorch Lightning). `'any'`: every better value; an epoch counts as
   * progress if it beats the earlier best by at least `minDelta` (scikit-learn). Default `'beyond-delta'`.
   */
  readonly best?: 'beyond-delta' | 'any';
  /** Whether the network gets the parameters of the best epoch at the end. Default true. */
  readonly restoreBest?: boolean;
}

/** What early stopping can watch. */
export type Monitored = 'loss' | 'objective' | MetricName;

/** The checked options. */
export type EarlyStopping = Required<EarlyStoppingOptions>;

/**
 * The checked options; `true` means the defaults, `false` and undefined mean no early stopping.
 *
 * @throws {RangeError} when `monitor` is neither `'loss'` nor one of the run's metrics
 */
export function readEarlyStopping(
  where: string,
  given: unknown,
  metrics: readonly MetricName[],
): EarlyStopping | undefined {
  if (given === undefined || given === false) return undefined;
  return readOptions<EarlyStopping>(
    where,
    given === true ? {} : given,
    {
      monitor: choiceOption<Monitored>(['loss', 'objective', ...metrics], 'loss'),
      patience: numberOption({ integer: true, min: 0 }, 10),
      minDelta: numberOption({ min: 0 }, 0),
      best: choiceOption(['beyond-delta', 'any'], 'beyond-delta'),
      restoreBest: booleanOption(true),
    },
    'earlyStopping.',
  );
}

/** The options for a run without early stopping, because its history also names the best epoch. */
export const WATCH_ONLY: EarlyStopping = {
  monitor: 'loss',
  patience: Infinity,
  minDelta: 0,
  best: 'beyond-delta',
  restoreBest: false,
};

/** The watched number of an epoch. */
export function watchedValue(monitor: Monitored, record: EpochRecord): number {
  if (monitor === 'objective') return record.loss + record.penalty;
  const { loss, metrics } = record.validation ?? record;
  return monitor === 'loss' ? loss : metrics[monitor]!;
}

/** −1 if a higher number is better, so that the product is always better if it is lower. */
export function signOf(monitor: Monitored): 1 | -1 {
  return monitor !== 'objective' && higherIsBetter(monitor) ? -1 : 1;
}

/** The result of the watcher for an epoch. */
export interface Verdict {
  readonly improved: boolean;
  readonly stop: boolean;
}

/** Follows the watched number through the epochs. */
export class Watcher {
  readonly monitor: Monitored;
  readonly #state: WatcherState;
  readonly #options: EarlyStopping;
  readonly #sign: number;

  /** @param state - what it remembers; it is changed by every epoch */
  constructor(options: EarlyStopping, state: WatcherState) {
    this.#state = state;
    this.#options = options;
    this.monitor = options.monitor;
    this.#sign = signOf(options.monitor);
  }

  /** Adds the value of an epoch (from 1). */
  see(epoch: number, value: number): Verdict {
    const score = this.#sign * value;
    const state = this.#state;
    const { minDelta, patience } = this.#options;
    const first = score === score && state.best !== state.best;
    const scikit = this.#options.best === 'any';
    const improved = first || score < state.best - (scikit ? 0 : minDelta);
    const progress = scikit ? first || score <= state.best - minDelta : improved;
    if (improved) {
      state.best = score;
      state.bestEpoch = epoch;
    }
    state.stale = progress ? 0 : state.stale + 1;
    return { improved, stop: !progress && state.stale >= Math.max(1, patience) };
  }
}
