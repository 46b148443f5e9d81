/**
 * The adaptive rate: it is divided by 5 whenever the run stalls, and the run ends when it stalls at a very small rate.
 *
 * Source: scikit-learn's SGDOptimizer (module sklearn.neural_network), `learning_rate='adaptive'`.
 */
import { makeRecord, numberOption, type OptionRules } from '../../words/options.ts';
import type { EpochOutcome, ScheduleKind } from './contract.ts';

/** The record that `adaptive` makes. */
export interface AdaptiveSchedule {
  readonly kind: 'adaptive';
  readonly patience: number;
  readonly minDelta: number;
}

export interface AdaptiveOptions {
  readonly patience?: number;
  readonly minDelta?: number;
}

/** What the schedule remembers between epochs. */
export type AdaptiveState = {
  /** The lowest watched number so far; Infinity before any. */
  readonly best: number;
  /** Epochs, one after another, without progress. */
  readonly stale: number;
  /** How often the rate was divided. */
  readonly falls: number;
  /** 1 if the run has stalled at the smallest rate, else 0. */
  readonly ended: number;
};

/** The divisor. */
const DIVISOR = 5;

/** At or below this rate a stalled run ends. */
const SMALLEST_RATE = 1e-6;

const RULES: OptionRules<Omit<AdaptiveSchedule, 'kind'>> = {
  patience: numberOption({ integer: true, min: 1 }, 10),
  minDelta: numberOption({ min: 0 }, 1e-4),
};

/**
 * α / 5ᵏ, where k counts the times that more than `patience` epochs in a row were not better than the best by `minDelta`.
 * A run that stalls at a rate of at most 1e-6 ends. It follows what early stopping watches, or else the loss (of the
 * validation rows, if there are any). An epoch whose number is NaN does not count.
 *
 * scikit-learn's `'adaptive'`, whose `n_iter_no_change` is `patience` and whose `tol` is `minDelta`. Here the rate
 * multiplies the velocity, as in PyTorch; scikit-learn's velocity contains the rate, so after a change it still moves by
 * the old rate for some steps.
 *
 * @param options - `patience = 10` (epochs, at least 1), `minDelta = 1e-4` (in the unit of what is followed)
 * @returns an immutable record, JSON
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is out of its range
 * @example
 * const schedule = adaptive({ patience: 5 });
 *
 * Source: scikit-learn, MLPClassifier's `learning_rate`.
 */
export function adaptive(options: AdaptiveOptions = {}): AdaptiveSchedule {
  return ADAPTIVE.make(options);
}

/** The adaptive rate for the rest of the library. */
export const ADAPTIVE: ScheduleKind<AdaptiveSchedule, AdaptiveState> = {
  kind: 'adaptive',
  options: Object.keys(RULES),
  make: (options) => makeRecord<AdaptiveSchedule>('adaptive', options, RULES),
  word: 'adaptive',
  usual: () => adaptive(),
  rate: (_schedule, baseRate, _at, _length, { falls }) => divided(baseRate, falls),
  start: () => ({ best: Infinity, stale: 0, falls: 0, ended: 0 }),
  after: adaptiveAfter,
  ends: (_schedule, { ended }) => ended === 1,
};

/** The state after one more epoch. */
function adaptiveAfter(
  { patience, minDelta }: AdaptiveSchedule,
  baseRate: number,
  state: AdaptiveState,
  { watched }: EpochOutcome,
): AdaptiveState {
  const stale = watched > state.best - minDelta ? state.stale + 1 : 0;
  const best = watched < state.best ? watched : state.best;
  if (stale <= patience) return { ...state, best, stale };
  if (divided(baseRate, state.falls) <= SMALLEST_RATE) return { ...state, best, stale, ended: 1 };
  return { ...state, best, stale: 0, falls: state.falls + 1 };
}

/** The rate after so many divisions, which are carried out one by one as scikit-learn does. */
function divided(baseRate: number, falls: number): number {
  let rate = baseRate;
  for (let fall = 0; fall < falls; fall++) rate /= DIVISOR;
  return rate;
}
