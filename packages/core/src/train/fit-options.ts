/**
 * The options of `fit`: what they are called, their defaults, and the checks that turn them and the data into
 * {@link FitSettings}.
 */
import type { MatrixInput } from '../data/matrix.ts';
import { validationSplit } from '../data/split.ts';
import type { TargetInput } from '../data/targets.ts';
import type { NetworkState } from '../model.ts';
import { checkBoolean, checkNumber, show } from '../options.ts';
import { readSchedule, type Schedule } from '../optim/schedule.ts';
import { readCallbacks, type Callback } from './callbacks.ts';
import type { RowSet } from './data-set.ts';
import {
  readEarlyStopping,
  type EarlyStopping,
  type EarlyStoppingOptions,
} from './early-stopping.ts';
import type { EpochRecord } from './history.ts';
import { readMetrics, type MetricName } from './metrics.ts';
import { checkRows, readPair, weigh, type Pair } from './row-set.ts';
import { classIndices, readClassWeights, selectTargets } from './row-weights.ts';
import {
  checkStepOptions,
  readStepSettings,
  STEP_OPTION_NAMES,
  type StepOptions,
  type StepSettings,
} from './settings.ts';

/** Inputs and targets, row by row. */
export interface FitData {
  /** Shape [rows, inputs]. */
  readonly x: MatrixInput;
  readonly y: TargetInput;
}

/** What `onProgress` is given: at least at each epoch's end, and at each turn of the event loop. */
export interface Progress {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Rows done in this epoch, of `rowsInEpoch`. */
  readonly rows: number;
  readonly rowsInEpoch: number;
  /** Mean loss of the epoch so far. */
  readonly loss: number;
  readonly learningRate: number;
  readonly gradientNorm: number;
  /** Since the run began. */
  readonly seconds: number;
  /** Present at an epoch's end. */
  readonly record: EpochRecord | undefined;
}

export interface FitOptions extends StepOptions {
  /** Passes over the rows. Default 10. */
  readonly epochs?: number;
  /** The learning rate over the steps or epochs; without one it is the optimiser's. */
  readonly schedule?: Schedule;
  /** Whether each epoch takes the rows in a new order. Default true. */
  readonly shuffle?: boolean;
  /** One a row, non-negative; multiplied by the class weights. */
  readonly sampleWeights?: ArrayLike<number>;
  /** A fraction of the rows, stratified for class indices, or rows of their own. Default none. */
  readonly validation?: number | (FitData & { readonly sampleWeights?: ArrayLike<number> });
  /** Default `['accuracy']` for cross-entropies, else none. */
  readonly metrics?: readonly MetricName[];
  /** `true` for the defaults. Default none. */
  readonly earlyStopping?: EarlyStoppingOptions | boolean;
  readonly onProgress?: (progress: Progress) => void;
  readonly callbacks?: readonly Callback[];
  /** Ends the run after the current step; `fit` resolves with `stoppedBy: 'abort'`. */
  readonly signal?: { readonly aborted: boolean };
}

const FIT_OPTION_NAMES = [
  ...STEP_OPTION_NAMES,
  'epochs',
  'schedule',
  'shuffle',
  'sampleWeights',
  'validation',
  'metrics',
  'earlyStopping',
  'onProgress',
  'callbacks',
  'signal',
] as const satisfies readonly (keyof FitOptions)[];

/** What the loop runs by. */
export interface FitSettings {
  readonly step: StepSettings;
  readonly epochs: number;
  readonly schedule: Schedule | undefined;
  readonly shuffle: boolean;
  readonly metrics: readonly MetricName[];
  readonly earlyStopping: EarlyStopping | undefined;
  readonly callbacks: readonly Callback[];
  readonly watchesBatches: boolean;
  readonly onProgress: ((progress: Progress) => void) | undefined;
  readonly signal: { readonly aborted: boolean } | undefined;
  /** The training set, and a validation set of its own behind it. */
  readonly parts: readonly RowSet[];
  /** Row indices over `parts` together. */
  readonly trainingRows: Uint32Array;
  readonly validationRows: Uint32Array;
}

