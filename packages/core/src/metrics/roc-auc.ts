/**
 * The area under the ROC curve: how well the scores rank rows of a class above the rest, whatever threshold is used.
 */
import { ANY_CLASSES, type AllScores, type ScoreMetric } from './metric.ts';

/**
 * P(score of a random positive row > score of a random negative row) + ½ P(equal): the Mann–Whitney statistic with
 * midranks for ties, over positives × negatives. In [0, 1]; 0.5 is chance.
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
  value(scores) {
    const { task, columns } = scores.shape;
    if (task === 'binary') return areaOf(scores, 0, 1);
    if (task === 'classes' && columns === 2) return areaOf(scores, 1, 1);
    let sum = 0;
    for (let column = 0; column < columns; column++) {
      sum += areaOf(scores, column, task === 'classes' ? column : 1);
    }
    return sum / columns;
  },
};

/** The area of one output, for the rows whose truth is `positive` against all others. */
function areaOf(
  { shape, rows, output, truth }: AllScores,
  column: number,
  positive: number,
): number {
  const { task, columns } = shape;
  const isPositive = (row: number): boolean =>
    (task === 'labels' ? truth[row * columns + column] : truth[row]) === positive;
  let count = 0;
  for (let row = 0; row < rows; row++) if (isPositive(row)) count++;
  const positives = new Float64Array(count);
  const negatives = new Float64Array(rows - count);
  for (let row = 0, p = 0, n = 0; row < rows; row++) {
    const score = output[row * columns + column]!;
    if (isPositive(row)) positives[p++] = score;
    else negatives[n++] = score;
  }
  return rankingOf(positives.toSorted(), negatives.toSorted());
}

/** The share of pairs in which the positive score is larger; a tie counts half. Both lists ascend, with NaN at the end. */
function rankingOf(positives: Float64Array, negatives: Float64Array): number {
  const pairs = positives.length * negatives.length;
  if (pairs === 0 || Number.isNaN(positives.at(-1)) || Number.isNaN(negatives.at(-1))) return NaN;
  let below = 0;
  let notAbove = 0;
  let won = 0;
  for (const score of positives) {
    while (below < negatives.length && negatives[below]! < score) below++;
    while (notAbove < negatives.length && negatives[notAbove]! <= score) notAbove++;
    won += (below + notAbove) / 2;
  }
  return won / pairs;
}
