/**
 * Subset accuracy: the share of rows whose labels are all right. It is stricter than accuracy, which counts every label.
 */
import type { SumMetric } from './metric.ts';
import { RIGHT_ROWS, ROWS, wholeRows } from './statistics/whole-rows.ts';

/**
 * Σ w of the rows in which every label is right, with the threshold 0.5, over Σ w; in [0, 1], NaN without rows.
 *
 * Source: scikit-learn's accuracy_score for several labels a row, also the score of its MLPClassifier.
 */
export const subsetAccuracy: SumMetric = {
  better: 'up',
  fits: {
    tasks: ['labels'],
    rule: "several labels a row, so 'binary-cross-entropy' with several outputs",
  },
  label: 'subset accuracy',
  digits: 'fixed',
  needs: 'sums',
  statistic: wholeRows,
  value: (sums) => sums[RIGHT_ROWS]! / sums[ROWS]!,
};
