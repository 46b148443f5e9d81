/**
 * Geometric decay: the rate falls by the same factor each epoch.
 */
import { makeRecord, numberOption, type OptionRules } from '../../words/options.ts';
import { integerPower } from '../integer-power.ts';
import { epochOf, type ScheduleKind } from './contract.ts';

/** The record that `exponential` makes. */
export interface ExponentialSchedule {
  readonly kind: 'exponential';
  readonly factor: number;
}

const RULES: OptionRules<Omit<ExponentialSchedule, 'kind'>> = {
  factor: numberOption({ above: 0, max: 1 }),
};

/**
 * α · factor^epoch, epochs counted from 0; changes between epochs only.
 *
 * PyTorch's `ExponentialLR(gamma=factor)`. Keras' `ExponentialDecay` is counted in steps.
 *
 * @param options - `factor` (above 0, at most 1; required)
 * @returns an immutable record, JSON
 * @throws {TypeError} when an option is missing, unknown or of a wrong kind
 * @throws {RangeError} when a value is out of its range
 * @example
 * const schedule = exponential({ factor: 0.95 });
 */
export function exponential(options: { readonly factor: number }): ExponentialSchedule {
  return EXPONENTIAL.make(options);
}

/** The geometric decay for the rest of the library. */
export const EXPONENTIAL: ScheduleKind<ExponentialSchedule> = {
  kind: 'exponential',
  options: Object.keys(RULES),
  make: (options) => makeRecord<ExponentialSchedule>('exponential', options, RULES),
  word: 'exponential',
  usual: () => exponential({ factor: 0.95 }),
  rate: ({ factor }, baseRate, at, length) => baseRate * integerPower(factor, epochOf(at, length)),
};
