/**
 * Every figure of an evaluation against scikit-learn, SciPy and NumPy on the same rows: ties, weights, a class without rows, rows of
 * one class, one row. `packages/core/test/evaluation/make.py` wrote the numbers.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { MetricName } from '../metrics/registry.ts';
import type { ClassEvaluation } from './class-evaluation.ts';
import { evaluateClasses } from './evaluate-classes.ts';
import { evaluateLabels } from './evaluate-labels.ts';
import { evaluateNumbers } from './evaluate-numbers.ts';
import type { Figure, Figures } from './figure.ts';
import { linearClassBaseline, linearNumberBaseline } from './linear-baseline.ts';

type Numbers = readonly Figure[];
type Expected = Readonly<Partial<Record<MetricName, Figure>>>;

interface ClassCase {
  readonly name: string;
  readonly targets: readonly number[];
  readonly probabilities: readonly number[];
  readonly classes: number;
  readonly sampleWeight?: readonly number[];
  readonly figures: Expected;
  readonly perClass: Readonly<
    Record<'precision' | 'recall' | 'f1' | 'support' | 'rocAuc' | 'averagePrecision', Numbers>
  >;
  readonly areas: Readonly<Record<'macro' | 'weighted', Numbers>>;
  readonly confusion: readonly Numbers[];
  readonly curves?: Readonly<
    Record<'roc' | 'precisionRecall', readonly [Numbers, Numbers, Numbers]>
  >;
  readonly thresholds?: readonly Numbers[];
  readonly calibration?: Readonly<
    Record<'uniform' | 'quantile', Readonly<Record<'share' | 'meanProbability', Numbers>>>
  > & { readonly ece: number; readonly mce: number };
}

interface NumberCase {
  readonly name: string;
  readonly targets: readonly number[];
  readonly predictions: readonly number[];
  readonly sampleWeight?: readonly number[];
  readonly figures: Expected;
  readonly pinball: Numbers;
  readonly coverage: number;
  readonly deciles: readonly Numbers[];
  readonly residuals: Readonly<Record<'mean' | 'standardDeviation', number>>;
  readonly histogram: Readonly<Record<'edges' | 'counts', Numbers>>;
  readonly quantiles: readonly Numbers[];
}

interface LinearCase {
  readonly name: string;
  readonly rows: readonly (readonly number[])[];
  readonly targets: readonly number[];
  readonly sampleWeight?: readonly number[];
  readonly classes?: number;
  readonly probabilities?: readonly (readonly number[])[];
  readonly predictions?: readonly number[];
}

interface Cases {
  readonly classes: readonly ClassCase[];
  readonly numbers: readonly NumberCase[];
  readonly labels: Omit<NumberCase, 'predictions'> & {
    readonly probabilities: readonly number[];
    readonly labels: number;
  };
  readonly linear: readonly LinearCase[];
}

const CASES = JSON.parse(
  readFileSync(new URL('../../test/evaluation/scikit-learn.json', import.meta.url), 'utf8'),
) as Cases;

/** Equal to 1e-10 of the size, and null exactly where the other is. */
function isClose(got: Figure | undefined = null, want: Figure | undefined = null): boolean {
  if (want === null || got === null) return want === got;
  return Math.abs(got - want) <= 1e-10 * Math.max(1, Math.abs(want));
}

function expectClose(got: Figure | undefined, want: Figure | undefined, what: string): void {
  expect(isClose(got, want), `${what}: ${got} for ${want}`).toBe(true);
}

function expectAllClose(got: Numbers, want: Numbers, what: string): void {
  expect(got.length, what).toBe(want.length);
  for (const [i, one] of want.entries()) expectClose(got[i], one, `${what}[${i}]`);
}

function expectFigures(got: Figures, want: Expected): void {
  for (const [name, value] of Object.entries(want)) {
    expectClose(got[name as MetricName], value, name);
  }
}

