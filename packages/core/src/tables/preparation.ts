/**
 * Finds how a table becomes the matrix from which a network learns: missing values are filled, numbers standardised, and
 * texts turned into one-hot columns. It is found once from the training rows and kept with the model. The fitted record
 * is plain JSON whose numbers round-trip; `prepare.ts` applies it, `read-preparation.ts` reads it back.
 */
import { dataError } from '../words/fault.ts';
import {
  checkWellFormed,
  booleanOption,
  choiceOption,
  numberOption,
  readOptions,
  show,
  type OptionRules,
} from '../words/options.ts';
import { datePartWidth, fitDates, type FittedDates } from './date-parts.ts';
import type { ColumnReading, DataNote } from './reading/reading.ts';
import { fitScaling, median, type Scaling } from './scaling.ts';
import type { Matrix } from '../arrays/matrix.ts';
import {
  checkTableOrMatrix,
  type BooleanColumn,
  type Column,
  type NumberColumn,
  type Table,
  type TextColumn,
} from './table.ts';

/** What the preparation of every column has. */
interface PreparationBase {
  readonly name: string;
  /** How the training cells were read, if they were text that is not plain; predictions read theirs in the same way. */
  readonly reading?: ColumnReading;
}

/** Numbers: a missing one becomes `fill`, then z = (value − mean) / scale. One output column. */
export interface NumberPreparation extends PreparationBase, Scaling {
  readonly kind: 'number';
  readonly fill: number;
}

/** Truth values: false is 0, true is 1; these are then prepared like numbers. One output column. */
export interface BooleanPreparation extends PreparationBase, Scaling {
  readonly kind: 'boolean';
  /** The more frequent value, as 0 or 1. */
  readonly fill: number;
}

/**
 * Text: one output column for each category, which is 1 if the cell has that category and 0 otherwise, and a last column
 * for "missing" if the training rows had missing cells. An unknown category gives zeros in all columns.
 */
export interface TextPreparation extends PreparationBase {
  readonly kind: 'text';
  /** By code unit. */
  readonly categories: readonly string[];
  readonly missing: boolean;
  /** How many rare categories have no column (see `maxCategories`). */
  readonly omitted: number;
}

/** A column that cannot help; predictions neither need it nor use it. */
export interface IgnoredPreparation extends PreparationBase {
  readonly kind: 'ignored';
  /** `empty`: no value at all; `identifiers`: too many categories, none of them frequent; `constant`: one date in all rows. */
  readonly reason: 'empty' | 'identifiers' | 'constant';
}

/** Dates: their parts as numbers and as points on circles; see `DATE_PARTS`. */
export interface DatePreparation extends PreparationBase, FittedDates {
  readonly kind: 'date';
}

export type ColumnPreparation =
  NumberPreparation | BooleanPreparation | TextPreparation | DatePreparation | IgnoredPreparation;

/** A fitted preparation: plain JSON. */
export interface TablePreparation {
  readonly version: 1;
  /** Whether columns are found by name (records, tables) or by position (arrays, matrices). */
  readonly named: boolean;
  /** Columns of the resulting matrix. */
  readonly width: number;
  readonly columns: readonly ColumnPreparation[];
  /** What the reader of the training rows left out or changed. */
  readonly notes?: readonly DataNote[];
}

export interface PreparationOptions {
  /** Bring numbers to mean 0 and variance 1. Default true. */
  readonly standardize?: boolean;
  /** The value that replaces a missing number. Default `'median'`. */
  readonly fill?: 'median' | 'mean';
  /** The most categories of a text column that get a column each. Default 64. */
  readonly maxCategories?: number;
}

/** What each of {@link PreparationOptions} must be, and its default. */
export const PREPARATION_RULES: OptionRules<Required<PreparationOptions>> = {
  standardize: booleanOption(true),
  fill: choiceOption(['median', 'mean'], 'median'),
  maxCategories: numberOption({ integer: true, min: 1 }, 64),
};

