/**
 * The flags of `vinculum train` read once into a plan with every default applied: which rows, and, for each task that the
 * target may turn out to have, how it is trained.
 */
import {
  dense,
  dropout,
  scaling,
  type Layer,
  type Loss,
  type Numerics,
  type Optimizer,
  type TrainPlan,
} from 'vinculum';
import {
  budgetPart,
  ensemblePart,
  faultOf,
  listed,
  optimizerFactory,
  PRESETS,
  printFault,
  readInitialiser,
  readLoss,
  recipeChanges,
  RECIPES,
  type Preset,
  type RecipeParts,
  scheduleOfWord,
} from 'vinculum/internal';
import { flagName } from '../../command-line/flag-name.ts';
import { optimizerNamed, optimizersWith } from '../../choices.ts';
import type { JsonPlan } from '../../command-line/common-flags.ts';
import type { Json, Settings } from '../../command-line/settings.ts';
import { usageFailure } from '../../failure.ts';
import type { TrainOptions } from './flags.ts';
import type { RowSelection } from './row-flags.ts';
import type { Task } from './task.ts';

/** A flag that not every task has a use for. */
export interface TaskFlag {
  readonly flag: string;
  readonly tasks: readonly [Task, ...Task[]];
}

/** What the command does. */
export interface CommandPlan extends JsonPlan {
  readonly selection: RowSelection;
  /** The folder of the model; absent, it has the name of the data. */
  readonly output: string | undefined;
  /** The share of all rows that is held out to measure the model. */
  readonly testFraction: number;
  readonly seed: number;
  /** Seconds that the training may take. */
  readonly timeLimit: number | undefined;
  /** Whether the curves are written as events for TensorBoard too. */
  readonly tensorboard: boolean;
  /** Whether no report is made. */
  readonly noReport: boolean;
  /** The flags that were given although only one task has a use for them. */
  readonly taskFlags: readonly TaskFlag[];
  /** How each task is trained; the target decides which task it is. */
  readonly training: Readonly<Record<Task, TrainPlan>>;
}

/** The values that are used if no flag changes them, in addition to those of the preset. */
const DEFAULTS = {
  preset: 'balanced',
  seed: 0,
  /** Of all rows, held out for the test. */
  testFraction: 0.2,
  /** Of SGD. */
  momentum: 0.9,
} as const;

/**
 * What an error of the library means to the user of the command: a value that only the library refuses, such as
 * a learning rate that float32 cannot hold, came from a flag.
 */
export function withFlagName(error: unknown, flags: TrainOptions, command = 'train'): unknown {
  const fault = error instanceof RangeError ? faultOf(error) : undefined;
  if (fault === undefined) return error;
  if (fault.subject === 'the network') {
    const message = printFault({ ...fault, where: '' });
    return usageFailure(message, { hint: 'give fewer units with --hidden', cause: error });
  }
  const [option = ''] = fault.subject.split('.');
  if (!Object.hasOwn(flags, option)) return error;
  const flag = flagName(option);
  return usageFailure(printFault({ ...fault, where: '', subject: flag }), {
    hint: `leave ${flag} off; 'vinculum ${command} --help' tells the default`,
    cause: error,
  });
}

/**
 * The plan of the flags.
 *
 * @param numerics - of the training; a flag or the environment says it
 * @throws {CommandFailure} exit 2 when a flag does not go with another
 * @throws {RangeError} when the library refuses a value
 */
export function planOfFlags(flags: TrainOptions, numerics: Numerics = 'portable'): CommandPlan {
  const selection = selectionOf(flags);
  const { quiet, debug, json, output, tensorboard, noReport, labelSmoothing = 0 } = flags;
  const seed = flags.seed ?? DEFAULTS.seed;
  const shared = { ...sharedPlan(flags, seed), numerics };
  const classes: Loss = readLoss('train', { kind: 'softmax-cross-entropy', labelSmoothing });
  const labels: Loss = readLoss('train', { kind: 'binary-cross-entropy', labelSmoothing });
  return {
    selection,
    output,
    testFraction: flags.fitAll ? 0 : (selection.split?.test ?? DEFAULTS.testFraction),
    seed,
    timeLimit: flags.timeLimit,
    tensorboard,
    noReport,
    taskFlags: taskFlagsOf(flags),
    training: {
      classification: { ...shared, loss: classes, standardizeTarget: false },
      multilabel: { ...shared, loss: labels, standardizeTarget: false },
      regression: {
        ...shared,
        loss: numberLossOf(flags),
        standardizeTarget: true,
        clipOutput: true,
      },
    },
    quiet,
    debug,
    json,
  };
}

