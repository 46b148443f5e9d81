/**
 * Finds how a table becomes the matrix from which a network learns: missing values are filled, numbers standardised, and
 * texts turned into one-hot columns. It is found once from the training rows and kept with the model. The fitted record
 * is plain JSON whose numbers round-trip; `prepare.ts` applies it, `read-preparation.ts` reads it back.
 */
import { dataError } from '../words/fault.ts';
import {
  checkWellFormed,
  booleanOption,
  checkNumber,
  choiceOption,
  numberOption,
  readOptions,
  show,
  type OptionRules,
} from '../words/options.ts';
import { datePartWidth, fitDates, type FittedDates } from './date-parts.ts';
import type { ColumnReading, DataNote } from './reading/reading.ts';
import { SCALINGS, type ScalingRule } from './column-scaling.ts';
import { COLUMN_BLOCK, fitMatrixColumns, fitNumbers, type FittedNumbers } from './fit-numbers.ts';
import type { Matrix } from '../arrays/matrix.ts';
import { checkTableOrMatrix, type Column, type Table, type TextColumn } from './table.ts';

/** What the preparation of every column has. */
interface PreparationBase {
  readonly name: string;
  /** How the training cells were read, if they were text that is not plain; predictions read theirs in the same way. */
  readonly reading?: ColumnReading;
}

/**
 * Numbers: a missing one becomes `fill`, then z = (value − mean) / scale, where `mean` is the median if the scaling is
 * robust (see {@link ColumnScaling}). One output column, and a second one if missing values have an indicator.
 */
export interface NumberPreparation extends PreparationBase, FittedNumbers {
  readonly kind: 'number';
}

/** Truth values: false is 0, true is 1; these are then prepared like numbers. A missing one becomes the more frequent value. */
export interface BooleanPreparation extends PreparationBase, FittedNumbers {
  readonly kind: 'boolean';
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
  /** How many rare categories have no column (see `maxCategories`); or no number, if the column is embedded. */
  readonly omitted: number;
  /**
   * There is one output column instead, for `categoryEmbedding`: the place of the category in `categories`, from 1, or 0 for a
   * category that is missing, rare or unknown.
   */
  readonly embedded?: true;
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
  /** Bring numbers to a common size, as `scaling` says. Default true. */
  readonly standardize?: boolean;
  /**
   * `'standard'`: mean 0 and variance 1. `'robust'`: median 0, quartiles 1 apart, and a smooth limit of ±3, for columns with
   * long tails. Default `'standard'`.
   */
  readonly scaling?: ScalingRule;
  /** The value that replaces a missing number. Default `'median'`. */
  readonly fill?: 'median' | 'mean';
  /** Whether a column that has missing numbers in training gets a second input, 1 where one is missing. Default false. */
  readonly addIndicator?: boolean;
  /** The most categories of a text column that get a column each. Default 64. */
  readonly maxCategories?: number;
  /**
   * A text column with more categories than this becomes one column with the number of the category, for
   * `categoryEmbedding`; all categories of at least two rows have a number. Default `'never'`.
   */
  readonly embedAbove?: number | 'never';
}

/** What each of {@link PreparationOptions} must be, and its default. */
export const PREPARATION_RULES: OptionRules<Required<PreparationOptions>> = {
  standardize: booleanOption(true),
  scaling: choiceOption(SCALINGS, 'standard'),
  fill: choiceOption(['median', 'mean'], 'median'),
  addIndicator: booleanOption(false),
  maxCategories: numberOption({ integer: true, min: 1 }, 64),
  embedAbove: (where, name, value = 'never') =>
    value === 'never' ? value : checkNumber(where, name, value, { integer: true, min: 1 }),
};