/** Checks everything that `fit` was given. */
export function readFitSettings(
  where: string,
  options: FitOptions,
  state: NetworkState,
  data: FitData,
): FitSettings {
  checkStepOptions(where, options, FIT_OPTION_NAMES);
  const step = readStepSettings(where, options, state);
  const metrics = readMetrics(where, options.metrics, step.loss.kind);
  const callbacks = readCallbacks(where, options.callbacks);
  return {
    step,
    epochs: checkNumber(where, 'epochs', options.epochs ?? 10, { integer: true, min: 0 }),
    schedule: readSchedule(where, options.schedule),
    shuffle: checkBoolean(where, 'shuffle', options.shuffle ?? true),
    metrics,
    earlyStopping: readEarlyStopping(where, options.earlyStopping, metrics),
    callbacks,
    watchesBatches: callbacks.some((callback) => callback.onBatchEnd !== undefined),
    onProgress: readFunction(where, options.onProgress),
    signal: readSignal(where, options.signal),
    ...readRows(where, options, state, data, step),
  };
}

type Rows = Pick<FitSettings, 'parts' | 'trainingRows' | 'validationRows'>;

function readRows(
  where: string,
  options: FitOptions,
  state: NetworkState,
  data: FitData,
  step: StepSettings,
): Rows {
  const { validation } = options;
  const { loss } = step;
  const rules = { where, state, loss };
  const pair = readPair(rules, data);
  const { rows } = pair.matrix;
  checkRows(where, rows);
  const split = splitRows(where, validation, pair, step);
  // Only the rows that are learned from count for 'balanced'.
  const learned =
    split.validation.length === 0 ? pair.targets : selectTargets(pair.targets, split.training);
  const factors = readClassWeights(
    where,
    options.classWeights,
    learned,
    loss.kind,
    state.layout.outputs,
  );
  const training = weigh(rules, pair, factors, options.sampleWeights);
  if (validation === undefined || typeof validation === 'number') {
    return { parts: [training], trainingRows: split.training, validationRows: split.validation };
  }
  const ownRules = { ...rules, prefix: 'validation.' };
  const own = readPair(ownRules, validation, ['sampleWeights']);
  checkRows(where, own.matrix.rows, 'validation.x');
  return {
    parts: [training, weigh(ownRules, own, factors, validation.sampleWeights)],
    trainingRows: split.training,
    validationRows: range(rows, rows + own.matrix.rows),
  };
}

/** Which rows are learned from and which are held out; all and none unless a fraction is given. */
function splitRows(
  where: string,
  validation: FitOptions['validation'],
  { matrix, targets }: Pair,
  { loss, seed }: StepSettings,
): { readonly training: Uint32Array; readonly validation: Uint32Array } {
  if (typeof validation !== 'number') {
    return { training: range(0, matrix.rows), validation: range(0, 0) };
  }
  checkNumber(where, 'validation', validation, { min: 0, below: 1 });
  return validationSplit(matrix.rows, validation, seed, classIndices(targets, loss.kind), where);
}

/** start, start + 1, …, end − 1. */
export function range(start: number, end: number): Uint32Array {
  return Uint32Array.from({ length: end - start }, (_, index) => start + index);
}

function readFunction(where: string, given: FitOptions['onProgress']): FitOptions['onProgress'] {
  if (given !== undefined && typeof given !== 'function') {
    throw new TypeError(`${where}: onProgress must be a function; got ${show(given)}.`);
  }
  return given;
}

function readSignal(where: string, given: unknown): { readonly aborted: boolean } | undefined {
  if (given === undefined) return undefined;
  if (typeof given !== 'object' || given === null || !('aborted' in given)) {
    throw new TypeError(`${where}: signal must be an AbortSignal; got ${show(given)}.`);
  }
  return given as { readonly aborted: boolean };
}
