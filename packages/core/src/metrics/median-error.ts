/**
 * The median absolute error: half of the errors are smaller. A few rows with enormous errors do not change it.
 */
import { NUMBERS, type ScoreMetric } from './metric.ts';
import { medianInOrder } from './weighted-median.ts';

/**
 * The weighted median of |z − t|, of several outputs the mean of their medians, in the target's unit. NaN without rows, and if an error
 * is NaN.
 *
 * Source: scikit-learn's median_absolute_error.
 */
export const medianAbsoluteError: ScoreMetric = {
  better: 'down',
  fits: NUMBERS,
  label: 'median absolute error',
  digits: 'scaled',
  needs: 'scores',
  value({ shape: { columns }, rows, output, truth, weights }) {
    let sum = 0;
    for (let column = 0; column < columns; column++) {
      const errors = Float64Array.from({ length: rows }, (_, row) => {
        const i = row * columns + column;
        return Math.abs(output[i]! - truth[i]!);
      });
      if (errors.some(Number.isNaN)) return NaN;
      const order = Uint32Array.from(errors.keys()).toSorted((a, b) => errors[a]! - errors[b]!);
      sum += medianInOrder(errors, order, weights);
    }
    return sum / columns;
  },
};
