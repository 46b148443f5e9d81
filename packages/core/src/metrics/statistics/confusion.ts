/**
 * The confusion matrix: for every true class, how often each class was predicted. Its size is the square of the number of
 * classes, so it is computed only if a metric needs it. Several labels a row have a matrix of false and true each.
 */
import { classCount, isTrue, predictedClass, trueClass } from '../class-of-row.ts';
import type { Statistic } from '../metric.ts';

/**
 * Counts in row-major order: sums[truth · classes + prediction]. For several labels a row, sums[label · 4 + truth · 2 +
 * prediction], where truth and prediction are 0 or 1. A row counts as often as its weight says.
 *
 * Source: scikit-learn's confusion_matrix and multilabel_confusion_matrix.
 */
export const confusion: Statistic = {
  size: (shape) =>
    shape.task === 'labels' ? 4 * shape.columns : classCount(shape) * classCount(shape),
  add(sums, shape, output, target, rows, weights) {
    const classes = classCount(shape);
    const labels = shape.task === 'labels';
    for (let row = 0; row < rows; row++) {
      const weight = weights?.[row] ?? 1;
      if (!labels) {
        const truth = trueClass(shape, target, row);
        sums[truth * classes + predictedClass(shape, output, row)]! += weight;
        continue;
      }
      for (let label = 0; label < shape.columns; label++) {
        const i = row * shape.columns + label;
        const truth = isTrue(target, i) ? 2 : 0;
        sums[label * 4 + truth + (isTrue(output, i) ? 1 : 0)]! += weight;
      }
    }
  },
};
