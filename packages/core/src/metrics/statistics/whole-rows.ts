/**
 * How many rows have no wrong label, for rows with several labels that are each true or false.
 */
import { isTrue } from '../class-of-row.ts';
import type { Statistic } from '../metric.ts';

/** The places of two sums: the rows without a wrong label, and all rows. */
export const RIGHT_ROWS = 0;
export const ROWS = 1;

/** The sums {@link RIGHT_ROWS} and {@link ROWS}, of weights. */
export const wholeRows: Statistic = {
  size: () => 2,
  add(sums, { columns }, output, target, rows, weights) {
    for (let row = 0; row < rows; row++) {
      const weight = weights?.[row] ?? 1;
      let isRight = true;
      for (let i = row * columns; i < (row + 1) * columns; i++) {
        if (isTrue(target, i) !== isTrue(output, i)) isRight = false;
      }
      if (isRight) sums[RIGHT_ROWS]! += weight;
      sums[ROWS]! += weight;
    }
  },
};
