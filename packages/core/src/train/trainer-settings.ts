/**
 * What may change between the steps of a trainer: numbers that the compiled program takes as scalars. What
 * is compiled in (the loss, the shape of a batch, which moments are kept) may not.
 */
import { checkNumber, checkOptions, show } from '../options.ts';
import { readClip, type ClipOption } from '../optim/clip.ts';
import { readOptimizer, type Optimizer } from '../optim/optimizer.ts';
import { optimizerState } from './optimizer-state.ts';
import type { StepSettings } from './settings.ts';

/** What `set` of a trainer takes; what is absent stays as it is. */
export interface TrainerSettings {
  /** Above 0. */
  readonly learningRate?: number;
  readonly l1?: number;
  readonly l2?: number;
  /** `null` for no clipping. */
  readonly clip?: ClipOption | null;
  /** Of the same kind as before; its learning rate is taken too, unless `learningRate` is given. */
  readonly optimizer?: Optimizer;
}

/** The settings and the rate after a change; both are checked before either is used. */
export function changedSettings(
  settings: StepSettings,
  learningRate: number,
  values: TrainerSettings,
): { readonly settings: StepSettings; readonly learningRate: number } {
  const where = 'set';
  checkOptions(where, values, ['learningRate', 'l1', 'l2', 'clip', 'optimizer']);
  const { clip } = values;
  const optimizer =
    values.optimizer === undefined
      ? settings.optimizer
      : sameMoments(settings.optimizer, readOptimizer(where, values.optimizer));
  const rate = values.optimizer === undefined ? learningRate : optimizer.learningRate;
  return {
    settings: {
      ...settings,
      optimizer,
      l1: checkNumber(where, 'l1', values.l1 ?? settings.l1, { min: 0 }),
      l2: checkNumber(where, 'l2', values.l2 ?? settings.l2, { min: 0 }),
      clip: clip === undefined ? settings.clip : readClip(where, clip === null ? undefined : clip),
    },
    learningRate: checkNumber(where, 'learningRate', values.learningRate ?? rate, { above: 0 }),
  };
}

/** Refuses an optimiser that would need other memory than the run has. */
function sameMoments(before: Optimizer, after: Optimizer): Optimizer {
  const [old, now] = [optimizerState(before), optimizerState(after)];
  const fits =
    old.rule === now.rule &&
    old.firstMoments === now.firstMoments &&
    old.thirdMoments === now.thirdMoments &&
    old.nesterov === now.nesterov;
  if (fits) return after;
  throw new RangeError(
    `set: optimizer must be of kind ${show(before.kind)} and keep the same moments; got ${show(after.kind)}. Close this trainer and make a new one.`,
  );
}
