/**
 * How many answers were right. An answer is a row if each row has one class, or an element if a row has several labels.
 */
import { predictedClass, trueClass } from '../class-of-row.ts';
import type { Statistic } from '../metric.ts';

/** The places of two counts: the right answers, and all answers. */
export const RIGHT = 0;
export const ANSWERS = 1;

/** The counts {@link RIGHT} and {@link ANSWERS}. */
export const hits: Statistic = {
  size: () => 2,
  add(sums, shape, output, target, rows) {
    let right = 0;
    if (shape.task === 'labels') {
      const elements = rows * shape.columns;
      for (let i = 0; i < elements; i++) if (target[i]! >= 0.5 === output[i]! >= 0.5) right++;
      sums[ANSWERS]! += elements;
    } else {
      for (let row = 0; row < rows; row++) {
        if (trueClass(shape, target, row) === predictedClass(shape, output, row)) right++;
      }
      sums[ANSWERS]! += rows;
    }
    sums[RIGHT]! += right;
  },
};
