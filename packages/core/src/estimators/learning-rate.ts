/**
 * scikit-learn's two schedules for plain SGD, as callbacks of a run: `'invscaling'` lowers the rate after every
 * epoch, `'adaptive'` divides it by 5 whenever the run stalls and ends when it has become tiny.
 *
 * Source: scikit-learn, `sklearn/neural_network/_stochastic_optimizers.py` (SGDOptimizer), as documented for
 * MLPClassifier's `learning_rate`.
 */
import { exp, log } from '../elementary/index.ts';
import type { Callback } from '../train/callbacks.ts';
import type { EpochRecord } from '../train/history.ts';
import type { EstimatorSettings } from './options.ts';

/** At or below this rate a stalled run ends. */
const SMALLEST_RATE = 1e-6;

/**
 * rate = initial / (t + 1)^powerT after each epoch, t the rows seen so far.
 *
 * @param settings - `learningRateInit` and `powerT`
 * @param rows - training rows of an epoch
 */
export function inverseScaling(settings: EstimatorSettings, rows: number): Callback {
  const { learningRateInit, powerT } = settings;
  return {
    onEpochEnd({ epoch }, control) {
      const seen = epoch * rows;
      control.set({ learningRate: learningRateInit * exp(-powerT * log(seen + 1)) });
    },
  };
}

/**
 * Divides the rate by 5 after more than `nIterNoChange` epochs without progress; stops at 1e-6.
 *
 * @param watch - the watched number of an epoch; lower is better
 */
export function adaptiveRate(
  { learningRateInit, tol, nIterNoChange }: EstimatorSettings,
  watch: (record: EpochRecord) => number,
): Callback {
  let best = Infinity;
  let stale = 0;
  let rate = learningRateInit;
  return {
    onEpochEnd(record, control) {
      const value = watch(record);
      stale = value > best - tol ? stale + 1 : 0;
      if (value < best) best = value;
      if (stale <= nIterNoChange) return;
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
