/**
 * How many answers were right. An answer is a row if each row has one class, or an element if a row has several labels.
 */
import { isTrue, predictedClass, trueClass } from '../class-of-row.ts';
import type { Statistic } from '../metric.ts';

/** The places of two counts: the right answers, and all answers. */
export const RIGHT = 0;
export const ANSWERS = 1;

/** The counts {@link RIGHT} and {@link ANSWERS}. */
export const hits: Statistic = {
  size: () => 2,
  add(sums, shape, output, target, rows, weights) {
    const { columns } = shape;
    const labels = shape.task === 'labels';
    for (let row = 0; row < rows; row++) {
      const weight = weights?.[row] ?? 1;
      let right = 0;
      if (labels) {
        const end = (row + 1) * columns;
        for (let i = row * columns; i < end; i++) {
          if (isTrue(target, i) === isTrue(output, i)) right++;
        }
      } else if (trueClass(shape, target, row) === predictedClass(shape, output, row)) right = 1;
      sums[RIGHT]! += weight * right;
      sums[ANSWERS]! += weight * (labels ? columns : 1);
    }
  },
};
