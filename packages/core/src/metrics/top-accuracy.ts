/**
 * Top-k accuracy: the share of rows whose true class is among the k most probable ones. It fits problems with so many classes that the
 * second answer is useful too.
 */
import { trueClass } from './class-of-row.ts';
import type { MetricFit, RealArray, SumMetric } from './metric.ts';

/** The places of two sums: the rows whose class is among the first k, and all rows. */
const AMONG = 0;
const ROWS = 1;

const SEVERAL_CLASSES: MetricFit = {
  tasks: ['classes'],
  rule: "one class of several, so 'softmax-cross-entropy'",
};

/**
 * Σ w of the rows in which fewer than k classes rank before the true one, over Σ w; in [0, 1], 1 if there are at most k classes, NaN
 * without rows. Of equal probabilities the first class ranks first, as for the accuracy; scikit-learn ranks the last one first. A row
 * whose true class has the probability NaN is not among the first.
 *
 * Source: scikit-learn's top_k_accuracy_score.
 */
function topAccuracy(k: number): SumMetric {
  return {
    better: 'up',
    fits: SEVERAL_CLASSES,
    label: `top-${k} accuracy`,
    digits: 'fixed',
    needs: 'sums',
    statistic: {
      size: () => 2,
      add(sums, shape, output, target, rows, weights) {
        for (let row = 0; row < rows; row++) {
          const weight = weights?.[row] ?? 1;
          const truth = trueClass(shape, target, row);
          if (rankOf(output, row * shape.columns, shape.columns, truth) < k) sums[AMONG]! += weight;
          sums[ROWS]! += weight;
        }
      },
    },
    value: (sums) => sums[AMONG]! / sums[ROWS]!,
  };
}

/** How many classes rank before a class. */
function rankOf(output: RealArray, start: number, columns: number, truth: number): number {
  const own = output[start + truth]!;
  if (Number.isNaN(own)) return Infinity;
  let rank = 0;
  for (let k = 0; k < columns; k++) {
    const other = output[start + k]!;
    if (other > own || (other === own && k < truth)) rank++;
  }
  return rank;
}

export const top3Accuracy: SumMetric = topAccuracy(3);

export const top5Accuracy: SumMetric = topAccuracy(5);
