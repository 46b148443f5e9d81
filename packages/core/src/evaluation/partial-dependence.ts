/**
 * Partial dependence: what a model predicts on average if one column has a given value in every row, and, for some rows, what it
 * predicts for each of them (individual conditional expectation). It shows the shape of what was learned of a column. Where columns
 * go together, it also asks the model for rows that do not occur.
 */
import type { Label } from '../arrays/labels.ts';
import type { Matrix, MatrixData } from '../arrays/matrix.ts';
import type { Rows } from '../estimators/rows.ts';
import { prepareFor } from '../tables/prepare.ts';
import {
  cellAt,
  columnOfTableFor,
  type Column,
  type ColumnKind,
  type Table,
} from '../tables/table.ts';
import { dataError } from '../words/fault.ts';
import { numberOption, readOptions, showAll } from '../words/options.ts';
import { quantileOf } from './bins.ts';
import { explainedModel, type ExplainableModel, type ExplainedColumn } from './explained-model.ts';

export interface PartialDependenceOptions {
  /** The most values of the column. Default 20. */
  readonly grid?: number;
  /** The most rows that have a line of their own. Default 50. */
  readonly lines?: number;
}

/** A value that the column is given; a date in milliseconds since 1970. */
export type GridValue = number | string | boolean;

/** Plain data that JSON can hold. */
export interface PartialDependence {
  readonly column: string;
  readonly kind: ColumnKind;
  readonly grid: readonly GridValue[];
  /** What the predictions are: of classes, of labels by number, or of targets by number. */
  readonly outputs: readonly Label[];
  /** mean[place in the grid][output]. */
  readonly mean: readonly (readonly number[])[];
  readonly lines: readonly DependenceLine[];
}

/** What the model predicts for one row. */
export interface DependenceLine {
  /** The index of the row. */
  readonly row: number;
  /** values[place in the grid][output]. */
  readonly values: readonly (readonly number[])[];
}

/**
 * The dependence of a model on one column.
 *
 * @param model - a network, or a fitted classifier or regressor
 * @param rows - as `predict` takes them; their values of the other columns are averaged over
 * @param column - its name; of rows without names its position, such as '0'
 * @param options - `grid = 20`, `lines = 50`
 * @returns for numbers and dates that have more different values than the grid, equal steps from their 5 % to their 95 % quantile;
 *   else each value
 * @throws {TypeError} when an argument is of a wrong kind or unknown
 * @throws {RangeError} when an option is out of range
 * @throws {DataError} when the model does not use the column, or a value cannot be used
 * @example
 * const model = await new Regressor({ maxIter: 50 }).fit([[0], [1], [2], [3]], [0, 1, 2, 3]);
 * partialDependence(model, [[0], [1], [2], [3]], '0').grid; // [0, 1, 2, 3]
 *
 * Source: Friedman 2001, "Greedy function approximation", section 8.2; Goldstein, Kapelner, Bleich & Pitkin 2015 for the lines;
 * scikit-learn's partial_dependence for the grid.
 */
export function partialDependence(
  model: ExplainableModel,
  rows: Rows,
  column: string,
  options: PartialDependenceOptions = {},
): PartialDependence {
  const where = 'partialDependence';
  const explained = explainedModel(where, model);
  const { grid: size, lines } = readOptions<Required<PartialDependenceOptions>>(where, options, {
    grid: numberOption({ integer: true, min: 2, max: 1000 }, 20),
    lines: numberOption({ integer: true, min: 0 }, 50),
  });
  const place = explained.columns.find(({ name }) => name === column);
  if (place === undefined) {
    const names = explained.columns.map(({ name }) => name);
    throw dataError(
      {
        where,
        subject: `column ${showAll([column])}`,
        rule: `must be one that the model uses: ${showAll(names)}`,
      },
      { column },
    );
  }
  const { given, inputs } = explained.read(rows);
  const known = columnIn(where, given, place);
  const kind = place.preparation?.kind ?? 'number';
  const grid = gridOf(known, place, size);
  const written = writtenGrid(where, place, kind, grid);
  const shown = shownRows(inputs.rows, lines);
  const data = inputs.data.slice();
  const width = explained.outputs.length;
  const answers = grid.map((_, i) => {
    writeInto(data, inputs, place, written, i);
    return explained.answers({ ...inputs, data });
  });
  const rowOf = (i: number, row: number): number[] =>
    Array.from(answers[i]!.subarray(row * width, (row + 1) * width));
  return {
    column,
    kind,
    grid,
    outputs: [...explained.outputs],
    mean: answers.map((one) => meanOfRows(one, width)),
    lines: shown.map((row) => ({ row, values: grid.map((_, i) => rowOf(i, row)) })),
  };
}

/** The column of the rows, whatever their form. */
function columnIn(where: string, rows: Table | Matrix, { name, start }: ExplainedColumn): Column {
  if (!('data' in rows)) return columnOfTableFor(where, rows, name);
  const place = name === String(Number(name)) ? Number(name) : start;
  const values = Float64Array.from(
    { length: rows.rows },
    (_, row) => rows.data[row * rows.columns + place]! * rows.scale,
  );
  return { name, kind: 'number', values };
}

function gridOf(known: Column, { preparation }: ExplainedColumn, size: number): GridValue[] {
  if (preparation?.kind === 'text') return [...preparation.categories].slice(0, size);
  if (preparation?.kind === 'boolean') return [false, true];
  const values = Float64Array.from({ length: known.values.length }, (_, row) =>
    Number(cellAt(known, row) ?? NaN),
  ).filter(Number.isFinite);
  const ordered = values.toSorted();
  const different = ordered.filter((value, i) => i === 0 || value !== ordered[i - 1]);
  if (different.length <= size) return Array.from(different);
  const [low, high] = [quantileOf(ordered, 0.05), quantileOf(ordered, 0.95)];
  return Array.from({ length: size }, (_, i) => low + (i * (high - low)) / (size - 1));
}

/** The values of the grid as inputs of the networks, shape [grid, width]. */
function writtenGrid(
  where: string,
  { name, width, preparation }: ExplainedColumn,
  kind: ColumnKind,
  grid: readonly GridValue[],
): MatrixData {
  if (preparation === undefined) return Float64Array.from(grid as readonly number[]);
  const values = kind === 'number' || kind === 'date' ? Float64Array.from(grid as number[]) : grid;
  const column = { name, kind, values } as Column;
  const alone = { version: 1, named: true, width, columns: [preparation] } as const;
  return prepareFor(where, alone, { rowCount: grid.length, columns: [column] }).data;
}

/** Gives every row the value at one place of the grid. */
function writeInto(
  data: MatrixData,
  { rows, columns }: Matrix,
  { start, width }: ExplainedColumn,
  written: MatrixData,
  place: number,
): void {
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < width; i++) data[row * columns + start + i] = written[place * width + i]!;
  }
}

/** The indices of at most so many rows, evenly spread. */
function shownRows(rows: number, lines: number): number[] {
  const count = Math.min(rows, lines);
  return Array.from({ length: count }, (_, i) => Math.floor((i * rows) / count));
}

function meanOfRows(values: ArrayLike<number>, width: number): number[] {
  const means = new Float64Array(width);
  for (let i = 0; i < values.length; i++) means[i % width]! += values[i]!;
  return Array.from(means, (sum) => sum / (values.length / width));
}
