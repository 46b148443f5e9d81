/**
 * Balanced accuracy: the mean recall of the classes. A model that always answers the frequent class has 1 / classes.
 */
import { classCount } from './class-of-row.ts';
import { classReport } from './class-report.ts';
import { ONE_CLASS_A_ROW, type SumMetric } from './metric.ts';
import { confusion } from './statistics/confusion.ts';

/**
 * The mean of hits / support over the classes that have rows; in [0, 1], NaN without rows. It differs from `macroRecall`
 * if a class is predicted but never true: `macroRecall` counts such a class as 0, and balanced accuracy does not count it.
 *
 * Source: scikit-learn's balanced_accuracy_score.
 */
export const balancedAccuracy: SumMetric = {
  better: 'up',
  fits: ONE_CLASS_A_ROW,
  label: 'balanced accuracy',
  digits: 'fixed',
  needs: 'sums',
  statistic: confusion,
  value(counts, shape) {
    const present = classReport(counts, classCount(shape)).filter(({ support }) => support > 0);
    return present.reduce((sum, { recall }) => sum + recall, 0) / present.length;
  },
};
