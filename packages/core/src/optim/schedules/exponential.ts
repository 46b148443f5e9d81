/**
 * Geometric decay: the rate falls by the same factor each epoch.
 */
import { numberOption, makeRecord } from '../../words/options.ts';
import { integerPower } from '../integer-power.ts';
import { epochOf, type RunLength } from './position.ts';

/** The record that `exponential` makes. */
export interface ExponentialSchedule {
  readonly kind: 'exponential';
  readonly factor: number;
}

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
  return makeRecord<ExponentialSchedule>('exponential', options, {
    factor: numberOption({ above: 0, max: 1 }),
  });
}

/** The rate of {@link exponential} at a step of the run. */
export function exponentialRate(
  schedule: ExponentialSchedule,
  baseRate: number,
  at: number,
  length: RunLength,
): number {
  return baseRate * integerPower(schedule.factor, epochOf(at, length));
}
