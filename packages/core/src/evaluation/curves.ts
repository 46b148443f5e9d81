/**
 * The points of the ROC curve and of the curve of precision over recall. A point is left out if the line through its neighbours goes
 * exactly through it, because the drawing does not change; if many are left, they are thinned evenly.
 */
import type { Ranking } from '../metrics/metric.ts';
import type { PrecisionRecallCurve, RocCurve } from './class-evaluation.ts';

/** The most points of a curve. */
const MOST_POINTS = 500;

/** The weights of the rows that count as positive at a threshold: those that are, and those that are not. */
export interface RankedCounts {
  readonly threshold: number;
  readonly truePositives: number;
  readonly falsePositives: number;
}

/** The counts at every score, from the largest to the smallest, so that the last one has all rows. Rows of weight 0 make no point. */
export function countsByThreshold(ranking: Ranking): RankedCounts[] {
  const { order, scores, positive, weights } = ranking;
  const counts: RankedCounts[] = [];
  let truePositives = 0;
  let falsePositives = 0;
  for (let place = order.length - 1; place >= 0;) {
    const threshold = scores[place]!;
    const before = truePositives + falsePositives;
    for (; place >= 0 && scores[place] === threshold; place--) {
      const weight = weights?.[order[place]!] ?? 1;
      if (positive[place] === 1) truePositives += weight;
      else falsePositives += weight;
    }
    if (truePositives + falsePositives > before) {
      counts.push({ threshold, truePositives, falsePositives });
    }
  }
  return counts;
}

/**
 * The ROC curve of counts.
 *
 * @returns null if there are no positive rows, or no negative ones
 *
 * Source: scikit-learn's roc_curve.
 */
export function rocOf(counts: readonly RankedCounts[]): RocCurve | null {
  const { truePositives: positives = 0, falsePositives: negatives = 0 } = counts.at(-1) ?? {};
  if (positives === 0 || negatives === 0) return null;
  const points = thinned([
    { x: 0, y: 0, threshold: null },
    ...counts.map(({ threshold, truePositives, falsePositives }) => ({
      x: falsePositives,
      y: truePositives,
      threshold,
    })),
  ]);
  return {
    falsePositiveRate: points.map(({ x }) => x / negatives),
    truePositiveRate: points.map(({ y }) => y / positives),
    threshold: points.map(({ threshold }) => threshold),
  };
}

/**
 * The curve of precision over recall of counts, from no row to all rows.
 *
 * @returns null if there are no positive rows
 *
 * Source: scikit-learn's precision_recall_curve, which lists the points in the opposite order.
 */
export function precisionRecallOf(counts: readonly RankedCounts[]): PrecisionRecallCurve | null {
  const positives = counts.at(-1)?.truePositives ?? 0;
  if (positives === 0) return null;
  const points = thinned([
    { x: 0, y: 1, threshold: null },
    ...counts.map(({ threshold, truePositives, falsePositives }) => ({
      x: truePositives / positives,
      y: truePositives / (truePositives + falsePositives),
      threshold,
    })),
  ]);
  return {
    recall: points.map(({ x }) => x),
    precision: points.map(({ y }) => y),
    threshold: points.map(({ threshold }) => threshold),
  };
}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly threshold: number | null;
}

/** The points of a curve that is drawn alike; at most {@link MOST_POINTS}, always with the first and the last one. */
function thinned(points: readonly Point[]): Point[] {
  const corners: Point[] = [];
  for (const [place, point] of points.entries()) {
    const before = corners.at(-1);
    const after = points[place + 1];
    const isStraight =
      before !== undefined && after !== undefined && isBetween(before, point, after);
    if (!isStraight) corners.push(point);
  }
  if (corners.length <= MOST_POINTS) return corners;
  return Array.from(
    { length: MOST_POINTS },
    (_, i) => corners[Math.floor((i * (corners.length - 1)) / (MOST_POINTS - 1))]!,
  );
}

/** Whether the line from `before` to `after` goes exactly through a point, and reaches it in between. */
function isBetween(before: Point, { x, y }: Point, after: Point): boolean {
  const [dx, dy] = [x - before.x, y - before.y];
  const [ex, ey] = [after.x - x, after.y - y];
  return dx * ey === dy * ex && dx * ex >= 0 && dy * ey >= 0;
}
