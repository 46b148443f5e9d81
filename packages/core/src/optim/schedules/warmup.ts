/**
 * A linear rise before another schedule, because large steps are harmful while the moments have seen few gradients.
 *
 * Source: Goyal et al. 2017, "Accurate, large minibatch SGD: training ImageNet in 1 hour", section 2.2.
 */
import { makeRecord, numberOption, type OptionRules } from '../../words/options.ts';
import { constant } from './constant.ts';
import {
  NO_STATE,
  partOf,
  type RunLength,
  type ScheduleKind,
  type ScheduleState,
} from './contract.ts';
import { cosine } from './cosine.ts';
import { plainKindOf, readPlainSchedule, type PlainSchedule } from './plain.ts';

/** The record that `warmup` makes. */
export interface WarmupSchedule {
  readonly kind: 'warmup';
  readonly epochs: number;
  readonly start: number;
  readonly followedBy: PlainSchedule;
}

export interface WarmupOptions {
  readonly epochs?: number;
  readonly start?: number;
  readonly followedBy?: PlainSchedule;
}

const RULES: OptionRules<Omit<WarmupSchedule, 'kind'>> = {
  epochs: numberOption({ above: 0 }, 1),
  start: numberOption({ min: 0, max: 1 }, 0),
  followedBy: (where, name, value = constant()) => readPlainSchedule(where, name, value),
};

/**
 * α · (start + (1 − start) · (i + 1) / n) at step i of the n steps of the warm-up, then `followedBy`, which counts
 * its steps and epochs from the warm-up's end and has the rest of the run.
 *
 * The last step of the warm-up has the full rate and the first is not 0. Keras' `CosineDecay` and the usual
 * PyTorch recipes begin at i / n, so with a start of 0 their first step is lost.
 *
 * @param options - `epochs = 1` (length of the warm-up, above 0; a fraction is allowed), `start = 0` (of the full
 *   rate, in [0, 1]), `followedBy = constant()`, any schedule but another warm-up
 * @returns an immutable record, JSON
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is out of its range
 * @example
 * const schedule = warmup({ epochs: 2, followedBy: cosine() });
 *
 * Source: Goyal et al. 2017, section 2.2.
 */
export function warmup(options: WarmupOptions = {}): WarmupSchedule {
  return WARMUP.make(options);
}

/** The warm-up for the rest of the library. What it remembers is what the schedule after it remembers. */
export const WARMUP: ScheduleKind<WarmupSchedule> = {
  kind: 'warmup',
  options: Object.keys(RULES),
  make: (options) => makeRecord<WarmupSchedule>('warmup', options, RULES),
  word: 'warmup',
  usual: (epochs) => warmup({ epochs: partOf(epochs, 20), followedBy: cosine() }),
  rate: warmupRate,
  start: ({ followedBy }) => plainKindOf(followedBy).start?.(followedBy) ?? NO_STATE,
  after: ({ followedBy }, baseRate, state, outcome) =>
    plainKindOf(followedBy).after?.(followedBy, baseRate, state, outcome) ?? state,
  ends: ({ followedBy }, state) => plainKindOf(followedBy).ends?.(followedBy, state) ?? false,
};

/** The rate of {@link warmup} at a step of the run. */
function warmupRate(
  { epochs, start, followedBy }: WarmupSchedule,
  baseRate: number,
  at: number,
  length: RunLength,
  state: ScheduleState,
): number {
  const { stepsPerEpoch } = length;
  const steps = Math.max(1, Math.floor(epochs * stepsPerEpoch));
  if (at < steps) return baseRate * (start + (1 - start) * ((at + 1) / steps));
  const rest = { ...length, epochs: Math.max(0, length.epochs - steps / stepsPerEpoch) };
  return plainKindOf(followedBy).rate(followedBy, baseRate, at - steps, rest, state);
}
