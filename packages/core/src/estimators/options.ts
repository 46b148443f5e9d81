/**
 * The options of `Classifier` and `Regressor`. An option that means the same as in scikit-learn has its name, in
 * camelCase, and its default. Additional options are dropout, class weights, clipping and a separate validation set.
 * All options are checked when the estimator is made, so a mistake is reported before any data are read.
 */
import { NUMERICS, type Numerics } from '../backends/contract.ts';
import type { BackendChoice } from '../backends/registry.ts';
import { PREPARATION_RULES, type PreparationOptions } from '../tables/preparation.ts';
import type { InitialiserOption } from '../init/initialiser.ts';
import {
  anyOption,
  booleanOption,
  checkNumber,
  choiceOption,
  isRecord,
  numberOption,
  optional,
  readOptions,
  type OptionRule,
  type OptionRules,
} from '../words/options.ts';
import type { ClipOption } from '../optim/clip.ts';
import type { Callback } from '../train/callbacks.ts';
import type { Progress } from '../train/fit-options.ts';
import { LIMIT_RULE } from '../train/settings.ts';
import { EMBEDDINGS, type Embedding } from './embedding.ts';
import { readHidden, type HiddenActivation, type HiddenLayer } from './hidden-layers.ts';
import { MAX_MEMBERS } from './plan.ts';
import type { RowStorage } from './row-storage.ts';
import { presetSettings, readPreset, recipeSettings, type PresetName } from './presets.ts';
import { readRecipes, type RecipeName, type RecipeOptions } from './recipes.ts';
import { checkSolver, readRate, readSolver, type RateRule, type Solver } from './solver.ts';

