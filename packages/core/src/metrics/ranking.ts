/**
 * The mean of a figure of a ranking over the classes: what the areas under the ROC curve and under the curve of precision over recall
 * have in common.
 */
import type { AllScores, Ranking } from './metric.ts';

/**
 * The mean over the classes. For two classes only the second one is used, because the first one's ranking is its reverse; for more
 * classes, and for several binary outputs, each is used against the rest.
 *
 * @returns NaN if a score is NaN, or if the figure is NaN for a class
 */
export function meanOfRankings(scores: AllScores, figure: (ranking: Ranking) => number): number {
  const { task, columns } = scores.shape;
  const of = (column: number): number => {
    const ranking = scores.rankingOf(column);
    return ranking === undefined ? NaN : figure(ranking);
  };
  if (task === 'binary') return of(0);
  if (task === 'classes' && columns === 2) return of(1);
  let sum = 0;
  for (let column = 0; column < columns; column++) sum += of(column);
  return sum / columns;
}
