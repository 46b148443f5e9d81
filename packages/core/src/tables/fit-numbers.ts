/**
 * Finds how a column of numbers or truth values is filled and scaled, from the cells of a table or of a matrix. The loops
 * run by index, because `from`, `map` and `filter` call a function for each cell and take ten times as long.
 */
import type { Matrix } from '../arrays/matrix.ts';
import {
  fitColumnScaling,
  plainZero,
  UNSCALED,
  type ColumnScaling,
  type ScalingRule,
} from './column-scaling.ts';
import { filledWith, numbersOfColumn, withoutMissing, type Numbers } from './number-source.ts';
import { fitScaling, median } from './scaling.ts';
import type { BooleanColumn, NumberColumn } from './table.ts';

/** A column of numbers as it was found, without its name. */
export interface FittedNumbers extends ColumnScaling {
  /** The value in place of a missing one. */
  readonly fill: number;
  /** Whether a last output column is 1 where the value is missing and 0 elsewhere. */
  readonly indicator?: true;
}

/** The options of a preparation that concern numbers. */
export interface NumberRules {
  readonly standardize: boolean;
  readonly scaling: ScalingRule;
  readonly fill: 'median' | 'mean';
  readonly addIndicator: boolean;
}

/** ±1 for true and false, the robust scaling of truth values: their quartiles say nothing. */
const SIGNS: ColumnScaling = { mean: 0.5, scale: 0.5 };

/** The fitted form of a column; undefined if it has no value. */
export function fitNumbers(
  column: NumberColumn | BooleanColumn,
  rules: NumberRules,
): FittedNumbers | undefined {
  const { kind } = column;
  const numbers = kind === 'number' ? numbersOfColumn(column) : signsOf(column.values);
  const known = withoutMissing(numbers);
  if (known.length === 0) return undefined;
  const useMedian = kind === 'number' && rules.fill === 'median';
  const middle = useMedian ? median(known) : fitScaling(known).mean;
  const fill = kind === 'number' ? plainZero(middle) : Number(middle > 0.5);
  const asSigns = kind === 'boolean' && rules.standardize && rules.scaling === 'robust';
  const scaling = asSigns ? SIGNS : scalingOf(filledWith(numbers, fill), rules);
  const indicator = rules.addIndicator && known.length < numbers.length;
  return { fill, ...scaling, ...(indicator ? { indicator } : {}) };
}

/** The columns of a matrix that are gathered in one pass, because a pass over a single column reads a cache line for each element. */
export const COLUMN_BLOCK = 32;

/** The fitted forms of a block of a matrix's columns from `first` on. A matrix has no missing values. */
export function fitMatrixColumns(
  { data, rows, columns, scale: unit }: Matrix,
  first: number,
  rules: NumberRules,
): FittedNumbers[] {
  const count = Math.min(COLUMN_BLOCK, columns - first);
  const block = Array.from({ length: count }, () => new Float64Array(rows));
  for (let row = 0; row < rows; row++) {
    const start = row * columns + first;
    for (let column = 0; column < count; column++) {
      block[column]![row] = data[start + column]! * unit;
    }
  }
  return block.map((values) => {
    const fill = plainZero(rules.fill === 'median' ? median(values) : fitScaling(values).mean);
    return { fill, ...scalingOf(values, rules) };
  });
}

function scalingOf(values: Numbers, { standardize, scaling }: NumberRules): ColumnScaling {
  return standardize ? fitColumnScaling(values, scaling) : UNSCALED;
}

function signsOf(values: readonly (boolean | null)[]): Float64Array {
  const numbers = new Float64Array(values.length);
  for (let row = 0; row < numbers.length; row++) numbers[row] = Number(values[row] ?? NaN);
  return numbers;
}
