/**
 * The errors of predicted numbers, and the spread of the true numbers. The true number of the first row is subtracted
 * before true numbers are summed, so that a large mean loses no digits.
 */
import type { Statistic } from '../metric.ts';

/** The places of the number of rows and of Σ w. Blocks with one sum for each column follow. */
export const ROWS = 0;
export const WEIGHT = 1;
const BLOCKS = 2;

/** Σ w (z − t)², of one column. */
export function squaredError(sums: Float64Array, column: number): number {
  return sums[BLOCKS + column]!;
}

/** Σ w |z − t|, of one column. */
export function absoluteError(sums: Float64Array, columns: number, column: number): number {
  return sums[BLOCKS + 4 * columns + column]!;
}

/** Σ w (t − mean)², of one column; at least 0 except for rounding, and exactly 0 if all true numbers are equal. */
export function spread(sums: Float64Array, columns: number, column: number): number {
  const shifted = sums[BLOCKS + columns + column]!;
  return sums[BLOCKS + 2 * columns + column]! - (shifted * shifted) / sums[WEIGHT]!;
}

/** Rows, Σ w, and by column, block after block: Σ w (z − t)², Σ w (t − s), Σ w (t − s)², s (the first truth) and Σ w |z − t|. */
export const errors: Statistic = {
  size: ({ columns }) => BLOCKS + 5 * columns,
  add(sums, { columns: k }, output, target, rows, weights) {
    for (let row = 0; row < rows; row++) {
      const weight = weights?.[row] ?? 1;
      for (let column = 0; column < k; column++) {
        const truth = target[row * k + column]!;
        const guess = output[row * k + column]!;
        const place = BLOCKS + column;
        if (sums[ROWS] === 0 && row === 0) sums[place + 3 * k] = truth;
        const shifted = truth - sums[place + 3 * k]!;
        sums[place]! += weight * (guess - truth) * (guess - truth);
        sums[place + k]! += weight * shifted;
        sums[place + 2 * k]! += weight * shifted * shifted;
        sums[place + 4 * k]! += weight * Math.abs(guess - truth);
      }
      sums[WEIGHT]! += weight;
    }
    sums[ROWS]! += rows;
  },
  join(sums, newer, { columns: k }) {
    const weight = newer[WEIGHT]!;
    if (newer[ROWS] === 0) return;
    if (sums[ROWS] === 0) {
      sums.set(newer);
      return;
    }
    for (let place = BLOCKS; place < BLOCKS + k; place++) {
      // The newer sums are shifted to the s of the older ones: t − s = (t − s′) + d, where d = s′ − s.
      const d = newer[place + 3 * k]! - sums[place + 3 * k]!;
      const shifted = newer[place + k]!;
      sums[place]! += newer[place]!;
      sums[place + k]! += shifted + weight * d;
      sums[place + 2 * k]! += newer[place + 2 * k]! + 2 * d * shifted + weight * d * d;
      sums[place + 4 * k]! += newer[place + 4 * k]!;
    }
    sums[WEIGHT]! += weight;
    sums[ROWS]! += newer[ROWS]!;
  },
};
