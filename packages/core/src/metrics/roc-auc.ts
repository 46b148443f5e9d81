/**
 * The area under the ROC curve: how well the scores rank rows of a class above the rest, whatever threshold is used.
 */
import { ANY_CLASSES, type Ranking, type ScoreMetric } from './metric.ts';
import { meanOfRankings } from './ranking.ts';

/**
 * P(score of a random positive row > score of a random negative row) + ½ P(equal): the Mann–Whitney statistic with
 * midranks for ties, over positives × negatives. In [0, 1]; 0.5 is chance. A pair counts as the product of its sample weights.
 *
 * For two classes the score of the second class is used. For more classes, and for several binary outputs, the value is the
 * plain mean of the areas of each class against the rest. It is NaN if a class has no rows or all rows, because a ranking
 * needs both sides, and NaN if a score is NaN.
 *
 * Source: scikit-learn's roc_auc_score with `multi_class='ovr'`, `average='macro'`; Hanley & McNeil 1982.
 */
export const rocAuc: ScoreMetric = {
  better: 'up',
  fits: ANY_CLASSES,
  label: 'ROC AUC',
  digits: 'fixed',
  needs: 'scores',
  value: (scores) => meanOfRankings(scores, areaOf),
};

/** The area of one class. It goes once through the rows in the order of their scores, tie by tie. */
export function areaOf({ order, scores, positive, weights }: Ranking): number {
  const { length } = order;
  let positives = 0;
  let negatives = 0;
  let won = 0;
  for (let place = 0; place < length;) {
    const score = scores[place]!;
    let tiedPositives = 0;
    let tiedNegatives = 0;
    for (; place < length && scores[place] === score; place++) {
      const weight = weights === undefined ? 1 : weights[order[place]!]!;
      if (positive[place] === 1) tiedPositives += weight;
      else tiedNegatives += weight;
    }
    won += tiedPositives * (negatives + tiedNegatives / 2);
    positives += tiedPositives;
    negatives += tiedNegatives;
  }
  return won / (positives * negatives);
}
