/**
 * Precision, recall and F1 as one number: the plain mean over the classes, or over the labels of rows with several labels,
 * so that a rare class counts as much as a frequent one.
 */
import { classCount } from './class-of-row.ts';
import { classReport, labelReport } from './class-report.ts';
import { ANY_CLASSES, type SumMetric } from './metric.ts';
import { confusion } from './statistics/confusion.ts';

/**
 * The mean of a score over the classes that are true or predicted somewhere, or over all labels; NaN without rows. A row of
 * weight 0 counts as a row that is not there.
 */
function meanOverClasses(score: 'precision' | 'recall' | 'f1', label: string): SumMetric {
  return {
    better: 'up',
    fits: ANY_CLASSES,
    label,
    digits: 'fixed',
    needs: 'sums',
    statistic: confusion,
    value(counts, shape) {
      if (!counts.some((count) => count > 0)) return NaN;
      const present =
        shape.task === 'labels'
          ? labelReport(counts, shape.columns)
          : classReport(counts, classCount(shape)).filter(
              ({ support, predicted }) => support + predicted > 0,
            );
      return present.reduce((sum, one) => sum + one[score], 0) / present.length;
    },
  };
}

/** Source: scikit-learn's precision_score with `average='macro'`, `zero_division=0`. */
export const macroPrecision: SumMetric = meanOverClasses('precision', 'precision (macro)');

/** Source: scikit-learn's recall_score with `average='macro'`, `zero_division=0`. */
export const macroRecall: SumMetric = meanOverClasses('recall', 'recall (macro)');

/** Source: scikit-learn's f1_score with `average='macro'`, `zero_division=0`. */
export const macroF1: SumMetric = meanOverClasses('f1', 'F1 (macro)');
