/**
 * The plan of a training: everything that decides what is learned from given rows, with every default applied, as plain
 * JSON. `Classifier`, `Regressor` and `vinculum train` each make a plan from their own options. recipe.ts follows the plan,
 * and a model file holds it, so a model that is loaded and fitted again is trained in the same way as the first time.
 * Options that only say how to run (backend, threads, callbacks, progress, signal) are not part of the plan.
 */
import { readInitialiser, type Initialiser } from '../init/initialiser.ts';
import { readLoss, type Loss } from '../losses/loss.ts';
import { METRIC_NAMES } from '../metrics/registry.ts';
import { readLayer, type Layer } from '../network/layers/kinds.ts';
import { readClip, type ClipOption } from '../optim/clip.ts';
import type { LbfgsSettings } from '../optim/lbfgs.ts';
import { readOptimizer, type Optimizer } from '../optim/optimizer.ts';
import { NUMERICS, type Numerics } from '../program/numerics.ts';
import { readSchedule, type Schedule } from '../optim/schedule.ts';
import { PREPARATION_RULES, type PreparationOptions } from '../tables/preparation.ts';
import { readEarlyStopping, type EarlyStopping } from '../train/early-stopping.ts';
import { LIMIT_RULE } from '../train/settings.ts';
import { mustBe, rangeError, typeError } from '../words/fault.ts';
import {
  booleanOption,
  choiceOption,
  listOf,
  numberOption,
  optional,
  readOptions,
  recordOption,
  type OptionRules,
} from '../words/options.ts';
import { EMBEDDINGS, type Embedding } from './embedding.ts';
import { isLabel, type Label } from '../arrays/labels.ts';

/** The rows of a step, for training sets of at least a given number of rows. */
export interface BatchRule {
  readonly from: number;
  readonly rows: number;
}

/**
 * Several networks in place of one, whose outputs are averaged: the probabilities of classes, or the numbers of a
 * regression. The members differ in their seed, and each holds out another part of the rows (a fold) for early stopping,
 * so that together they learn from all rows.
 */
export interface Ensemble {
  /** How many networks there are. */
  readonly members: number;
  /**
   * Into how many folds the rows are divided, so that network i holds out fold i mod `folds`, and each row is held out; absent, each
   * network holds out the share `validationFraction`.
   */
  readonly folds?: number;
  /**
   * What several recipes change of the plan: each has `members` networks, and their outputs are averaged with weights that the rows
   * held out choose. Absent, all networks follow the plan as it is.
   */
  readonly recipes?: readonly RecipeChange[];
  /** The places of the networks that are trained, ascending, because a limit of time left out the others; absent, all are. */
  readonly trained?: readonly number[];
}

/** What a recipe of an ensemble does in another way than the plan says. */
export interface RecipeChange extends Partial<Pick<TrainPlan, 'embedding' | 'layers'>> {
  readonly name: string;
}

/** The operations that a training may take: `operations` + `operationsPerRow` · rows. Plain JSON, a part of a plan. */
export interface Budget {
  readonly operations: number;
  readonly operationsPerRow: number;
  /** Whether the budget may reduce the members; absent, their number was chosen by the user. */
  readonly members?: boolean;
  /** Whether it may reduce the epochs; absent, their number was chosen by the user. */
  readonly epochs?: boolean;
}

/** The most networks of a recipe, and the most recipes of an ensemble. */
export const MAX_MEMBERS = 256;
export const MAX_RECIPES = 8;

/** The class weights: a factor for each class that is named, and 1 for the others. */
export type PlannedClassWeights = 'balanced' | readonly (readonly [Label, number])[];

/** How a model is trained; see the head of this file. */
export interface TrainPlan {
  readonly loss: Loss;
  /** What numbers become before the layers; absent, they stay plain. */
  readonly embedding?: Embedding;
  /** The layers before the last one. */
  readonly layers: readonly Layer[];
  /** The initialiser of the weights of the last layer, which has an output for each class or target. */
  readonly outputInit: Initialiser;
  readonly optimizer: Optimizer;
  /** Present, the network is trained by L-BFGS on all rows at once, and the optimiser has no effect. */
  readonly lbfgs?: LbfgsSettings;
  readonly schedule: Schedule;
  /** The last rule that applies is used; a step never has more rows than the training set. */
  readonly batchSizes: readonly BatchRule[];
  /** Passes over the training rows, at most. */
  readonly epochs: number;
  readonly shuffle: boolean;
  /**
   * Rows of a chunk: chunks are shuffled, and the rows of each chunk, so that the rows need not be in memory together. Absent, a table of
   * many numbers has chunks by its size, and other rows are shuffled as a whole.
   */
  readonly chunkRows?: number;
  /** The seed of weights, orders, splits and dropout. */
  readonly seed: number;
  readonly l1: number;
  readonly l2: number;
  /** A further l2 that is divided by the rows of a step: scikit-learn's `alpha`. */
  readonly l2ByBatch: number;
  /** The largest norm of the incoming weights of a unit; absent, there is none. */
  readonly maxNorm?: number;
  readonly clip?: ClipOption;
  readonly classWeights?: PlannedClassWeights;
  /** The share of the rows that early stopping watches; 0 for none. Stratified for classes. */
  readonly validationFraction: number;
  readonly stopping: EarlyStopping;
  readonly preparation: Required<PreparationOptions>;
  /** Whether the targets of a regression are brought to mean 0 and variance 1 for training. */
  readonly standardizeTarget: boolean;
  /** Whether a regression never predicts a number outside the range of the targets that it learned from; absent, it may. */
  readonly clipOutput?: boolean;
  /** Absent, there is one network. */
  readonly ensemble?: Ensemble;
  /** What a training may take; it reduces members and epochs for many rows. Absent, nothing is reduced. */
  readonly budget?: Budget;
  /** Whether the probabilities of classes get a temperature from rows that were held out; absent, they do not. */
  readonly calibrate?: boolean;
  /** How the terms of matrix products are added; `'portable'` in a file that does not say it. */
  readonly numerics: Numerics;
}

