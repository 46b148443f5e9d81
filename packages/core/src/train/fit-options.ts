/**
 * The options of `fit`: their names, their defaults, and the checks that turn them and the data into
 * {@link FitSettings}.
 */
import { dataError, mustBe, typeError } from '../words/fault.ts';
import type { MatrixInput } from '../arrays/matrix.ts';
import { checkRowIndices } from '../arrays/select-rows.ts';
import { range, splitBy, validationSplitFor, type ValidationSplit } from '../arrays/split.ts';
import type { TargetInput } from '../arrays/targets.ts';
import type { NetworkState } from '../model/network.ts';
import {
  anyOption,
  booleanOption,
  checkNumber,
  isRecord,
  numberOption,
  type OptionRule,
} from '../words/options.ts';
import { readSchedule, type Schedule } from '../optim/schedule.ts';
import { readCallbacks, readFunction, type Callback } from './callbacks.ts';
import type { RowSet } from './data-set.ts';
import {
  readEarlyStopping,
  type EarlyStopping,
  type EarlyStoppingOptions,
} from './early-stopping.ts';
import type { EpochRecord } from './history.ts';
import { readMetrics, type MetricName } from '../metrics/registry.ts';
import { readFactors, readPair, weigh, type WeightOptions } from './row-set.ts';
import { classIndices } from './row-weights.ts';
import { readStepOptions, stepRules, type StepOptions, type StepSettings } from './settings.ts';

/** Inputs and targets, row by row. */
export interface FitData {
  /** Shape [rows, inputs]. */
  readonly x: MatrixInput;
  readonly y: TargetInput;
}

/** The argument of `onProgress`, which is called at each epoch's end and at each turn of the event loop. */
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
  /** The time since the run began. */
  readonly seconds: number;
  /** Present at an epoch's end. */
  readonly record: EpochRecord | undefined;
}

export interface FitOptions extends StepOptions {
  /** Passes over the rows. Default 10. */
  readonly epochs?: number;
  /** The learning rate over the steps or epochs; without a schedule it is the optimiser's rate. */
  readonly schedule?: Schedule;
  /** Whether each epoch takes the rows in a new order. Default true. */
  readonly shuffle?: boolean;
  /** One for each row, non-negative; multiplied by the class weights. */
  readonly sampleWeights?: ArrayLike<number>;
  /**
   * A fraction of the rows, stratified for class indices; the indices of the rows that are held out; or separate rows.
   * Default none. Class weights count in the
   * validation loss too, so that it is the same quantity as the training loss; Keras omits them there.
   */
  readonly validation?:
    number | Uint32Array | (FitData & { readonly sampleWeights?: ArrayLike<number> });
  /** Default `['accuracy']` for cross-entropies, else none. */
  readonly metrics?: readonly MetricName[];
  /** `true` for the defaults. Default none. */
  readonly earlyStopping?: EarlyStoppingOptions | boolean;
  /** If it returns a promise, `fit` awaits it, and its rejection ends the run. */
  readonly onProgress?: (progress: Progress) => void;
  readonly callbacks?: readonly Callback[];
  /** Ends the run after the current step; `fit` resolves with `stoppedBy: 'abort'`. */
  readonly signal?: { readonly aborted: boolean };
}

/** The checked options of the training loop. */
export interface FitSettings extends StepSettings {
  readonly epochs: number;
  readonly schedule: Schedule | undefined;
  readonly shuffle: boolean;
  readonly metrics: readonly MetricName[];
  readonly earlyStopping: EarlyStopping | undefined;
  readonly callbacks: readonly Callback[];
  readonly onProgress: ((progress: Progress) => void) | undefined;
  readonly signal: { readonly aborted: boolean } | undefined;
  /** The training set, and after it a separate validation set, if there is one. */
  readonly parts: readonly RowSet[];
  /** Row indices over `parts` together. */
  readonly trainingRows: Uint32Array;
  readonly validationRows: Uint32Array;
}

