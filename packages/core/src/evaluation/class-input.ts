/**
 * What `evaluateClasses` takes, and how it is read: the true classes, the probabilities of the model, and those of other models to
 * compare with.
 */
import type { Label } from '../arrays/labels.ts';
import { sampleWeightsOf } from '../arrays/sample-weights.ts';
import { dataError, mustBe, typeError } from '../words/fault.ts';
import { checkOptions } from '../words/options.ts';
import type { PredictedRows } from './bootstrap.ts';
import { readClassIndices, readNumbers, type ResamplingOptions } from './rows-to-evaluate.ts';

/** Rows of known classes, and what a model said of them. */
export interface ClassEvaluationInput extends ResamplingOptions {
  /** The index of the true class of each row; `encodeLabels` gives them. */
  readonly targets: ArrayLike<number>;
  /** The probability of each class, row-major, shape [rows, classes], such as the `data` of `predictProbabilities`. */
  readonly probabilities: ArrayLike<number>;
  /** The names of the classes, at least two. */
  readonly classes: readonly Label[];
  /** How much each row counts. Default 1 each. */
  readonly sampleWeight?: ArrayLike<number> | undefined;
  /** How many training rows each class had; with them the record has the baseline `'majority'`. */
  readonly trainingCounts?: ArrayLike<number> | undefined;
  /** Other models to compare with, such as one of `linearBaseline`. */
  readonly baselines?: readonly ClassBaseline[] | undefined;
  /** Bins of the reliability diagram. Default 10. */
  readonly bins?: number;
}

/** What another model said of the same rows. */
export interface ClassBaseline {
  readonly name: string;
  readonly says: string;
  readonly probabilities: ArrayLike<number>;
}

const OPTIONS = [
  'targets',
  'probabilities',
  'classes',
  'sampleWeight',
  'trainingCounts',
  'baselines',
  'bins',
  'resamples',
  'level',
  'seed',
] as const;

/** The checked rows. */
export function readPredictedClasses(where: string, input: ClassEvaluationInput): PredictedRows {
  checkOptions(where, input, OPTIONS);
  const { targets, probabilities, classes, sampleWeight } = input;
  const given: unknown = classes;
  if (!Array.isArray(given) || given.length < 2) {
    throw typeError(mustBe(where, 'classes', 'an array of at least two names', classes));
  }
  const target = readClassIndices(where, 'targets', targets, classes.length);
  return {
    shape: { task: 'classes', columns: classes.length },
    rows: target.length,
    output: readProbabilities(where, 'probabilities', probabilities, target.length, classes.length),
    target,
    weights: sampleWeightsOf(where, 'sampleWeight', sampleWeight, target.length),
  };
}

/** @throws {DataError} when a probability is not a number in [0, 1] */
export function readProbabilities(
  where: string,
  name: string,
  given: unknown,
  rows: number,
  classes: number,
): PredictedRows['output'] {
  const numbers = readNumbers(where, name, given, { length: rows * classes, width: classes });
  const wrong = numbers.findIndex((one) => one < 0 || one > 1);
  if (wrong === -1) return numbers;
  const row = Math.floor(wrong / classes) + 1;
  throw dataError(
    { where, subject: `${name} of row ${row}`, rule: 'must be from 0 to 1', got: numbers[wrong] },
    { row },
  );
}

/** The other models: first the majority, if the counts of the training rows are known. */
export function comparedModels(
  where: string,
  { classes, trainingCounts, baselines = [] }: ClassEvaluationInput,
  rows: number,
): readonly ClassBaseline[] {
  return trainingCounts === undefined
    ? baselines
    : [majorityOf(where, classes, trainingCounts, rows), ...baselines];
}

/** The model that knows only how often each class occurs: it always predicts the most frequent one, with these shares. */
function majorityOf(
  where: string,
  classes: readonly Label[],
  trainingCounts: ArrayLike<number>,
  rows: number,
): ClassBaseline {
  const { length } = classes;
  const counts = Float64Array.from(
    readNumbers(where, 'trainingCounts', trainingCounts, { length }),
  );
  const total = counts.reduce((sum, one) => sum + one, 0);
  const most = counts.reduce((best, one, k) => (one > counts[best]! ? k : best), 0);
  return {
    name: 'majority',
    says: `always '${String(classes[most])}'`,
    probabilities: Float64Array.from({ length: rows * length }, (_, i) =>
      total > 0 ? counts[i % length]! / total : 1 / length,
    ),
  };
}
