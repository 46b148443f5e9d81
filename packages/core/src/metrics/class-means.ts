/**
 * A score of classes as one number: a mean over the classes, or over the labels of rows with several labels. What each counts, the
 * metric says: macro.ts and weighted.ts.
 */
import { classCount } from './class-of-row.ts';
import { classReport, labelReport, type ClassScore } from './class-report.ts';
import { ANY_CLASSES, type SumMetric } from './metric.ts';
import { confusion } from './statistics/confusion.ts';

/** A score of a class that a mean is taken of. */
export type MeanScore = 'precision' | 'recall' | 'f1';

/**
 * The metric of a mean; NaN without rows. A row of weight 0 counts as a row that is not there.
 *
 * @param mean - of the scores of the classes, or of the labels
 */
export function classMean(
  label: string,
  mean: (report: readonly ClassScore[], isLabels: boolean) => number,
): SumMetric {
  return {
    better: 'up',
    fits: ANY_CLASSES,
    label,
    digits: 'fixed',
    needs: 'sums',
    statistic: confusion,
    value(counts, shape) {
      if (!counts.some((count) => count > 0)) return NaN;
      return shape.task === 'labels'
        ? mean(labelReport(counts, shape.columns), true)
        : mean(classReport(counts, classCount(shape)), false);
    },
  };
}
