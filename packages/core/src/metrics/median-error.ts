/**
 * The median absolute error: half of the errors are smaller. A few rows with enormous errors do not change it.
 */
import { NUMBERS, type Ranking, type ScoreMetric } from './metric.ts';

/**
 * The median of |z − t|, each as often as its weight says; if exactly half of the weight ends between two errors, their mean. Of several
 * outputs the mean of their medians, in the target's unit. NaN without rows, and if an error is NaN.
 *
 * Source: Hyndman & Fan 1996, definition 2; scikit-learn's median_absolute_error.
 */
export const medianAbsoluteError: ScoreMetric = {
  better: 'down',
  fits: NUMBERS,
  label: 'median absolute error',
  digits: 'scaled',
  needs: 'scores',
  value(scores) {
    const { columns } = scores.shape;
    let sum = 0;
    for (let column = 0; column < columns; column++) {
      const ranking = scores.rankingOf(column);
      sum += ranking === undefined ? NaN : medianOf(ranking);
    }
    return sum / columns;
  },
};

function medianOf({ order, scores, weights }: Ranking): number {
  let total = order.length;
  if (weights !== undefined) {
    total = 0;
    for (const row of order) total += weights[row]!;
  }
  let sum = 0;
  let lower: number | undefined;
  for (let place = 0; place < order.length; place++) {
    const weight = weights === undefined ? 1 : weights[order[place]!]!;
    // A row of weight 0 is not there.
    if (weight === 0) continue;
    if (lower !== undefined) return (lower + scores[place]!) / 2;
    sum += weight;
    if (sum - total / 2 > Number.EPSILON) return scores[place]!;
    if (sum >= total / 2) lower = scores[place]!;
  }
  return lower ?? NaN;
}
