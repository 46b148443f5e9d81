/**
 * Integrated gradients: how much each column contributes to what a model says of one row, compared with a baseline. The contributions
 * add up to the difference of the two predictions, which is checked: what is missing is reported as the gap.
 */
import type { Rows } from '../estimators/rows.ts';
import type { Matrix } from '../arrays/matrix.ts';
import { argmax } from '../metrics/class-of-row.ts';
import { rangeError } from '../words/fault.ts';
import { numberOption, optional, readOptions } from '../words/options.ts';
import { explainedModel, type ExplainableModel, type ExplainedModel } from './explained-model.ts';
import { pathGradients } from './path-gradients.ts';

export interface IntegratedGradientsOptions {
  /**
   * The row to compare with, in the form of the rows. Default the inputs 0: of an estimator the mean of each number that is
   * standardised, and no category.
   */
  readonly baseline?: Rows;
  /** The index of the class, label or target. Default the most probable class, else 0. */
  readonly output?: number;
  /** Points of the line from the baseline to the row. Default 128. */
  readonly steps?: number;
}

/** Plain data that JSON can hold. */
export interface IntegratedGradients {
  /** The index of the class, label or target. */
  readonly output: number;
  /** The prediction for the row: a probability, or a number in the unit of the target. */
  readonly value: number;
  /** The prediction for the baseline. */
  readonly baseline: number;
  /** In the order of the rows; below 0 if the column makes the prediction smaller. */
  readonly columns: readonly ColumnContribution[];
  /** value − baseline − the sum of the contributions: 0 but for the length of the steps. */
  readonly gap: number;
  readonly steps: number;
}

export interface ColumnContribution {
  readonly column: string;
  readonly contribution: number;
}

/**
 * The contributions of the columns to the prediction for one row. Of an ensemble they are the means over its networks, with the weights of their recipes. The prediction is
 * that before the temperature of a calibration, and before it is clipped to the range of the targets.
 *
 * @param model - a network, or a fitted classifier or regressor
 * @param row - one row, as `predict` takes rows: `[row]`
 * @param options - `baseline`, `output`, `steps = 128`
 * @throws {TypeError} when an argument is of a wrong kind or unknown
 * @throws {RangeError} when there is not exactly one row, or an option is out of range
 * @throws {DataError} when a value cannot be used
 * @example
 * const net = network({ inputs: 2, layers: [dense(1)] });
 * net.setParameters({ 'layers.0.weight': [3, -1], 'layers.0.bias': [5] });
 * const { columns } = integratedGradients(net, [[2, 1]]);
 * columns.map(({ contribution }) => contribution); // [6, -1]
 *
 * Source: Sundararajan, Taly & Yan 2017, Axiomatic Attribution for Deep Networks.
 */
export function integratedGradients(
  model: ExplainableModel,
  row: Rows,
  options: IntegratedGradientsOptions = {},
): IntegratedGradients {
  const where = 'integratedGradients';
  const explained = explainedModel(where, model);
  const { baseline, steps, ...read } = readOptions<ReadOptions>(where, options, {
    baseline: (_where, _name, value) => value as Rows | undefined,
    output: optional(numberOption({ integer: true, min: 0, max: explained.outputs.length - 1 })),
    steps: numberOption({ integer: true, min: 1, max: 1 << 20 }, 128),
  });
  const inputs = oneRow(where, 'row', explained.read(row).inputs);
  const from =
    baseline === undefined
      ? new Float64Array(inputs.length)
      : oneRow(where, 'baseline', explained.read(baseline).inputs);
  const output = read.output ?? chosenOutput(explained, inputs);
  const { networks, weights } = explained;
  const sums = { value: 0, baseline: 0, attributions: new Float64Array(inputs.length) };
  for (const [place, net] of networks.entries()) {
    const one = pathGradients(net, inputs, from, output, steps);
    const weight = weights[place]!;
    sums.value += weight * one.value;
    sums.baseline += weight * one.baseline;
    for (let i = 0; i < inputs.length; i++) sums.attributions[i]! += weight * one.attributions[i]!;
  }
  const { mean, scale } = explained.unit(output);
  const columns = explained.columns.map(({ name, start, width }) => {
    const own = sums.attributions.subarray(start, start + width);
    return { column: name, contribution: scale * own.reduce((sum, one) => sum + one, 0) };
  });
  const total = columns.reduce((sum, { contribution }) => sum + contribution, 0);
  return {
    output,
    value: scale * sums.value + mean,
    baseline: scale * sums.baseline + mean,
    columns,
    gap: scale * (sums.value - sums.baseline) - total,
    steps,
  };
}

interface ReadOptions {
  readonly baseline: Rows | undefined;
  readonly output: number | undefined;
  readonly steps: number;
}

/** The most probable class of a row; of labels and numbers the first one. */
function chosenOutput(explained: ExplainedModel, inputs: Float64Array): number {
  if (explained.loss !== 'softmax-cross-entropy') return 0;
  const matrix = { data: inputs, rows: 1, columns: inputs.length, scale: 1 };
  return argmax(explained.answers(matrix), 0, explained.outputs.length);
}

/** @throws {RangeError} when there is not exactly one row */
function oneRow(where: string, name: string, { data, rows }: Matrix): Float64Array {
  if (rows === 1) return Float64Array.from(data);
  throw rangeError({ where, subject: name, rule: 'must be exactly one row', got: rows });
}
