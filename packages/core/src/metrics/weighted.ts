/**
 * Precision, recall and F1 as one number: the mean over the classes, or over the labels of rows with several labels, each as heavy as
 * its true rows. Unlike the macro means of macro.ts, a frequent class counts more than a rare one.
 */
import { classMean, type MeanScore } from './class-means.ts';
import type { SumMetric } from './metric.ts';

/** Σ support · score / Σ support; 0 if no row has any of several labels. */
function meanBySupport(score: MeanScore, label: string): SumMetric {
  return classMean(label, (report) => {
    const support = report.reduce((sum, one) => sum + one.support, 0);
    if (support === 0) return 0;
    return report.reduce((sum, one) => sum + one.support * one[score], 0) / support;
  });
}

/** Source: scikit-learn's precision_score with `average='weighted'`, `zero_division=0`. */
export const weightedPrecision: SumMetric = meanBySupport('precision', 'precision (weighted)');

/** Source: scikit-learn's recall_score with `average='weighted'`, `zero_division=0`. With one class a row it is the accuracy. */
export const weightedRecall: SumMetric = meanBySupport('recall', 'recall (weighted)');

/** Source: scikit-learn's f1_score with `average='weighted'`, `zero_division=0`. */
export const weightedF1: SumMetric = meanBySupport('f1', 'F1 (weighted)');
