/**
 * Permutation importance: how much worse a model becomes if the values of one column are shuffled among the rows, so that the column
 * says nothing any more. It is measured on rows that the model has not learned from, on the columns of the table, not on their one-hot
 * inputs. Columns that say the same replace each other, so that each of them looks unimportant.
 */
import { sampleWeightsOf } from '../arrays/sample-weights.ts';
import type { MatrixData } from '../arrays/matrix.ts';
import { scoreOf } from '../estimators/score.ts';
import type { Rows } from '../estimators/rows.ts';
import { MetricAccumulator } from '../metrics/accumulator.ts';
import { rowShape, type RealArray } from '../metrics/metric.ts';
import { METRICS, readMetrics, type MetricName } from '../metrics/registry.ts';
import { shuffleRows } from '../random/shuffle.ts';
import { dataError, mustBe, typeError } from '../words/fault.ts';
import { anyOption, numberOption, readOptions, show, showAll } from '../words/options.ts';
import { explainedModel, type ExplainableModel, type ExplainedColumn } from './explained-model.ts';
import { correlatedColumns, type CorrelatedColumns } from './correlated-columns.ts';
import { figureOf, type Figure } from './figure.ts';

export interface PermutationImportanceOptions {
  /** How often each column is shuffled. Default 5. */
  readonly repeats?: number;
  /** What becomes worse. Default the score of the model: accuracy, subset accuracy or R². */
  readonly metric?: MetricName;
  /** The columns to shuffle, by name, because each takes its time. Default all that the model uses. */
  readonly columns?: readonly string[] | undefined;
  /** Of the shuffles. Default 0. */
  readonly seed?: number;
  readonly sampleWeight?: ArrayLike<number> | undefined;
}

/** Plain data that JSON can hold. */
export interface PermutationImportance {
  readonly metric: MetricName;
  /** The metric with all columns as they are. */
  readonly value: Figure;
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
 * @param options - `repeats = 5`, `metric`, `columns`, `seed = 0`, `sampleWeight`
 * @throws {TypeError} when an argument is of a wrong kind or unknown
 * @throws {RangeError} when there are not as many targets as rows, or an option does not fit
 * @throws {DataError} when a value cannot be used, or the model uses no column of a name in `columns`
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
  const { inputs } = explained.read(rows);
  const { repeats, seed, ...read } = readOptions<ReadOptions>(where, options, {
    repeats: numberOption({ integer: true, min: 1, max: 1000 }, 5),
    metric: anyOption,
    columns: anyOption,
    seed: numberOption({ integer: true, min: 0 }, 0),
    sampleWeight: anyOption,
  });
  const columns = explained.outputs.length;
  const shape = rowShape(explained.loss, columns);
  const asked = read.metric === undefined ? scoreOf(explained.loss) : read.metric;
  const [metric] = readMetrics(where, [asked], explained.loss, columns) as [MetricName];
  const weights = sampleWeightsOf(where, 'sampleWeight', read.sampleWeight, inputs.rows);
  const truths = explained.targets(targets, inputs.rows);
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
  const chosen = chosenColumns(where, explained.columns, read.columns);
  const importances = explained.columns.flatMap((column, index) => {
    if (!chosen.has(column.name)) return [];
    const values = Array.from({ length: repeats }, (_, repeat) => {
      for (let row = 0; row < order.length; row++) order[row] = row;
      shuffleRows(order, seed, repeat, 'permute', index);
      permuteInto(data, inputs.data, inputs.columns, column, order);
      return sign * (value - measure(explained.answers(permuted)));
    });
    restoreInto(data, inputs.data, inputs.columns, column);
    return [summaryOf(column.name, values)];
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
  readonly metric: unknown;
  readonly columns: unknown;
  readonly seed: number;
  readonly sampleWeight: unknown;
}

/** @throws {DataError} when the model uses no column of a name that is given */
function chosenColumns(
  where: string,
  columns: readonly ExplainedColumn[],
  given: unknown,
): ReadonlySet<unknown> {
  const names = columns.map(({ name }) => name);
  if (given === undefined) return new Set(names);
  if (!Array.isArray(given)) throw typeError(mustBe(where, 'columns', 'an array of names', given));
  const unknown: unknown = given.find((name) => !names.includes(name as string));
  if (unknown === undefined) return new Set(given);
  throw dataError(
    {
      where,
      subject: `columns ${showAll([unknown])}`,
      rule: `must be ones that the model uses: ${showAll(names)}`,
    },
    { column: show(unknown) },
  );
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
