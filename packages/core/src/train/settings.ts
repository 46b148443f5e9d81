/**
 * The options of `fit`, `trainer` and `evaluate`, checked once. What a step needs is in {@link StepSettings};
 * what only the loop needs stays with `fit`.
 */
import type { BackendChoice } from '../backends/registry.ts';
import { outputOfLoss, readLoss, type Loss, type LossOption } from '../losses/loss.ts';
import type { NetworkState } from '../model.ts';
import { withOutput } from '../network/spec.ts';
import { checkChoice, checkNumber, checkOptions, nearest, show } from '../options.ts';
import { adam } from '../optim/adam.ts';
import { readClip, type Clip, type ClipOption } from '../optim/clip.ts';
import { readOptimizer, type Optimizer } from '../optim/optimizer.ts';
import type { ClassWeights } from './row-weights.ts';

/** What `fit` and `trainer` share. */
export interface StepOptions {
  /** What is minimised; cross-entropies take logits. */
  readonly loss: LossOption;
  /** Default `adam()`. */
  readonly optimizer?: Optimizer;
  /** Rows of a step; the last batch of an epoch may be smaller. Default 32. */
  readonly batchSize?: number;
  /** Seed of shuffles, dropout masks and splits. Default the network's. */
  readonly seed?: number;
  /** Adds l1·sign(w) to the gradient of weights. Default 0. */
  readonly l1?: number;
  /** Adds l2·w to the gradient of weights, ½·l2·Σw² to the penalty. Default 0. */
  readonly l2?: number;
  /** Gradient clipping over all parameters: eq. (30). */
  readonly clip?: ClipOption;
  /** Factors of the classes in the loss, or `'balanced'`. */
  readonly classWeights?: ClassWeights;
  /** What happens when a gradient is not finite: an error, or the step is left out. Default `'throw'`. */
  readonly onNonFinite?: 'throw' | 'skip';
  readonly backend?: BackendChoice;
  /** Threads to compute with; never changes a bit. The wasm backend runs one. */
  readonly threads?: number;
  /** S of the sharded gradient; part of the result's bits. Default 1. */
  readonly shards?: number;
}

/** The names of {@link StepOptions}. */
export const STEP_OPTION_NAMES = [
  'loss',
  'optimizer',
  'batchSize',
  'seed',
  'l1',
  'l2',
  'clip',
  'classWeights',
  'onNonFinite',
  'backend',
  'threads',
  'shards',
] as const;

/** The checked options of a step. */
export interface StepSettings {
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly batchSize: number;
  readonly seed: number;
  readonly l1: number;
  readonly l2: number;
  readonly clip: Clip | undefined;
  readonly onNonFinite: 'throw' | 'skip';
  readonly shards: number;
}

/** The most rows of a batch. */
const MAX_BATCH = 1 << 24;

/**
 * Checks what `fit` and `trainer` share; the options' names are checked by the caller.
 *
 * @throws {TypeError} when an option is of a wrong kind
 * @throws {RangeError} when a value is wrong, or the loss disagrees with the network's output
 */
export function readStepSettings(
  where: string,
  options: StepOptions,
  state: NetworkState,
): StepSettings {
  const loss = readLoss(where, options.loss);
  checkOutput(where, loss, state);
  if (options.threads !== undefined) {
    checkNumber(where, 'threads', options.threads, { integer: true, min: 1, max: 1024 });
  }
  return {
    loss,
    optimizer: readOptimizer(where, options.optimizer ?? adam()),
    batchSize: checkNumber(where, 'batchSize', options.batchSize ?? 32, {
      integer: true,
      min: 1,
      max: MAX_BATCH,
    }),
    seed: checkNumber(where, 'seed', options.seed ?? state.spec.seed, { integer: true, min: 0 }),
    l1: checkNumber(where, 'l1', options.l1 ?? 0, { min: 0 }),
    l2: checkNumber(where, 'l2', options.l2 ?? 0, { min: 0 }),
    clip: readClip(where, options.clip),
    onNonFinite: checkChoice(where, 'onNonFinite', options.onNonFinite ?? 'throw', [
      'throw',
      'skip',
    ] as const),
    shards: checkNumber(where, 'shards', options.shards ?? 1, { integer: true, min: 1, max: 4096 }),
  };
}

/** Refuses an options argument that is missing, or has a name that is not known. */
export function checkStepOptions(where: string, options: unknown, names: readonly string[]): void {
  if (options === undefined) {
    throw new TypeError(`${where}: options must be an object with at least a loss; got undefined.`);
  }
  const misplaced = optimizerOption(options, names);
  if (misplaced !== undefined) {
    throw new TypeError(
      `${where}: unknown option '${misplaced}'. It belongs to the optimiser: optimizer: adam({ ${nearest(misplaced, OPTIMIZER_OPTIONS)!}: … }).`,
    );
  }
  checkOptions(where, options, names);
}

/** What is often written beside `optimizer` and belongs inside it. */
const OPTIMIZER_OPTIONS = ['learningRate', 'beta1', 'beta2', 'epsilon'] as const;

/** The first option that is unknown here and meant for the optimiser. */
function optimizerOption(options: unknown, names: readonly string[]): string | undefined {
  if (typeof options !== 'object' || options === null) return undefined;
  return Object.keys(options).find(
    (name) =>
      !names.includes(name) &&
      nearest(name, names) === undefined &&
      nearest(name, OPTIMIZER_OPTIONS) !== undefined,
  );
}

/** Refuses a loss that disagrees with the output function the spec names. */
export function checkOutput(where: string, loss: Loss, state: NetworkState): void {
  const { output } = state.spec;
  const wanted = outputOfLoss(loss.kind);
  if (output === undefined || output === wanted) return;
  throw new RangeError(
    `${where}: loss ${show(loss.kind)} must go with output '${wanted}'; the network has output '${output}'. Leave output off, or choose the loss that fits.`,
  );
}

/** The loss fixes what predict applies: from here on it is part of the spec. */
export function adoptOutput(state: NetworkState, loss: Loss): void {
  if (state.spec.output !== undefined) return;
  state.spec = withOutput(state.spec, outputOfLoss(loss.kind));
  state.version++;
}
