/**
 * The options of `fit`: their names, their defaults, and the checks that turn them and the data into
 * {@link FitSettings}.
 */
import { mustBe, typeError } from '../words/fault.ts';
import type { MatrixInput } from '../arrays/matrix.ts';
import type { TargetInput } from '../arrays/targets.ts';
import type { NetworkState } from '../model/network.ts';
import {
  anyOption,
  booleanOption,
  isRecord,
  numberOption,
  type OptionRule,
} from '../words/options.ts';
import { readSchedule, type Schedule } from '../optim/schedule.ts';
import { readCallbacks, readFunction, type Callback } from './callbacks.ts';
import {
  readEarlyStopping,
  type EarlyStopping,
  type EarlyStoppingOptions,
} from './early-stopping.ts';
import type { EpochRecord } from './history.ts';
import type { RowStream } from './row-stream.ts';
import { readMetrics, type MetricName } from '../metrics/registry.ts';
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
   * A fraction of the rows, stratified for class indices; the indices of the rows that are held out; or separate rows. With a stream
   * there is no fraction, and the separate rows may be a stream too.
   * Default none. Class weights count in the
   * validation loss too, so that it is the same quantity as the training loss; Keras omits them there.
   */
  readonly validation?:
    number | Uint32Array | (FitData & { readonly sampleWeights?: ArrayLike<number> }) | RowStream;
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
  /** The unchecked options that concern rows; they are checked together with the rows. */
  readonly sampleWeights: unknown;
  readonly validation: unknown;
}

/** The options after they were read by their table. Options that depend on the loss are checked later. */
interface FitOptionsRead extends Omit<FitSettings, 'metrics' | 'earlyStopping'> {
  readonly metrics: unknown;
  readonly earlyStopping: unknown;
}

/** Checks everything that `fit` was given except its rows. */
export function readFitSettings(
  where: string,
  options: FitOptions,
  state: NetworkState,
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
  };
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
