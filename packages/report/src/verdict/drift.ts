/**
 * Whether the held-out rows look like the rows that were learned from: the largest distance of the two cumulative distributions
 * of a number (Kolmogorov and Smirnov), or half the sum of the distances of the shares of each value (total variation), with
 * the distance that chance alone would exceed once in ten thousand columns.
 */
import type { ColumnFacts, ColumnSplit } from '../record/data-facts.ts';

export interface Drift {
  /** From 0, the same, to 1, nothing in common. */
  readonly distance: number;
  /** Whether it is more than chance and worth a word. */
  readonly isLarge: boolean;
}

/** A smaller distance does no harm, even if it is no chance. */
const LEAST_DISTANCE = 0.1;

/** √(−½ ln(p / 2)) of p = 0.0001, for the distance that chance exceeds with the probability p. */
const CHANCE = Math.sqrt(-0.5 * Math.log(0.0001 / 2));

/** The drift of a column between the training rows and the held-out ones; undefined without both. */
export function driftOf({ splits }: ColumnFacts): Drift | undefined {
  const { train, test } = splits;
  if (train === undefined || test === undefined) return undefined;
  const [learned, held] = [countsOf(train), countsOf(test)];
  const [n, m] = [sumOf(learned), sumOf(held)];
  if (n === 0 || m === 0 || learned.length !== held.length) return undefined;
  const isOrdered = train.histogram !== undefined;
  const distance = isOrdered
    ? largestGap(learned, held, n, m)
    : learned.reduce((sum, value, at) => sum + Math.abs(value / n - (held[at] ?? 0) / m) / 2, 0);
  // Of k values the total variation of chance grows with √(k − 1).
  const spread = isOrdered ? 1 : Math.sqrt(Math.max(1, learned.length - 1));
  const chance = CHANCE * spread * Math.sqrt((n + m) / (n * m));
  return { distance, isLarge: distance > Math.max(LEAST_DISTANCE, chance) };
}

/** Counts of the values; the missing ones last, and before them all rare values together. */
function countsOf({ histogram, common = [], missing }: ColumnSplit): number[] {
  const known = histogram?.counts ?? common.map(({ count }) => count);
  return [...known, missing];
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, value) => sum + value, 0);
}

function largestGap(
  learned: readonly number[],
  held: readonly number[],
  n: number,
  m: number,
): number {
  let [gap, a, b] = [0, 0, 0];
  for (const [at, value] of learned.entries()) {
    a += value / n;
    b += (held[at] ?? 0) / m;
    gap = Math.max(gap, Math.abs(a - b));
  }
  return gap;
}
