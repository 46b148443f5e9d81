/**
 * The flags that say how a model learns: its network, the steps of the training and their number. `train`, `cv` and `tune` have
 * them all.
 */
import type { ActivationKind, LossKind, PresetName, RecipeName } from 'vinculum';
import { listed, MAX_MEMBERS, PRESET_NAMES, PRESETS, RECIPE_NAMES } from 'vinculum/internal';
import {
  ACTIVATIONS,
  INITIALISERS,
  OPTIMIZERS,
  optimizersWith,
  REGRESSION_LOSSES,
  SCHEDULES,
} from '../../choices.ts';
import { choice, number, reading, whole, type Flags } from '../../command-line/flag.ts';
import { readHidden, readRecipes } from '../../command-line/readers.ts';
import { INPUT_FLAGS, type InputPlan } from './input-flags.ts';

/** The values of these flags. */
export interface LearningPlan extends InputPlan {
  readonly preset?: PresetName | undefined;
  readonly members?: number | undefined;
  readonly hidden?: readonly number[] | undefined;
  readonly recipes?: readonly RecipeName[] | undefined;
  readonly activation?: ActivationKind | undefined;
  readonly inputScaling?: number | undefined;
  readonly outputInit?: (typeof INITIALISERS)[number] | undefined;
  readonly dropout?: number | undefined;
  readonly loss?: LossKind | undefined;
  readonly optimizer: (typeof OPTIMIZERS)[number];
  readonly learningRate?: number | undefined;
  readonly beta2?: number | undefined;
  readonly momentum?: number | undefined;
  readonly batchSize?: number | undefined;
  readonly epochs?: number | undefined;
  readonly patience?: number | undefined;
  readonly weightDecay?: number | undefined;
  readonly l2?: number | undefined;
  readonly maxNorm?: number | undefined;
  readonly clip?: number | undefined;
  readonly schedule: string;
  readonly classWeight?: 'balanced' | undefined;
  readonly delta?: number | undefined;
  readonly quantile?: number | undefined;
  readonly labelSmoothing?: number | undefined;
  readonly seed?: number | undefined;
}

const networkFlags: Flags<
  Pick<
    LearningPlan,
    | 'preset'
    | 'members'
    | 'recipes'
    | 'hidden'
    | 'inputScaling'
    | 'outputInit'
    | 'activation'
    | 'dropout'
    | 'loss'
    | 'delta'
    | 'quantile'
    | 'labelSmoothing'
  >
> = {
  preset: choice(PRESET_NAMES, {
    word: 'name',
    help: "defaults of the others: 'balanced' with up to 8 networks, 'best' with several recipes of up to 8, or 'fast' with one small one",
    defaultText: 'balanced',
  }),
  members: whole({
    min: 1,
    max: MAX_MEMBERS,
    word: 'n',
    help: 'networks whose outputs are averaged; of each recipe, if there are several',
    defaultText: 'up to 8, by the rows; fast: 1',
    example: '8',
  }),
  recipes: reading(readRecipes, {
    word: 'names',
    help: `recipes whose networks the rows held out weigh: ${listed(RECIPE_NAMES)}`,
    defaultText: `none; best: ${PRESETS.best.recipes.join(',')}`,
  }),
  hidden: reading(readHidden, {
    word: 'sizes',
    help: "units of the hidden layers, or 'none'",
    defaultText: '128,128; fast: 64,32',
  }),
  activation: choice(ACTIVATIONS, {
    word: 'name',
    help: 'of the hidden layers',
    defaultText: 'relu, or that of the recipe',
  }),
  inputScaling: number({
    min: 0,
    word: 'factor',
    help: 'scale each input by a number that learns so many times as fast as the weights',
    defaultText: '6; fast: 0, which is none',
    example: '6',
  }),
  outputInit: choice(INITIALISERS, {
    word: 'name',
    help: 'first weights of the last layer',
    defaultText: 'zeros; fast: xavier-uniform',
  }),
  dropout: number({
    min: 0,
    max: 1,
    word: 'rate',
    help: 'drop rate after each hidden layer',
    defaultText: '0, or that of the recipe',
    example: '0.2',
  }),
  loss: choice(REGRESSION_LOSSES, {
    word: 'name',
    help: 'of a regression',
    defaultText: 'mse',
  }),
  delta: number({
    above: 0,
    word: 'd',
    help: 'error from which huber is a line, in standard deviations',
    defaultText: '1',
    example: '0.5',
  }),
  quantile: number({
    above: 0,
    below: 1,
    word: 'q',
    help: 'the quantile that the loss pinball predicts',
    defaultText: '0.5',
    example: '0.9',
  }),
  labelSmoothing: number({
    min: 0,
    below: 1,
    word: 'e',
    help: 'targets (1 - e) t + e / K',
    defaultText: '0',
    example: '0.1',
  }),
};

