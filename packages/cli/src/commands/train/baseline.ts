/**
 * The score of a guess: of a model that always gives the most frequent class, the most frequent answer of every label, or the mean
 * of the training rows. A score of a model is worth what it is better.
 */
import type { Label, MetricName } from 'vinculum';
import { MetricAccumulator } from 'vinculum/internal';
import { countRows, type LabelledRows } from '../../labelled-rows.ts';
import { weightsOf } from '../../roles.ts';
import { encodeClasses, targetNumbers, yesOrNo } from '../../target-values.ts';
import type { TrainingData } from './rows.ts';

/** The score of a guess on the held-out rows. */
export interface Baseline {
  readonly metrics: Readonly<Record<string, number>>;
  /** What it does, in words. */
  readonly says: string;
}

/** The baseline on the held-out rows; undefined if no row is held out or learned from. */
export function baselineOf(data: TrainingData): Baseline | undefined {
  const { task, test, division, classes } = data;
  if (test === undefined || countRows(test) === 0 || division.training.length === 0)
    return undefined;
  switch (task) {
    case 'classification':
      return usualClass(data, test, classes);
    case 'multilabel':
      return usualLabels(data, test);
    case 'regression':
      return meanNumbers(data, test);
    default:
      return task satisfies never;
  }
}

/** Always the class that weighs most among the training rows. */
function usualClass(
  data: TrainingData,
  test: LabelledRows,
  classes: readonly Label[],
): Baseline | undefined {
  const known = encodeClasses(classes, data.known);
  const sums = new Float64Array(classes.length);
  const weigh = weightsBy(data, data.known);
  for (const row of data.division.training) sums[known[row] ?? 0]! += weigh(row);
  const most = sums.reduce((best, sum, k) => (sum > (sums[best] ?? 0) ? k : best), 0);
  const truths = encodeClasses(classes, test);
  const accuracy = weightedShare(data, test, (row) => truths[row] === most);
  return { metrics: { accuracy }, says: `always '${String(classes[most])}'` };
}

/** Of every label the answer that weighs most among the training rows. */
function usualLabels(data: TrainingData, test: LabelledRows): Baseline {
  const { length } = test.targets;
  const known = yesOrNo(data.known);
  const weigh = weightsBy(data, data.known);
  const usual = test.targets.map((_, label) => {
    let balance = 0;
    for (const row of data.division.training) {
      balance += weigh(row) * ((known[row * length + label] ?? 0) - 0.5);
    }
    return balance > 0 ? 1 : 0;
  });
  const truths = yesOrNo(test);
  const accuracy = weightedShare(data, test, (row) =>
    usual.every((answer, label) => truths[row * length + label] === answer),
  );
  return { metrics: { accuracy }, says: 'the most frequent answer of every label' };
}

/** Always the weighted mean of the training rows. */
function meanNumbers(data: TrainingData, test: LabelledRows): Baseline {
  const names = ['rmse', 'mae'] as const satisfies readonly MetricName[];
  const weigh = weightsBy(data, data.known);
  const testWeights = weightsOf(test, data.roles);
  const sums = { rmse: 0, mae: 0 };
  for (const [index, target] of data.known.targets.entries()) {
    const known = targetNumbers([target]);
    let sum = 0;
    let total = 0;
    for (const row of data.division.training) {
      sum += weigh(row) * (known[row] ?? NaN);
      total += weigh(row);
    }
    const truths = targetNumbers([test.targets[index] ?? target]);
    const measured = new MetricAccumulator(names, 'mse', 1);
    measured.add(
      truths.map(() => sum / total),
      truths,
      truths.length,
      testWeights,
    );
    const { rmse = NaN, mae = NaN } = measured.results();
    sums.rmse += rmse / data.known.targets.length;
    sums.mae += mae / data.known.targets.length;
  }
  return {
    metrics: { r2: 0, ...sums },
    says: data.known.targets.length === 1 ? 'always the mean' : 'always the mean of each target',
  };
}

/** The weight of a row. */
function weightsBy(data: TrainingData, labelled: LabelledRows): (row: number) => number {
  const weights = weightsOf(labelled, data.roles);
  return (row) => weights?.[row] ?? 1;
}

/** The share of the rows that are right, by their weights. */
function weightedShare(
  data: TrainingData,
  labelled: LabelledRows,
  isRight: (row: number) => boolean,
): number {
  const weigh = weightsBy(data, labelled);
  let right = 0;
  let total = 0;
  for (const row of labelled.numbers.keys()) {
    total += weigh(row);
    if (isRight(row)) right += weigh(row);
  }
  return right / total;
}
