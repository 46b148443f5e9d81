/**
 * The words that flags and environment variables accept. They come from the lists of the library, so that the command
 * offers everything that the library has. This file imports no other file of the command, so every command may use it.
 */
import type { LossKind } from 'vinculum';
import {
  BACKEND_NAMES,
  NUMBER_LOSSES,
  OPTIMIZER_NAMES,
  optimizerFactory,
  type OptimizerName,
} from 'vinculum/internal';

export {
  ACTIVATION_KINDS as ACTIVATIONS,
  INITIALISER_NAMES as INITIALISERS,
  INSTRUCTION_SETS,
  LOSS_KINDS as LOSSES,
  NUMERICS,
  OPTIMIZER_NAMES as OPTIMIZERS,
  SCHEDULE_WORDS as SCHEDULES,
  THREADED_BACKENDS,
} from 'vinculum/internal';

/** What a run can learn. */
export const TASKS = ['classification', 'regression'] as const;

/** The answers to a question that a preset answers otherwise. */
export const YES_NO = ['yes', 'no'] as const;

/** The losses that a regression can minimise: losses that compare the outputs with the targets directly. */
export const REGRESSION_LOSSES: readonly LossKind[] = NUMBER_LOSSES;

/** The optimiser of a name, as the command means it: with a weight decay, Adam is AdamW. */
export function optimizerNamed(name: OptimizerName, withDecay: boolean): OptimizerName {
  return name === 'adam' && withDecay ? 'adamw' : name;
}

/** The words of `--optimizer` that go with an option, as the optimisers' own lists of options say. */
export function optimizersWith(
  option: 'momentum' | 'weightDecay' | 'beta2',
): readonly OptimizerName[] {
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

/** What `--threads` and `VINCULUM_THREADS` take. */
export const THREADS = { min: 1, max: 256 } as const;