/** The options after they were read by their table. Options that depend on the loss or the rows are checked later. */
interface FitOptionsRead extends StepSettings {
  readonly epochs: number;
  readonly schedule: Schedule | undefined;
  readonly shuffle: boolean;
  readonly sampleWeights: unknown;
  readonly validation: unknown;
  readonly metrics: unknown;
  readonly earlyStopping: unknown;
  readonly onProgress: FitSettings['onProgress'];
  readonly callbacks: readonly Callback[];
  readonly signal: { readonly aborted: boolean } | undefined;
}

/** Checks everything that `fit` was given. */
export function readFitSettings(
  where: string,
  options: FitOptions,
  state: NetworkState,
  data: FitData,
): FitSettings {
  const read = readStepOptions<FitOptionsRead>(where, options, {
    ...stepRules(state),
    epochs: numberOption({ integer: true, min: 0 }, 10),
    schedule: (_where, _name, value) => readSchedule(where, value),
    shuffle: booleanOption(true),
    sampleWeights: anyOption,
    validation: anyOption,
    metrics: anyOption,
    earlyStopping: anyOption,
    onProgress: readFunction as OptionRule<FitSettings['onProgress']>,
    callbacks: readCallbacks,
    signal: readSignal,
  });
  const metrics = readMetrics(where, read.metrics, read.loss.kind, state.layout.outputs);
  return {
    ...read,
    metrics,
    earlyStopping: readEarlyStopping(where, read.earlyStopping, metrics),
    ...readRows(where, read, state, data),
  };
}

type Rows = Pick<FitSettings, 'parts' | 'trainingRows' | 'validationRows'>;

function readRows(where: string, read: FitOptionsRead, state: NetworkState, data: FitData): Rows {
  const { loss, seed, classWeights, sampleWeights, validation = 0 } = read;
  const rules = { where, state, loss };
  const pair = readPair(rules, data);
  const { rows } = pair.matrix;
  const split =
    validation instanceof Uint32Array
      ? splitAt(where, validation, rows)
      : validationSplitFor(
          where,
          rows,
          typeof validation === 'number'
            ? checkNumber(where, 'validation', validation, { min: 0, below: 1 })
            : 0,
          seed,
          { classOf: classIndices(pair.targets, loss.kind) },
        );
  // For 'balanced' only the training rows are counted.
  const factors = readFactors(rules, pair, classWeights, split.training);
  const training = weigh(rules, pair, factors, sampleWeights);
  const { weights } = training;
  if (weights !== undefined && !split.training.some((row) => Math.fround(weights[row]!) > 0)) {
    throw dataError({
      where,
      subject: 'the training rows',
      rule: 'must not all weigh 0',
      got: '0 for each',
    });
  }
  if (typeof validation === 'number' || validation instanceof Uint32Array) {
    return { parts: [training], trainingRows: split.training, validationRows: split.validation };
  }
  const ownRules = { ...rules, prefix: 'validation.', others: ['sampleWeights'] };
  const own = readPair(ownRules, validation);
  return {
    parts: [training, weigh(ownRules, own, factors, (validation as WeightOptions).sampleWeights)],
    trainingRows: split.training,
    validationRows: range(rows, rows + own.matrix.rows),
  };
}

/** The split that holds out the rows of the given indices. */
function splitAt(where: string, indices: Uint32Array, rows: number): ValidationSplit {
  checkRowIndices(where, indices, rows);
  const held = new Uint8Array(rows);
  for (const row of indices) held[row] = 1;
  const split = splitBy(rows, (row) => held[row] === 1);
  if (split.training.length > 0) return split;
  throw dataError({
    where,
    subject: 'validation',
    rule: 'must leave at least one row to train on',
    got: `the indices of all ${rows} rows`,
  });
}

function readSignal(
  where: string,
  name: string,
  given: unknown,
): { readonly aborted: boolean } | undefined {
  if (given === undefined) return undefined;
  if (!isRecord(given) || !('aborted' in given)) {
    throw typeError(mustBe(where, name, 'an AbortSignal', given));
  }
  return given as { readonly aborted: boolean };
}
