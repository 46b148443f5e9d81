/**
 * Accuracy, the share of answers that are right.
 */
import { ANY_CLASSES, type SumMetric } from './metric.ts';
import { ANSWERS, hits, RIGHT } from './statistics/hits.ts';

/**
 * Right answers / answers, in [0, 1]. A row with one class is one answer. With several outputs and binary
 * cross-entropy each output is one answer, with the threshold 0.5, as in Keras' `BinaryAccuracy`. (scikit-learn counts
 * whole rows in this case; that is `subsetAccuracy`.)
 *
 * Source: scikit-learn's accuracy_score.
 */
export const accuracy: SumMetric = {
  better: 'up',
  fits: ANY_CLASSES,
  label: 'accuracy',
  digits: 'fixed',
  needs: 'sums',
  statistic: hits,
  value: (sums) => sums[RIGHT]! / sums[ANSWERS]!,
};
