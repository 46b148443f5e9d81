/**
 * The schedules except warm-up, as one closed union: reading a record, and the rate at a step. A warm-up is
 * followed by one of them.
 */
import { readByKind } from '../../words/options.ts';
import { constant, type ConstantSchedule } from './constant.ts';
import { cosine, cosineRate, type CosineSchedule } from './cosine.ts';
import { exponential, exponentialRate, type ExponentialSchedule } from './exponential.ts';
import { oneCycle, oneCycleRate, type OneCycleSchedule } from './one-cycle.ts';
import type { RunLength } from './position.ts';
import {
  plateauRate,
  reduceOnPlateau,
  type ReduceOnPlateau,
  type PlateauState,
} from './reduce-on-plateau.ts';
import { step, stepRate, type StepSchedule } from './step.ts';

/** Every schedule except a warm-up. */
export type PlainSchedule =
  | ConstantSchedule
  | StepSchedule
  | ExponentialSchedule
  | CosineSchedule
  | OneCycleSchedule
  | ReduceOnPlateau;

/**
 * Reads a schedule from a record, with the checks of its factory.
 *
 * @param where - the public function, for messages
 * @param name - the option
 * @param value - what was given
 * @throws {TypeError} when it is none, or has an unknown field
 * @throws {RangeError} when a value is out of its range
 */
export function readPlainSchedule(where: string, name: string, value: unknown): PlainSchedule {
  return readByKind<PlainSchedule>(
    where,
    name,
    value,
    { constant, step, exponential, cosine, oneCycle, reduceOnPlateau },
    'constant(), step(…), exponential(…), cosine(…), oneCycle(…) or reduceOnPlateau(…)',
  );
}

/**
 * The rate of a schedule at a step.
 *
 * @param schedule - the record
 * @param baseRate - α of the optimiser
 * @param at - steps done before, from 0
 * @param length - the run
 * @param plateau - what `reduceOnPlateau` remembers; no other schedule reads it
 */
export function plainRateAt(
  schedule: PlainSchedule,
  baseRate: number,
  at: number,
  length: RunLength,
  plateau: PlateauState,
): number {
  switch (schedule.kind) {
    case 'step':
      return stepRate(schedule, baseRate, at, length);
    case 'exponential':
      return exponentialRate(schedule, baseRate, at, length);
    case 'cosine':
      return cosineRate(schedule, baseRate, at, length);
    case 'oneCycle':
      return oneCycleRate(schedule, baseRate, at, length);
    case 'reduceOnPlateau':
      return plateauRate(schedule, baseRate, plateau);
    case 'constant':
      return baseRate;
    default:
      return schedule satisfies never;
  }
}
