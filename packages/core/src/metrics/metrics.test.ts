/**
 * Every metric against scikit-learn 1.9 (NumPy 2.4) on the same vectors, whole and in batches; the vectors are small
 * enough to check by hand.
 */
import { describe, expect, it } from 'vitest';
import type { LossKind } from '../losses/loss.ts';
import { MetricAccumulator } from './accumulator.ts';
import { rowShape } from './metric.ts';
import { metricsFor, METRICS, type MetricName, type MetricValues } from './registry.ts';
import { confusion } from './statistics/confusion.ts';

interface Sample {
  readonly loss: LossKind;
  readonly columns: number;
  readonly output: readonly number[];
  /** The class of each row for a softmax; for other losses the target of each output. */
  readonly target: readonly number[];
  /** How often each row counts; absent, once. */
  readonly weights?: readonly number[];
}

/** Three classes. Rows 4 and 8 have a tie between the classes 0 and 1, which goes to 0. */
const CLASSES: Sample = {
  loss: 'softmax-cross-entropy',
  columns: 3,
  output: [
    [0.7, 0.2, 0.1],
    [0.3, 0.5, 0.2],
    [0.1, 0.8, 0.1],
    [0.4, 0.4, 0.2],
    [0.2, 0.2, 0.6],
    [0.6, 0.1, 0.3],
    [0.1, 0.1, 0.8],
    [0.4, 0.4, 0.2],
  ].flat(),
  target: [0, 0, 1, 1, 2, 2, 2, 0],
};

/** Scores with ties, one of them between rows of different classes. */
const BINARY: Sample = {
  loss: 'binary-cross-entropy',
  columns: 1,
  output: [0.1, 0.4, 0.35, 0.8, 0.5, 0.5],
  target: [0, 0, 1, 1, 1, 0],
};

const LABELS: Sample = {
  loss: 'binary-cross-entropy',
  columns: 2,
  output: [0.9, 0.2, 0.4, 0.6, 0.4, 0.1, 0.2, 0.3],
  target: [1, 0, 0, 1, 1, 1, 0, 0],
};

const NUMBERS: Sample = {
  loss: 'mse',
  columns: 2,
  output: [1, 10, 2, 20, 4, 30],
  target: [1, 12, 3, 18, 3, 30],
};

function accumulate(
  sample: Sample,
  names: readonly MetricName[],
  batch: number,
): MetricAccumulator {
  const { loss, columns, output, target, weights } = sample;
  const accumulator = new MetricAccumulator(names, loss, columns);
  const width = loss === 'softmax-cross-entropy' ? 1 : columns;
  const rows = output.length / columns;
  for (let start = 0; start < rows; start += batch) {
    const end = Math.min(start + batch, rows);
    const truths = target.slice(start * width, end * width);
    accumulator.add(
      Float64Array.from(output.slice(start * columns, end * columns)),
      loss === 'softmax-cross-entropy' ? Int32Array.from(truths) : Float64Array.from(truths),
      end - start,
      weights && Float64Array.from(weights.slice(start, end)),
    );
  }
  return accumulator;
}

function measured(sample: Sample, batch = 100): MetricValues {
  const names = metricsFor(rowShape(sample.loss, sample.columns));
  return accumulate(sample, names, batch).results();
}

