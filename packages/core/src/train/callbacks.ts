/**
 * Callbacks of a run: called in order, awaited where they return a promise, with a control by which they may
 * stop the run or set its rate.
 */
import type { Network } from '../model.ts';
import { checkNumber, checkOptions, nearest, show } from '../options.ts';
import type { EpochRecord, History } from './history.ts';
import type { TrainingRun } from './run.ts';

/** What a callback may do and see; valid during the run. */
export interface TrainingControl {
  /** The network in training; predict and parameters() show the last step. */
  readonly network: Network;
  /** t: optimiser steps done. */
  readonly steps: number;
  /** Mean loss of the last batch. */
  readonly loss: number;
  /** Ends the run after the current step. */
  stop(): void;
  /** Sets the rate of all later steps; a schedule is overruled. @throws {RangeError} when not above 0 */
  set(values: { readonly learningRate: number }): void;
}

/** Any of these may be absent, and may return a promise that is awaited. */
export interface Callback {
  onTrainBegin?(control: TrainingControl): void | Promise<void>;
  onEpochBegin?(epoch: number, control: TrainingControl): void | Promise<void>;
  onBatchEnd?(batch: number, control: TrainingControl): void | Promise<void>;
  onEpochEnd?(record: EpochRecord, control: TrainingControl): void | Promise<void>;
  onTrainEnd?(history: History, control: TrainingControl): void | Promise<void>;
}

/** The names of {@link Callback}. */
const CALLBACK_NAMES = [
  'onTrainBegin',
  'onEpochBegin',
  'onBatchEnd',
  'onEpochEnd',
  'onTrainEnd',
] as const;

/** What the loop keeps of its callbacks' wishes. */
export class RunControl implements TrainingControl {
  readonly network: Network;
  readonly #run: TrainingRun;
  stopped = false;
  rate: number | undefined;

  constructor(network: Network, run: TrainingRun) {
    this.network = network;
    this.#run = run;
  }

  get steps(): number {
    return this.#run.steps;
  }

  get loss(): number {
    return this.#run.loss;
  }

  stop(): void {
    this.stopped = true;
  }

  set(values: { readonly learningRate: number }): void {
    checkOptions('set', values, ['learningRate']);
    this.rate = checkNumber('set', 'learningRate', values?.learningRate, { above: 0 });
  }
}

/**
 * The callbacks of a run. A record may hold a caller's own data beside its methods, but a name like
 * `onEpochFinish` is a slip.
 *
 * @throws {TypeError} when it is no array of records, or has a name that is not known
 */
export function readCallbacks(where: string, given: unknown): readonly Callback[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) {
    throw new TypeError(`${where}: callbacks must be an array of records; got ${show(given)}.`);
  }
  for (const callback of given as unknown[]) checkCallback(where, callback);
  return given as Callback[];
}

function checkCallback(where: string, callback: unknown): void {
  const known = CALLBACK_NAMES.join(', ');
  if (typeof callback !== 'object' || callback === null) {
    throw new TypeError(
      `${where}: a callback must be a record with any of ${known}; got ${show(callback)}.`,
    );
  }
  for (const name of Object.keys(callback)) {
    if (!/^on[A-Z_-]/.test(name) || CALLBACK_NAMES.some((one) => one === name)) continue;
    const near = nearest(name, CALLBACK_NAMES);
    throw new TypeError(
      `${where}: unknown callback '${name}'. ${near === undefined ? `Known: ${known}.` : `Did you mean '${near}'?`}`,
    );
  }
  for (const name of CALLBACK_NAMES) {
    const method: unknown = (callback as Callback)[name];
    if (method !== undefined && typeof method !== 'function') {
      throw new TypeError(`${where}: ${name} must be a function; got ${show(method)}.`);
    }
  }
}

/** Calls `name` of every callback that has it, one after another; undefined where none has. */
export function callAll<Name extends keyof Callback>(
  callbacks: readonly Callback[],
  name: Name,
  values: Parameters<NonNullable<Callback[Name]>>,
): Promise<void> | undefined {
  if (!callbacks.some((callback) => callback[name] !== undefined)) return undefined;
  return (async (): Promise<void> => {
    for (const callback of callbacks) {
      const method = callback[name] as
        ((...given: Parameters<NonNullable<Callback[Name]>>) => void | Promise<void>) | undefined;
      await method?.call(callback, ...values);
    }
  })();
}