function evaluated({ targets, probabilities, classes, sampleWeight }: ClassCase): ClassEvaluation {
  return evaluateClasses({
    targets,
    probabilities,
    classes: Array.from({ length: classes }, (_, k) => `c${k}`),
    sampleWeight,
    resamples: 0,
  });
}

describe.each(CASES.classes)('an evaluation of $name', (wanted) => {
  const got = evaluated(wanted);

  it('has the figures of scikit-learn', () => {
    expect(Object.keys(got.figures)).toEqual(expect.arrayContaining(Object.keys(wanted.figures)));
    expectFigures(got.figures, wanted.figures);
  });

  it('has them for each class, and the means of those that are defined', () => {
    for (const [name, values] of Object.entries(wanted.perClass)) {
      const own = got.perClass.map((one) => one[name as keyof ClassCase['perClass']]);
      expectAllClose(own, values, name);
    }
    for (const of of ['macro', 'weighted'] as const) {
      const { rocAuc, averagePrecision } = got.averages[of];
      expectAllClose([rocAuc, averagePrecision], wanted.areas[of], of);
    }
  });

  it('counts the pairs of truth and prediction', () => {
    for (const [k, row] of wanted.confusion.entries()) {
      expectAllClose(got.confusion[k]!, row, `confusion[${k}]`);
    }
    const counts = got.confusions.map(({ count }) => count);
    expect(counts).toEqual(counts.toSorted((a, b) => b - a));
    for (const { truth, prediction, count, share } of got.confusions) {
      expect(got.confusion[truth]![prediction]).toBe(count);
      expectClose(share, count / got.perClass[truth]!.support, 'share');
    }
  });

  it('is plain data', () => {
    expect(JSON.parse(JSON.stringify(got))).toEqual(got);
  });
});

const PAIRS = CASES.classes.filter(({ curves }) => curves !== undefined);

describe.each(PAIRS)('the curves of $name', (wanted) => {
  const { curves, thresholds } = evaluated(wanted);

  it('have points of scikit-learn, and leave out only points on a straight line', () => {
    const [{ roc, precisionRecall } = { roc: null, precisionRecall: null }] = curves;
    const { falsePositiveRate, truePositiveRate } = roc!;
    expectPoints([roc!.threshold, falsePositiveRate, truePositiveRate], wanted.curves!.roc);
    expectPoints(
      [precisionRecall!.threshold, precisionRecall!.recall, precisionRecall!.precision],
      wanted.curves!.precisionRecall,
    );
    let area = 0;
    for (let i = 1; i < truePositiveRate.length; i++) {
      const width = falsePositiveRate[i]! - falsePositiveRate[i - 1]!;
      area += (width * (truePositiveRate[i]! + truePositiveRate[i - 1]!)) / 2;
    }
    expectClose(area, wanted.figures.rocAuc, 'area');
    expect([falsePositiveRate.at(-1), truePositiveRate.at(-1)]).toEqual([1, 1]);
  });

  it('have a table of thresholds', () => {
    for (const [i, row] of wanted.thresholds!.entries()) {
      const one = thresholds!.rows[i]!;
      const own = [one.threshold, one.precision, one.recall, one.specificity, one.accuracy];
      expectAllClose([...own, one.f1, one.mcc], row, `threshold ${row[0]}`);
    }
    for (const name of ['f1', 'mcc', 'accuracy'] as const) {
      const most = Math.max(...thresholds!.rows.map((one) => one[name]));
      expect(thresholds!.best[name][name]).toBeGreaterThanOrEqual(most);
    }
  });
});

/** Every point of ours is one of scikit-learn's, in the same order. */
function expectPoints(ours: readonly Numbers[], theirs: readonly Numbers[]): void {
  const places = ours[0]!.map((threshold) => theirs[0]!.indexOf(threshold));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  for (const [i, place] of places.entries()) {
    expectAllClose(
      ours.map((list) => list[i]!),
      theirs.map((list) => list[place]!),
      `point ${i}`,
    );
  }
}