describe('metrics equal to scikit-learn', () => {
  it.each([
    [
      'of classes',
      CLASSES,
      {
        accuracy: 0.625,
        balancedAccuracy: 0.611111111111111,
        macroPrecision: 0.6666666666666666,
        macroRecall: 0.611111111111111,
        macroF1: 0.6238095238095238,
        logLoss: 0.6942893428416657,
        rocAuc: 0.8805555555555555,
        weightedPrecision: 0.6875,
        weightedRecall: 0.625,
        weightedF1: 0.6392857142857143,
        mcc: 0.43915503282683993,
        cohenKappa: 0.4285714285714286,
        brier: 0.4075,
        averagePrecision: 0.8166666666666668,
        top3Accuracy: 1,
        top5Accuracy: 1,
      },
    ],
    [
      'of one binary output',
      BINARY,
      {
        accuracy: 4 / 6,
        balancedAccuracy: 0.6666666666666666,
        macroPrecision: 0.6666666666666666,
        macroRecall: 0.6666666666666666,
        macroF1: 0.6666666666666666,
        logLoss: 0.5459076960594326,
        rocAuc: 0.7222222222222222,
        weightedPrecision: 0.6666666666666666,
        weightedF1: 0.6666666666666666,
        mcc: 0.3333333333333333,
        cohenKappa: 0.33333333333333337,
        brier: 0.18875,
        averagePrecision: 0.7555555555555555,
      },
    ],
    [
      'of several labels',
      LABELS,
      {
        accuracy: 6 / 8,
        subsetAccuracy: 0.75,
        macroPrecision: 1,
        macroRecall: 0.5,
        macroF1: 2 / 3,
        rocAuc: 0.6875,
        weightedPrecision: 1,
        weightedRecall: 0.5,
        weightedF1: 2 / 3,
        brier: 0.20875,
        averagePrecision: 0.7916666666666666,
      },
    ],
    [
      'of numbers',
      NUMBERS,
      {
        mse: 1.6666666666666665,
        rmse: 1.2909944487358056,
        mae: 1,
        medianAbsoluteError: 1.5,
        mape: 0.1574074074074074,
        r2: 0.6011904761904762,
      },
    ],
    [
      'of weighted rows with classes',
      { ...CLASSES, weights: [1, 2, 0.5, 3, 0, 1.5, 2.5, 1] },
      {
        accuracy: 0.43478260869565216,
        balancedAccuracy: 0.4226190476190476,
        macroPrecision: 0.5025641025641026,
        macroRecall: 0.4226190476190476,
        macroF1: 0.43894993894993894,
        logLoss: 0.7743628991755441,
        rocAuc: 0.7773809523809524,
        weightedPrecision: 0.5157190635451505,
        weightedRecall: 0.43478260869565216,
        weightedF1: 0.4507883420926899,
        mcc: 0.1543895841532539,
        cohenKappa: 0.14571428571428557,
        brier: 0.47043478260869565,
        averagePrecision: 0.7222042663219135,
      },
    ],
    [
      'of weighted rows with one binary output',
      { ...BINARY, weights: [2, 1, 0.5, 1, 3, 0.25] },
      {
        accuracy: 0.9032258064516129,
        balancedAccuracy: 0.905982905982906,
        macroPrecision: 0.8991596638655461,
        macroRecall: 0.905982905982906,
        macroF1: 0.9015873015873015,
        logLoss: 0.4803005942535502,
        rocAuc: 0.9316239316239316,
        weightedPrecision: 0.9059365681756574,
        weightedF1: 0.9036354326676908,
        mcc: 0.805113657286459,
        cohenKappa: 0.8033826638477801,
        brier: 0.16048387096774192,
        averagePrecision: 0.9366297243535096,
      },
    ],
    [
      'of weighted rows with several labels',
      { ...LABELS, weights: [1, 2, 0.5, 4] },
      {
        subsetAccuracy: 0.9333333333333333,
        macroPrecision: 1,
        macroRecall: 0.7333333333333334,
        macroF1: 0.8444444444444444,
        rocAuc: 0.8722222222222222,
        weightedPrecision: 1,
        weightedRecall: 0.75,
        weightedF1: 0.8555555555555556,
        brier: 0.11966666666666667,
        averagePrecision: 0.8380952380952381,
      },
    ],
    [
      'of weighted rows with numbers',
      { ...NUMBERS, weights: [1, 2, 0.5] },
      {
        mse: 2.071428571428571,
        rmse: 1.4392458342578487,
        mae: 1.2142857142857142,
        medianAbsoluteError: 1.5,
        mape: 0.1746031746031746,
        r2: 0.5069444444444444,
      },
    ],
  ] as const)('%s, in batches of any size', (_, sample, expected) => {
    for (const batch of [1, 2, 3, 100]) {
      const found = measured(sample, batch);
      for (const [name, value] of Object.entries(expected)) {
        expect(found[name as MetricName], `${name} in batches of ${batch}`).toBeCloseTo(value, 13);
      }
    }
  });

  it('if a class is predicted but never true', () => {
    const output = [0, 2, 1, 1].flatMap((guess) => [0, 1, 2].map((k) => (k === guess ? 0.8 : 0.1)));
    const found = measured({ ...CLASSES, output, target: [0, 0, 1, 1] });
    expect(found.balancedAccuracy).toBeCloseTo(0.75, 13);
    expect(found.macroRecall).toBeCloseTo(0.5, 13);
    expect(found.macroPrecision).toBeCloseTo(0.6666666666666666, 13);
    expect(found.macroF1).toBeCloseTo(0.5555555555555555, 13);
  });
});

