/**
 * Early stopping: watch one number an epoch, remember the best, stop when it has not got better for
 * `patience` epochs. Better means better by more than `minDelta`; NaN is never better. The parameters of the
 * best epoch come back unless the caller declines.
 */
import { booleanOption, choiceOption, numberOption, readOptions } from '../words/options.ts';
import { higherIsBetter, type MetricName } from '../metrics/registry.ts';
import type { WatcherState } from './run-state.ts';

export interface EarlyStoppingOptions {
  /** `'loss'` or a metric's name; of the validation rows where there are any. Default `'loss'`. */
  readonly monitor?: 'loss' | MetricName;
  /** Epochs without a better value before the run stops. Default 10. */
  readonly patience?: number;
  /** How much better counts as better; at least 0. Default 0. */
  readonly minDelta?: number;
  /** Whether the parameters of the best epoch come back. Default true. */
  readonly restoreBest?: boolean;
}

/** The checked options. */
export type EarlyStopping = Required<EarlyStoppingOptions>;

/**
 * The checked options; `true` stands for the defaults, `false` and undefined for none.
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
      monitor: choiceOption<'loss' | MetricName>(['loss', ...metrics], 'loss'),
      patience: numberOption({ integer: true, min: 0 }, 10),
      minDelta: numberOption({ min: 0 }, 0),
      restoreBest: booleanOption(true),
    },
    'earlyStopping.',
  );
}

/** For a run without early stopping, whose history tells the best epoch all the same. */
export const WATCH_ONLY: EarlyStopping = {
  monitor: 'loss',
  patience: Infinity,
  minDelta: 0,
  restoreBest: false,
};

/** What the watcher says of an epoch. */
export interface Verdict {
  readonly improved: boolean;
  readonly stop: boolean;
}

/** Follows the watched number through the epochs. */
export class Watcher {
  readonly monitor: 'loss' | MetricName;
  readonly #state: WatcherState;
  readonly #options: EarlyStopping;
  readonly #sign: number;

  /** @param state - what it remembers; it is changed by every epoch */
  constructor(options: EarlyStopping, state: WatcherState) {
    this.#state = state;
    this.#options = options;
    this.monitor = options.monitor;
    this.#sign = higherIsBetter(options.monitor) ? -1 : 1;
  }

  /** Takes in the value of an epoch (from 1). */
  see(epoch: number, value: number): Verdict {
    const score = this.#sign * value;
    const state = this.#state;
    const known = state.best === state.best;
    const improved = score === score && (!known || score < state.best - this.#options.minDelta);
    if (improved) {
      state.best = score;
      state.bestEpoch = epoch;
      state.stale = 0;
      return { improved, stop: false };
    }
    state.stale++;
    return { improved, stop: state.stale >= Math.max(1, this.#options.patience) };
  }
}
