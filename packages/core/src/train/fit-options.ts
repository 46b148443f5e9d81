/**
 * The options of `fit`: what they are called, their defaults, and the checks that turn them and the data into
 * {@link FitSettings}.
 */
import type { MatrixInput } from '../data/matrix.ts';
import { validationSplit } from '../data/split.ts';
import type { TargetInput, Targets } from '../data/targets.ts';
import type { NetworkState } from '../model.ts';
import { checkBoolean, checkNumber, show } from '../options.ts';
import { readSchedule, type Schedule } from '../optim/schedule.ts';
import { CALLBACK_NAMES, type Callback } from './callbacks.ts';
import type { RowSet } from './data-set.ts';
import {
  readEarlyStopping,
  type EarlyStopping,
  type EarlyStoppingOptions,
} from './early-stopping.ts';
import type { EpochRecord } from './history.ts';
import { readMetrics, type MetricName } from './metrics.ts';
import { readRowSet } from './row-set.ts';
import { readClassWeights } from './row-weights.ts';
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
  const { outputs } = state.layout;
  const classes = step.loss.kind === 'softmax-cross-entropy' ? outputs : Math.max(outputs, 2);
  let factors: Float64Array | undefined;
  const shared = { where, state, loss: step.loss };
  const training = readRowSet(
    {
      ...shared,
      prefix: '',
      sampleWeights: options.sampleWeights,
      classFactors: (targets: Targets) =>
        (factors = readClassWeights(where, options.classWeights, targets, classes)),
    },
    data,
  );
  const rows = training.matrix.rows;
  const { validation } = options;
  if (validation === undefined) {
    return { parts: [training], trainingRows: range(0, rows), validationRows: range(0, 0) };
  }
  if (typeof validation === 'number') {
    checkNumber(where, 'validation', validation, { min: 0, below: 1 });
    const labels = training.targets.kind === 'labels' ? training.targets.labels : undefined;
    const split = validationSplit(rows, validation, step.seed, labels);
    return { parts: [training], trainingRows: split.training, validationRows: split.validation };
  }
  const own = readRowSet(
    {
      ...shared,
      prefix: 'validation.',
      sampleWeights: (validation as { sampleWeights?: unknown } | null)?.sampleWeights,
      classFactors: () => factors,
    },
    validation,
  );
  return {
    parts: [training, own],
    trainingRows: range(0, rows),
    validationRows: range(rows, rows + own.matrix.rows),
  };
}

/** start, start + 1, …, end − 1. */
export function range(start: number, end: number): Uint32Array {
  return Uint32Array.from({ length: end - start }, (_, index) => start + index);
}

function readCallbacks(where: string, given: unknown): readonly Callback[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) {
    throw new TypeError(`${where}: callbacks must be an array of records; got ${show(given)}.`);
  }
  for (const callback of given as unknown[]) {
    if (typeof callback !== 'object' || callback === null) {
      throw new TypeError(
        `${where}: a callback must be a record with any of ${CALLBACK_NAMES.join(', ')}; got ${show(callback)}.`,
      );
    }
  }
  return given as Callback[];
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
