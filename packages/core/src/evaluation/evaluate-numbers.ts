/**
 * `evaluateNumbers`: everything that can be said of a regression from its predictions for rows whose targets are known. It is a
 * function of these numbers alone: it runs no model, reads no file, and changes nothing.
 */
import { sampleWeightsOf } from '../arrays/sample-weights.ts';
import type { MetricName } from '../metrics/registry.ts';
import { checkNumber, checkOptions } from '../words/options.ts';
import { bootstrapIntervals, type PredictedRows } from './bootstrap.ts';
import { figureOf, type BaselineFigures } from './figure.ts';
import { figuresOf } from './measured.ts';
import type { CoverageFigures, NumberEvaluation, PinballFigure } from './number-evaluation.ts';
import { decileErrors, residualFigures } from './residuals.ts';
import { readNumbers, readResampling, type ResamplingOptions } from './rows-to-evaluate.ts';

/** Rows of known targets, and what a model said of them. */
export interface NumberEvaluationInput extends ResamplingOptions {
  /** The true number of each row. */
  readonly targets: ArrayLike<number>;
  /** The predicted numbers, in the same unit. */
  readonly predictions: ArrayLike<number>;
  /** The model's own intervals, such as `predictIntervals` gives them, and the probability that they promise. */
  readonly intervals?:
    | {
        readonly low: ArrayLike<number>;
        readonly high: ArrayLike<number>;
        readonly level: number;
      }
    | undefined;
  /** The quantile that the model predicts, if its loss is `'pinball'`. Default 0.5. */
  readonly quantile?: number;
  /** How much each row counts. Default 1 each. */
  readonly sampleWeight?: ArrayLike<number> | undefined;
  /** The mean of the training targets; with it the record has the baseline `'mean'`. */
  readonly trainingMean?: number | undefined;
  /** Other models to compare with, such as one of `linearBaseline`. */
  readonly baselines?: readonly NumberBaseline[] | undefined;
}

/** What another model said of the same rows. */
export interface NumberBaseline {
  readonly name: string;
  readonly says: string;
  readonly predictions: ArrayLike<number>;
}

/** The figures that have intervals. */
const RESAMPLED: readonly MetricName[] = ['r2', 'rmse', 'mae', 'medianAbsoluteError', 'mape'];

const OPTIONS = [
  'targets',
  'predictions',
  'intervals',
  'quantile',
  'sampleWeight',
  'trainingMean',
  'baselines',
  'resamples',
  'level',
  'seed',
] as const;

/**
 * Evaluates predictions of one number a row. For several targets, call it once for each, because targets may have different units.
 *
 * @param input - see {@link NumberEvaluationInput}
 * @returns plain data that JSON can hold; docs/evaluation.md has the formula of each figure
 * @throws {TypeError} when an argument is of a wrong kind or unknown
 * @throws {RangeError} when lengths do not match, or an option is out of range
 * @throws {DataError} when a number is not finite
 * @example
 * const { figures } = evaluateNumbers({ targets: [1, 2, 4], predictions: [1, 3, 4] });
 * figures.medianAbsoluteError; // 0
 */
export function evaluateNumbers(input: NumberEvaluationInput): NumberEvaluation {
  const where = 'evaluateNumbers';
  checkOptions(where, input, OPTIONS);
  const predicted = readPredicted(where, input);
  const { rows, output, target, weights } = predicted;
  const resampling = readResampling(where, input);
  const quantile = checkNumber(where, 'quantile', input.quantile ?? 0.5, { above: 0, below: 1 });
  const errors = Float64Array.from(target, (truth, row) => output[row]! - truth);
  const coverage = coverageOf(where, input, predicted);
  return {
    task: 'numbers',
    rows,
    weight: weights === undefined ? rows : weights.reduce((sum, one) => sum + one, 0),
    figures: figuresOf(predicted),
    intervals: bootstrapIntervals(RESAMPLED, predicted, resampling),
    resampling,
    pinball: [pinballOf(predicted, output, quantile)],
    ...(coverage && { coverage }),
    deciles: decileErrors(target, errors, weights),
    residuals: residualFigures(errors, weights),
    baselines: baselinesOf(where, input, predicted),
  };
}

function readPredicted(
  where: string,
  { targets, predictions, sampleWeight }: NumberEvaluationInput,
): PredictedRows {
  const target = Float64Array.from(readNumbers(where, 'targets', targets));
  const { length } = target;
  return {
    shape: { task: 'values', columns: 1 },
    rows: length,
    output: readNumbers(where, 'predictions', predictions, { length }),
    target,
    weights: sampleWeightsOf(where, 'sampleWeight', sampleWeight, length),
  };
}

/**
 * Σ w ρ(t − z) / Σ w, where ρ(e) is q e for e ≥ 0 and (q − 1) e below.
 *
 * Source: Koenker & Bassett 1978; scikit-learn's mean_pinball_loss.
 */
function pinballOf(
  { target, weights }: PredictedRows,
  guesses: ArrayLike<number>,
  quantile: number,
): PinballFigure {
  let sum = 0;
  let total = 0;
  for (const [row, truth] of target.entries()) {
    const weight = weights?.[row] ?? 1;
    const error = truth - guesses[row]!;
    sum += weight * (error >= 0 ? quantile * error : (quantile - 1) * error);
    total += weight;
  }
  return { quantile, loss: figureOf(sum / total) };
}

function coverageOf(
  where: string,
  { intervals }: NumberEvaluationInput,
  predicted: PredictedRows,
): CoverageFigures | undefined {
  if (intervals === undefined) return undefined;
  checkOptions(where, intervals, ['low', 'high', 'level']);
  const { rows: length, target, weights } = predicted;
  const level = checkNumber(where, 'intervals.level', intervals.level, { above: 0, below: 1 });
  const low = readNumbers(where, 'intervals.low', intervals.low, { length });
  const high = readNumbers(where, 'intervals.high', intervals.high, { length });
  let [held, width, total] = [0, 0, 0];
  for (const [row, truth] of target.entries()) {
    const weight = weights?.[row] ?? 1;
    if (low[row]! <= truth && truth <= high[row]!) held += weight;
    width += weight * (high[row]! - low[row]!);
    total += weight;
  }
  return {
    level,
    share: figureOf(held / total),
    meanWidth: figureOf(width / total),
    pinball: [
      pinballOf(predicted, low, (1 - level) / 2),
      pinballOf(predicted, high, (1 + level) / 2),
    ],
  };
}

function baselinesOf(
  where: string,
  { trainingMean, baselines = [] }: NumberEvaluationInput,
  predicted: PredictedRows,
): BaselineFigures[] {
  const { rows: length } = predicted;
  const given =
    trainingMean === undefined ? baselines : [meanOf(where, trainingMean, length), ...baselines];
  return given.map(({ name, says, predictions }) => {
    const output = readNumbers(where, `baseline '${name}'`, predictions, { length });
    return { name, says, figures: figuresOf({ ...predicted, output }) };
  });
}

function meanOf(where: string, trainingMean: number, rows: number): NumberBaseline {
  const mean = checkNumber(where, 'trainingMean', trainingMean);
  return {
    name: 'mean',
    says: 'always the mean of the training rows',
    predictions: new Float64Array(rows).fill(mean),
  };
}