describe('weights of rows', () => {
  it.each([CLASSES, BINARY, LABELS, NUMBERS])(
    'of 2 count as the row given twice, of 0 as none',
    (sample) => {
      const { columns, output, target, loss } = sample;
      const width = loss === 'softmax-cross-entropy' ? 1 : columns;
      const rows = output.length / columns;
      const counts = Array.from({ length: rows }, (_, row) => [2, 1, 1, 0][row % 4]!);
      const repeat = (values: readonly number[], each: number): number[] =>
        counts.flatMap((count, row) =>
          Array.from({ length: count }, () => values.slice(row * each, (row + 1) * each)).flat(),
        );
      const repeated = {
        ...sample,
        output: repeat(output, columns),
        target: repeat(target, width),
      };
      for (const batch of [1, 3, 100]) {
        const found = measured({ ...sample, weights: counts }, batch);
        for (const [name, value] of Object.entries(measured(repeated))) {
          expect(found[name as MetricName], name).toBeCloseTo(value, 12);
        }
      }
    },
  );

  it('are joined and copied with the rows, even if only later rows have weights', () => {
    const make = (): MetricAccumulator => new MetricAccumulator(['rocAuc'], BINARY.loss, 1);
    const part = (accumulator: MetricAccumulator, start: number, weights?: Float64Array): void =>
      accumulator.add(
        Float64Array.from(BINARY.output.slice(start, start + 3)),
        Float64Array.from(BINARY.target.slice(start, start + 3)),
        3,
        weights,
      );
    const later = Float64Array.of(1, 3, 0.25);
    const whole = make();
    part(whole, 0);
    part(whole, 3, later);
    const first = make();
    part(first, 0);
    const second = make();
    part(second, 3, later);
    const copy = make();
    copy.restore(first.state());
    copy.join(second);
    expect(copy.results()).toEqual(whole.results());
    const expected = measured({ ...BINARY, weights: [1, 1, 1, 1, 3, 0.25] });
    expect(copy.results().rocAuc).toBeCloseTo(expected.rocAuc!, 13);
  });
});

describe('scores of numbers', () => {
  it('are joined, copied and restored with their truths in full precision', () => {
    const make = (): MetricAccumulator => new MetricAccumulator(['medianAbsoluteError'], 'mae', 1);
    const part = (accumulator: MetricAccumulator, truths: readonly number[]): void =>
      accumulator.add(
        Float64Array.from(truths, () => 0),
        Float64Array.from(truths),
        truths.length,
      );
    const first = make();
    part(first, [0.1, -3.7]);
    const second = make();
    part(second, [2.3]);
    const copy = make();
    copy.restore(first.state());
    copy.join(second);
    expect(copy.results().medianAbsoluteError).toBe(2.3);
    // The ranking of a pass is sorted anew when rows come.
    part(copy, [2.9, 2.8]);
    expect(copy.results().medianAbsoluteError).toBe(2.8);
  });
});

describe('the confusion matrix', () => {
  it('has a row for each true class and a column for each predicted one', () => {
    const counts = accumulate(CLASSES, ['macroF1'], 3).sumsOf(confusion);
    expect(counts).toEqual(Float64Array.of(2, 1, 0, 1, 1, 0, 1, 0, 2));
    expect(accumulate(CLASSES, ['accuracy'], 3).sumsOf(confusion)).toBeUndefined();
  });

  it('of several labels is one of false and true for each', () => {
    const counts = accumulate(LABELS, ['macroF1'], 3).sumsOf(confusion);
    expect(counts).toEqual(Float64Array.of(2, 0, 1, 1, 2, 0, 1, 1));
  });
});

