/**
 * Half a cosine: the rate falls slowly, then fast, then slowly, to its minimum at the end.
 *
 * Source: Loshchilov & Hutter 2017, "SGDR: stochastic gradient descent with warm restarts", equation 5,
 * without restarts.
 */
import { cosPi } from '../../elementary/index.ts';
import { numberOption, optional, makeRecord } from '../../words/options.ts';
import type { RunLength } from './position.ts';

/** The record that `cosine` makes. */
export interface CosineSchedule {
  readonly kind: 'cosine';
  /** The length of the fall; the whole run if absent. */
  readonly epochs?: number;
  readonly minimum: number;
}

export interface CosineOptions {
  readonly epochs?: number;
  readonly minimum?: number;
}

/**
 * minimum + (α − minimum) · ½ (1 + cos πp), p the fraction of the fall's steps that are done; the minimum
 * after it. Changes at every step.
 *
 * Keras' `CosineDecay`, whose `alpha` is minimum / α. PyTorch's `CosineAnnealingLR` is usually stepped once
 * an epoch, and rises again after its end.
 *
 * @param options - `epochs` (length of the fall, above 0; default the rest of the run), `minimum = 0` (a rate)
 * @returns an immutable record, JSON
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is out of its range
 * @example
 * const schedule = cosine({ minimum: 1e-5 });
 *
 * Source: Loshchilov & Hutter 2017, equation 5.
 */
export function cosine(options: CosineOptions = {}): CosineSchedule {
  return makeRecord<CosineSchedule>('cosine', options, {
    epochs: optional(numberOption({ above: 0 })),
    minimum: numberOption({ min: 0 }, 0),
  });
}

/** The rate of {@link cosine} at a step of the run. */
export function cosineRate(
  schedule: CosineSchedule,
  baseRate: number,
  at: number,
  length: RunLength,
): number {
  const steps = (schedule.epochs ?? length.epochs) * length.stepsPerEpoch;
  return at < steps ? between(baseRate, schedule.minimum, at / steps) : schedule.minimum;
}

/**
 * The point at `progress` on the half cosine from one rate to another.
 *
 * @param from - at progress 0
 * @param to - at progress 1
 * @param progress - in [0, 1]
 */
export function between(from: number, to: number, progress: number): number {
  return to + (from - to) * (0.5 * (1 + cosPi(progress)));
}
