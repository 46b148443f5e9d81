/**
 * A linear rise before another schedule, because large steps are harmful while the moments have seen few gradients.
 *
 * Source: Goyal et al. 2017, "Accurate, large minibatch SGD: training ImageNet in 1 hour", section 2.2.
 */
import { numberOption, makeRecord } from '../../words/options.ts';
import { constant } from './constant.ts';
import { plainRateAt, readPlainSchedule, type PlainSchedule } from './plain.ts';
import type { RunLength } from './position.ts';
import type { PlateauState } from './reduce-on-plateau.ts';

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
  return makeRecord<WarmupSchedule>('warmup', options, {
    epochs: numberOption({ above: 0 }, 1),
    start: numberOption({ min: 0, max: 1 }, 0),
    followedBy: (where, name, value = constant()) => readPlainSchedule(where, name, value),
  });
}

/** The rate of {@link warmup} at a step of the run. */
export function warmupRate(
  schedule: WarmupSchedule,
  baseRate: number,
  at: number,
  length: RunLength,
  plateau: PlateauState,
): number {
  const { stepsPerEpoch, epochs } = length;
  const steps = Math.max(1, Math.floor(schedule.epochs * stepsPerEpoch));
  if (at < steps) {
    return baseRate * (schedule.start + (1 - schedule.start) * ((at + 1) / steps));
  }
  const rest = { stepsPerEpoch, epochs: Math.max(0, epochs - steps / stepsPerEpoch) };
  return plainRateAt(schedule.followedBy, baseRate, at - steps, rest, plateau);
}