/** What both estimators take. */
export interface EstimatorOptions extends PreparationOptions {
  /**
   * Defaults that suit most tables, in place of scikit-learn's: `'fast'` is one small network with early stopping, as
   * `vinculum train` trains it; `'balanced'` is the mean of up to eight larger ones, which is more accurate and takes longer; `'best'`
   * trains several `recipes` with up to eight networks each, and takes about three times as long again. Every other option
   * overrides its part of the preset.
   */
  readonly preset?: PresetName;
  /**
   * How many networks are trained, whose outputs are averaged. They differ in their seeds, and with early stopping each
   * holds out another part of the rows. With `recipes` it is the number for each. Default 1; 8 with the presets `'balanced'` and
   * `'best'`.
   */
  readonly members?: number;
  /**
   * Several recipes, whose networks are averaged with weights that the rows held out choose; see estimators/recipes.ts for what each
   * one changes. Another option overrides its part in every recipe. Default none; `['relu', 'tanh', 'dropout']` with the
   * preset `'best'`.
   */
  readonly recipes?: readonly RecipeName[];
  /**
   * `'periodic'` puts learned sums of cosines beside each number (see `periodicEmbedding`), `'auto'` does so from 200 rows on, for at most 60
   * numbers.
   * Default `'none'`; `'auto'` with the preset `'balanced'`.
   */
  readonly embedding?: Embedding;
  /** Units of each hidden layer. Default `[100]`. */
  readonly hiddenLayerSizes?: number | readonly number[];
  /** The activation of the hidden layers, one for all or one for each; `'logistic'` means `'sigmoid'`. Default `'relu'`. */
  readonly activation?: HiddenActivation | readonly HiddenActivation[];
  /**
   * The initialiser of the weights. The default for relu, tanh, sigmoid and identity is `'xavier-uniform'`, the range of
   * scikit-learn, so that its learning rates are suitable. (scikit-learn draws biases from this range too; here they are 0.)
   * For other activations the default is the one of `dense`.
   */
  readonly init?: InitialiserOption;
  /** Drop rate after each hidden layer, one for all or one for each. Default 0. */
  readonly dropout?: number | readonly number[];
  /**
   * Above 0, a {@link scaling} layer comes before the hidden layers, whose factors have this factor of the learning rate. Default 0: no
   * such layer.
   */
  readonly inputScaling?: number;
  /** The initialiser of the last layer. Default `init`. */
  readonly outputInit?: InitialiserOption;
  /**
   * Default `'adam'`, in the form of scikit-learn (ε added to the uncorrected root, "epsilon hat"). `'lbfgs'` takes all rows at
   * once, which finds a smaller loss in less time for small data; it stops when no element of the gradient is above `tol`, and what
   * belongs to batches (their size, rates, momentum, shuffling) has no effect, as in scikit-learn.
   */
  readonly solver?: Solver;
  /**
   * L2 penalty. scikit-learn adds alpha·W / n to the gradient, where n is the number of rows in the batch. Here n is the
   * batch size, so a short last batch does not have a larger penalty. Default 1e-4.
   */
  readonly alpha?: number;
  /** Rows of a step; `'auto'` is the smaller of 200 and the training rows. Default `'auto'`. */
  readonly batchSize?: 'auto' | number;
  /**
   * How the rate changes, for `solver: 'sgd'` only. Default `'constant'`. Here the rate multiplies the velocity, so a new
   * rate acts at once. scikit-learn's velocity contains the rate, so there a new rate acts only after some steps.
   */
  readonly learningRate?: RateRule;
  /** Default 1e-3. */
  readonly learningRateInit?: number;
  /** The exponent of `'invscaling'`: rate = initial / (rows seen + 1)^powerT; at least 0. Default 0.5. */
  readonly powerT?: number;
  /** Epochs at most, or iterations of `'lbfgs'`. Default 200. */
  readonly maxIter?: number;
  /** Evaluations of the loss at most, for `solver: 'lbfgs'`. Default 15,000. */
  readonly maxFun?: number;
  /**
   * A second `fit` goes on from the parameters of the fit before, with its preparation, in place of fresh ones; the columns and the
   * classes must be the same. The moments of the optimiser begin at 0, and `history` is that of the second fit. Default false.
   */
  readonly warmStart?: boolean;
  /** A new order of rows in each epoch. Default true. */
  readonly shuffle?: boolean;
  /** Seed of weights, orders, splits and dropout. Default 0: two runs give the same bits. */
  readonly randomState?: number;
  /**
   * An epoch must beat the best earlier epoch by this amount, or it counts towards `nIterNoChange`. With early stopping the
   * score is watched, otherwise the training loss with its L2 penalty. The squared loss must improve by twice `tol`, because
   * scikit-learn's squared loss has a factor ½. Default 1e-4.
   */
  readonly tol?: number;
  /** For `solver: 'sgd'`. Default 0.9. */
  readonly momentum?: number;
  /** For `solver: 'sgd'`. Default true. */
  readonly nesterovsMomentum?: boolean;
  /** Hold rows out, stop when their score does not improve, and give the best weights back. Default false. */
  readonly earlyStopping?: boolean;
  /** The share of rows that early stopping holds out, stratified for classes. Default 0.1. */
  readonly validationFraction?: number;
  /** What early stopping watches: the score (accuracy or R²), as in scikit-learn, or the loss. */
  readonly monitor?: 'score' | 'loss';
  /** Default 0.9. */
  readonly beta1?: number;
  /** Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** The run stops when more epochs than this, one after another, brought no improvement. Default 10. */
  readonly nIterNoChange?: number;
  /** The largest norm of the incoming weights of a unit, after each step. Default none. */
  readonly maxNorm?: number;
  /** Gradient clipping: `{ globalNorm }`, `{ value }` or `{ normalize }`. Default none. */
  readonly clip?: ClipOption;
  /** Default `'auto'`. */
  readonly backend?: BackendChoice;
  /** It never changes a bit; by default it follows the amount of work. In Node each network of an ensemble has its own thread. */
  readonly threads?: number;
  /** How the terms of matrix products are added, as for `fit`; the model is saved with it. Default `'portable'`. */
  readonly numerics?: Numerics;
  /**
   * Called during training, with the number of the network, from 1. The networks of an ensemble may be in training at the same
   * time, one a thread, unless there are `callbacks`.
   */
  readonly onProgress?: (progress: Progress, member: number) => void;
  readonly callbacks?: readonly Callback[];
  readonly signal?: { readonly aborted: boolean };
  /**
   * Seconds after which `fit` begins no further network and ends those that are in training. The networks that are whole by then are the
   * model, and its file says which ones they are, so that the file can be trained again with the same result. Default: no limit.
   */
  readonly timeLimit?: number;
  /**
   * Makes the storage in which the prepared rows of a large table wait, such as `scratchStorage` of `@vinculum/io`. It changes no bit. By
   * default they wait in memory.
   */
  readonly storage?: () => RowStorage;
}

/** The options that say how to run, not what to learn; they are not saved. */
export const RUN_OPTIONS = [
  'backend',
  'threads',
  'onProgress',
  'callbacks',
  'signal',
  'timeLimit',
  'storage',
  'validationData',
] as const;

type Defaulted = Required<
  Omit<
    EstimatorOptions,
    | (typeof RUN_OPTIONS)[number]
    | 'hiddenLayerSizes'
    | 'activation'
    | 'dropout'
    | 'init'
    | 'outputInit'
    | 'clip'
    | 'maxNorm'
    | 'preset'
  >