const updateFlags: Flags<
  Pick<
    LearningPlan,
    | 'optimizer'
    | 'learningRate'
    | 'beta2'
    | 'momentum'
    | 'weightDecay'
    | 'l2'
    | 'maxNorm'
    | 'clip'
    | 'schedule'
  >
> = {
  optimizer: choice(OPTIMIZERS, {
    word: 'name',
    help: 'how weights are updated',
    default: 'adam',
  }),
  learningRate: number({
    above: 0,
    also: 'lr',
    word: 'rate',
    help: 'step size',
    defaultText: '0.002; fast: 0.001; sgd: 0.01',
    example: '0.001',
  }),
  beta2: number({
    min: 0,
    below: 1,
    word: 'b',
    help: `of the mean of squared gradients, for ${listed(optimizersWith('beta2'))}`,
    defaultText: '0.95; fast: 0.999',
    example: '0.95',
  }),
  momentum: number({
    min: 0,
    below: 1,
    word: 'm',
    help: `for ${listed(optimizersWith('momentum'))}`,
    defaultText: '0.9 for sgd',
    example: '0.9',
  }),
  weightDecay: number({
    min: 0,
    word: 'rate',
    help: `decoupled, for ${listed(optimizersWith('weightDecay'))}`,
    defaultText: '0',
    example: '0.01',
  }),
  l2: number({
    min: 0,
    word: 'factor',
    help: 'L2 penalty, in the gradient',
    defaultText: '0',
    example: '0.0001',
  }),
  maxNorm: number({
    above: 0,
    word: 'norm',
    help: 'scale the incoming weights of a unit to this norm where they are longer',
    defaultText: 'none',
    example: '3',
  }),
  clip: number({
    above: 0,
    word: 'norm',
    help: 'clip gradients to this global norm',
    defaultText: 'none',
    example: '1',
  }),
  schedule: choice(SCHEDULES, {
    word: 'name',
    help: 'of the learning rate',
    default: 'constant',
  }),
};

const runFlags: Flags<
  Pick<LearningPlan, 'batchSize' | 'epochs' | 'patience' | 'classWeight' | 'seed'>
> = {
  batchSize: whole({
    min: 1,
    word: 'rows',
    help: 'rows of a step',
    defaultText: '32; 128 from 10,000 rows',
    example: '32',
  }),
  epochs: whole({
    min: 1,
    word: 'n',
    help: 'passes over the rows, at most',
    defaultText: '200',
    example: '200',
  }),
  patience: whole({
    min: 1,
    word: 'n',
    help: 'epochs without a better validation loss before it stops',
    defaultText: '15',
    example: '15',
  }),
  classWeight: choice(['balanced'], { word: 'rule', help: 'rare classes count more' }),
  seed: whole({ min: 0, word: 'n', help: 'one seed, one result', defaultText: '0', example: '0' }),
};

export const LEARNING_FLAGS: Flags<LearningPlan> = {
  ...INPUT_FLAGS,
  ...networkFlags,
  ...updateFlags,
  ...runFlags,
};
