/**
 * The schedules except warm-up, as one closed union, and their table. A new schedule is a new file, a member of the union
 * and a row here; docs/adding-a-schedule.md names the places in order. A warm-up is followed by one of these schedules.
 */
import { listed } from '../../words/messages.ts';
import { readByKind } from '../../words/options.ts';
import { ADAPTIVE, type AdaptiveSchedule } from './adaptive.ts';
import { CONSTANT, type ConstantSchedule } from './constant.ts';
import type { ScheduleKind } from './contract.ts';
import { COSINE, type CosineSchedule } from './cosine.ts';
import { COSINE_RESTARTS, type CosineRestartsSchedule } from './cosine-restarts.ts';
import { EXPONENTIAL, type ExponentialSchedule } from './exponential.ts';
import { INVERSE_SCALING, type InverseScalingSchedule } from './inverse-scaling.ts';
import { ONE_CYCLE, type OneCycleSchedule } from './one-cycle.ts';
import { POLYNOMIAL, type PolynomialSchedule } from './polynomial.ts';
import { REDUCE_ON_PLATEAU, type ReduceOnPlateau } from './reduce-on-plateau.ts';
import { STEP, type StepSchedule } from './step.ts';

/** Every schedule except a warm-up. */
export type PlainSchedule =
  | ConstantSchedule
  | StepSchedule
  | ExponentialSchedule
  | CosineSchedule
  | CosineRestartsSchedule
  | PolynomialSchedule
  | OneCycleSchedule
  | ReduceOnPlateau
  | InverseScalingSchedule
  | AdaptiveSchedule;

/** The schedules by the names of their factories, the one that changes nothing first. */
export const PLAIN_SCHEDULES: {
  readonly [Kind in PlainSchedule['kind']]: ScheduleKind<
    Extract<PlainSchedule, { readonly kind: Kind }>
  >;
} = {
  constant: CONSTANT,
  step: STEP,
  exponential: EXPONENTIAL,
  cosine: COSINE,
  cosineRestarts: COSINE_RESTARTS,
  polynomial: POLYNOMIAL,
  oneCycle: ONE_CYCLE,
  reduceOnPlateau: REDUCE_ON_PLATEAU,
  inverseScaling: INVERSE_SCALING,
  adaptive: ADAPTIVE,
};

/** The object of a schedule. */
export function plainKindOf(schedule: PlainSchedule): ScheduleKind<PlainSchedule> {
  return PLAIN_SCHEDULES[schedule.kind];
}

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
  const kinds = Object.values(PLAIN_SCHEDULES);
  const calls = kinds.map(({ kind, options }) =>
    options.length === 0 ? `${kind}()` : `${kind}(…)`,
  );
  return readByKind<PlainSchedule>(
    where,
    name,
    value,
    Object.fromEntries(kinds.map(({ kind, make }) => [kind, make])),
    listed(calls, { last: 'or' }),
  );
}
