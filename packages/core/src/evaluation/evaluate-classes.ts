/**
 * `evaluateClasses`: everything that can be said of a classifier from the probabilities that it gave to rows whose classes are known.
 * It is a function of these numbers alone: it runs no model, reads no file, and changes nothing.
 */
import type { Label } from '../arrays/labels.ts';
import { precisionOf } from '../metrics/average-precision.ts';
import { classReport } from '../metrics/class-report.ts';
import type { Ranking } from '../metrics/metric.ts';
import type { MetricName } from '../metrics/registry.ts';
import { areaOf } from '../metrics/roc-auc.ts';
import { ScoreBuffer } from '../metrics/scores.ts';
import { confusion } from '../metrics/statistics/confusion.ts';
import { checkNumber } from '../words/options.ts';
import { bootstrapIntervals, type PredictedRows } from './bootstrap.ts';
import { calibrationOf } from './calibration-figures.ts';
import type {
  ClassAverages,
  ClassCurves,
  ClassEvaluation,
  ClassFigures,
  ConfusedPair,
} from './class-evaluation.ts';
import {
  comparedModels,
  readPredictedClasses,
  readProbabilities,
  type ClassEvaluationInput,
} from './class-input.ts';
import { countsByThreshold, precisionRecallOf, rocOf, type RankedCounts } from './curves.ts';
import { figureOf, valueOf, type BaselineFigures, type Figures } from './figure.ts';
import { figuresOf } from './measured.ts';
import { readResampling } from './rows-to-evaluate.ts';
import { thresholdTable } from './thresholds.ts';

/** The figures that have intervals. */
const RESAMPLED: readonly MetricName[] = [
  'accuracy',
  'balancedAccuracy',
  'macroF1',
  'weightedF1',
  'mcc',
  'cohenKappa',
  'logLoss',
  'brier',
  'rocAuc',
  'averagePrecision',
];

/**
 * Evaluates the probabilities of a classifier.
 *
 * @param input - see {@link ClassEvaluationInput}
 * @returns plain data that JSON can hold; docs/evaluation.md has the formula of each figure
 * @throws {TypeError} when an argument is of a wrong kind or unknown
 * @throws {RangeError} when lengths do not match, or an option is out of range
 * @throws {DataError} when a target is no class, or a probability is not a number in [0, 1]
 * @example
 * const { figures } = evaluateClasses({
 *   targets: [0, 1, 1],
 *   probabilities: [0.8, 0.2, 0.3, 0.7, 0.6, 0.4],
 *   classes: ['cat', 'dog'],
 * });
 * figures.balancedAccuracy; // 0.75
 */
export function evaluateClasses(input: ClassEvaluationInput): ClassEvaluation {
  const where = 'evaluateClasses';
  const predicted = readPredictedClasses(where, input);
  const { classes } = input;
  const bins = checkNumber(where, 'bins', input.bins ?? 10, { integer: true, min: 1, max: 1000 });
  const resampling = readResampling(where, input);
  const { rows, output, target, weights } = predicted;
  const counts = confusionOf(predicted);
  const scores = new ScoreBuffer(predicted.shape);
  scores.add(output, target, rows, weights);
  const rankings = classes.map((_, k) => scores.rankingOf(k)!);
  const figures = figuresOf(predicted);
  const perClass = classFigures(classes, counts, rankings);
  const ranked = rankings.map(countsByThreshold);
  const thresholds = classes.length === 2 ? thresholdTable(ranked[1]!) : undefined;
  return {
    task: 'classes',
    rows,
    weight: weights === undefined ? rows : weights.reduce((sum, one) => sum + one, 0),
    classes: [...classes],
    figures,
    intervals: bootstrapIntervals(RESAMPLED, predicted, resampling),
    resampling,
    perClass,
    averages: averagesOf(figures, perClass),
    confusion: classes.map((_, k) =>
      Array.from(counts.subarray(k * classes.length, (k + 1) * classes.length)),
    ),
    confusions: confusedPairs(counts, classes.length),
    curves: curvesOf(ranked),
    ...(thresholds && { thresholds }),
    calibration: calibrationOf(predicted, bins),
    baselines: baselinesOf(where, input, predicted),
  };
}

function confusionOf({ shape, rows, output, target, weights }: PredictedRows): Float64Array {
  const counts = new Float64Array(confusion.size(shape));
  confusion.add(counts, shape, output, target, rows, weights);
  return counts;
}

function classFigures(
  classes: readonly Label[],
  counts: Float64Array,
  rankings: readonly Ranking[],
): ClassFigures[] {
  return classReport(counts, classes.length).map((one, k) => ({
    label: classes[k]!,
    ...one,
    rocAuc: figureOf(areaOf(rankings[k]!)),
    averagePrecision: figureOf(precisionOf(rankings[k]!)),
  }));
}

/** The means over the classes. Precision, recall and F1 are those of the registry; areas are averaged where they are defined. */
function averagesOf(
  figures: Figures,
  perClass: readonly ClassFigures[],
): ClassEvaluation['averages'] {
  const area = (
    name: 'rocAuc' | 'averagePrecision',
    weigh: (one: ClassFigures) => number,
  ): ClassAverages['rocAuc'] => {
    const known = perClass.filter((one) => one[name] !== null);
    const weight = known.reduce((sum, one) => sum + weigh(one), 0);
    return figureOf(known.reduce((sum, one) => sum + weigh(one) * valueOf(one[name]), 0) / weight);
  };
  return {
    macro: {
      precision: figures.macroPrecision ?? null,
      recall: figures.macroRecall ?? null,
      f1: figures.macroF1 ?? null,
      rocAuc: area('rocAuc', () => 1),
      averagePrecision: area('averagePrecision', () => 1),
    },
    weighted: {
      precision: figures.weightedPrecision ?? null,
      recall: figures.weightedRecall ?? null,
      f1: figures.weightedF1 ?? null,
      rocAuc: area('rocAuc', ({ support }) => support),
      averagePrecision: area('averagePrecision', ({ support }) => support),
    },
  };
}

function confusedPairs(counts: Float64Array, classes: number): ConfusedPair[] {
  const report = classReport(counts, classes);
  const pairs: ConfusedPair[] = [];
  for (let truth = 0; truth < classes; truth++) {
    for (let prediction = 0; prediction < classes; prediction++) {
      const count = counts[truth * classes + prediction]!;
      if (truth === prediction || count === 0) continue;
      pairs.push({ truth, prediction, count, share: count / report[truth]!.support });
    }
  }
  return pairs.toSorted((a, b) => b.count - a.count);
}

function curvesOf(ranked: readonly (readonly RankedCounts[])[]): ClassCurves[] {
  return ranked.flatMap((counts, of) => {
    if (ranked.length === 2 && of === 0) return [];
    return [{ of, roc: rocOf(counts), precisionRecall: precisionRecallOf(counts) }];
  });
}

function baselinesOf(
  where: string,
  input: ClassEvaluationInput,
  predicted: PredictedRows,
): BaselineFigures[] {
  const { rows, shape } = predicted;
  return comparedModels(where, input, rows).map(({ name, says, probabilities }) => {
    const given = `probabilities of the baseline '${name}'`;
    const output = readProbabilities(where, given, probabilities, rows, shape.columns);
    return { name, says, figures: figuresOf({ ...predicted, output }) };
  });
}