>;

/** The shared options with every default filled in. */
export interface EstimatorSettings extends Defaulted {
  readonly hidden: readonly HiddenLayer[];
  readonly preset?: PresetName | undefined;
  readonly maxNorm?: number | undefined;
  /** The settings in which recipes differ, of each; of one without recipes. */
  readonly ofRecipes: readonly RecipeOptions[];
}

const COUNT = { integer: true, min: 1 };
const SHARE = { min: 0, below: 1 };

/** scikit-learn's defaults, except that `randomState` is 0 instead of random. */
const RULES = {
  ...PREPARATION_RULES,
  preset: readPreset,
  members: numberOption({ ...COUNT, max: MAX_MEMBERS }, 1),
  recipes: readRecipes,
  embedding: choiceOption(EMBEDDINGS, 'none'),
  hiddenLayerSizes: anyOption,
  activation: anyOption,
  init: anyOption,
  outputInit: anyOption,
  inputScaling: numberOption({ min: 0, float32: true }, 0),
  dropout: anyOption,
  solver: readSolver,
  alpha: numberOption({ min: 0 }, 1e-4),
  batchSize: (where: string, name: string, value: unknown = 'auto') =>
    value === 'auto' ? value : checkNumber(where, name, value, COUNT),
  learningRate: readRate,
  learningRateInit: numberOption({ above: 0 }, 1e-3),
  powerT: numberOption({ min: 0 }, 0.5),
  maxIter: numberOption(COUNT, 200),
  maxFun: numberOption(COUNT, 15_000),
  warmStart: booleanOption(false),
  shuffle: booleanOption(true),
  randomState: numberOption({ integer: true, min: 0 }, 0),
  tol: numberOption({ min: 0 }, 1e-4),
  momentum: numberOption(SHARE, 0.9),
  nesterovsMomentum: booleanOption(true),
  earlyStopping: booleanOption(false),
  validationFraction: numberOption({ above: 0, below: 1 }, 0.1),
  monitor: choiceOption(['score', 'loss'], 'score'),
  beta1: numberOption(SHARE, 0.9),
  beta2: numberOption(SHARE, 0.999),
  epsilon: numberOption({ above: 0 }, 1e-8),
  nIterNoChange: numberOption(COUNT, 10),
  maxNorm: optional(numberOption(LIMIT_RULE)),
  clip: anyOption,
  numerics: choiceOption(NUMERICS, 'portable'),
  ...Object.fromEntries(RUN_OPTIONS.map((name) => [name, anyOption])),
  timeLimit: optional(numberOption({ above: 0 })),
} satisfies OptionRules<Defaulted> & Record<string, OptionRule<unknown>>;

/**
 * Checks the options and fills in the defaults.
 *
 * @param where - `Classifier` or `Regressor`
 * @param ownRules - rules of the options that only this estimator has
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is wrong
 */
export function readEstimatorOptions<Own extends object>(
  where: string,
  options: EstimatorOptions,
  ownRules: OptionRules<Own>,
): EstimatorSettings & Own {
  const rules = { ...RULES, ...ownRules } as OptionRules<Defaulted & Own>;
  const given = withPreset(where, options, {});
  const settings = readOptions(where, given, rules);
  const { recipes, embedding } = settings;
  const hidden = readHidden(where, given);
  checkSolver(where, { ...settings, hidden }, given);
  const ofRecipes = recipes.map((name): RecipeOptions => {
    const own = withPreset(where, options, recipeSettings(name));
    return { name, hidden: readHidden(where, own), embedding: own.embedding ?? embedding };
  });
  return {
    ...settings,
    hidden,
    ofRecipes: recipes.length > 0 ? ofRecipes : [{ name: 'own', hidden, embedding }],
  };
}

/** The options, with those of a recipe and those of the preset where the caller gave none. */
function withPreset(
  where: string,
  options: EstimatorOptions,
  recipe: Record<string, unknown>,
): EstimatorOptions {
  const given = isRecord(options) ? (options as EstimatorOptions) : {};
  const preset = readPreset(where, 'preset', given.preset);
  if (preset === undefined && Object.keys(recipe).length === 0) return options;
  const settings = { ...(preset && presetSettings(preset)), ...recipe };
  // Inherited options count too, as they do without a preset.
  for (const name in given) {
    const value: unknown = given[name as keyof EstimatorOptions];
    if (value !== undefined) settings[name] = value;
  }
  return settings;
}
