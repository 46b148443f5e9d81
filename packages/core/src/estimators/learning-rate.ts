/**
 * scikit-learn's two schedules for plain SGD, as callbacks of a run: `'invscaling'` lowers the rate after every
 * epoch, `'adaptive'` divides it by 5 whenever the run stalls and ends when it has become tiny.
 *
 * Source: scikit-learn, `neural_network/_stochastic_optimizers.py` (SGDOptimizer), as documented for
 * MLPClassifier's `learning_rate`.
 */
import { exp, log } from '../elementary/index.ts';
import type { Callback } from '../train/callbacks.ts';
import type { EpochRecord } from '../train/history.ts';

/** At or below this rate a stalled run ends. */
const SMALLEST_RATE = 1e-6;

/**
 * rate = initial / (t + 1)^powerT after each epoch, t the rows seen so far.
 *
 * @param rows - training rows of an epoch
 */
export function inverseScaling(initial: number, powerT: number, rows: number): Callback {
  return {
    onEpochEnd(record, control) {
      const seen = record.epoch * rows;
      control.set({ learningRate: initial * exp(-powerT * log(seen + 1)) });
    },
  };
}

/** What `'adaptive'` watches, and how long it waits. */
export interface AdaptiveRules {
  readonly initial: number;
  readonly tol: number;
  readonly nIterNoChange: number;
  /** The watched number of an epoch; lower is better. */
  readonly watch: (record: EpochRecord) => number;
}

/** Divides the rate by 5 after more than `nIterNoChange` epochs without progress; stops at 1e-6. */
export function adaptiveRate(rules: AdaptiveRules): Callback {
  let best = Infinity;
  let stale = 0;
  let rate = rules.initial;
  return {
    onEpochEnd(record, control) {
      const value = rules.watch(record);
      stale = value > best - rules.tol ? stale + 1 : 0;
      if (value < best) best = value;
      if (stale <= rules.nIterNoChange) return;
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
