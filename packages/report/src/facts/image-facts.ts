/**
 * Whether the inputs of a table are the pixels of a picture: at least 64 columns of numbers, as many as a square has, whose
 * names count (`pixel0`, `p00`), and whose values all lie in one small range of whole numbers.
 */
import type { Table } from 'vinculum';
import type { ImageFacts } from '../record/data-facts.ts';

/** A picture of fewer pixels cannot be told from a table. */
const LEAST_SIDE = 8;

/** A pixel is at most a byte. */
const MOST_LEVEL = 255;

/**
 * The form of the picture of a row.
 *
 * @param inputs - the columns of the inputs alone
 * @returns undefined if the inputs are not the pixels of a square picture
 */
export function imageOf({ columns }: Table): ImageFacts | undefined {
  const side = Math.round(Math.sqrt(columns.length));
  if (side < LEAST_SIDE || side * side !== columns.length) return undefined;
  const stem = /^(\D*)[\d_.x]+$/;
  const stems = new Set(columns.map(({ name }) => stem.exec(name)?.[1]));
  if (stems.size !== 1 || stems.has(undefined)) return undefined;
  let high = 0;
  for (const column of columns) {
    if (column.kind !== 'number') return undefined;
    for (const value of column.values) {
      if (!Number.isInteger(value) || value < 0 || value > MOST_LEVEL) return undefined;
      high = Math.max(high, value);
    }
  }
  return { width: side, height: side, low: 0, high };
}
