/**
 * Half cosines one after another: at the end of each cycle the rate is high again, which lets the run leave a poor minimum.
 *
 * Source: Loshchilov & Hutter 2017, "SGDR: stochastic gradient descent with warm restarts", equation 5.
 */
import { makeRecord, numberOption, type OptionRules } from '../../words/options.ts';
import { integerPower } from '../integer-power.ts';
import { partOf, type ScheduleKind } from './contract.ts';
import { halfCosine } from './half-cosine.ts';

/** The record that `cosineRestarts` makes. */
export interface CosineRestartsSchedule {
  readonly kind: 'cosineRestarts';
  /** The length of the first cycle, in epochs. */
  readonly every: number;
  readonly growth: number;
  readonly peakFactor: number;
  readonly minimum: number;
}

export interface CosineRestartsOptions {
  readonly every: number;
  readonly growth?: number;
  readonly peakFactor?: number;
  readonly minimum?: number;
}

const RULES: OptionRules<Omit<CosineRestartsSchedule, 'kind'>> = {
  every: numberOption({ integer: true, min: 1 }),
  growth: numberOption({ integer: true, min: 1 }, 1),
  peakFactor: numberOption({ above: 0, max: 1 }, 1),
  minimum: numberOption({ min: 0 }, 0),
};

/**
 * minimum + (αᵢ − minimum) · ½ (1 + cos πp) in cycle i, from 0, p the fraction of the cycle's steps that are done. Cycle i has
 * every · growthⁱ epochs and the peak αᵢ = max(α · peakFactorⁱ, minimum). Changes at every step.
 *
 * PyTorch's `CosineAnnealingWarmRestarts(T_0=every, T_mult=growth, eta_min=minimum)` with `peakFactor: 1`, which is usually
 * stepped once an epoch. Keras' `CosineDecayRestarts` has `t_mul=2.0`, its `m_mul` is `peakFactor`, and its `alpha` is
 * minimum / α.
 *
 * @param options - `every` (epochs of the first cycle, at least 1; required), `growth = 1` (an integer, at least 1),
 *   `peakFactor = 1` (above 0, at most 1), `minimum = 0` (a rate)
 * @returns an immutable record, JSON
 * @throws {TypeError} when an option is missing, unknown or of a wrong kind
 * @throws {RangeError} when a value is out of its range
 * @example
 * const schedule = cosineRestarts({ every: 10, growth: 2 });
 *
 * Source: Loshchilov & Hutter 2017, equation 5.
 */
export function cosineRestarts(options: CosineRestartsOptions): CosineRestartsSchedule {
  return COSINE_RESTARTS.make(options);
}

/** The cosine with restarts for the rest of the library. */
export const COSINE_RESTARTS: ScheduleKind<CosineRestartsSchedule> = {
  kind: 'cosineRestarts',
  options: Object.keys(RULES),
  make: (options) => makeRecord<CosineRestartsSchedule>('cosineRestarts', options, RULES),
  word: 'cosine-restarts',
  // Three cycles, because 1 + 2 + 4 = 7.
  usual: (epochs) => cosineRestarts({ every: partOf(epochs, 7), growth: 2 }),
  rate: ({ every, growth, peakFactor, minimum }, baseRate, at, length) => {
    let steps = every * length.stepsPerEpoch;
    // Cycles of equal length are counted by one division, growing ones in a few passes of the loop.
    let cycle = growth === 1 ? Math.floor(at / steps) : 0;
    let done = at - cycle * steps;
    for (; done >= steps; steps *= growth) {
      done -= steps;
      cycle++;
    }
    const peak = baseRate * integerPower(peakFactor, cycle);
    return halfCosine(Math.max(peak, minimum), minimum, done / steps);
  },
};
