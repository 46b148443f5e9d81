/**
 * The rows of a pass in the order of their scores for one class: what the ROC curve, the curve of precision over recall and their areas
 * are computed from.
 */
import type { AllScores } from './metric.ts';

/** One class against the rest. */
export interface Ranking {
  /** The rows by ascending score. */
  readonly order: Uint32Array;
  scoreOf(this: void, row: number): number;
  /** Whether the row belongs to the class. */
  isPositive(this: void, row: number): boolean;
  weightOf(this: void, row: number): number;
}

/**
 * The ranking of one output.
 *
 * @param positive - the truth of a row that belongs to the class
 * @returns undefined if a score is NaN
 */
export function rankingOf(
  scores: AllScores,
  column: number,
  positive: number,
): Ranking | undefined {
  const { shape, output, truth, weights } = scores;
  const { task, columns } = shape;
  const order = scores.orderOf(column);
  if (order === undefined) return undefined;
  return {
    order,
    scoreOf: (row) => output[row * columns + column]!,
    isPositive:
      task === 'labels'
        ? (row) => truth[row * columns + column] === positive
        : (row) => truth[row] === positive,
    weightOf: weights === undefined ? () => 1 : (row) => weights[row]!,
  };
}

/**
 * The mean of a figure over the classes. For two classes only the second one is used, because the first one's ranking is its
 * reverse; for more classes, and for several binary outputs, each is used against the rest.
 *
 * @returns NaN if a score is NaN, or the figure is for a class
 */
export function meanOfRankings(scores: AllScores, figure: (ranking: Ranking) => number): number {
  const { task, columns } = scores.shape;
  const of = (column: number, positive: number): number => {
    const ranking = rankingOf(scores, column, positive);
    return ranking === undefined ? NaN : figure(ranking);
  };
  if (task === 'binary') return of(0, 1);
  if (task === 'classes' && columns === 2) return of(1, 1);
  let sum = 0;
  for (let column = 0; column < columns; column++)
    sum += of(column, task === 'classes' ? column : 1);
  return sum / columns;
}
