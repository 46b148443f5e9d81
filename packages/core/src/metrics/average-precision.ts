/**
 * Average precision, the area under the curve of precision over recall. It looks only at how the rows of a class are ranked, and so
 * says more than the ROC curve where a class is rare.
 */
import { ANY_CLASSES, type Ranking, type ScoreMetric } from './metric.ts';
import { meanOfRankings } from './ranking.ts';

/**
 * Σₙ (Rₙ − Rₙ₋₁) Pₙ, where Pₙ and Rₙ are precision and recall at the n-th largest score; equal scores are one step. In [0, 1]; a random
 * ranking gives the share of the class. Classes are averaged as for `rocAuc`. NaN if a class has no rows (scikit-learn: 0, with a
 * warning), and if a score is NaN.
 *
 * Source: scikit-learn's average_precision_score with `average='macro'`.
 */
export const averagePrecision: ScoreMetric = {
  better: 'up',
  fits: ANY_CLASSES,
  label: 'average precision',
  digits: 'fixed',
  needs: 'scores',
  value: (scores) => meanOfRankings(scores, precisionOf),
};

/** The average precision of one class. It goes once through the rows from the largest score on, tie by tie. */
export function precisionOf({ order, scores, positive, weights }: Ranking): number {
  let positives = 0;
  let all = 0;
  let sum = 0;
  for (let place = order.length - 1; place >= 0;) {
    const score = scores[place]!;
    let tied = 0;
    for (; place >= 0 && scores[place] === score; place--) {
      const weight = weights === undefined ? 1 : weights[order[place]!]!;
      all += weight;
      if (positive[place] === 1) tied += weight;
    }
    positives += tied;
    if (tied > 0) sum += (tied * positives) / all;
  }
  return sum / positives;
}
