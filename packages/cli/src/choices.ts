/**
 * The words that flags and environment variables accept. They come from the lists of the library, so that the command
 * offers everything that the library has. This file imports no other file of the command, so every command may use it.
 */
import type { LossKind, Schedule } from 'vinculum';
import {
  BACKEND_NAMES,
  NUMBER_LOSSES,
  OPTIMIZER_NAMES,
  optimizerFactory,
  SCHEDULE_KINDS,
  type OptimizerName,
} from 'vinculum/internal';

export {
  ACTIVATION_KINDS as ACTIVATIONS,
  INSTRUCTION_SETS,
  LOSS_KINDS as LOSSES,
  NUMERICS,
  OPTIMIZER_NAMES as OPTIMIZERS,
  THREADED_BACKENDS,
} from 'vinculum/internal';

/** What a run can learn. */
export const TASKS = ['classification', 'regression'] as const;

/** The losses that a regression can minimise: losses that compare the outputs with the targets directly. */
export const REGRESSION_LOSSES: readonly LossKind[] = NUMBER_LOSSES;

/** The optimiser of a name, as the command means it: with a weight decay, Adam is AdamW. */
export function optimizerNamed(name: OptimizerName, withDecay: boolean): OptimizerName {
  return name === 'adam' && withDecay ? 'adamw' : name;
}

/** The words of `--optimizer` that go with an option, as the optimisers' own lists of options say. */
export function optimizersWith(option: 'momentum' | 'weightDecay'): readonly OptimizerName[] {
  const withDecay = option === 'weightDecay';
  return OPTIMIZER_NAMES.filter((name) =>
    optimizerFactory(optimizerNamed(name, withDecay)).options.includes(option),
  );
}

/** What `--backend` takes. */
export const BACKENDS: readonly ('auto' | (typeof BACKEND_NAMES)[number])[] = [
  'auto',
  ...BACKEND_NAMES,
];

/** A word that `--schedule` takes: the kind of a schedule, except for kinds that are not a usual word of a command line. */
export type ScheduleWord =
  Exclude<Schedule['kind'], 'oneCycle' | 'reduceOnPlateau'> | 'one-cycle' | 'plateau';

/** The words that `--schedule` takes. */
export const SCHEDULES: readonly ScheduleWord[] = SCHEDULE_KINDS.map((kind) => {
  if (kind === 'oneCycle') return 'one-cycle';
  return kind === 'reduceOnPlateau' ? 'plateau' : kind;
});

/** What `--threads` and `VINCULUM_THREADS` take. */
export const THREADS = { min: 1, max: 256 } as const;
