/**
 * Learning-rate schedules: how α of the optimiser changes over a run. A schedule is a plain record. Its rate is a pure
 * function of the step and of what it remembers, computed in float64 with the core's own cosine and powers, so that the bits
 * are the same everywhere. Decoupled weight decay follows the scheduled rate.
 */
import { checkChoice, isRecord } from '../words/options.ts';
import {
  NO_STATE,
  type EpochOutcome,
  type RunLength,
  type ScheduleKind,
  type ScheduleState,
} from './schedules/contract.ts';
import { PLAIN_SCHEDULES, readPlainSchedule, type PlainSchedule } from './schedules/plain.ts';
import { WARMUP, type WarmupSchedule } from './schedules/warmup.ts';

export type { EpochOutcome, RunLength, ScheduleState };

/** The option `schedule` of `fit`. */
export type Schedule = PlainSchedule | WarmupSchedule;

/** The schedules by the names of their factories. */
const SCHEDULES: {
  readonly [Kind in Schedule['kind']]: ScheduleKind<Extract<Schedule, { readonly kind: Kind }>>;
} = { ...PLAIN_SCHEDULES, warmup: WARMUP };

function kindOf(schedule: Schedule): ScheduleKind<Schedule> {
  return SCHEDULES[schedule.kind];
}

/** The words by which a schedule can be chosen, the one that changes nothing first. */
export const SCHEDULE_WORDS: readonly string[] = Object.values(SCHEDULES).map(({ word }) => word);

/**
 * The schedule that a word means, with usual values.
 *
 * @param where - the public function, for messages
 * @param word - one of {@link SCHEDULE_WORDS}
 * @param epochs - epochs of the run, at most
 * @throws {RangeError} when the word is unknown
 */
export function scheduleOfWord(where: string, word: string, epochs: number): Schedule {
  const known = checkChoice(where, 'schedule', word, SCHEDULE_WORDS);
  return Object.values(SCHEDULES)[SCHEDULE_WORDS.indexOf(known)]!.usual(epochs);
}

/**
 * Reads a schedule from a record, made by a factory or read from a JSON file.
 *
 * @param where - the public function, for messages
 * @param value - what was given; undefined for none
 * @param name - the option
 * @returns the checked, complete record, or undefined
 * @throws {TypeError} when it is no schedule, or has an unknown field
 * @throws {RangeError} when a value is out of its range
 */
export function readSchedule(
  where: string,
  value: unknown,
  name = 'schedule',
): Schedule | undefined {
  if (value === undefined) return undefined;
  if (!isRecord(value) || value['kind'] !== 'warmup') return readPlainSchedule(where, name, value);
  const { kind: _, ...options } = value;
  return WARMUP.make(options);
}

/**
 * The learning rate of a step.
 *
 * @param schedule - the record; undefined for a constant rate
 * @param baseRate - α of the optimiser
 * @param at - steps done before, from 0
 * @param length - steps of an epoch, and epochs
 * @param state - what the schedule remembers
 */
export function learningRateAt(
  schedule: Schedule | undefined,
  baseRate: number,
  at: number,
  length: RunLength,
  state: ScheduleState,
): number {
  if (schedule === undefined) return baseRate;
  return kindOf(schedule).rate(schedule, baseRate, at, length, state);
}

/** What a schedule remembers before the first epoch. */
export function scheduleStart(schedule: Schedule | undefined): ScheduleState {
  return (schedule && kindOf(schedule).start?.(schedule)) ?? NO_STATE;
}

/** What a schedule remembers after one more epoch. */
export function scheduleAfter(
  schedule: Schedule | undefined,
  baseRate: number,
  state: ScheduleState,
  outcome: EpochOutcome,
): ScheduleState {
  return (schedule && kindOf(schedule).after?.(schedule, baseRate, state, outcome)) ?? state;
}

/** Whether a schedule ends the run in this state. */
export function scheduleEnds(schedule: Schedule | undefined, state: ScheduleState): boolean {
  return (schedule && kindOf(schedule).ends?.(schedule, state)) ?? false;
}
