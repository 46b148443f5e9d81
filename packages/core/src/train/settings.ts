/**
 * The options of `fit`, `trainer` and `evaluate`, checked once. {@link StepSettings} holds what a step needs; the options
 * that only the loop needs are in `fit-options.ts`.
 */
import { mustBe, rangeError, typeError } from '../words/fault.ts';
import type { Backend, Numerics } from '../backends/contract.ts';
import type { BackendChoice } from '../backends/registry.ts';
import { outputOfLoss, readLoss, type Loss, type LossOption } from '../losses/loss.ts';
import type { NetworkState } from '../model/network.ts';
import {
  anyOption,
  choiceOption,
  isRecord,
  nearest,
  numberOption,
  optional,
  readOptions,
  type NumberRule,
  type OptionRule,
  type OptionRules,
} from '../words/options.ts';
import { adam } from '../optim/adam.ts';
import { readClip, type Clip, type ClipOption } from '../optim/clip.ts';
import { readOptimizer, type Optimizer } from '../optim/optimizer.ts';
import { backendOption, numericsOption, threadsOption } from '../model/prediction.ts';
import type { ClassWeights } from './row-weights.ts';

/** The options that `fit` and `trainer` share. */
export interface StepOptions {
  /** The loss to minimise; cross-entropies take logits. */
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
  /**
   * The largest norm of the incoming weights of a unit: after each step the weights of a unit of a dense layer that are longer
   * are scaled to this length. As Keras' MaxNorm on every dense layer, the last one included. Default none.
   */
  readonly maxNorm?: number;
  /** Gradient clipping over all parameters: eq. (30). */
  readonly clip?: ClipOption;
  /**
   * Factors of the classes in the loss, or `'balanced'`. With label smoothing the whole smoothed loss of a row is multiplied
   * by the factor of its class; PyTorch weights each class inside the smoothed sum.
   */
  readonly classWeights?: ClassWeights;
  /** What happens when a gradient is not finite: an error, or the step is skipped. Default `'throw'`. */
  readonly onNonFinite?: 'throw' | 'skip';
  readonly backend?: BackendChoice;
  /**
   * The number of threads, also more than there are processors; it never changes a bit. By default the
   * run measures which number is fastest, if there is enough work for several. If threads cannot share memory, as in a page that is not cross-origin isolated, there is one thread.
   */
  readonly threads?: number;
  /**
   * How the terms of matrix products are added: `'portable'` rounds twice, on every backend; `'fused'` rounds once, which is
   * about twice as fast on many processors. Each has bits of its own, the same wherever it can be computed; `'fused'` is
   * refused where it cannot. Default `'portable'`.
   */
  readonly numerics?: Numerics;
  /** S of the sharded gradient; part of the result's bits. Default 1. */
  readonly shards?: number;
}

/** The checked options of a step. */
export interface StepSettings {
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly batchSize: number;
  readonly seed: number;
  readonly l1: number;
  readonly l2: number;
  readonly maxNorm: number | undefined;
  readonly clip: Clip | undefined;
  /** The unchecked option, because the check needs the targets. */
  readonly classWeights: unknown;
  readonly onNonFinite: 'throw' | 'skip';
  readonly backend: Backend;
  readonly threads: number | undefined;
  readonly numerics: Numerics;
  readonly shards: number;
}

/** What l1 and l2 must be. */
export const PENALTY_RULE: NumberRule = { min: 0, float32: true };

/** What the largest norm must be. */
export const LIMIT_RULE: NumberRule = { above: 0, float32: true };

/** t, the step of a single pass. */
export const STEP: OptionRule<number> = numberOption({ integer: true, min: 1 }, 1);

/** The rules of {@link StepOptions} for a network. */
export function stepRules(state: NetworkState): OptionRules<StepSettings> {
  const { spec } = state;
  return {
    loss: (where, _name, value) => readStepLoss(where, value, state),
    optimizer: (where, _name, value = adam()) => readOptimizer(where, value),
    batchSize: numberOption({ integer: true, min: 1, max: 1 << 24 }, 32),
    seed: numberOption({ integer: true, min: 0 }, spec.seed),
    l1: numberOption(PENALTY_RULE, 0),
    l2: numberOption(PENALTY_RULE, 0),
    maxNorm: optional(numberOption(LIMIT_RULE)),
    clip: (where, _name, value) => readClip(where, value),
    classWeights: anyOption,
    onNonFinite: choiceOption(['throw', 'skip'], 'throw'),
    backend: backendOption(spec.dtype),
    threads: threadsOption,
    numerics: numericsOption,
    shards: numberOption({ integer: true, min: 1, max: 4096 }, 1),
  };
}

/** The settings of a step alone. */
export function readStepSettings(
  where: string,
  options: StepOptions,
  state: NetworkState,
): StepSettings {
  return readStepOptions(where, options, stepRules(state));
}

/**
 * Reads the options of `fit` and similar functions by their table, which is the table of {@link stepRules} with some rules
 * added or removed.
 *
 * @throws {TypeError} when `options` is missing, or an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is wrong, or the loss disagrees with the network's output
 */
export function readStepOptions<Values extends object>(
  where: string,
  options: unknown,
  rules: OptionRules<Values>,
): Values {
  if (options === undefined) {
    throw typeError(mustBe(where, 'options', 'an object with at least a loss', options));
  }
  const names = Object.keys(rules);
  for (const name of Object.keys(isRecord(options) ? options : {})) {
    const known = names.includes(name) || nearest(name, names) !== undefined;
    const meant = known ? undefined : nearest(name, OPTIMIZER_OPTIONS);
    if (meant === undefined) continue;
    throw typeError({
      where,
      subject: '',
      rule: `unknown option '${name}'`,
      remedy: ` It belongs to the optimiser: optimizer: adam({ ${meant}: … }).`,
    });
  }
  return readOptions(where, options, rules);
}

/** Options that users often write beside `optimizer` although they belong inside it. */
const OPTIMIZER_OPTIONS = ['learningRate', 'beta1', 'beta2', 'epsilon'] as const;

/** The loss; it must fit the number of outputs and must not disagree with the output function that the spec names. */
function readStepLoss(where: string, value: unknown, { spec, layout }: NetworkState): Loss {
  const loss = readLoss(where, value);
  if (loss.kind === 'softmax-cross-entropy' && layout.outputs === 1) {
    throw rangeError({
      where,
      subject: `loss '${loss.kind}'`,
      rule: 'needs at least 2 outputs; the network has 1',
      remedy: " Use 'binary-cross-entropy', or dense(2) as the last layer.",
    });
  }
  const { output } = spec;
  const wanted = outputOfLoss(loss.kind);
  if (output === undefined || output === wanted) return loss;
  throw rangeError({
    where,
    subject: `loss '${loss.kind}'`,
    rule: `must go with output '${wanted}'; the network has output '${output}'`,
    remedy: ' Leave output off, or choose the loss that fits.',
  });
}
