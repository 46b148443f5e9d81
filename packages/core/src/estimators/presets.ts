/**
 * The presets: settings of a training that suit most tables, by name. A preset is a set of values that options (or flags of
 * the command) override one by one; together they give an ordinary plan. `Classifier`, `Regressor` and `vinculum train`
 * read the same table, so one preset is the same plan in all three.
 */
import type { InitialiserOption } from '../init/initialiser.ts';
import { dense } from '../network/layers/dense.ts';
import { checkChoice } from '../words/options.ts';
import type { ScalingRule } from '../tables/column-scaling.ts';
import type { BatchRule, Budget } from './plan.ts';
import { RECIPES, type RecipeName, type RecipeSettings } from './recipes.ts';

/** The settings of a preset. */
export interface Preset extends Required<RecipeSettings> {
  /** The factor of the learning rate for a scaling layer before the first hidden layer; 0 for no such layer. */
  readonly inputScaling: number;
  /** The initialiser of the last layer. */
  readonly outputInit: InitialiserOption;
  /** Of Adam. */
  readonly learningRate: number;
  readonly beta2: number;
  /** Networks whose outputs are averaged; with recipes those of each recipe. */
  readonly members: number;
  /** Recipes that the rows held out weigh against each other; none: the settings are the only recipe. */
  readonly recipes: readonly RecipeName[];
  /** How numbers are scaled. */
  readonly scaling: ScalingRule;
  /** Whether a column with missing numbers gets a second input, 1 where one is missing. */
  readonly addIndicator: boolean;
  /** Text columns with more categories than this are embedded. */
  readonly embedAbove: number | 'never';
  /** Passes over the rows, at most. */
  readonly epochs: number;
  /** Epochs without a better validation loss before the run stops. */
  readonly patience: number;
  /** The share of the rows that early stopping watches. */
  readonly validationFraction: number;
  readonly batchSizes: readonly BatchRule[];
  /** The operations that a training may take, and how many more for each row; absent, any number. */
  readonly budget?: Pick<Budget, 'operations' | 'operationsPerRow'>;
  /** Whether the probabilities of classes get a temperature. */
  readonly calibrate: boolean;
}

const FAST: Preset = {
  hidden: [64, 32],
  activation: 'relu',
  dropout: 0,
  inputScaling: 0,
  outputInit: dense(1).init,
  learningRate: 1e-3,
  beta2: 0.999,
  members: 1,
  recipes: [],
  scaling: 'standard',
  addIndicator: false,
  embedAbove: 'never',
  embedding: 'none',
  epochs: 200,
  patience: 15,
  validationFraction: 0.1,
  batchSizes: [
    { from: 0, rows: 32 },
    { from: 10_000, rows: 128 },
  ],
  calibrate: false,
};

const BALANCED: Preset = {
  ...FAST,
  hidden: [128, 128],
  inputScaling: 6,
  outputInit: 'zeros',
  learningRate: 2e-3,
  beta2: 0.95,
  members: 8,
  scaling: 'robust',
  embedding: 'auto',
  addIndicator: true,
  calibrate: true,
  budget: { operations: 1.6e11, operationsPerRow: 8e6 },
};

/**
 * `'fast'`: one small network, trained in a fraction of a second. `'balanced'`: the mean of up to eight larger ones. `'best'`: several
 * recipes with up to eight networks each, weighted by rows that they have not learned from.
 */
export type PresetName = 'fast' | 'balanced' | 'best';

/** The presets by name. */
export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  fast: FAST,
  balanced: BALANCED,
  best: {
    ...BALANCED,
    recipes: ['relu', 'tanh', 'dropout'],
    budget: { operations: 9e11, operationsPerRow: 4.5e7 },
  },
};

export const PRESET_NAMES = Object.keys(PRESETS) as readonly PresetName[];

/**
 * The rule of the option `preset`.
 *
 * @throws {TypeError} when it is no string
 * @throws {RangeError} when there is no such preset
 */
export function readPreset(where: string, name: string, value: unknown): PresetName | undefined {
  if (value === undefined) return undefined;
  return checkChoice(where, name, value, PRESET_NAMES);
}

/** The settings of a preset under the names that the options of an estimator have. */
export function presetSettings(preset: PresetName): Record<string, unknown> {
  const { hidden, activation, dropout, members, recipes } = PRESETS[preset];
  const { epochs, patience, validationFraction } = PRESETS[preset];
  const { inputScaling, outputInit, learningRate, beta2 } = PRESETS[preset];
  const { scaling, addIndicator, embedAbove, embedding } = PRESETS[preset];
  return {
    hiddenLayerSizes: hidden,
    activation,
    dropout,
    inputScaling,
    outputInit,
    learningRateInit: learningRate,
    beta2,
    members,
    recipes,
    scaling,
    embedding,
    addIndicator,
    embedAbove,
    maxIter: epochs,
    alpha: 0,
    earlyStopping: true,
    validationFraction,
    monitor: 'loss',
    // scikit-learn counts the epochs that may pass without an improvement; a preset counts the epoch that ends the run too.
    nIterNoChange: patience - 1,
    tol: 0,
  };
}

/** The settings of a recipe under the names that the options of an estimator have. */
export function recipeSettings(recipe: RecipeName): Record<string, unknown> {
  const { hidden, ...others } = RECIPES[recipe];
  return { ...others, ...(hidden && { hiddenLayerSizes: hidden }) };
}

/** The part `budget` of a plan; it may reduce only what the user has not chosen. */
export function budgetPart(
  preset: PresetName | undefined,
  chosen: { readonly members: boolean; readonly epochs: boolean },
): { readonly budget?: Budget } {
  const budget = preset && PRESETS[preset].budget;
  if (budget === undefined || (chosen.members && chosen.epochs)) return {};
  return {
    budget: {
      ...budget,
      ...(chosen.members ? {} : { members: true }),
      ...(chosen.epochs ? {} : { epochs: true }),
    },
  };
}
