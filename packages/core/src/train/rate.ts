/**
 * The learning rate of each step of a run, from its schedule. The cosine is our own, so that a schedule has
 * the same bits in every engine.
 */
import { cosPi } from '../elementary/index.ts';
import { integerPower } from '../optim/integer-power.ts';
import type { ReduceOnPlateau, Schedule } from '../optim/schedule.ts';

/** Follows a run step by step. */
export class RateSchedule {
  readonly #base: number;
  readonly #schedule: Schedule | undefined;
  readonly #stepsPerEpoch: number;
  readonly #steps: number;
  readonly #plateau: Plateau | undefined;
  #step = 0;

  /**
   * @param base - the optimiser's rate
   * @param stepsPerEpoch - batches of an epoch
   * @param epochs - the length of the run
   */
  constructor(base: number, schedule: Schedule | undefined, stepsPerEpoch: number, epochs: number) {
    this.#base = base;
    this.#schedule = schedule;
    this.#stepsPerEpoch = stepsPerEpoch;
    this.#steps = Math.max(1, stepsPerEpoch * epochs);
    const plateau = plateauOf(schedule);
    this.#plateau = plateau && new Plateau(plateau);
  }

  /** The rate of the next step, which is in `epoch` (from 1). */
  next(epoch: number): number {
    const step = this.#step++;
    if (this.#schedule === undefined) return this.#base;
    return this.#base * this.#factor(this.#schedule, step, this.#steps, epoch);
  }

  /** Tells the loss that a plateau is judged by. */
  epochEnded(loss: number): void {
    this.#plateau?.see(loss);
  }

  #factor(schedule: Schedule, step: number, steps: number, epoch: number): number {
    switch (schedule.kind) {
      case 'constant':
        return 1;
      case 'step':
        return integerPower(schedule.factor, Math.floor((epoch - 1) / schedule.every));
      case 'exponential':
        return integerPower(schedule.decay, epoch - 1);
      case 'cosine':
        return wave(1, schedule.minimum, step / steps);
      case 'warmup': {
        const rise = Math.max(1, Math.floor(schedule.epochs * this.#stepsPerEpoch));
        if (step < rise) return schedule.start + ((1 - schedule.start) * (step + 1)) / rise;
        const skipped = Math.floor(rise / this.#stepsPerEpoch);
        const rest = Math.max(1, steps - rise);
        return this.#factor(schedule.then, step - rise, rest, Math.max(1, epoch - skipped));
      }
      case 'oneCycle': {
        const start = 1 / schedule.startDivisor;
        const peak = schedule.riseFraction * steps;
        if (step < peak) return wave(start, 1, step / peak);
        return wave(1, start / schedule.endDivisor, (step - peak) / Math.max(1, steps - peak));
      }
      case 'reduceOnPlateau':
        return this.#plateau!.factor;
      default:
        return schedule satisfies never;
    }
  }
}

/** Half a cosine wave from `from` at 0 to `to` at 1. */
function wave(from: number, to: number, position: number): number {
  return to + (from - to) * (0.5 * (1 + cosPi(Math.min(1, position))));
}

function plateauOf(schedule: Schedule | undefined): ReduceOnPlateau | undefined {
  if (schedule?.kind === 'warmup') return plateauOf(schedule.then);
  return schedule?.kind === 'reduceOnPlateau' ? schedule : undefined;
}

/** The state of reduce-on-plateau. */
class Plateau {
  factor = 1;
  readonly #options: ReduceOnPlateau;
  #best = Infinity;
  #stale = 0;

  constructor(options: ReduceOnPlateau) {
    this.#options = options;
  }

  see(loss: number): void {
    const { factor, patience, minDelta, minimum } = this.#options;
    if (loss < this.#best - minDelta) {
      this.#best = loss;
      this.#stale = 0;
      return;
    }
    if (++this.#stale <= patience) return;
    this.factor = Math.max(minimum, this.factor * factor);
    this.#stale = 0;
  }
}
