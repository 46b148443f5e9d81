/**
 * The staircase: after every fixed number of epochs the rate falls by a factor.
 */
import { makeRecord, numberOption, type OptionRules } from '../../words/options.ts';
import { integerPower } from '../integer-power.ts';
import { epochOf, partOf, type ScheduleKind } from './contract.ts';

/** The record that `step` makes. */
export interface StepSchedule {
  readonly kind: 'step';
  /** In epochs. */
  readonly every: number;
  readonly factor: number;
}

const RULES: OptionRules<Omit<StepSchedule, 'kind'>> = {
  every: numberOption({ integer: true, min: 1 }),
  factor: numberOption({ above: 0, max: 1 }, 0.1),
};

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
  return STEP.make(options);
}

/** The staircase for the rest of the library. */
export const STEP: ScheduleKind<StepSchedule> = {
  kind: 'step',
  options: Object.keys(RULES),
  make: (options) => makeRecord<StepSchedule>('step', options, RULES),
  word: 'step',
  usual: (epochs) => step({ every: partOf(epochs, 3) }),
  rate: ({ every, factor }, baseRate, at, length) =>
    baseRate * integerPower(factor, Math.floor(epochOf(at, length) / every)),
};