/**
 * Finds the preparation of a table, or of a matrix (whose columns are numbers without missing values).
 *
 * The statistics of a number are computed from the training column after filling, so a column that is standardised has mean 0
 * and variance 1; a constant column becomes 0. If a text column has more than `maxCategories` categories, the most
 * frequent categories that occur at least twice are kept.
 *
 * @param input - only the training rows, because statistics must not leak from held-out rows
 * @param options - `standardize = true`, `scaling = 'standard'`, `fill = 'median'`, `addIndicator = false`, `maxCategories = 64`,
 *   `embedAbove = 'never'`
 * @throws {TypeError} when `input` is neither, or an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is out of range
 * @throws {DataError} when there is no row or no usable column
 * @example
 * const preparation = fitPreparation(table, { maxCategories: 20 });
 *
 * Source: the steps and defaults of scikit-learn's SimpleImputer (median), StandardScaler and OneHotEncoder
 * (handle_unknown 'ignore'); for `'robust'` see {@link ColumnScaling}.
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
      const block = fitMatrixColumns(input, first, settings);
      columns.push(
        ...block.map((fitted, column): NumberPreparation => {
          return { name: `${first + column}`, kind: 'number', ...fitted };
        }),
      );
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
      return fitText(column, settings);
    case 'date': {
      const { name, kind } = column;
      const fitted = fitDates(column, settings);
      return fitted === undefined || fitted.parts.length === 0
        ? { name, kind: 'ignored', reason: fitted === undefined ? 'empty' : 'constant' }
        : { name, kind, ...fitted };
    }
    case 'number':
    case 'boolean': {
      const { name, kind } = column;
      const fitted = fitNumbers(column, settings);
      return fitted === undefined
        ? { name, kind: 'ignored', reason: 'empty' }
        : { name, kind, ...fitted };
    }
    default:
      column satisfies never;
      throw new Error('internal: an unknown kind of column');
  }
}

/** The number of matrix columns that a column becomes. */
export function widthOf(column: ColumnPreparation): number {
  if (column.kind === 'text') {
    return column.embedded === true ? 1 : column.categories.length + Number(column.missing);
  }
  if (column.kind === 'ignored') return 0;
  const indicator = Number(column.indicator ?? false);
  return (column.kind === 'date' ? datePartWidth(column.parts) : 1) + indicator;
}

/** For each column its first one of the prepared matrix. */
export function startsOf(columns: readonly ColumnPreparation[]): number[] {
  let end = 0;
  return columns.map((column) => {
    const start = end;
    end += widthOf(column);
    return start;
  });
}

/** The columns of the prepared matrix that hold a number or a part of a date, ascending. */
export function numberInputs({ columns }: TablePreparation): number[] {
  const starts = startsOf(columns);
  return columns.flatMap((column, index) => {
    if (column.kind !== 'number' && column.kind !== 'date') return [];
    const numbers = widthOf(column) - Number(column.indicator ?? false);
    return Array.from({ length: numbers }, (_, place) => starts[index]! + place);
  });
}

/** The columns of the prepared matrix that hold the number of a category, ascending, each with its number of levels. */
export function categoryInputs({
  columns,
}: TablePreparation): { readonly column: number; readonly levels: number }[] {
  const starts = startsOf(columns);
  return columns.flatMap((column, index) => {
    if (column.kind !== 'text' || column.embedded !== true) return [];
    return [{ column: starts[index]!, levels: column.categories.length + 1 }];
  });
}

function fitText(
  { name, values }: TextColumn,
  { maxCategories, embedAbove }: Required<PreparationOptions>,
): TextPreparation | IgnoredPreparation {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  if (counts.size === 0) return { name, kind: 'ignored', reason: 'empty' };
  const missing = values.includes(null);
  const all = [...counts.keys()].toSorted();
  const embedded = embedAbove !== 'never' && all.length > embedAbove;
  const frequent = (): string[] =>
    all
      .filter((category) => counts.get(category)! > 1)
      .toSorted((left, right) => counts.get(right)! - counts.get(left)!)
      .slice(0, embedded ? all.length : maxCategories)
      .toSorted();
  const categories = !embedded && all.length <= maxCategories ? all : frequent();
  if (categories.length === 0) return { name, kind: 'ignored', reason: 'identifiers' };
  const omitted = all.length - categories.length;
  return { name, kind: 'text', categories, missing, omitted, ...(embedded ? { embedded } : {}) };
}
