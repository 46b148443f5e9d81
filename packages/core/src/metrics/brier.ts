/**
 * The Brier score: how far the probabilities are from what happened. Unlike the log loss, a single wrong answer that was sure
 * cannot dominate it.
 */
import { ANY_CLASSES, type RealArray, type RowShape, type SumMetric } from './metric.ts';

/** The places of two sums: the squared distances of the rows times their weights, and the weights. */
const TOTAL = 0;
const WEIGHT = 1;

/**
 * Σ w Σₖ (pₖ − tₖ)² / Σ w, where t is 1 for the true class and 0 for the others; in [0, 2]. For two classes, and for one binary
 * output, it is half of that, (p − t)², in [0, 1]. With several binary outputs it is the mean over them. NaN without rows.
 *
 * Source: Brier 1950; scikit-learn's brier_score_loss with `scale_by_half='auto'`.
 */
export const brier: SumMetric = {
  better: 'down',
  fits: ANY_CLASSES,
  label: 'Brier score',
  digits: 'fixed',
  needs: 'sums',
  statistic: {
    size: () => 2,
    add(sums, shape, output, target, rows, weights) {
      for (let row = 0; row < rows; row++) {
        const weight = weights?.[row] ?? 1;
        sums[TOTAL]! += weight * distanceOf(shape, output, target, row);
        sums[WEIGHT]! += weight;
      }
    },
  },
  value: (sums) => sums[TOTAL]! / sums[WEIGHT]!,
};

function distanceOf(
  { task, columns }: RowShape,
  output: RealArray,
  target: RealArray | Int32Array,
  row: number,
): number {
  const start = row * columns;
  const isIndex = target instanceof Int32Array;
  let sum = 0;
  for (let k = 0; k < columns; k++) {
    const truth = isIndex ? Number(target[row] === k) : target[start + k]!;
    sum += (output[start + k]! - truth) * (output[start + k]! - truth);
  }
  if (task !== 'classes') return sum / columns;
  return columns === 2 ? sum / 2 : sum;
}
