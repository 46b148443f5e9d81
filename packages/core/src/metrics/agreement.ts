/**
 * Two figures that compare a confusion matrix with chance: the correlation coefficient of Matthews, and the κ of Cohen. Both are 0
 * for a model that guesses, also if the classes are unequal, where the accuracy of a guess may be high.
 */
import { classCount } from './class-of-row.ts';
import { classReport } from './class-report.ts';
import { ONE_CLASS_A_ROW, type RowShape, type SumMetric } from './metric.ts';
import { confusion } from './statistics/confusion.ts';

const SHARED = {
  better: 'up',
  fits: ONE_CLASS_A_ROW,
  digits: 'fixed',
  needs: 'sums',
  statistic: confusion,
} as const;

/**
 * With s the weight of all rows, c that of the right ones, and tₖ and pₖ the weights of class k as truth and as prediction:
 * (c s − Σ tₖ pₖ) / √((s² − Σ pₖ²)(s² − Σ tₖ²)). In [−1, 1]; 0 if all rows have one class or one prediction, NaN without rows.
 *
 * Source: Gorodkin 2004, "Comparing two K-category assignments by a K-category correlation coefficient"; scikit-learn's
 * matthews_corrcoef.
 */
export const mcc: SumMetric = {
  ...SHARED,
  label: 'MCC',
  value(counts, shape) {
    const { total, right, both, truths, predictions } = marginsOf(counts, shape);
    if (total === 0) return NaN;
    const spread = (total * total - predictions) * (total * total - truths);
    return spread > 0 ? (right * total - both) / Math.sqrt(spread) : 0;
  },
};

/**
 * 1 − (s² − c s) / (s² − Σ tₖ pₖ), with the letters of {@link mcc}: the share of right answers above what chance would give. At most 1; NaN
 * without rows, and if all rows have one class that is always predicted, because chance would then be right always.
 *
 * Source: Cohen 1960; scikit-learn's cohen_kappa_score without weights of the classes.
 */
export const cohenKappa: SumMetric = {
  ...SHARED,
  label: 'Cohen’s κ',
  value(counts, shape) {
    const { total, right, both } = marginsOf(counts, shape);
    return 1 - (total * total - right * total) / (total * total - both);
  },
};

/** Sums over the classes of a confusion matrix. */
function marginsOf(
  counts: Float64Array,
  shape: RowShape,
): Record<'total' | 'right' | 'both' | 'truths' | 'predictions', number> {
  const classes = classCount(shape);
  const sums = { total: 0, right: 0, both: 0, truths: 0, predictions: 0 };
  for (const [k, { support, predicted }] of classReport(counts, classes).entries()) {
    sums.total += support;
    sums.right += counts[k * classes + k]!;
    sums.both += support * predicted;
    sums.truths += support * support;
    sums.predictions += predicted * predicted;
  }
  return sums;
}
