/**
 * Permutation importance: how much worse a model becomes if the values of one column are shuffled among the rows, so that the column
 * says nothing any more. It is measured on rows that the model has not learned from, on the columns of the table, not on their one-hot
 * inputs. Columns that say the same replace each other, so that each of them looks unimportant.
 */
import { sampleWeightsOf } from '../arrays/sample-weights.ts';
import type { Matrix, MatrixData } from '../arrays/matrix.ts';
import { selectMatrixRows } from '../arrays/select-rows.ts';
import { pickTargets, pickWeights } from '../estimators/prepared-rows.ts';
import { scoreOf } from '../estimators/score.ts';
import type { Rows } from '../estimators/rows.ts';
import { MetricAccumulator } from '../metrics/accumulator.ts';
import { rowShape, type RealArray, type RowShape } from '../metrics/metric.ts';
import { METRICS, readMetrics, type MetricName } from '../metrics/registry.ts';
import { shuffleRows } from '../random/shuffle.ts';
import { anyOption, numberOption, optional, readOptions } from '../words/options.ts';
import {
  explainedModel,
  type ExplainableModel,
  type ExplainedColumn,
  type ExplainedModel,
} from './explained-model.ts';
import { correlatedColumns, type CorrelatedColumns } from './correlated-columns.ts';
import { figureOf, type Figure } from './figure.ts';

export interface PermutationImportanceOptions {
  /** How often each column is shuffled. Default 5. */
  readonly repeats?: number;
  /** What becomes worse. Default the score of the model: accuracy, subset accuracy or R². */
  readonly metric?: MetricName;
  /** Of the shuffles. Default 0. */
  readonly seed?: number;
  readonly sampleWeight?: ArrayLike<number> | undefined;
  /** Of more rows so many are drawn, because each column costs `repeats` predictions of all rows. Default all rows. */
  readonly maxRows?: number | undefined;
}

/** Plain data that JSON can hold. */
export interface PermutationImportance {
  readonly metric: MetricName;
  /** The metric with all columns as they are. */
  readonly value: Figure;
  /** The rows that were measured. */
  readonly rows: number;
  readonly repeats: number;
  readonly seed: number;
  /** The most important column first. */
  readonly columns: readonly ColumnImportance[];
  /** Columns of numbers that vary together, the most similar first: each of them may look less important than both are. */
  readonly correlated: readonly CorrelatedColumns[];
}

export interface ColumnImportance {
  readonly column: string;
  /** The mean of `values`. */
  readonly mean: Figure;
  /** Their standard deviation. */
  readonly spread: Figure;
  /** By how much each shuffle made the metric worse; below 0 if it became better by chance. */
  readonly values: readonly Figure[];
}

/**
 * The importance of each column.
 *
 * @param model - a network, or a fitted classifier or regressor
 * @param rows - held-out rows, as `predict` takes them
 * @param targets - as `score` takes them; for a network as `fit` does
 * @param options - `repeats = 5`, `metric`, `seed = 0`, `sampleWeight`, `maxRows`
 * @throws {TypeError} when an argument is of a wrong kind or unknown
 * @throws {RangeError} when there are not as many targets as rows, or an option does not fit
 * @throws {DataError} when a value cannot be used
 * @example
 * const model = await new Regressor({ maxIter: 50 }).fit([[0, 5], [1, 5], [2, 5], [3, 5]], [0, 1, 2, 3]);
 * const { columns } = permutationImportance(model, [[0, 5], [1, 5], [2, 5], [3, 5]], [0, 1, 2, 3]);
 * columns.find(({ column }) => column === '1')?.mean; // 0
 *
 * Source: Breiman 2001, "Random forests", section 10; scikit-learn's permutation_importance.
 */