/**
 * Finds the preparation of a table, or of a matrix (whose columns are numbers without missing values).
 *
 * Mean and variance are computed from the training column after filling, so the prepared column has mean 0 and
 * variance 1; a constant column becomes 0. If a text column has more than `maxCategories` categories, the most
 * frequent categories that occur at least twice are kept.
 *
 * @param input - only the training rows, because statistics must not leak from held-out rows
 * @param options - `standardize = true`, `fill = 'median'`, `maxCategories = 64`
 * @throws {TypeError} when `input` is neither, or an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is out of range
 * @throws {DataError} when there is no row or no usable column
 * @example
 * const preparation = fitPreparation(table, { maxCategories: 20 });
 *
 * Source: the steps and defaults of scikit-learn's SimpleImputer (median), StandardScaler and OneHotEncoder
 * (handle_unknown 'ignore').
 */
export function fitPreparation(
  input: Table | Matrix,
  options: PreparationOptions = {},
): TablePreparation {
  checkTableOrMatrix('fitPreparation', 'input', input);
  return fitPreparationFor('fitPreparation', input, options);
}

/** {@link fitPreparation} on behalf of the public function `where`. */
export function fitPreparationFor(
  where: string,
  input: Table | Matrix,
  options: PreparationOptions,
): TablePreparation {
  const steps = fittingSteps(input, options, where);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** {@link fitPreparation} in steps of some columns. Between the steps the caller may pause or stop. */
export function* fittingSteps(
  input: Table | Matrix,
  options: PreparationOptions,
  where: string,
): Generator<void, TablePreparation> {
  const settings = readOptions(where, options, PREPARATION_RULES);
  const rows = 'data' in input ? input.rows : input.rowCount;
  if (rows === 0)
    throw dataError({ where, subject: 'the training data', rule: 'must have rows', got: 0 });
  const columns: ColumnPreparation[] = [];
  if ('data' in input) {
    for (let first = 0; first < input.columns; first += COLUMN_BLOCK) {
      columns.push(...matrixColumns(input, first, settings));
      yield;
    }
  } else {
    for (const column of input.columns) {
      const { reading } = column;
      const fitted = fitColumn(column, settings);
      columns.push(reading === undefined ? fitted : { ...fitted, reading });
      yield;
    }
  }
  for (const column of columns) {
    checkWellFormed(where, 'a column name', column.name);
    if (column.kind !== 'text') continue;
    for (const category of column.categories) {
      checkWellFormed(where, `a cell of column ${show(column.name)}`, category);
    }
  }
  const width = columns.reduce((sum, column) => sum + widthOf(column), 0);
  if (width === 0) {
    throw dataError({
      where,
      subject: 'the data',
      rule: 'must have a column to learn from',
      got: columns.length === 0 ? 'none' : 'only empty columns and identifiers',
    });
  }
  const given = 'data' in input ? [] : (input.notes ?? []);
  const notes = given.length === 0 ? {} : { notes: given };
  return { version: 1, named: !('data' in input), width, columns, ...notes };
}

/** The preparation of one column. */
export function fitColumn(
  column: Column,
  settings: Required<PreparationOptions>,
): ColumnPreparation {
  switch (column.kind) {
    case 'text':
      return fitText(column, settings.maxCategories);
    case 'date': {
      const { name, kind } = column;
      const fitted = fitDates(column, settings.standardize);
      return fitted === undefined || fitted.parts.length === 0
        ? { name, kind: 'ignored', reason: fitted === undefined ? 'empty' : 'constant' }
        : { name, kind, ...fitted };
    }
    case 'number':
    case 'boolean':
      return fitNumbers(column, settings);
    default:
      column satisfies never;
      throw new Error('internal: an unknown kind of column');
  }
}

/** The number of matrix columns that a column becomes. */
export function widthOf(column: ColumnPreparation): number {
  if (column.kind === 'text') return column.categories.length + Number(column.missing);
  if (column.kind === 'date') return datePartWidth(column.parts);
  return column.kind === 'ignored' ? 0 : 1;
}

const UNSCALED: Scaling = { mean: 0, scale: 1 };

function fitNumbers(
  { name, kind, values }: NumberColumn | BooleanColumn,
  { standardize, fill: rule }: Required<PreparationOptions>,
): NumberPreparation | BooleanPreparation | IgnoredPreparation {
  const numbers = kind === 'number' ? values : numbersOf(values);
  const present = withoutMissing(numbers);
  if (present.length === 0) return { name, kind: 'ignored', reason: 'empty' };
  const useMedian = kind === 'number' && rule === 'median';
  const middle = useMedian ? median(present) : fitScaling(present).mean;
  const fill = kind === 'number' ? plainZero(middle) : Number(middle > 0.5);
  const { mean, scale } = standardize ? fitScaling(filledWith(numbers, fill)) : UNSCALED;
  return { name, kind, fill, mean: plainZero(mean), scale };
}

// The functions below use index loops, because `from`, `map` and `filter` call a function for each cell and take ten times as long.

function numbersOf(values: readonly (boolean | null)[]): Float64Array {
  const numbers = new Float64Array(values.length);
  for (let row = 0; row < numbers.length; row++) numbers[row] = Number(values[row] ?? NaN);
  return numbers;
}

function withoutMissing(numbers: Float64Array): Float64Array {
  const present = new Float64Array(numbers.length);
  let count = 0;
  for (let row = 0; row < numbers.length; row++) {
    const value = numbers[row]!;
    if (!Number.isNaN(value)) present[count++] = value;
  }
  return present.subarray(0, count);
}

function filledWith(numbers: Float64Array, fill: number): Float64Array {
  const filled = numbers.slice();
  for (let row = 0; row < filled.length; row++) {
    if (Number.isNaN(filled[row])) filled[row] = fill;
  }
  return filled;
}

function fitText({ name, values }: TextColumn, most: number): TextPreparation | IgnoredPreparation {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  if (counts.size === 0) return { name, kind: 'ignored', reason: 'empty' };
  const missing = values.includes(null);
  const all = [...counts.keys()].toSorted();
  const frequent = (): string[] =>
    all
      .filter((category) => counts.get(category)! > 1)
      .toSorted((left, right) => counts.get(right)! - counts.get(left)!)
      .slice(0, most)
      .toSorted();
  const categories = all.length <= most ? all : frequent();
  if (categories.length === 0) return { name, kind: 'ignored', reason: 'identifiers' };
  return { name, kind: 'text', categories, missing, omitted: all.length - categories.length };
}

/** The number of columns that are gathered in one pass, because a pass over a single column reads a cache line for each element. */
const COLUMN_BLOCK = 32;

/** A block of a matrix's columns from `first` on, named by position. */
function matrixColumns(
  { data, rows, columns, scale: unit }: Matrix,
  first: number,
  { standardize, fill: rule }: Required<PreparationOptions>,
): NumberPreparation[] {
  const count = Math.min(COLUMN_BLOCK, columns - first);
  const block = Array.from({ length: count }, () => new Float64Array(rows));
  for (let row = 0; row < rows; row++) {
    const start = row * columns + first;
    for (let column = 0; column < count; column++) {
      block[column]![row] = data[start + column]! * unit;
    }
  }
  return block.map((values, column) => {
    const scaling = fitScaling(values);
    const fill = plainZero(rule === 'median' ? median(values) : scaling.mean);
    const { mean, scale } = standardize ? scaling : UNSCALED;
    return { name: `${first + column}`, kind: 'number', fill, mean: plainZero(mean), scale };
  });
}

/** +0 for −0, which JSON cannot hold. */
function plainZero(value: number): number {
  return value === 0 ? 0 : value;
}
