/**
 * Precision, recall and F1 as one number: the plain mean over the classes, or over the labels of rows with several labels,
 * so that a rare class counts as much as a frequent one.
 */
import { classMean, type MeanScore } from './class-means.ts';
import type { SumMetric } from './metric.ts';

/** The mean of a score over the classes that are true or predicted somewhere, or over all labels. */
function meanOverClasses(score: MeanScore, label: string): SumMetric {
  return classMean(label, (report, isLabels) => {
    const present = report.filter(({ support, predicted }) => isLabels || support + predicted > 0);
    return present.reduce((sum, one) => sum + one[score], 0) / present.length;
  });
}

/** Source: scikit-learn's precision_score with `average='macro'`, `zero_division=0`. */
export const macroPrecision: SumMetric = meanOverClasses('precision', 'precision (macro)');

/** Source: scikit-learn's recall_score with `average='macro'`, `zero_division=0`. */
export const macroRecall: SumMetric = meanOverClasses('recall', 'recall (macro)');

/** Source: scikit-learn's f1_score with `average='macro'`, `zero_division=0`. */
export const macroF1: SumMetric = meanOverClasses('f1', 'F1 (macro)');
