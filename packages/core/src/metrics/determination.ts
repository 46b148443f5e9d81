/**
 * R², the coefficient of determination: how much of the targets' variance the predictions explain.
 */
import { NUMBERS, type SumMetric } from './metric.ts';
import { errors, ROWS, spread, squaredError } from './statistics/errors.ts';

/**
 * 1 − Σ w (z − t)² / Σ w (t − mean)², the plain mean over the outputs; at most 1; w are the sample weights. For a constant target it is 1 if all
 * predictions are exact, else 0. NaN with fewer than two rows, because one target has no variance to explain.
 *
 * Source: scikit-learn's r2_score with `multioutput='uniform_average'`, which also warns when it gives NaN.
 */
export const r2: SumMetric = {
  better: 'up',
  fits: NUMBERS,
  label: 'R²',
  digits: 'fixed',
  needs: 'sums',
  statistic: errors,
  value(sums, { columns }) {
    let sum = sums[ROWS]! < 2 ? NaN : 0;
    for (let column = 0; column < columns; column++) {
      const error = squaredError(sums, column);
      const total = spread(sums, columns, column);
      if (total > 0 || Number.isNaN(error)) sum += 1 - error / total;
      else sum += error === 0 ? 1 : 0;
    }
    return sum / columns;
  },
};
