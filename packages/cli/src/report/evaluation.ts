/** The facts of an evaluation for a report: what the library measures on held-out rows, beside simpler models on the same rows. */
import type {
  ClassFacts,
  EvaluationFacts,
  LabelFacts,
  NumberFacts,
  TargetFacts,
} from '@vinculum/report/page';
import {
  evaluateClasses,
  evaluateLabels,
  evaluateNumbers,
  linearClassBaseline,
  linearNumberBaseline,
  type ClassBaseline,
  type NumberBaseline,
  type Prediction,
} from 'vinculum';
import { argmax } from 'vinculum/internal';
import { INTERVAL_LEVEL, intervalsOf } from '../intervals.ts';
import { countRows, pickRows, type LabelledRows } from '../labelled-rows.ts';
import { asInput, type OpenModel } from '../open-model.ts';
import { weightsOf, type Roles } from '../roles.ts';
import { encodeClasses, targetNumbers, yesOrNo } from '../target-values.ts';
import { evenRows, type RowParts } from './data.ts';

/** Figures are resampled a thousand times, or less often if the held-out rows are many. */
const MOST_RESAMPLED_ROWS = 2_000_000;

/** Rows of the training that are predicted to see whether the model only remembers. */
const MOST_LEARNED_ROWS = 5000;

/** Points of a picture of actual and predicted values. */
const MOST_PAIRS = 1000;

/** Rows that are named for each pair of confused classes, and pairs. */
const ROWS_OF_A_PAIR = 3;
const MOST_CONFUSED = 24;

/** What is evaluated. */
export interface EvaluationRequest {
  readonly open: OpenModel;
  /** The held-out rows with what the model says of them. */
  readonly test: LabelledRows;
  readonly outputs: readonly Prediction[];
  readonly parts: RowParts;
  readonly roles: Roles;
  /** Which rows these are, in words. */
  readonly of: string;
  readonly seed: number;
  /** The pixels of a row, if rows are pictures. */
  readonly pixelsOf?: ((row: number) => number[]) | undefined;
}

/** The facts; undefined for a model whose outputs have no known meaning. */
export function evaluationFacts(request: EvaluationRequest): EvaluationFacts | undefined {
  const { task } = request.open;
  switch (task) {
    case 'classification':
      return classFacts(request);
    case 'multilabel':
      return labelFacts(request);
    case 'regression':
      return numberFacts(request);
    case 'numbers':
      return undefined;
    default:
      return task satisfies never;
  }
}

function classFacts(request: EvaluationRequest): ClassFacts {
  const { open, test, outputs, parts, roles, of, seed } = request;
  const { classes } = open;
  const targets = encodeClasses(classes, test);
  const probabilities = open.meanOf(outputs).data;
  const { train } = parts;
  const known = train && encodeClasses(classes, train);
  const measured = evaluateClasses({
    targets,
    probabilities,
    classes,
    sampleWeight: weightsOf(test, roles),
    trainingCounts: known && classes.map((_, k) => known.filter((one) => one === k).length),
    baselines: train && known ? linearClasses(request, train, known) : [],
    resamples: resamplesFor(targets.length),
    seed,
  });
  const learned = learnedRows(request);
  return {
    kind: 'classes',
    of,
    measured,
    ...(learned === undefined
      ? {}
      : {
          learned: evaluateClasses({
            targets: encodeClasses(classes, learned),
            probabilities: open.predict(learned.rows).data,
            classes,
            sampleWeight: weightsOf(learned, roles),
            resamples: 0,
          }).figures,
        }),
    confusedRows: confusedRows(request, targets, probabilities, measured.confusions),
  };
}

/** Rows of the pairs that are confused most often, the surest mistakes first. */
function confusedRows(
  { test: { numbers }, open: { classes }, pixelsOf }: EvaluationRequest,
  targets: Int32Array,
  probabilities: ArrayLike<number>,
  pairs: readonly { readonly truth: number; readonly prediction: number }[],
): NonNullable<ClassFacts['confusedRows']> {
  const { length } = classes;
  const guesses = targets.map((_, row) => argmax(probabilities, row * length, length));
  const shareOf = (row: number): number => probabilities[row * length + (guesses[row] ?? 0)] ?? NaN;
  return pairs
    .flatMap(({ truth, prediction }) =>
      Array.from(targets.keys())
        .filter((row) => targets[row] === truth && guesses[row] === prediction)
        .toSorted((a, b) => shareOf(b) - shareOf(a))
        .slice(0, ROWS_OF_A_PAIR)
        .map((row) => ({
          row: numbers[row] ?? NaN,
          truth,
          prediction,
          probability: shareOf(row),
          ...(pixelsOf === undefined ? {} : { pixels: pixelsOf(row) }),
        })),
    )
    .slice(0, MOST_CONFUSED);
}

