/**
 * How a table becomes the matrix a network learns from, found once on the training rows and kept with the
 * model: missing values filled, numbers standardised, text turned into one-hot columns. The fitted record is
 * plain JSON whose numbers round-trip; `prepare.ts` applies it, `read-preparation.ts` reads it back.
 */
import { DataError } from '../errors.ts';
import { checkBoolean, checkChoice, checkNumber, checkOptions, show } from '../options.ts';
import { fitScaling, median, type Scaling } from './scaling.ts';
import type { Matrix } from './matrix.ts';
import {
  checkWellFormed,
  type BooleanColumn,
  type Column,
  type ColumnKind,
  type NumberColumn,
  type Table,
  type TextColumn,
} from './table.ts';

/** Numbers: a missing one becomes `fill`, then z = (value − mean) / scale. One output column. */
export interface NumberPreparation extends Scaling {
  readonly name: string;
  readonly kind: 'number';
  readonly fill: number;
}

/** Truth values: false is 0, true is 1, then as numbers. One output column. */
export interface BooleanPreparation extends Scaling {
  readonly name: string;
  readonly kind: 'boolean';
  /** The more frequent value, as 0 or 1. */
  readonly fill: number;
}

/**
 * Text: one output column a category, 1 where the cell is that category and 0 elsewhere, and a last one for
 * "missing" if the training rows had missing cells. An unknown category gives zeros everywhere.
 */
export interface TextPreparation {
  readonly name: string;
  readonly kind: 'text';
  /** By code unit. */
  readonly categories: readonly string[];
  readonly missing: boolean;
  /** How many rare categories have no column of their own (see `maxCategories`). */
  readonly omitted: number;
}

/** A column that cannot help: it is neither needed nor used in predictions. */
export interface IgnoredPreparation {
  readonly name: string;
  readonly kind: 'ignored';
  /** `empty`: no value at all; `identifiers`: too many categories, none of them frequent. */
  readonly reason: 'empty' | 'identifiers';
}

export type ColumnPreparation =
  NumberPreparation | BooleanPreparation | TextPreparation | IgnoredPreparation;

/** A fitted preparation: plain JSON. */
export interface TablePreparation {
  readonly version: 1;
  /** Whether columns are found by name (records, tables) or by position (arrays, matrices). */
  readonly named: boolean;
  /** Columns of the resulting matrix. */
  readonly width: number;
  readonly columns: readonly ColumnPreparation[];
}

export interface PreparationOptions {
  /** Bring numbers to mean 0 and variance 1. Default true. */
  readonly standardize?: boolean;
  /** What stands in for a missing number. Default `'median'`. */
  readonly fill?: 'median' | 'mean';
  /** The most categories of a text column that get a column each. Default 64. */
  readonly maxCategories?: number;
}

/** The names of {@link PreparationOptions}. */
export const PREPARATION_OPTIONS = ['standardize', 'fill', 'maxCategories'] as const;

/**
 * Finds the preparation of a table, or of a matrix (whose columns are numbers without missing values).
 *
 * Mean and variance are those of the training column after filling, so the prepared column has mean 0 and
 * variance 1; a constant column becomes 0. Of a text column with more than `maxCategories` categories the
 * most frequent ones that occur at least twice are kept.
 *
 * @param input - the training rows only: statistics must not leak from held-out rows
 * @param options - `standardize = true`, `fill = 'median'`, `maxCategories = 64`
 * @param where - the public function, for messages
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
  where = 'fitPreparation',
): TablePreparation {
  checkOptions(where, options, PREPARATION_OPTIONS);
  const standardize = checkBoolean(where, 'standardize', options.standardize ?? true);
  const fill = checkChoice(where, 'fill', options.fill ?? 'median', ['median', 'mean'] as const);
  const most = checkNumber(where, 'maxCategories', options.maxCategories ?? 64, {
    integer: true,
    min: 1,
  });
  const rows = 'data' in input ? input.rows : input.rowCount;
  if (rows === 0) throw new DataError(`${where}: the training data must have rows; got 0.`);
  const columns =
    'data' in input
      ? matrixColumns(input, standardize)
      : input.columns.map((column) => fitColumn(column, standardize, fill, most));
  for (const column of columns) {
    checkWellFormed(where, 'a column name', column.name);
    if (column.kind !== 'text') continue;
    for (const category of column.categories) {
      checkWellFormed(where, `a cell of column ${show(column.name)}`, category);
    }
  }
  const width = columns.reduce((sum, column) => sum + widthOf(column), 0);
  if (width === 0) {
    throw new DataError(
      `${where}: the data must have a column to learn from; got ${columns.length === 0 ? 'none' : 'only empty columns and identifiers'}.`,
    );
  }
  return { version: 1, named: !('data' in input), width, columns };
}

/** How many columns of the matrix a column gives. */
export function widthOf(column: ColumnPreparation): number {
  switch (column.kind) {
    case 'number':
    case 'boolean':
      return 1;
    case 'text':
      return column.categories.length + (column.missing ? 1 : 0);
    case 'ignored':
      return 0;
    default:
      return column satisfies never;
  }
}

/**
 * The names of the matrix's columns: `age`, `sex=male`, `sex=(missing)`.
 *
 * @returns one name a column of the prepared matrix, in order
 * @example
 * preparedNames(fitPreparation(table)); // ['weight', 'fur=long', 'fur=short']
 */
