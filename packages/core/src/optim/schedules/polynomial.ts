/**
 * Polynomial decay: the rate falls to its minimum with a power of the steps that are left, by default on a straight line.
 */
import { exp, log } from '../../elementary/index.ts';
import { makeRecord, numberOption, optional, type OptionRules } from '../../words/options.ts';
import { integerPower } from '../integer-power.ts';
import type { ScheduleKind } from './contract.ts';

/** The record that `polynomial` makes. */
export interface PolynomialSchedule {
  readonly kind: 'polynomial';
  /** The length of the fall; the whole run if absent. */
  readonly epochs?: number;
  readonly power: number;
  readonly minimum: number;
}

export interface PolynomialOptions {
  readonly epochs?: number;
  readonly power?: number;
  readonly minimum?: number;
}

const RULES: OptionRules<Omit<PolynomialSchedule, 'kind'>> = {
  epochs: optional(numberOption({ above: 0 })),
  power: numberOption({ above: 0 }, 1),
  minimum: numberOption({ min: 0 }, 0),
};

/**
 * minimum + (α − minimum) · (1 − p)^power, p the fraction of the fall's steps that are done; the minimum after it. Changes
 * at every step.
 *
 * Keras' `PolynomialDecay` with `cycle=False`, whose `end_learning_rate` is `minimum` and is 1e-4 by default. PyTorch's
 * `PolynomialLR` has a minimum of 0 and is usually stepped once an epoch.
 *
 * @param options - `epochs` (length of the fall, above 0; default the rest of the run), `power = 1` (above 0; 1 is a
 *   straight line), `minimum = 0` (a rate)
 * @returns an immutable record, JSON
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is out of its range
 * @example
 * const schedule = polynomial({ power: 2 });
 *
 * Source: Keras, PolynomialDecay.
 */
export function polynomial(options: PolynomialOptions = {}): PolynomialSchedule {
  return POLYNOMIAL.make(options);
}

/** Polynomial decay for the rest of the library. */
export const POLYNOMIAL: ScheduleKind<PolynomialSchedule> = {
  kind: 'polynomial',
  options: Object.keys(RULES),
  make: (options) => makeRecord<PolynomialSchedule>('polynomial', options, RULES),
  word: 'polynomial',
  usual: () => polynomial(),
  rate: ({ epochs, power, minimum }, baseRate, at, length) => {
    const steps = (epochs ?? length.epochs) * length.stepsPerEpoch;
    if (at >= steps) return minimum;
    return minimum + (baseRate - minimum) * powerOf((steps - at) / steps, power);
  },
};

/** baseᵖ for a base in (0, 1]. Powers that are integers are products, so a straight line has no rounding of a logarithm. */
function powerOf(base: number, power: number): number {
  return Number.isSafeInteger(power) ? integerPower(base, power) : exp(power * log(base));
}
