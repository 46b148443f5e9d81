/**
 * Callbacks of a run. They are called in order, and their promises are awaited. A callback receives a control with
 * which it may stop the run or set its rate.
 */
import { mustBe, typeError } from '../words/fault.ts';
import type { Network } from '../model/network.ts';
import {
  isRecord,
  numberOption,
  readOptions,
  suggestion,
  type OptionRule,
} from '../words/options.ts';
import type { EpochRecord, History } from './history.ts';
import type { TrainingRun } from './run.ts';
import type { ControlState } from './run-state.ts';

/** What a callback may read and do; valid during the run. */
export interface TrainingControl {
  /** The network in training; predict and parameters() show the last step. */
  readonly network: Network;
  /** t: optimiser steps done. */
  readonly steps: number;
  /** Mean loss of the last batch. */
  readonly loss: number;
  /** Ends the run after the current step. */
  stop(): void;
  /** Sets the rate of all later steps, instead of the schedule. @throws {RangeError} when not above 0 */
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
] as const satisfies readonly (keyof Callback)[];

/** Records the requests of callbacks. */
export class RunControl implements TrainingControl {
  readonly network: Network;
  readonly #run: TrainingRun;
  readonly #state: ControlState;

  constructor(network: Network, run: TrainingRun, state: ControlState) {
    this.network = network;
    this.#run = run;
    this.#state = state;
  }

  get steps(): number {
    return this.#run.steps;
  }

  get loss(): number {
    return this.#run.loss;
  }

  stop(): void {
    this.#state.stopped = true;
  }

  set(values: { readonly learningRate: number }): void {
    this.#state.rate = readOptions<typeof values>('set', values, {
      learningRate: RATE,
    }).learningRate;
  }
}

/** A learning rate that is set during a run. */
export const RATE: OptionRule<number> = numberOption({ above: 0, float32: true });

/**
 * The callbacks of a run. A record may hold the caller's own data beside its methods, but a name like
 * `onEpochFinish` is a mistake and is refused.
 *
 * @throws {TypeError} when it is no array of records, or has a name that is not known
 */
export function readCallbacks(where: string, name: string, given: unknown = []): Callback[] {
  if (!Array.isArray(given)) throw typeError(mustBe(where, name, 'an array of records', given));
  const known = CALLBACK_NAMES.join(', ');
  for (const callback of given as unknown[]) {
    if (!isRecord(callback)) {
      throw typeError(mustBe(where, 'a callback', `a record with any of ${known}`, callback));
    }
    for (const key of Object.keys(callback)) {
      if (!/^on[A-Z_-]/.test(key) || CALLBACK_NAMES.some((one) => one === key)) continue;
      throw typeError({
        where,
        subject: '',
        rule: `unknown callback '${key}'`,
        remedy: suggestion(key, CALLBACK_NAMES),
      });
    }
    for (const key of CALLBACK_NAMES) readFunction(where, key, callback[key]);
  }
  return given as Callback[];
}

/** A function, or undefined. @throws {TypeError} when it is anything else */
export function readFunction(where: string, name: string, value: unknown): unknown {
  if (value === undefined || typeof value === 'function') return value;
  throw typeError(mustBe(where, name, 'a function', value));
}

/** Calls `name` of every callback that has it, one after another. */
export async function callAll<Name extends keyof Callback>(
  callbacks: readonly Callback[],
  name: Name,
  ...values: Parameters<NonNullable<Callback[Name]>>
): Promise<void> {
  for (const callback of callbacks) {
    const method = callback[name] as ((...given: typeof values) => unknown) | undefined;
    await method?.apply(callback, values);
  }
}
