/**
 * A schedule that follows the losses: the rate falls when the loss has not improved for some epochs.
 */
import { makeRecord, numberOption, type OptionRules } from '../../words/options.ts';
import type { ScheduleKind } from './contract.ts';

/** The record that `reduceOnPlateau` makes. */
export interface ReduceOnPlateau {
  readonly kind: 'reduceOnPlateau';
  readonly factor: number;
  readonly patience: number;
  readonly minDelta: number;
  readonly cooldown: number;
  readonly minimum: number;
}

export interface ReduceOnPlateauOptions {
  readonly factor?: number;
  readonly patience?: number;
  readonly minDelta?: number;
  readonly cooldown?: number;
  readonly minimum?: number;
}

/** What the schedule remembers between epochs. */
export type PlateauState = {
  /** The lowest loss so far; Infinity before any. */
  readonly best: number;
  /** Epochs without a better loss. */
  readonly wait: number;
  /** Epochs left in which nothing is counted. */
  readonly cooldown: number;
  /** How often the rate has fallen. */
  readonly falls: number;
};

const RULES: OptionRules<Omit<ReduceOnPlateau, 'kind'>> = {
  factor: numberOption({ above: 0, below: 1 }, 0.1),
  patience: numberOption({ integer: true, min: 1 }, 10),
  minDelta: numberOption({ min: 0 }, 1e-4),
  cooldown: numberOption({ integer: true, min: 0 }, 0),
  minimum: numberOption({ min: 0 }, 0),
};

/**
 * α · factorᵏ, not below `minimum`, where k counts the times that `patience` epochs in a row brought no loss
 * below best − minDelta. It is the loss of the validation rows, if there are any. NaN is never better.
 *
 * Keras' `ReduceLROnPlateau`: `minDelta` is absolute and the rate falls after `patience` epochs. PyTorch's
 * falls one epoch later, and its `threshold` is relative.
 *
 * @param options - `factor = 0.1` (above 0, below 1), `patience = 10` (epochs, at least 1), `minDelta = 1e-4`
 *   (a loss), `cooldown = 0` (epochs after a fall in which nothing is counted), `minimum = 0` (a rate)
 * @returns an immutable record, JSON
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is out of its range
 * @example
 * const schedule = reduceOnPlateau({ patience: 5 });
 */
export function reduceOnPlateau(options: ReduceOnPlateauOptions = {}): ReduceOnPlateau {
  return REDUCE_ON_PLATEAU.make(options);
}

/** The plateau schedule for the rest of the library. */
export const REDUCE_ON_PLATEAU: ScheduleKind<ReduceOnPlateau, PlateauState> = {
  kind: 'reduceOnPlateau',
  options: Object.keys(RULES),
  make: (options) => makeRecord<ReduceOnPlateau>('reduceOnPlateau', options, RULES),
  word: 'plateau',
  usual: () => reduceOnPlateau({ factor: 0.5, patience: 5 }),
  rate: (schedule, baseRate, _at, _length, state) => plateauRate(schedule, baseRate, state),
  start: () => ({ best: Infinity, wait: 0, cooldown: 0, falls: 0 }),
  after: (schedule, _baseRate, state, { loss }) => plateauAfter(schedule, state, loss),
};

/** The state after one more epoch with this loss. */
function plateauAfter(schedule: ReduceOnPlateau, state: PlateauState, loss: number): PlateauState {
  const cooling = state.cooldown > 0;
  const cooldown = cooling ? state.cooldown - 1 : 0;
  const waited = cooling ? 0 : state.wait;
  if (loss < state.best - schedule.minDelta) return { ...state, best: loss, wait: 0, cooldown };
  if (cooldown > 0) return { ...state, wait: waited, cooldown };
  if (waited + 1 < schedule.patience) return { ...state, wait: waited + 1, cooldown };
  return { ...state, wait: 0, cooldown: schedule.cooldown, falls: state.falls + 1 };
}

/** The rate of {@link reduceOnPlateau} in a state. The factors are multiplied one by one, as in Keras. */
function plateauRate(schedule: ReduceOnPlateau, baseRate: number, state: PlateauState): number {
  let rate = baseRate;
  for (let fall = 0; fall < state.falls && rate > schedule.minimum; fall++) {
    rate = Math.max(rate * schedule.factor, schedule.minimum);
  }
  return rate;
}
