/**
 * Columns of numbers that vary together. A model may use either of them, so their importance cannot be told apart.
 */
import type { Matrix } from '../arrays/matrix.ts';
import type { ExplainedColumn } from './explained-model.ts';

/** Two columns, and the correlation of Pearson of their prepared numbers. */
export interface CorrelatedColumns {
  readonly columns: readonly [string, string];
  readonly correlation: number;
}

/** Columns whose correlation is at least this, in size, vary together. */
const STRONG = 0.8;

/** The most pairs that are named. */
const MOST_PAIRS = 20;

/**
 * The pairs, the most similar first. Columns that are no numbers, or that are constant, are in no pair.
 *
 * @param inputs - the prepared rows
 */
export function correlatedColumns(
  columns: readonly ExplainedColumn[],
  inputs: Matrix,
): CorrelatedColumns[] {
  const numbers = columns.filter(
    ({ preparation }) => preparation === undefined || preparation.kind === 'number',
  );
  const directions = numbers.map(({ start }) => directionOf(inputs, start));
  const pairs: CorrelatedColumns[] = [];
  for (const [i, left] of directions.entries()) {
    for (const [j, right] of directions.entries()) {
      if (j <= i || left === undefined || right === undefined) continue;
      let correlation = 0;
      for (let row = 0; row < left.length; row++) correlation += left[row]! * right[row]!;
      if (Math.abs(correlation) < STRONG) continue;
      pairs.push({ columns: [numbers[i]!.name, numbers[j]!.name], correlation });
    }
  }
  return pairs
    .toSorted((a, b) => Math.abs(b.correlation) - Math.abs(a.correlation))
    .slice(0, MOST_PAIRS);
}

/** The deviations of an input from its mean, as a vector of length 1; undefined if they are all 0. */
function directionOf({ data, rows, columns }: Matrix, input: number): Float64Array | undefined {
  const values = Float64Array.from({ length: rows }, (_, row) => data[row * columns + input]!);
  const mean = values.reduce((sum, one) => sum + one, 0) / rows;
  const size = Math.sqrt(values.reduce((sum, one) => sum + (one - mean) * (one - mean), 0));
  return size > 0 ? values.map((one) => (one - mean) / size) : undefined;
}
