/**
 * The confusion matrix: for every true class, how often each class was predicted. Its size is the square of the number of
 * classes, so it is computed only if a metric needs it.
 */
import { classCount, predictedClass, trueClass } from '../class-of-row.ts';
import type { Statistic } from '../metric.ts';

/** Counts in row-major order: sums[truth · classes + prediction]. */
export const confusion: Statistic = {
  size: (shape) => classCount(shape) * classCount(shape),
  add(sums, shape, output, target, rows) {
    const classes = classCount(shape);
    for (let row = 0; row < rows; row++) {
      const truth = trueClass(shape, target, row);
      sums[truth * classes + predictedClass(shape, output, row)]!++;
    }
  },
};