export function preparedNames(preparation: TablePreparation): string[] {
  return preparation.columns.flatMap((column) => {
    if (column.kind === 'ignored') return [];
    if (column.kind !== 'text') return [column.name];
    const names = column.categories.map((category) => `${column.name}=${category}`);
    return column.missing ? [...names, `${column.name}=(missing)`] : names;
  });
}

/**
 * The kind of each column that predictions need, by name: what a reader of files must be told.
 *
 * @example
 * columnKinds(fitPreparation(table)).get('fur'); // 'text'
 */
export function columnKinds(preparation: TablePreparation): Map<string, ColumnKind> {
  return new Map(
    preparation.columns.flatMap((column) =>
      column.kind === 'ignored' ? [] : [[column.name, column.kind] as const],
    ),
  );
}

/**
 * What a user should know of a preparation, a sentence each: columns and categories left out.
 *
 * @example
 * preparationNotes(fitPreparation(table)); // []
 */
export function preparationNotes(preparation: TablePreparation): string[] {
  return preparation.columns.flatMap((column) => {
    if (column.kind === 'ignored') {
      return column.reason === 'empty'
        ? [`column '${column.name}' is left out: it has no values`]
        : [`column '${column.name}' is left out: nearly every row has its own text`];
    }
    return column.kind === 'text' && column.omitted > 0
      ? [`column '${column.name}': ${column.omitted} rare categories are read as unknown`]
      : [];
  });
}

function fitColumn(
  column: Column,
  standardize: boolean,
  fill: 'median' | 'mean',
  most: number,
): ColumnPreparation {
  switch (column.kind) {
    case 'number':
      return fitNumbers(column, standardize, fill);
    case 'text':
      return fitText(column, most);
    case 'boolean':
      return fitBooleans(column, standardize);
    default:
      return column satisfies never;
  }
}

const UNSCALED: Scaling = { mean: 0, scale: 1 };

function fitNumbers(
  column: NumberColumn,
  standardize: boolean,
  rule: 'median' | 'mean',
): NumberPreparation | IgnoredPreparation {
  const { name, values } = column;
  const present = values.filter((value) => !Number.isNaN(value));
  if (present.length === 0) return { name, kind: 'ignored', reason: 'empty' };
  const fill = plainZero(rule === 'median' ? median(present) : fitScaling(present).mean);
  const filled =
    present.length === values.length
      ? values
      : values.map((value) => (Number.isNaN(value) ? fill : value));
  const { mean, scale } = standardize ? fitScaling(filled) : UNSCALED;
  return { name, kind: 'number', fill, mean: plainZero(mean), scale };
}

function fitBooleans(
  column: BooleanColumn,
  standardize: boolean,
): BooleanPreparation | IgnoredPreparation {
  const { name, values } = column;
  const trues = values.filter((value) => value === true).length;
  const falses = values.filter((value) => value === false).length;
  if (trues + falses === 0) return { name, kind: 'ignored', reason: 'empty' };
  const fill = trues > falses ? 1 : 0;
  const numbers = Float64Array.from(values, (value) => (value === null ? fill : Number(value)));
  const { mean, scale } = standardize ? fitScaling(numbers) : UNSCALED;
  return { name, kind: 'boolean', fill, mean, scale };
}

function fitText(column: TextColumn, most: number): TextPreparation | IgnoredPreparation {
  const { name, values } = column;
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  if (counts.size === 0) return { name, kind: 'ignored', reason: 'empty' };
  const missing = values.includes(null);
  const all = [...counts.keys()].toSorted();
  if (all.length <= most) return { name, kind: 'text', categories: all, missing, omitted: 0 };
  const categories = all
    .filter((category) => counts.get(category)! > 1)
    .toSorted((left, right) => counts.get(right)! - counts.get(left)!)
    .slice(0, most)
    .toSorted();
  if (categories.length === 0) return { name, kind: 'ignored', reason: 'identifiers' };
  return { name, kind: 'text', categories, missing, omitted: all.length - categories.length };
}

/** The columns of a matrix, named by position. */
function matrixColumns(matrix: Matrix, standardize: boolean): NumberPreparation[] {
  const prepared: NumberPreparation[] = [];
  for (let first = 0; first < matrix.columns; first += COLUMN_BLOCK) {
    const count = Math.min(COLUMN_BLOCK, matrix.columns - first);
    const block = standardize ? copyColumns(matrix, first, count) : undefined;
    for (let column = 0; column < count; column++) {
      const { mean, scale } = block === undefined ? UNSCALED : fitScaling(block[column]!);
      const center = plainZero(mean);
      prepared.push({
        name: String(first + column),
        kind: 'number',
        fill: center,
        mean: center,
        scale,
      });
    }
  }
  return prepared;
}

/** So many columns are gathered in one pass: a pass over one column reads a cache line for each element. */
const COLUMN_BLOCK = 32;

function copyColumns(matrix: Matrix, first: number, count: number): Float64Array[] {
  const { data, rows, columns, scale } = matrix;
  const block = Array.from({ length: count }, () => new Float64Array(rows));
  for (let row = 0; row < rows; row++) {
    const start = row * columns + first;
    for (let column = 0; column < count; column++) {
      block[column]![row] = data[start + column]! * scale;
    }
  }
  return block;
}

/** +0 for −0, which JSON cannot hold. */
function plainZero(value: number): number {
  return value === 0 ? 0 : value;
}
