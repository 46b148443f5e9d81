/**
 * The whole state of a run as one plain record: numbers, lists and typed arrays, which a structured clone or a file can
 * hold. The parts of a run keep everything that they need from step to step in this record and nowhere else. Therefore
 * a checkpoint writes this record, and resuming reads it. Shuffles and dropout masks need no state of a random
 * generator, because they are functions of the seed, the epoch and the step.
 */
import type { MetricState } from '../metrics/accumulator.ts';
import type { ScheduleState } from '../optim/schedule.ts';
import type { RealArray } from '../program/memory.ts';
import type { Numerics } from '../program/numerics.ts';
import { rangeError } from '../words/fault.ts';
import type { EpochRecord, StopReason } from './history.ts';

/** What the next step needs from a step in addition to the tensors. */
export interface StepState {
  /** t: optimiser steps done. */
  steps: number;
  /** Steps that were skipped because of `onNonFinite: 'skip'`, in all and since the last step that was taken. */
  skippedSteps: number;
  skippedInARow: number;
  /** The rate of the last step, or of the next one of a trainer. */
  learningRate: number;
  /** Mean loss of the last batch, and ‖g‖ before clipping. */
  loss: number;
  gradientNorm: number;
}

/** What early stopping remembers. */
export interface WatcherState {
  /** The best epoch, from 1; 0 if no epoch had a number. */
  bestEpoch: number;
  /** The value of that epoch, negated if a higher value is better; NaN before the first epoch. */
  best: number;
  /** Epochs since then. */
  stale: number;
}

/** The requests of callbacks. */
export interface ControlState {
  /** The rate of all later steps; undefined while the schedule decides. */
  rate: number | undefined;
  stopped: boolean;
}

/** The position and the sums of the loop over epochs. */
export interface LoopState {
  /** The epoch in progress, from 1; one more than `epochs` when all are done. */
  epoch: number;
  /** Finished batches of this epoch. */
  batch: number;
  /** Finished batches of all epochs, including skipped ones; the position of the schedule. */
  batches: number;
  /** Σ w ℓ and Σ w of the epoch so far. */
  lossSum: number;
  weightSum: number;
  /** What the schedule of the learning rate remembers. */
  schedule: ScheduleState;
  readonly watcher: WatcherState;
  readonly control: ControlState;
  stoppedBy: StopReason | undefined;
  readonly records: EpochRecord[];
  /** Wall time so far, of the run and of the epoch. */
  seconds: number;
  epochSeconds: number;
}

/** The tensors of a run. A tensor that the optimiser and the options do not need is absent. */
export interface RunTensors {
  parameters: RealArray;
  firstMoments?: RealArray;
  secondMoments?: RealArray;
  thirdMoments?: RealArray;
  /** The parameters of the best epoch. */
  best?: RealArray;
}

/** Everything on which the rest of a run depends, except its network, data and options. */
export interface RunState {
  /** The numerics of the run: the rest of it has the same bits only in the same numerics. */
  readonly numerics: Numerics;
  readonly step: StepState;
  readonly loop: LoopState;
  /** The metrics of the epoch so far. */
  readonly metrics: MetricState;
  readonly tensors: RunTensors;
}

/** The names of {@link RunTensors}, which are regions of the arena. */
const TENSOR_NAMES: readonly (keyof RunTensors)[] = [
  'parameters',
  'firstMoments',
  'secondMoments',
  'thirdMoments',
  'best',
];

/** Before the first step. */
export function newStepState(learningRate = 0): StepState {
  return { steps: 0, skippedSteps: 0, skippedInARow: 0, learningRate, loss: 0, gradientNorm: 0 };
}

/**
 * Before the first epoch.
 *
 * @param schedule - what the schedule remembers then
 */
export function newLoopState(schedule: ScheduleState): LoopState {
  return {
    epoch: 1,
    batch: 0,
    batches: 0,
    lossSum: 0,
    weightSum: 0,
    schedule,
    watcher: { bestEpoch: 0, best: NaN, stale: 0 },
    control: { rate: undefined, stopped: false },
    stoppedBy: undefined,
    records: [],
    seconds: 0,
    epochSeconds: 0,
  };
}

/**
 * A copy of the state of a loop, from which it can continue. A run that a callback or an abort has stopped continues; a
 * run that early stopping or its schedule has ended does not.
 */
export function resumedLoop(loop: LoopState): LoopState {
  const { stoppedBy, control } = loop;
  return {
    ...copyLoop(loop),
    control: { ...control, stopped: false },
    stoppedBy: stoppedBy === 'early-stopping' || stoppedBy === 'schedule' ? stoppedBy : undefined,
  };
}

/** A copy that later steps do not change. It shares the records of epochs, because these never change. */
export function copyLoop(loop: LoopState): LoopState {
  const { watcher, control, records } = loop;
  return { ...loop, watcher: { ...watcher }, control: { ...control }, records: [...records] };
}

/** Returns the memory of a region, or undefined if the run has no region of that name. */
export type FindRegion = (name: keyof RunTensors) => RealArray | undefined;

/** Copies of a run's tensors. */
export function copyTensors(find: FindRegion): RunTensors {
  const copies = TENSOR_NAMES.flatMap((name) => {
    const values = find(name)?.slice();
    return values === undefined ? [] : [[name, values] as const];
  });
  return Object.fromEntries(copies) as unknown as RunTensors;
}

/**
 * Writes the tensors of a state into a run; all are checked before any is written.
 *
 * @throws {RangeError} when a tensor is missing or unexpected, or has another length or precision than in the run
 */
export function restoreTensors(where: string, find: FindRegion, tensors: RunTensors): void {
  for (const name of TENSOR_NAMES) {
    const [own, given] = [find(name), tensors[name]];
    if (sortOf(own) === sortOf(given)) continue;
    const rule = `must be ${sortOf(own)}, as this network, optimiser and backend have it`;
    throw rangeError({ where, subject: `the state's ${name}`, rule, got: sortOf(given) });
  }
  for (const name of TENSOR_NAMES) {
    const given = tensors[name];
    if (given !== undefined) find(name)?.set(given);
  }
}

function sortOf(values: RealArray | undefined): string {
  if (values === undefined) return 'absent';
  return `${values.length} numbers of ${values instanceof Float32Array ? 'float32' : 'float64'}`;
}