/**
 * The settings in force with those of the preset where no flag changes them, so that they show what is done. What the budget of the
 * preset sizes by the rows, and what recipes change, is left out, because a value that is given overrides these.
 */
export function withPreset(flags: TrainOptions, settings: Settings): Settings {
  const preset = flags.preset ?? DEFAULTS.preset;
  const { recipes = PRESETS[preset].recipes } = flags;
  const none = { members: false, epochs: false };
  const sized = Object.keys(budgetPart(preset, none)).length === 0 ? [] : Object.keys(none);
  const changed = recipes.flatMap((name) => Object.keys(RECIPES[name]));
  const shown = recipes.length === 0 ? { ...PRESETS[preset], recipes: 'none' } : PRESETS[preset];
  const values = Object.entries(shown)
    .filter(([name]) => !sized.includes(name) && !changed.includes(name))
    .map(([name, value]: [string, Json]) => {
      return [name, typeof value === 'boolean' ? (value ? 'yes' : 'no') : value] as const;
    });
  return new Map<string, Json>([
    ['preset', preset],
    ['seed', DEFAULTS.seed],
    ...values,
    ...settings,
  ]);
}

/** The part of the flags that says which rows are read, and how. */
function selectionOf(flags: TrainOptions): RowSelection {
  const { test, split, fitAll } = flags;
  if (!fitAll || (test ?? split) === undefined) return flags;
  throw usageFailure(
    `--fit-all holds no rows out; got --${test === undefined ? 'split' : 'test'} too.`,
    { hint: 'leave one of them off' },
  );
}

/** The loss of a regression. A quantile asks for the one loss that has it. */
function numberLossOf({ loss, delta, quantile }: TrainOptions): Loss {
  const kind = loss ?? (quantile === undefined ? 'mse' : 'pinball');
  return readLoss('train', { kind, delta, quantile });
}

/** The flags of one task that were given. */
function taskFlagsOf({
  loss,
  delta,
  quantile,
  labelSmoothing,
  classWeight,
}: TrainOptions): TaskFlag[] {
  const known = [
    { flag: '--loss', tasks: ['regression'], value: loss },
    { flag: '--delta', tasks: ['regression'], value: delta },
    { flag: '--quantile', tasks: ['regression'], value: quantile },
    { flag: '--label-smoothing', tasks: ['classification', 'multilabel'], value: labelSmoothing },
    { flag: '--class-weight', tasks: ['classification'], value: classWeight },
  ] as const;
  return known.filter(({ value }) => value !== undefined);
}

/**
 * Refuses the flags of the other task, because they would have no effect.
 *
 * @param reason - why the rows ask for this task, in words
 * @throws {CommandFailure} exit 2
 */
export function checkTaskFlags({ taskFlags }: CommandPlan, task: Task, reason: string): void {
  const foreign = taskFlags.find(({ tasks }) => !tasks.includes(task));
  if (foreign === undefined) return;
  const { flag, tasks } = foreign;
  throw usageFailure(`${flag} goes with ${listed(tasks)}; the task is ${task} (${reason}).`, {
    hint: `leave ${flag} off, or give --task ${tasks[0]} if that is meant`,
  });
}