describe('log loss', () => {
  it('clips by the precision of the probabilities, as scikit-learn does', () => {
    const sure = [1, 0, 1, 0];
    const found = (output: Float32Array | Float64Array): number => {
      const accumulator = new MetricAccumulator(['logLoss'], 'softmax-cross-entropy', 2);
      accumulator.add(output, Int32Array.of(0, 1), 2);
      return accumulator.results().logLoss!;
    };
    expect(found(Float32Array.from(sure))).toBeCloseTo(7.971192359924316, 6);
    expect(found(Float64Array.from(sure))).toBeCloseTo(18.021826694558577, 12);
    expect(found(Float64Array.of(NaN, NaN, 0.5, 0.5))).toBeNaN();
  });

  it('reads one-hot rows as their class, and soft rows by their shares', () => {
    const accumulator = new MetricAccumulator(['logLoss'], 'softmax-cross-entropy', 2);
    accumulator.add(Float64Array.of(0.8, 0.2), Float64Array.of(0.75, 0.25), 1);
    const expected = -0.75 * Math.log(0.8) - 0.25 * Math.log(0.2);
    expect(accumulator.results().logLoss).toBeCloseTo(expected, 13);
    const hot = CLASSES.target.flatMap((truth) => [0, 1, 2].map((k) => (k === truth ? 1 : 0)));
    const rows = new MetricAccumulator(['logLoss', 'rocAuc'], CLASSES.loss, 3);
    rows.add(Float64Array.from(CLASSES.output), Float64Array.from(hot), 8);
    expect(rows.results()).toEqual({
      logLoss: measured(CLASSES).logLoss,
      rocAuc: measured(CLASSES).rocAuc,
    });
  });
});

describe('average precision', () => {
  const precision = (scores: readonly number[], truths: readonly number[]): number =>
    measured({ ...BINARY, output: scores, target: truths }).averagePrecision!;

  it('is 1 for a perfect ranking, and the share of the class if all scores are equal', () => {
    expect(precision([0.1, 0.2, 0.3, 0.4], [0, 0, 1, 1])).toBe(1);
    expect(precision([0.5, 0.5, 0.5, 0.5], [0, 0, 1, 0])).toBe(0.25);
  });

  it('is NaN if no row has the class, or if a score is NaN', () => {
    expect(precision([0.1, 0.9], [0, 0])).toBeNaN();
    expect(precision([NaN, 0.9, 0.1], [1, 0, 1])).toBeNaN();
    expect(precision([0.1, 0.9], [1, 1])).toBe(1);
  });
});

describe('agreement beyond chance', () => {
  it('is 0 for a model that always gives one class, where κ needs a second class', () => {
    const output = CLASSES.output.map((_, i) => (i % 3 === 0 ? 0.8 : 0.1));
    const constant = measured({ ...CLASSES, output });
    expect(constant.mcc).toBe(0);
    expect(constant.cohenKappa).toBeCloseTo(0, 13);
    const alone = measured({ ...CLASSES, output, target: CLASSES.target.map(() => 0) });
    expect(alone.mcc).toBe(0);
    expect(alone.cohenKappa).toBeNaN();
  });
});

describe('top-k accuracy', () => {
  const found = (output: readonly number[], truth: number): number =>
    measured({ ...CLASSES, columns: 5, output, target: [truth] }).top3Accuracy!;

  it('ranks the first of equal classes first, as accuracy does', () => {
    const tied = [0.1, 0.3, 0.2, 0.2, 0.2];
    expect([0, 1, 2, 3, 4].map((truth) => found(tied, truth))).toEqual([0, 1, 1, 1, 0]);
  });

  it('counts a row whose class has the probability NaN as wrong', () => {
    expect(found([0.1, NaN, 0.2, 0.3, 0.4], 1)).toBe(0);
  });
});

