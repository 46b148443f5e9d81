/**
 * Learning-rate schedules: how α of the optimiser changes over a run. A schedule is a plain record and its
 * rate a pure function of the step, computed in float64 with our own cosine and powers, so that the bits
 * are the same everywhere. Decoupled weight decay follows the scheduled rate.
 */
import { isRecord } from '../words/options.ts';
import { plainRateAt, readPlainSchedule, type PlainSchedule } from './schedules/plain.ts';
import type { RunLength } from './schedules/position.ts';
import type { ReduceOnPlateau, PlateauState } from './schedules/reduce-on-plateau.ts';
import { warmup, warmupRate, type WarmupSchedule } from './schedules/warmup.ts';

export type { RunLength };

/** The option `schedule` of `fit`. */
export type Schedule = PlainSchedule | WarmupSchedule;

/** The kinds of schedules. */
export const SCHEDULE_KINDS: readonly Schedule['kind'][] = [
  'constant',
  'cosine',
  'exponential',
  'step',
  'warmup',
  'oneCycle',
  'reduceOnPlateau',
];

/**
 * Reads a schedule from a record, made by a factory or read from a JSON file.
 *
 * @param where - the public function, for messages
 * @param value - what was given; undefined for none
 * @returns the checked, complete record, or undefined
 * @throws {TypeError} when it is no schedule, or has an unknown field
 * @throws {RangeError} when a value is out of its range
 */
export function readSchedule(where: string, value: unknown): Schedule | undefined {
  if (value === undefined) return undefined;
  if (!isRecord(value) || value['kind'] !== 'warmup') {
    return readPlainSchedule(where, 'schedule', value);
  }
  const { kind: _, ...options } = value;
  return warmup(options);
}

/**
 * The learning rate of a step.
 *
 * @param schedule - the record; undefined for a constant rate
 * @param baseRate - α of the optimiser
 * @param at - steps done before, from 0
 * @param length - steps of an epoch, and epochs
 * @param plateau - the state of `reduceOnPlateau`; no other schedule reads it
 */
export function learningRateAt(
  schedule: Schedule | undefined,
  baseRate: number,
  at: number,
  length: RunLength,
  plateau: PlateauState,
): number {
  if (schedule === undefined) return baseRate;
  if (schedule.kind === 'warmup') return warmupRate(schedule, baseRate, at, length, plateau);
  return plainRateAt(schedule, baseRate, at, length, plateau);
}

/**
 * The `reduceOnPlateau` of a schedule: the schedule itself, or the one after its warm-up.
 *
 * @param schedule - the record
 * @returns undefined if there is none
 */
export function plateauOf(schedule: Schedule | undefined): ReduceOnPlateau | undefined {
  const plain = schedule?.kind === 'warmup' ? schedule.followedBy : schedule;
  return plain?.kind === 'reduceOnPlateau' ? plain : undefined;
}
