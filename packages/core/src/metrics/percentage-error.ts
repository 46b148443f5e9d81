/**
 * The mean absolute percentage error: errors of numbers beside the size of the true ones.
 */
import { NUMBERS, type SumMetric } from './metric.ts';

/** The places of two sums: the errors of the elements times their weights, and the weights of the rows. */
const TOTAL = 0;
const WEIGHT = 1;

/**
 * (1/K Σw) Σ w |z − t| / max(|t|, ε), at least 0, where 0.1 means 10 %; ε = 2⁻⁵², so a single true 0 that is missed makes the value
 * huge. NaN without rows.
 *
 * Source: scikit-learn's mean_absolute_percentage_error.
 */
export const mape: SumMetric = {
  better: 'down',
  fits: NUMBERS,
  label: 'MAPE',
  digits: 'scaled',
  needs: 'sums',
  statistic: {
    size: () => 2,
    add(sums, { columns }, output, target, rows, weights) {
      for (let row = 0; row < rows; row++) {
        const weight = weights?.[row] ?? 1;
        for (let i = row * columns; i < (row + 1) * columns; i++) {
          const size = Math.max(Math.abs(target[i]!), Number.EPSILON);
          sums[TOTAL]! += (weight * Math.abs(output[i]! - target[i]!)) / size;
        }
        sums[WEIGHT]! += weight;
      }
    },
  },
  value: (sums, { columns }) => sums[TOTAL]! / (sums[WEIGHT]! * columns),
};
