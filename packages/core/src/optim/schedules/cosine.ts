/**
 * Half a cosine: the rate falls slowly, then fast, then slowly, to its minimum at the end.
 *
 * Source: Loshchilov & Hutter 2017, "SGDR: stochastic gradient descent with warm restarts", equation 5,
 * without restarts.
 */
import { makeRecord, numberOption, optional, type OptionRules } from '../../words/options.ts';
import type { ScheduleKind } from './contract.ts';
import { halfCosine } from './half-cosine.ts';

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

const RULES: OptionRules<Omit<CosineSchedule, 'kind'>> = {
  epochs: optional(numberOption({ above: 0 })),
  minimum: numberOption({ min: 0 }, 0),
};

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
  return COSINE.make(options);
}

/** The half cosine for the rest of the library. */
export const COSINE: ScheduleKind<CosineSchedule> = {
  kind: 'cosine',
  options: Object.keys(RULES),
  make: (options) => makeRecord<CosineSchedule>('cosine', options, RULES),
  word: 'cosine',
  usual: () => cosine(),
  rate: ({ epochs, minimum }, baseRate, at, length) => {
    const steps = (epochs ?? length.epochs) * length.stepsPerEpoch;
    return at < steps ? halfCosine(baseRate, minimum, at / steps) : minimum;
  },
};