const CALIBRATED = CASES.classes.filter(({ calibration }) => calibration !== undefined);

describe.each(CALIBRATED)('the calibration of $name', (wanted) => {
  it('has the bins of scikit-learn', () => {
    const { calibration } = evaluated(wanted);
    for (const strategy of ['uniform', 'quantile'] as const) {
      for (const name of ['share', 'meanProbability'] as const) {
        const own = calibration[strategy].map((bin) => bin[name]);
        expectAllClose(own, wanted.calibration![strategy][name], `${strategy} ${name}`);
      }
    }
    expectClose(calibration.ece, wanted.calibration!.ece, 'ece');
    expectClose(calibration.mce, wanted.calibration!.mce, 'mce');
  });
});

describe.each(CASES.numbers)('an evaluation of $name', (wanted) => {
  const { targets, predictions, sampleWeight } = wanted;
  const got = evaluateNumbers({
    targets,
    predictions,
    sampleWeight,
    intervals: {
      low: predictions.map((z) => z - 1),
      high: predictions.map((z) => z + 0.75),
      level: 0.9,
    },
    resamples: 0,
  });

  it('has the figures of scikit-learn', () => {
    expectFigures(got.figures, wanted.figures);
    const { coverage, pinball } = got;
    const losses = [pinball[0]!, ...coverage!.pinball].map(({ loss }) => loss);
    expectAllClose(losses, wanted.pinball, 'pinball');
    expectClose(coverage!.share, wanted.coverage, 'coverage');
    expectClose(coverage!.meanWidth, 1.75, 'width');
  });

  it('has the errors of each tenth, and their spread', () => {
    const own = got.deciles.map(({ low, high, count, mae, rmse, bias }) => [
      low,
      high,
      count,
      mae,
      rmse,
      bias,
    ]);
    expect(own.length).toBe(wanted.deciles.length);
    for (const [i, row] of wanted.deciles.entries()) expectAllClose(own[i]!, row, `decile ${i}`);
    const { histogram, quantiles, mean, standardDeviation } = got.residuals;
    expectClose(mean, wanted.residuals.mean, 'mean');
    expectClose(standardDeviation, wanted.residuals.standardDeviation, 'deviation');
    expectAllClose(histogram.edges, wanted.histogram.edges, 'edges');
    expectAllClose(histogram.counts, wanted.histogram.counts, 'counts');
    for (const [i, row] of wanted.quantiles.entries()) {
      const { probability, residual, normal } = quantiles[i]!;
      expectAllClose([probability, residual, normal], row, `quantile ${i}`);
    }
  });
});

describe('an evaluation of several labels', () => {
  it('has the figures of scikit-learn, and each label as two classes', () => {
    const { targets, probabilities, labels, figures } = CASES.labels;
    const names = Array.from({ length: labels }, (_, label) => `l${label}`);
    const got = evaluateLabels({ targets, probabilities, labels: names, resamples: 0 });
    expectFigures(got.figures, figures);
    const areas = got.perLabel.map((one) => one.figures.rocAuc!);
    expectClose(areas.reduce((sum, one) => sum + one, 0) / labels, figures.rocAuc, 'rocAuc');
  });
});

describe('a linear baseline', () => {
  it.each(CASES.linear)('of $name predicts what scikit-learn does', (wanted) => {
    const { rows, targets, sampleWeight, classes } = wanted;
    const training = { rows, targets, ...(sampleWeight && { sampleWeight }) };
    const [own, theirs] =
      classes === undefined
        ? [linearNumberBaseline(training, rows).predictions, wanted.predictions!]
        : [
            linearClassBaseline({ ...training, classes }, rows).probabilities,
            wanted.probabilities!.flat(),
          ];
    for (const [i, one] of theirs.entries()) {
      // Both are minima of the same function, to the tolerances of two searches.
      expect(Math.abs(own[i]! - one) / Math.max(1, Math.abs(one))).toBeLessThan(1e-6);
    }
  });
});
