/**
 * The settings that may change between the steps of a trainer: numbers that the compiled program takes as scalars.
 * Settings that are compiled into the program (the loss, the shape of a batch, which moments are kept) may not change.
 */
import { mustBe, rangeError } from '../words/fault.ts';
import { numberOption, optional, readOptions } from '../words/options.ts';
import { readClip, type ClipOption } from '../optim/clip.ts';
import { readOptimizer, updateNeeds, type Optimizer } from '../optim/optimizer.ts';
import { RATE } from './callbacks.ts';
import type { TrainingRun } from './run.ts';
import { PENALTY_RULE, type StepSettings } from './settings.ts';

/** The argument of `set` of a trainer; an absent setting stays as it is. */
export interface TrainerSettings {
  /** Above 0. */
  readonly learningRate?: number;
  readonly l1?: number;
  readonly l2?: number;
  /** `null` for no clipping. */
  readonly clip?: ClipOption | null;
  /** An optimiser of the same kind as before; its learning rate is used too, unless `learningRate` is given. */
  readonly optimizer?: Optimizer;
}

/** Changes the settings of the later steps of a run; all values are checked before any is used. */
export function changeSettings(run: TrainingRun, values: TrainerSettings): void {
  const { settings } = run;
  const { learningRate, ...changed } = readOptions<Changed>('set', values, {
    learningRate: optional(RATE),
    l1: numberOption(PENALTY_RULE, settings.l1),
    l2: numberOption(PENALTY_RULE, settings.l2),
    clip: (where, _name, value) =>
      value === undefined ? settings.clip : readClip(where, value ?? undefined),
    optimizer: (where, _name, value) =>
      value === undefined
        ? settings.optimizer
        : sameMoments(settings.optimizer, readOptimizer(where, value)),
  });
  const { optimizer } = changed;
  const rate = optimizer === settings.optimizer ? run.learningRate : optimizer.learningRate;
  run.progress.learningRate = learningRate ?? rate;
  run.settings = { ...settings, ...changed, clip: changed.clip };
}

interface Changed extends Pick<StepSettings, 'l1' | 'l2' | 'clip' | 'optimizer'> {
  readonly learningRate: number | undefined;
}

/** Refuses an optimiser that would need other memory than the run has. */
function sameMoments(before: Optimizer, after: Optimizer): Optimizer {
  // Each is a record of words and booleans in a fixed order, so their JSON can be compared.
  if (JSON.stringify(updateNeeds(before)) === JSON.stringify(updateNeeds(after))) return after;
  const rule = `of kind '${before.kind}' and keep the same moments`;
  const remedy = ' Close this trainer and make a new one.';
  throw rangeError(mustBe('set', 'optimizer', rule, after.kind, remedy));
}