export function permutationImportance(
  model: ExplainableModel,
  rows: Rows,
  targets: unknown,
  options: PermutationImportanceOptions = {},
): PermutationImportance {
  const where = 'permutationImportance';
  const explained = explainedModel(where, model);
  const columns = explained.outputs.length;
  const { repeats, seed, maxRows, metric, sampleWeight } = readOptions<ReadOptions>(
    where,
    options,
    {
      repeats: numberOption({ integer: true, min: 1, max: 1000 }, 5),
      metric: (_where, _name, value = scoreOf(explained.loss)) =>
        readMetrics(where, [value], explained.loss, columns)[0]!,
      seed: numberOption({ integer: true, min: 0 }, 0),
      sampleWeight: anyOption,
      maxRows: optional(numberOption({ integer: true, min: 1 })),
    },
  );
  const shape = rowShape(explained.loss, columns);
  const { inputs, truths, weights } = sampled(
    readJudged(where, explained, rows, targets, sampleWeight),
    shape,
    maxRows,
    seed,
  );
  const pass = new MetricAccumulator([metric], explained.loss, shape.columns);
  const measure = (output: RealArray): number => {
    pass.reset();
    pass.add(output, truths, inputs.rows, weights);
    return pass.results()[metric]!;
  };
  const value = measure(explained.answers(inputs));
  const sign = METRICS[metric].better === 'up' ? 1 : -1;
  const data = inputs.data.slice();
  const permuted = { ...inputs, data };
  const order = new Uint32Array(inputs.rows);
  const importances = explained.columns.map((column, index) => {
    const values = Array.from({ length: repeats }, (_, repeat) => {
      for (let row = 0; row < order.length; row++) order[row] = row;
      shuffleRows(order, seed, repeat, 'permute', index);
      permuteInto(data, inputs.data, inputs.columns, column, order);
      return sign * (value - measure(explained.answers(permuted)));
    });
    restoreInto(data, inputs.data, inputs.columns, column);
    return summaryOf(column.name, values);
  });
  return {
    metric,
    value: figureOf(value),
    rows: inputs.rows,
    repeats,
    seed,
    correlated: correlatedColumns(explained.columns, inputs),
    columns: importances.toSorted((a, b) => (b.mean ?? -Infinity) - (a.mean ?? -Infinity)),
  };
}

interface ReadOptions {
  readonly repeats: number;
  readonly metric: MetricName;
  readonly seed: number;
  readonly sampleWeight: unknown;
  readonly maxRows: number | undefined;
}

/** Prepared rows with their targets and weights. */
interface JudgedRows {
  readonly inputs: Matrix;
  readonly truths: Int32Array | Float64Array;
  readonly weights: Float64Array | undefined;
}

function readJudged(
  where: string,
  explained: ExplainedModel,
  rows: Rows,
  targets: unknown,
  sampleWeight: unknown,
): JudgedRows {
  const { inputs } = explained.read(rows);
  return {
    inputs,
    truths: explained.targets(targets, inputs.rows),
    weights: sampleWeightsOf(where, 'sampleWeight', sampleWeight, inputs.rows),
  };
}

/** At most so many of the rows, in their order, each as likely as any other. */
function sampled(
  judged: JudgedRows,
  { task, columns }: RowShape,
  maxRows = Infinity,
  seed: number,
): JudgedRows {
  const { inputs, truths, weights } = judged;
  if (inputs.rows <= maxRows) return judged;
  const order = Uint32Array.from({ length: inputs.rows }, (_, row) => row);
  // A permutation that no column has: the part of a column is its index.
  shuffleRows(order, seed, 0, 'permute', 0xffff_ffff);
  const rows = order.slice(0, maxRows).toSorted();
  const width = task === 'classes' ? 1 : columns;
  return {
    inputs: selectMatrixRows(inputs, rows),
    truths: pickTargets({ targets: truths, columns: width }, rows),
    weights: pickWeights(weights, rows),
  };
}

/** Gives each row the values of a column that another row has. */
function permuteInto(
  to: MatrixData,
  from: MatrixData,
  columns: number,
  { start, width }: ExplainedColumn,
  order: Uint32Array,
): void {
  for (let row = 0; row < order.length; row++) {
    for (let i = start; i < start + width; i++) {
      to[row * columns + i] = from[order[row]! * columns + i]!;
    }
  }
}

function restoreInto(
  to: MatrixData,
  from: MatrixData,
  columns: number,
  { start, width }: ExplainedColumn,
): void {
  for (let row = 0; row < from.length; row += columns) {
    for (let i = row + start; i < row + start + width; i++) to[i] = from[i]!;
  }
}

function summaryOf(column: string, values: readonly number[]): ColumnImportance {
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  const squares = values.reduce((sum, one) => sum + (one - mean) * (one - mean), 0);
  return {
    column,
    mean: figureOf(mean),
    spread: figureOf(Math.sqrt(squares / values.length)),
    values: values.map(figureOf),
  };
}