describe('errors of numbers', () => {
  it('are huge in MAPE for a true 0 that is missed, and 0 for one that is met', () => {
    const zero = measured({ loss: 'mae', columns: 1, output: [0, 2], target: [0, 1] });
    expect(zero.mape).toBe(0.5);
    const missed = measured({ loss: 'mae', columns: 1, output: [1, 1], target: [0, 1] });
    expect(missed.mape).toBe(2 ** 51);
  });

  it('have a NaN median if one is NaN, and leave rows of weight 0 out of it', () => {
    const sample = { loss: 'mae', columns: 1, output: [1, 5, NaN], target: [1, 1, 1] } as const;
    expect(measured(sample).medianAbsoluteError).toBeNaN();
    const weights = [1, 0, 1];
    expect(measured({ ...sample, output: [2, 50, 4], weights }).medianAbsoluteError).toBe(2);
  });
});

describe('ROC AUC', () => {
  const area = (scores: readonly number[], truths: readonly number[]): number =>
    measured({ ...BINARY, output: scores, target: truths }).rocAuc!;

  it('is the share of pairs in the right order, where a tie counts half', () => {
    expect(area([0.1, 0.2, 0.3, 0.4], [0, 0, 1, 1])).toBe(1);
    expect(area([0.4, 0.3, 0.2, 0.1], [0, 0, 1, 1])).toBe(0);
    expect(area([0.5, 0.5, 0.5, 0.5], [0, 1, 0, 1])).toBe(0.5);
    expect(area([0, -0, 0.5], [0, 1, 1])).toBe(0.75);
    // Pairs (0.2, 0.1) won, (0.2, 0.2) half, (0.2, 0.3) lost.
    expect(area([0.1, 0.2, 0.3, 0.2], [0, 0, 0, 1])).toBe(0.5);
  });

  it('is NaN if all rows have one class, or if a score is NaN', () => {
    expect(area([0.1, 0.9], [1, 1])).toBeNaN();
    expect(area([0.1, 0.9], [0, 0])).toBeNaN();
    expect(area([], [])).toBeNaN();
    expect(area([NaN, 0.9, 0.1], [1, 0, 1])).toBeNaN();
    expect(measured({ ...CLASSES, target: [0, 0, 1, 1, 1, 1, 0, 0] }).rocAuc).toBeNaN();
  });

  it('of two classes by softmax is that of the second one', () => {
    const output = BINARY.output.flatMap((p) => [1 - p, p]);
    const found = measured({ ...BINARY, loss: 'softmax-cross-entropy', columns: 2, output });
    expect(found.rocAuc).toBeCloseTo(0.7222222222222222, 13);
  });

  it('forgets all scores in a new pass', () => {
    const accumulator = new MetricAccumulator(['rocAuc'], 'binary-cross-entropy', 1);
    const add = (score: number, truth: number): void =>
      accumulator.add(Float32Array.of(score), Float32Array.of(truth), 1);
    add(0.2, 0);
    add(0.7, 1);
    expect(accumulator.results().rocAuc).toBe(1);
    expect(accumulator.rows).toBe(2);
    accumulator.reset();
    add(0.9, 0);
    add(0.7, 1);
    expect(accumulator.results().rocAuc).toBe(0);
  });
});

describe('the registry', () => {
  it('has a label, a direction and losses for every metric, and a metric for every loss', () => {
    for (const metric of Object.values(METRICS)) {
      expect(metric.label).not.toBe('');
      expect(metric.fits.tasks.length).toBeGreaterThan(0);
    }
    expect(metricsFor(rowShape('huber', 1))).toEqual([
      'mse',
      'rmse',
      'mae',
      'medianAbsoluteError',
      'mape',
      'r2',
    ]);
    expect(metricsFor(rowShape('binary-cross-entropy', 2))).toEqual([
      'accuracy',
      'subsetAccuracy',
      'macroPrecision',
      'macroRecall',
      'macroF1',
      'weightedPrecision',
      'weightedRecall',
      'weightedF1',
      'logLoss',
      'brier',
      'rocAuc',
      'averagePrecision',
    ]);
  });

  it('gives NaN without rows for every metric', () => {
    for (const loss of ['softmax-cross-entropy', 'binary-cross-entropy', 'mae'] as const) {
      const names = metricsFor(rowShape(loss, 3));
      const values = Object.values(new MetricAccumulator(names, loss, 3).results());
      expect(values).toEqual(names.map(() => NaN));
    }
  });
});
