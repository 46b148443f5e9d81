/**
 * Inverse scaling: the rate falls with a power of the number of rows that the run has seen.
 *
 * Source: scikit-learn's SGDOptimizer (module sklearn.neural_network), `learning_rate='invscaling'`.
 */
import { exp, log } from '../../elementary/index.ts';
import { makeRecord, numberOption, type OptionRules } from '../../words/options.ts';
import { epochOf, type ScheduleKind } from './contract.ts';

/** The record that `inverseScaling` makes. */
export interface InverseScalingSchedule {
  readonly kind: 'inverseScaling';
  readonly power: number;
}

/** 2⁻¹²⁶: a smaller rate has no full precision in float32, and a step by it changes nothing. */
const LEAST_RATE = 1.1754943508222875e-38;

const RULES: OptionRules<Omit<InverseScalingSchedule, 'kind'>> = {
  power: numberOption({ min: 0 }, 0.5),
};

/**
 * α / (r + 1)^power, r the rows that were seen before the epoch; at least 2⁻¹²⁶. Changes between epochs only.
 *
 * scikit-learn's `'invscaling'`, whose `power_t` is `power`. Here the rate multiplies the velocity, as in PyTorch;
 * scikit-learn's velocity contains the rate, so after a change it still moves by the old rate for some steps.
 *
 * @param options - `power = 0.5` (at least 0)
 * @returns an immutable record, JSON
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is out of its range
 * @example
 * const schedule = inverseScaling({ power: 0.25 });
 *
 * Source: scikit-learn, MLPClassifier's `learning_rate`.
 */
export function inverseScaling(options: { readonly power?: number } = {}): InverseScalingSchedule {
  return INVERSE_SCALING.make(options);
}

/** Inverse scaling for the rest of the library. */
export const INVERSE_SCALING: ScheduleKind<InverseScalingSchedule> = {
  kind: 'inverseScaling',
  options: Object.keys(RULES),
  make: (options) => makeRecord<InverseScalingSchedule>('inverseScaling', options, RULES),
  word: 'inverse-scaling',
  usual: () => inverseScaling(),
  rate: ({ power }, baseRate, at, length) => {
    const rows = epochOf(at, length) * length.rowsPerEpoch;
    if (rows === 0) return baseRate;
    return Math.max(baseRate * exp(-power * log(rows + 1)), LEAST_RATE);
  },
};