function labelFacts(request: EvaluationRequest): LabelFacts {
  const { open, test, outputs, roles, of, seed } = request;
  const labels = open.classes;
  const { rows, figures, perLabel } = evaluateLabels({
    targets: yesOrNo(test),
    probabilities: open.meanOf(outputs).data,
    labels,
    sampleWeight: weightsOf(test, roles),
    resamples: resamplesFor(countRows(test)),
    seed,
  });
  return {
    kind: 'labels',
    of,
    rows,
    figures,
    labels: perLabel.map((measured, index) => ({ name: String(labels[index]), measured })),
  };
}

function numberFacts(request: EvaluationRequest): NumberFacts {
  const { open, test, outputs, of } = request;
  const { data } = open.meanOf(outputs);
  const intervals = intervalsOf(open, outputs);
  const { length } = test.targets;
  const targets = test.targets.map((target, column): TargetFacts => {
    const truths = targetNumbers([target]);
    const pick = (values: ArrayLike<number>): Float64Array =>
      truths.map((_, row) => values[row * length + column] ?? NaN);
    const predictions = pick(data).map((output) => open.unscale(output, column));
    const own = intervals && {
      low: pick(intervals.low),
      high: pick(intervals.high),
      level: INTERVAL_LEVEL,
    };
    return targetFacts(request, { column, truths, predictions, intervals: own });
  });
  return { kind: 'numbers', of, targets };
}

/** One target with its predictions. */
interface PredictedTarget {
  readonly column: number;
  readonly truths: Float64Array;
  readonly predictions: Float64Array;
  readonly intervals:
    { readonly low: Float64Array; readonly high: Float64Array; readonly level: number } | undefined;
}

function targetFacts(
  request: EvaluationRequest,
  { column, truths, predictions, intervals }: PredictedTarget,
): TargetFacts {
  const { open, test, parts, roles, seed } = request;
  const { train } = parts;
  const known = train?.targets[column] && targetNumbers([train.targets[column]]);
  const measured = evaluateNumbers({
    targets: truths,
    predictions,
    intervals,
    ...quantileOf(open),
    sampleWeight: weightsOf(test, roles),
    trainingMean: known && weightedMean(known, train && weightsOf(train, roles)),
    baselines: train && known ? linearNumbers(request, train, known) : [],
    resamples: resamplesFor(truths.length),
    seed,
  });
  const learned = learnedRows(request);
  const learnedTarget = learned?.targets[column];
  return {
    name: test.targets[column]?.name ?? '',
    measured,
    ...(learned === undefined || learnedTarget === undefined
      ? {}
      : {
          learned: evaluateNumbers({
            targets: targetNumbers([learnedTarget]),
            predictions: numbersAt(open, learned, column),
            sampleWeight: weightsOf(learned, roles),
            resamples: 0,
          }).figures,
        }),
    pairs: Array.from(evenRows(truths.length, MOST_PAIRS), (row) => [
      truths[row] ?? NaN,
      predictions[row] ?? NaN,
    ]),
  };
}

/** The predictions of one target in its unit. */
function numbersAt(
  open: OpenModel,
  { rows, targets, numbers }: LabelledRows,
  column: number,
): Float64Array {
  const { data } = open.predict(rows);
  return Float64Array.from(numbers, (_, row) =>
    open.unscale(data[row * targets.length + column] ?? NaN, column),
  );
}

/** The quantile that a model with the loss `pinball` predicts. */
function quantileOf({ model }: OpenModel): { readonly quantile?: number } {
  if (model.kind === 'network') return {};
  const { loss } = model.plan;
  return loss.kind === 'pinball' ? { quantile: loss.quantile } : {};
}

function weightedMean(values: Float64Array, weights: Float64Array | undefined): number {
  let [sum, total] = [0, 0];
  for (const [row, value] of values.entries()) {
    sum += (weights?.[row] ?? 1) * value;
    total += weights?.[row] ?? 1;
  }
  return sum / total;
}

function resamplesFor(rows: number): number {
  return Math.max(100, Math.min(1000, Math.floor(MOST_RESAMPLED_ROWS / rows)));
}

/** Some rows that the model has learned from. */
function learnedRows({ parts: { train } }: EvaluationRequest): LabelledRows | undefined {
  if (train === undefined) return undefined;
  const count = countRows(train);
  return count <= MOST_LEARNED_ROWS ? train : pickRows(train, evenRows(count, MOST_LEARNED_ROWS));
}

function linearClasses(
  { open, test, roles }: EvaluationRequest,
  train: LabelledRows,
  targets: Int32Array,
): ClassBaseline[] {
  const sampleWeight = weightsOf(train, roles);
  const known = { rows: rowsOf(train), targets, sampleWeight, classes: open.classes.length };
  return [linearClassBaseline(known, rowsOf(test))];
}

function linearNumbers(
  { test, roles }: EvaluationRequest,
  train: LabelledRows,
  targets: Float64Array,
): NumberBaseline[] {
  const sampleWeight = weightsOf(train, roles);
  return [linearNumberBaseline({ rows: rowsOf(train), targets, sampleWeight }, rowsOf(test))];
}

/** Rows as the library takes them. */
export function rowsOf({ rows }: LabelledRows): Parameters<typeof linearNumberBaseline>[1] {
  return 'data' in rows ? asInput(rows) : rows;
}
