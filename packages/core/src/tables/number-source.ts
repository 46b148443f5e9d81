/**
 * Numbers in an array, or numbers that are read piece by piece, as often as needed, because their column waits on the disk: then one piece is in
 * memory. What is computed of both is the same, bit for bit, because it runs over them in the same order.
 */
import { rangesOf } from './stored-column.ts';

/** Numbers that are read piece by piece. */
export interface NumberSource {
  readonly length: number;
  /** The numbers in their order, from the first one again at each call. */
  pieces(): Iterable<Float64Array>;
}

/** Numbers that are only read. */
export type Numbers = Float64Array | NumberSource;

/** Numbers of a piece of a stored column. */
const PIECE = 1 << 16;

/** The values of a column of numbers or dates, in pieces if they are not in memory. */
export function numbersOfColumn(column: { readonly values: Float64Array }): Numbers {
  return rangesOf(column, PIECE) ?? column.values;
}

/** The pieces of numbers; an array is one piece. */
export function piecesOf(numbers: Numbers): Iterable<Float64Array> {
  return numbers instanceof Float64Array ? [numbers] : numbers.pieces();
}

/** The numbers that `change` makes of each piece. */
export function changed(
  numbers: Numbers,
  change: (piece: Float64Array) => Float64Array,
  length: number = numbers.length,
): Numbers {
  if (numbers instanceof Float64Array) return change(numbers);
  return {
    length,
    *pieces() {
      for (const piece of numbers.pieces()) yield change(piece);
    },
  };
}

/** The numbers that are not NaN, in their order. */
export function withoutMissing(numbers: Numbers): Numbers {
  if (numbers instanceof Float64Array) return present(numbers);
  let count = 0;
  for (const piece of numbers.pieces()) count += present(piece).length;
  return count === numbers.length ? numbers : changed(numbers, present, count);
}

/** The numbers with another one in place of each NaN. */
export function filledWith(numbers: Numbers, fill: number): Numbers {
  return changed(numbers, (piece) => {
    const filled = piece.slice();
    for (let i = 0; i < filled.length; i++) if (Number.isNaN(filled[i])) filled[i] = fill;
    return filled;
  });
}

/** The numbers of an array that are not NaN. A loop by index, because `filter` takes ten times as long. */
export function present(numbers: Float64Array): Float64Array {
  const known = new Float64Array(numbers.length);
  let count = 0;
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i]!;
    if (!Number.isNaN(value)) known[count++] = value;
  }
  return known.subarray(0, count);
}
