/**
 * Mean errors of predicted numbers, over all elements: squared, its root, and absolute.
 */
import { NUMBERS, type SumMetric } from './metric.ts';
import { absoluteError, errors, squaredError, WEIGHT } from './statistics/errors.ts';

const SHARED = {
  better: 'down',
  fits: NUMBERS,
  digits: 'scaled',
  needs: 'sums',
  statistic: errors,
} as const;

/** (1/K Σw) Σ w (z − t)², in the square of the target's unit. */
export const mse: SumMetric = { ...SHARED, label: 'MSE', value: meanSquare };

/** √mse, in the target's unit. With several outputs it is the root of the mean over all of them. */
export const rmse: SumMetric = {
  ...SHARED,
  label: 'RMSE',
  value: (sums, shape) => Math.sqrt(meanSquare(sums, shape)),
};

/** (1/K Σw) Σ w |z − t|, in the target's unit. */
export const mae: SumMetric = {
  ...SHARED,
  label: 'MAE',
  value(sums, { columns }) {
    let sum = 0;
    for (let column = 0; column < columns; column++) sum += absoluteError(sums, columns, column);
    return sum / (sums[WEIGHT]! * columns);
  },
};

function meanSquare(sums: Float64Array, { columns }: { readonly columns: number }): number {
  let sum = 0;
  for (let column = 0; column < columns; column++) sum += squaredError(sums, column);
  return sum / (sums[WEIGHT]! * columns);
}