const COUNT = { integer: true, min: 1 } as const;
const AMOUNT = { min: 0, float32: true } as const;

const readEmbedding = choiceOption(EMBEDDINGS);
const readLayers = listOf((where, _name, value) => readLayer(where, value));

const RULES: OptionRules<TrainPlan> = {
  loss: (where, _name, value) => readLoss(where, value),
  embedding: optional(readEmbedding),
  layers: readLayers,
  outputInit: (where, _name, value) => readInitialiser(where, value),
  optimizer: (where, _name, value) => readOptimizer(where, value),
  lbfgs: optional(
    recordOption<LbfgsSettings>({
      memory: numberOption(COUNT),
      tolerance: numberOption({ min: 0 }),
      evaluations: numberOption(COUNT),
    }),
  ),
  schedule: (where, name, value) => {
    const schedule = readSchedule(where, value, name);
    if (schedule !== undefined) return schedule;
    throw typeError(mustBe(where, name, 'a schedule', value));
  },
  batchSizes: listOf(
    recordOption<BatchRule>({
      from: numberOption({ integer: true, min: 0 }),
      rows: numberOption(COUNT),
    }),
  ),
  epochs: numberOption(COUNT),
  shuffle: booleanOption(),
  chunkRows: optional(numberOption(COUNT)),
  seed: numberOption({ integer: true, min: 0 }),
  l1: numberOption(AMOUNT),
  l2: numberOption(AMOUNT),
  l2ByBatch: numberOption(AMOUNT),
  maxNorm: optional(numberOption(LIMIT_RULE)),
  clip: optional((where, _name, value) => {
    readClip(where, value);
    return value as ClipOption;
  }),
  classWeights: optional(readClassWeights),
  validationFraction: numberOption({ min: 0, below: 1 }),
  stopping: (where, name, value) => {
    const stopping = readEarlyStopping(where, value, METRIC_NAMES);
    if (stopping !== undefined) return stopping;
    throw typeError(mustBe(where, name, 'a record', value));
  },
  preparation: recordOption(PREPARATION_RULES),
  standardizeTarget: booleanOption(),
  clipOutput: optional(booleanOption()),
  ensemble: optional(
    recordOption<Ensemble>({
      members: numberOption({ ...COUNT, max: MAX_MEMBERS }),
      folds: optional(numberOption({ integer: true, min: 2, max: MAX_MEMBERS })),
      recipes: optional(
        listOf<RecipeChange>(
          recordOption<RecipeChange>({
            name: (where, name, value) => {
              if (typeof value === 'string') return value;
              throw typeError(mustBe(where, name, 'a string', value));
            },
            embedding: optional(readEmbedding),
            layers: optional(readLayers),
          }),
        ),
      ),
      trained: optional(listOf(numberOption({ integer: true, min: 0 }))),
    }),
  ),
  budget: optional(
    recordOption<Budget>({
      operations: numberOption({ min: 0 }),
      operationsPerRow: numberOption({ min: 0 }),
      members: optional(booleanOption()),
      epochs: optional(booleanOption()),
    }),
  ),
  calibrate: optional(booleanOption()),
  numerics: choiceOption(NUMERICS, 'portable'),
};

/**
 * A plan from a file, checked.
 *
 * @throws {TypeError} when a part is missing, unknown or of a wrong kind
 * @throws {RangeError} when a value is wrong
 */
export function readTrainPlan(where: string, value: unknown): TrainPlan {
  const plan = readOptions<TrainPlan>(where, value, RULES, 'plan.');
  const count = plan.ensemble?.recipes?.length ?? 2;
  if (count < 2 || count > MAX_RECIPES) {
    const rule = `a list of 2 to ${MAX_RECIPES} recipes`;
    throw rangeError(mustBe(where, 'plan.ensemble.recipes', rule, count));
  }
  if (plan.batchSizes.some(({ from }) => from === 0)) return plan;
  throw rangeError({
    where,
    subject: 'plan.batchSizes',
    rule: 'must have a rule from 0 rows on',
  });
}

/** Rows of a step for so many training rows. */
export function batchSizeFor({ batchSizes }: TrainPlan, rows: number): number {
  let size = rows;
  for (const rule of batchSizes) if (rows >= rule.from) size = rule.rows;
  return Math.min(size, rows);
}

function readClassWeights(where: string, name: string, value: unknown): PlannedClassWeights {
  if (value === 'balanced') return value;
  return listOf((at, item, pair): readonly [Label, number] => {
    if (Array.isArray(pair) && pair.length === 2 && isLabel(pair[0])) {
      return [pair[0], numberOption({ min: 0 })(at, `${item}[1]`, pair[1])];
    }
    throw typeError(mustBe(at, item, 'a pair [label, factor]', pair));
  })(where, name, value);
}