/** What does not depend on the task. */
function sharedPlan(
  flags: TrainOptions,
  seed: number,
): Omit<TrainPlan, 'loss' | 'standardizeTarget' | 'numerics'> {
  const { batchSize, clip, maxNorm, classWeight, l2 = 0 } = flags;
  const preset = PRESETS[flags.preset ?? DEFAULTS.preset];
  const { epochs = preset.epochs, members = preset.members } = flags;
  const recipes = recipesOf(flags, preset);
  const { embedding, layers } = recipes[0]!;
  return {
    ...(embedding === 'none' ? {} : { embedding }),
    layers,
    outputInit: flags.outputInit ?? readInitialiser('train', preset.outputInit),
    optimizer: optimizerOf(flags, preset),
    schedule: scheduleOfWord('train', flags.schedule, epochs),
    batchSizes: batchSize === undefined ? preset.batchSizes : [{ from: 0, rows: batchSize }],
    epochs,
    shuffle: true,
    seed,
    l1: 0,
    l2,
    l2ByBatch: 0,
    ...(maxNorm === undefined ? {} : { maxNorm }),
    ...(clip === undefined ? {} : { clip: { globalNorm: clip } }),
    ...(classWeight === undefined ? {} : { classWeights: classWeight }),
    validationFraction: flags.fitAll ? 0 : (flags.split?.validation ?? preset.validationFraction),
    stopping: {
      monitor: 'loss',
      patience: flags.patience ?? preset.patience,
      minDelta: 0,
      best: 'beyond-delta',
      restoreBest: true,
    },
    preparation: {
      standardize: true,
      scaling: flags.scaling ?? preset.scaling,
      fill: 'median',
      addIndicator:
        flags.addIndicator === undefined ? preset.addIndicator : flags.addIndicator === 'yes',
      maxCategories: 64,
      embedAbove: flags.embedAbove ?? preset.embedAbove,
    },
    ...ensemblePart(members, flags.split === undefined, recipeChanges(recipes)),
    ...budgetPart(flags.preset ?? DEFAULTS.preset, {
      members: flags.members !== undefined,
      epochs: flags.epochs !== undefined,
    }),
    ...(preset.calibrate ? { calibrate: true } : {}),
  };
}

/** The parts in which recipes differ, of each recipe; of the preset's own settings, if there is none. */
function recipesOf(flags: TrainOptions, preset: Preset): RecipeParts[] {
  const { recipes = preset.recipes } = flags;
  const partsOf = (name: string, own: Preset): RecipeParts => ({
    name,
    embedding: flags.embedding ?? own.embedding,
    layers: layersOf(flags, own),
  });
  if (recipes.length === 0) return [partsOf('own', preset)];
  return recipes.map((name) => partsOf(name, { ...preset, ...RECIPES[name] }));
}

/** The hidden layers. */
function layersOf(flags: TrainOptions, preset: Preset): Layer[] {
  const { activation = preset.activation, dropout: rate = preset.dropout } = flags;
  const { hidden = preset.hidden, inputScaling = preset.inputScaling } = flags;
  const first = inputScaling > 0 ? [scaling({ rateFactor: inputScaling })] : [];
  const rest = hidden.flatMap((units): Layer[] => {
    const layer = dense(units, { activation });
    return rate > 0 ? [layer, dropout(rate)] : [layer];
  });
  return [...first, ...rest];
}

/**
 * The optimiser. With a weight decay, Adam becomes AdamW, because the decay is decoupled in both.
 *
 * @throws {CommandFailure} exit 2 when an option does not go with the optimiser
 */
function optimizerOf(flags: TrainOptions, preset: Preset): Optimizer {
  const { optimizer, weightDecay } = flags;
  const name = optimizerNamed(optimizer, weightDecay !== undefined);
  const { options, make } = optimizerFactory(name);
  for (const option of ['weightDecay', 'momentum', 'beta2'] as const) {
    if (flags[option] === undefined || options.includes(option)) continue;
    const flag = flagName(option);
    throw usageFailure(
      `${flag} goes with ${listed(optimizersWith(option))}; got --optimizer ${optimizer}.`,
      {
        hint:
          option === 'weightDecay'
            ? `with ${optimizer} use --l2 ${weightDecay}`
            : `leave ${flag} off: ${optimizer} has no such option`,
      },
    );
  }
  // The numbers of a preset are those of Adam.
  const usual = optimizer === 'adam' ? preset : undefined;
  const { learningRate = usual?.learningRate, beta2 = usual?.beta2 } = flags;
  const { momentum = name === 'sgd' ? DEFAULTS.momentum : undefined } = flags;
  return make(
    Object.fromEntries(
      Object.entries({ learningRate, momentum, weightDecay, beta2 }).filter(
        ([, value]) => value !== undefined,
      ),
    ),
  );
}
