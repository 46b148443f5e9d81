/**
 * `evaluateLabels`: everything that can be said of a classifier whose rows may have several labels each, from the probabilities that
 * it gave: figures of the rows as a whole, and of each label as two classes, false and true.
 */
import type { Label } from '../arrays/labels.ts';
import { sampleWeightsOf } from '../arrays/sample-weights.ts';
import type { MetricName } from '../metrics/registry.ts';
import { dataError, mustBe, typeError } from '../words/fault.ts';
import { checkOptions } from '../words/options.ts';
import { bootstrapIntervals, type PredictedRows } from './bootstrap.ts';
import type { ClassEvaluation } from './class-evaluation.ts';
import { readProbabilities } from './class-input.ts';
import { evaluateClasses } from './evaluate-classes.ts';
import type { BaselineFigures, FigureIntervals, Figures, Resampling } from './figure.ts';
import { figuresOf } from './measured.ts';
import { readNumbers, readResampling, type ResamplingOptions } from './rows-to-evaluate.ts';

/** Rows of known labels, and what a model said of them. */
export interface LabelEvaluationInput extends ResamplingOptions {
  /** 1 for each label that a row has and 0 for each other, row-major, shape [rows, labels]. */
  readonly targets: ArrayLike<number>;
  /** The probability of each label, of the same shape. */
  readonly probabilities: ArrayLike<number>;
  /** The names of the labels, at least one. */
  readonly labels: readonly Label[];
  /** How much each row counts. Default 1 each. */
  readonly sampleWeight?: ArrayLike<number> | undefined;
  /** How many training rows had each label, and how many rows there were; with them the record has the baseline `'usual'`. */
  readonly training?: { readonly rows: number; readonly counts: ArrayLike<number> } | undefined;
}

/** Plain data that JSON can hold. */
export interface LabelEvaluation {
  readonly task: 'labels';
  readonly rows: number;
  /** Σ w; the number of rows if they have no weights. */
  readonly weight: number;
  readonly labels: readonly Label[];
  /** Every metric of the registry that fits several labels a row. */
  readonly figures: Figures;
  readonly intervals: FigureIntervals;
  readonly resampling: Resampling;
  /** Each label as two classes, false and true, in the order of the labels; without intervals. */
  readonly perLabel: readonly ClassEvaluation[];
  readonly baselines: readonly BaselineFigures[];
}

/** The figures that have intervals. */
const RESAMPLED: readonly MetricName[] = ['subsetAccuracy', 'accuracy', 'macroF1', 'logLoss'];

/**
 * Evaluates the probabilities of labels that each row may have several of.
 *
 * @param input - see {@link LabelEvaluationInput}
 * @throws {TypeError} when an argument is of a wrong kind or unknown
 * @throws {RangeError} when lengths do not match, or an option is out of range
 * @throws {DataError} when a target is neither 0 nor 1, or a probability is not a number in [0, 1]
 * @example
 * const { figures } = evaluateLabels({
 *   targets: [1, 0, 1, 1],
 *   probabilities: [0.9, 0.2, 0.7, 0.4],
 *   labels: ['red', 'round'],
 * });
 * figures.subsetAccuracy; // 0.5
 */
export function evaluateLabels(input: LabelEvaluationInput): LabelEvaluation {
  const where = 'evaluateLabels';
  checkOptions(where, input, OPTIONS);
  const predicted = readPredicted(where, input);
  const resampling = readResampling(where, input);
  const { labels, sampleWeight } = input;
  const { rows, output, target, weights } = predicted;
  return {
    task: 'labels',
    rows,
    weight: weights === undefined ? rows : weights.reduce((sum, one) => sum + one, 0),
    labels: [...labels],
    figures: figuresOf(predicted),
    intervals: bootstrapIntervals(RESAMPLED, predicted, resampling),
    resampling,
    perLabel: labels.map((_, label) => {
      const places = Array.from({ length: rows }, (_row, row) => row * labels.length + label);
      return evaluateClasses({
        targets: places.map((place) => target[place]!),
        probabilities: places.flatMap((place) => [1 - output[place]!, output[place]!]),
        classes: [false, true],
        sampleWeight,
        resamples: 0,
      });
    }),
    baselines: usualOf(where, input, predicted),
  };
}

const OPTIONS = [
  'targets',
  'probabilities',
  'labels',
  'sampleWeight',
  'training',
  'resamples',
  'level',
  'seed',
] as const;

function readPredicted(
  where: string,
  { targets, probabilities, labels, sampleWeight }: LabelEvaluationInput,
): PredictedRows {
  const given: unknown = labels;
  if (!Array.isArray(given) || given.length === 0) {
    throw typeError(mustBe(where, 'labels', 'an array of at least one name', labels));
  }
  const columns = labels.length;
  const target = Float64Array.from(readNumbers(where, 'targets', targets, { width: columns }));
  const wrong = target.findIndex((one) => one !== 0 && one !== 1);
  const row = Math.floor(wrong / columns) + 1;
  if (wrong !== -1) {
    throw dataError(mustBe(where, `targets of row ${row}`, '0 or 1', target[wrong]), { row });
  }
  const rows = Math.floor(target.length / columns);
  return {
    shape: { task: 'labels', columns },
    rows,
    output: readProbabilities(where, 'probabilities', probabilities, rows, columns),
    target,
    weights: sampleWeightsOf(where, 'sampleWeight', sampleWeight, rows),
  };
}

/** The model that knows only how often each label occurs. */
function usualOf(
  where: string,
  { training, labels }: LabelEvaluationInput,
  predicted: PredictedRows,
): BaselineFigures[] {
  if (training === undefined) return [];
  checkOptions(where, training, ['rows', 'counts']);
  const { length } = labels;
  const counts = readNumbers(where, 'training.counts', training.counts, { length });
  const output = Float64Array.from(
    { length: predicted.rows * length },
    (_, i) => counts[i % length]! / training.rows,
  );
  const says = 'the most frequent answer of every label';
  return [{ name: 'usual', says, figures: figuresOf({ ...predicted, output }) }];
}
