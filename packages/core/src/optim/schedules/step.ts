/**
 * The staircase: after every fixed number of epochs the rate falls by a factor.
 */
import { numberOption, makeRecord } from '../../words/options.ts';
import { integerPower } from '../integer-power.ts';
import { epochOf, type RunLength } from './position.ts';

/** The record that `step` makes. */
export interface StepSchedule {
  readonly kind: 'step';
  /** In epochs. */
  readonly every: number;
  readonly factor: number;
}

/**
 * α · factor^⌊epoch / every⌋, epochs counted from 0; changes between epochs only.
 *
 * PyTorch's `StepLR(step_size=every, gamma=factor)`; Keras has it as `LearningRateScheduler` only.
 *
 * @param options - `every` (epochs, at least 1; required), `factor = 0.1` (above 0, at most 1)
 * @returns an immutable record, JSON
 * @throws {TypeError} when an option is missing, unknown or of a wrong kind
 * @throws {RangeError} when a value is out of its range
 * @example
 * const schedule = step({ every: 30 });
 */
export function step(options: { readonly every: number; readonly factor?: number }): StepSchedule {
  return makeRecord<StepSchedule>('step', options, {
    every: numberOption({ integer: true, min: 1 }),
    factor: numberOption({ above: 0, max: 1 }, 0.1),
  });
}

/** The rate of {@link step} at a step of the run. */
export function stepRate(
  schedule: StepSchedule,
  baseRate: number,
  at: number,
  length: RunLength,
): number {
  const falls = Math.floor(epochOf(at, length) / schedule.every);
  return baseRate * integerPower(schedule.factor, falls);
}
