/**
 * The schedule that changes nothing. A run without a schedule uses it, and it is the default after a warm-up.
 */
import { makeRecord } from '../../words/options.ts';
import type { ScheduleKind } from './contract.ts';

/** The record that `constant` makes. */
export interface ConstantSchedule {
  readonly kind: 'constant';
}

/**
 * The optimiser's learning rate throughout.
 *
 * @returns an immutable record, JSON
 * @throws {TypeError} when an option is given
 * @example
 * const schedule = constant();
 */
export function constant(options: Readonly<Record<string, never>> = {}): ConstantSchedule {
  return CONSTANT.make(options);
}

/** The constant rate for the rest of the library. */
export const CONSTANT: ScheduleKind<ConstantSchedule> = {
  kind: 'constant',
  options: [],
  make: (options) => makeRecord<ConstantSchedule>('constant', options, {}),
  word: 'constant',
  usual: () => constant(),
  rate: (_schedule, baseRate) => baseRate,
};
