/**
 * scikit-learn's two schedules for plain SGD, as callbacks of a run: `'invscaling'` lowers the rate after every
 * epoch, `'adaptive'` divides it by 5 whenever the run stalls and ends the run when the rate is very small. Here the rate
 * multiplies the velocity, as in PyTorch. scikit-learn's velocity contains the rate, so after a change it still moves by
 * the old rate for some steps.
 *
 * Source: scikit-learn's SGDOptimizer (module sklearn.neural_network), as documented for MLPClassifier's
 * `learning_rate`.
 */
import { exp, log } from '../elementary/index.ts';
import type { Schedule } from '../optim/schedule.ts';
import type { Callback } from '../train/callbacks.ts';
import { signOf, watchedValue, type EarlyStopping } from '../train/early-stopping.ts';
import type { Adaptive, InverseScaling, TrainPlan } from './plan.ts';

/** At or below this rate a stalled run ends. */
const SMALLEST_RATE = 1e-6;

/** 2⁻¹²⁶: a smaller rate has no full precision in float32, and a step by it changes nothing. */
const LEAST_RATE = 1.1754943508222875e-38;

/** The form of a plan's schedule that `fit` needs: a schedule of this library, or callbacks that set the rate. */
export interface PlannedRates {
  readonly schedule: Schedule | undefined;
  readonly rates: readonly Callback[];
}

/**
 * The rates of a plan.
 *
 * @param rows - training rows of an epoch
 * @param stopping - what the run watches
 */
export function scheduleCallbacks(
  { schedule, optimizer }: TrainPlan,
  rows: number,
  stopping: EarlyStopping,
): PlannedRates {
  const initial = optimizer.learningRate;
  if (schedule.kind === 'inverseScaling') {
    return { schedule: undefined, rates: [inverseScaling(schedule, initial, rows)] };
  }
  if (schedule.kind === 'adaptive') {
    return { schedule: undefined, rates: [adaptiveRate(schedule, initial, stopping.monitor)] };
  }
  return { schedule, rates: [] };
}

/**
 * rate = initial / (t + 1)^power after each epoch, t the rows seen so far; at least 2⁻¹²⁶.
 *
 * @param rows - training rows of an epoch
 */
function inverseScaling({ power }: InverseScaling, initial: number, rows: number): Callback {
  return {
    onEpochEnd({ epoch }, control) {
      const rate = initial * exp(-power * log(epoch * rows + 1));
      control.set({ learningRate: Math.max(rate, LEAST_RATE) });
    },
  };
}

/**
 * Divides the rate by 5 after more than `patience` epochs without progress; stops at 1e-6.
 *
 * @param monitor - the watched number of an epoch
 */
function adaptiveRate(
  { patience, minDelta }: Adaptive,
  initial: number,
  monitor: EarlyStopping['monitor'],
): Callback {
  let best = Infinity;
  let stale = 0;
  let rate = initial;
  return {
    onEpochEnd(record, control) {
      const value = signOf(monitor) * watchedValue(monitor, record);
      stale = value > best - minDelta ? stale + 1 : 0;
      if (value < best) best = value;
      if (stale <= patience) return;
      if (rate <= SMALLEST_RATE) {
        control.stop();
        return;
      }
      stale = 0;
      rate /= 5;
      control.set({ learningRate: rate });
    },
  };
}
