/**
 * The reliability diagram and the calibration errors: of the rows with a probability of about 0.8, about 80 % should be true.
 */
import type { ReliabilityBin } from './class-evaluation.ts';
import { binOf } from './bins.ts';
import { figureOf, type Figure } from './figure.ts';

/** Probabilities, and whether what they are of was true. */
export interface Promises {
  readonly probabilities: Float64Array;
  readonly isTrue: (row: number) => boolean;
  readonly weights: ArrayLike<number> | undefined;
}

/**
 * The bins between edges that have rows.
 *
 * Source: scikit-learn's calibration_curve.
 */
export function reliabilityBins(
  { probabilities, isTrue, weights }: Promises,
  edges: readonly number[],
): ReliabilityBin[] {
  const sums = edges.slice(1).map(() => ({ count: 0, promised: 0, seen: 0 }));
  for (const [row, probability] of probabilities.entries()) {
    const weight = weights?.[row] ?? 1;
    const bin = sums[binOf(edges, probability)]!;
    bin.count += weight;
    bin.promised += weight * probability;
    if (isTrue(row)) bin.seen += weight;
  }
  return sums.flatMap(({ count, promised, seen }, i) => {
    if (count === 0) return [];
    const [low, high] = [edges[i]!, edges[i + 1]!];
    return [{ low, high, count, meanProbability: promised / count, share: seen / count }];
  });
}

/**
 * The expected and the maximum calibration error of bins; null without rows.
 *
 * Source: Guo, Pleiss, Sun & Weinberger 2017, On Calibration of Modern Neural Networks, section 2.
 */
export function calibrationErrors(bins: readonly ReliabilityBin[]): { ece: Figure; mce: Figure } {
  let sum = 0;
  let weight = 0;
  let most = -Infinity;
  for (const { count, meanProbability, share } of bins) {
    const gap = Math.abs(share - meanProbability);
    sum += count * gap;
    weight += count;
    most = Math.max(most, gap);
  }
  return { ece: figureOf(sum / weight), mce: figureOf(most) };
}
