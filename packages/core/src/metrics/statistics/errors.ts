/**
 * The errors of predicted numbers, and the spread of the true numbers. The true number of the first row is subtracted
 * before true numbers are summed, so that a large mean loses no digits.
 */
import type { Statistic } from '../metric.ts';

/** The places of the number of rows and of Σ |z − t|. Blocks with one sum for each column follow. */
export const ROWS = 0;
export const ABSOLUTE = 1;
const BLOCKS = 2;

/** Σ (z − t)², of one column. */
export function squaredError(sums: Float64Array, column: number): number {
  return sums[BLOCKS + column]!;
}

/** Σ (t − mean)², of one column; at least 0 except for rounding, and exactly 0 if all true numbers are equal. */
export function spread(sums: Float64Array, columns: number, column: number): number {
  const shifted = sums[BLOCKS + columns + column]!;
  return sums[BLOCKS + 2 * columns + column]! - (shifted * shifted) / sums[ROWS]!;
}

/** Rows, Σ |z − t|, and by column, block after block: Σ (z − t)², Σ (t − s), Σ (t − s)² and s, the first truth. */
export const errors: Statistic = {
  size: ({ columns }) => BLOCKS + 4 * columns,
  add(sums, { columns: k }, output, target, rows) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < k; column++) {
        const truth = target[row * k + column]!;
        const guess = output[row * k + column]!;
        const place = BLOCKS + column;
        if (sums[ROWS] === 0 && row === 0) sums[place + 3 * k] = truth;
        const shifted = truth - sums[place + 3 * k]!;
        sums[ABSOLUTE]! += Math.abs(guess - truth);
        sums[place]! += (guess - truth) * (guess - truth);
        sums[place + k]! += shifted;
        sums[place + 2 * k]! += shifted * shifted;
      }
    }
    sums[ROWS]! += rows;
  },
  join(sums, newer, { columns: k }) {
    const rows = newer[ROWS]!;
    if (rows === 0) return;
    if (sums[ROWS] === 0) {
      sums.set(newer);
      return;
    }
    for (let place = BLOCKS; place < BLOCKS + k; place++) {
      // The newer sums are shifted to the s of the older ones: t − s = (t − s′) + d, where d = s′ − s.
      const d = newer[place + 3 * k]! - sums[place + 3 * k]!;
      const shifted = newer[place + k]!;
      sums[place]! += newer[place]!;
      sums[place + k]! += shifted + rows * d;
      sums[place + 2 * k]! += newer[place + 2 * k]! + 2 * d * shifted + rows * d * d;
    }
    sums[ABSOLUTE]! += newer[ABSOLUTE]!;
    sums[ROWS]! += rows;
  },
};
