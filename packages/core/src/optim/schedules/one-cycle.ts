/**
 * One cycle: the rate rises to the optimiser's rate in the first part of the run, then falls far below its first value.
 *
 * Source: Smith & Topin 2018, "Super-convergence: very fast training of neural networks using large learning
 * rates", in PyTorch's form with cosine flanks.
 */
import { makeRecord, numberOption, type OptionRules } from '../../words/options.ts';
import { shareOption } from '../option-rules.ts';
import type { RunLength, ScheduleKind } from './contract.ts';
import { halfCosine } from './half-cosine.ts';

/** The record that `oneCycle` makes. */
export interface OneCycleSchedule {
  readonly kind: 'oneCycle';
  readonly warmupFraction: number;
  readonly initialDivisor: number;
  readonly finalDivisor: number;
}

export interface OneCycleOptions {
  readonly warmupFraction?: number;
  readonly initialDivisor?: number;
  readonly finalDivisor?: number;
}

const RULES: OptionRules<Omit<OneCycleSchedule, 'kind'>> = {
  warmupFraction: shareOption(0.3),
  initialDivisor: numberOption({ min: 1 }, 25),
  finalDivisor: numberOption({ min: 1 }, 1e4),
};

/**
 * α / initialDivisor → α → α / (initialDivisor · finalDivisor) over the steps of the run, on half cosines; α,
 * the optimiser's rate, is the peak. Changes at every step.
 *
 * PyTorch's `OneCycleLR(max_lr=α, pct_start=warmupFraction, div_factor=initialDivisor,
 * final_div_factor=finalDivisor)` with two phases and `cycle_momentum=False`: the momentum stays as it is.
 *
 * @param options - `warmupFraction = 0.3` (of the run, in [0, 1)), `initialDivisor = 25` (at least 1),
 *   `finalDivisor = 1e4` (at least 1)
 * @returns an immutable record, JSON
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is out of its range
 * @example
 * const schedule = oneCycle();
 *
 * Source: Smith & Topin 2018, section 3.
 */
export function oneCycle(options: OneCycleOptions = {}): OneCycleSchedule {
  return ONE_CYCLE.make(options);
}

/** One cycle for the rest of the library. */
export const ONE_CYCLE: ScheduleKind<OneCycleSchedule> = {
  kind: 'oneCycle',
  options: Object.keys(RULES),
  make: (options) => makeRecord<OneCycleSchedule>('oneCycle', options, RULES),
  word: 'one-cycle',
  usual: () => oneCycle(),
  rate: oneCycleRate,
};

/** The rate of {@link oneCycle} at a step of the run. */
function oneCycleRate(
  schedule: OneCycleSchedule,
  baseRate: number,
  at: number,
  length: RunLength,
): number {
  const lastStep = length.epochs * length.stepsPerEpoch - 1;
  const peakStep = Math.max(0, schedule.warmupFraction * (lastStep + 1) - 1);
  const initial = baseRate / schedule.initialDivisor;
  if (at < peakStep) return halfCosine(initial, baseRate, at / peakStep);
  const final = initial / schedule.finalDivisor;
  if (at >= lastStep) return lastStep > 0 ? final : baseRate;
  return halfCosine(baseRate, final, (at - peakStep) / (lastStep - peakStep));
}
