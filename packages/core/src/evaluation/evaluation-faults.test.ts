/** What an evaluation refuses, what it says of no rows and of baselines, and where a temperature helps. */
import { describe, expect, it } from 'vitest';
import { evaluateClasses } from './evaluate-classes.ts';
import { evaluateLabels } from './evaluate-labels.ts';
import { evaluateNumbers } from './evaluate-numbers.ts';
import { linearClassBaseline, linearNumberBaseline } from './linear-baseline.ts';

const PETS = {
  targets: [0, 1],
  probabilities: [0.8, 0.2, 0.4, 0.6],
  classes: ['cat', 'dog'],
  resamples: 0,
};
const PRICES = { targets: [1, 2, 4], predictions: [1, 3, 4], resamples: 0 };

describe('an evaluation refuses', () => {
  it.each([
    [
      'a score that is NaN, with its row',
      () => evaluateClasses({ ...PETS, probabilities: [0.8, 0.2, NaN, NaN] }),
      'evaluateClasses: probabilities of row 2 must be finite numbers; got NaN.',
    ],
    [
      'a probability above 1',
      () => evaluateClasses({ ...PETS, probabilities: [0.8, 1.2, 0.4, 0.6] }),
      'evaluateClasses: probabilities of row 1 must be from 0 to 1; got 1.2.',
    ],
    [
      'a target that is no class',
      () => evaluateClasses({ ...PETS, targets: [0, 2] }),
      'evaluateClasses: targets[1] must be the index of a class, from 0 to 1; got 2. See encodeLabels.',
    ],
    [
      'labels in place of indices',
      () => evaluateClasses({ ...PETS, targets: ['cat', 'dog'] as never }),
      'evaluateClasses: targets[0] must be the index of a class, from 0 to 1; got cat. See encodeLabels.',
    ],
    [
      'one class alone',
      () => evaluateClasses({ ...PETS, classes: ['cat'] }),
      'evaluateClasses: classes must be an array of at least two names',
    ],
    [
      'probabilities of a baseline for other rows',
      () =>
        evaluateClasses({ ...PETS, baselines: [{ name: 'old', says: '', probabilities: [1, 0] }] }),
      "evaluateClasses: probabilities of the baseline 'old' must have 4 numbers; got 2.",
    ],
    [
      'a level of 1',
      () => evaluateClasses({ ...PETS, level: 1 }),
      'evaluateClasses: level must be a finite number, above 0, below 1; got 1.',
    ],
    [
      'a weight below 0',
      () => evaluateNumbers({ ...PRICES, sampleWeight: [1, -1, 1] }),
      'evaluateNumbers: sampleWeight[1]',
    ],
    [
      'a prediction that is infinite',
      () => evaluateNumbers({ ...PRICES, predictions: [1, Infinity, 4] }),
      'evaluateNumbers: predictions of row 2 must be finite numbers; got Infinity.',
    ],
    [
      'a label that is neither 0 nor 1',
      () => evaluateLabels({ targets: [0, 0.5], probabilities: [0, 1], labels: ['a', 'b'] }),
      'evaluateLabels: targets of row 1 must be 0 or 1; got 0.5.',
    ],
    [
      'no rows to fit a baseline to',
      () => linearNumberBaseline({ rows: [], targets: [] }, [[1]]),
      'linearNumberBaseline: there must be rows; got 0.',
    ],
  ])('%s', (_, evaluate, message) => {
    expect(evaluate).toThrow(message);
  });
});

describe('an evaluation of no rows', () => {
  it('has no figure, no curve and no bin, but the same fields', () => {
    const none = evaluateClasses({ targets: [], probabilities: [], classes: ['cat', 'dog'] });
    expect(new Set(Object.values(none.figures))).toEqual(new Set([null]));
    expect(none.curves).toEqual([{ of: 1, roc: null, precisionRecall: null }]);
    expect([none.calibration.uniform, none.calibration.ece]).toEqual([[], null]);
    expect(none.calibration.temperature).toBe(1);
    expect(none.thresholds).toBeUndefined();
    const numbers = evaluateNumbers({ targets: [], predictions: [] });
    expect(new Set(Object.values(numbers.figures))).toEqual(new Set([null]));
    expect([numbers.deciles, numbers.residuals.histogram.counts]).toEqual([[], []]);
    expect(numbers.residuals.quantiles).toEqual([]);
  });
});

describe('the baselines of an evaluation', () => {
  it('know the shares of the classes of the training, or its mean', () => {
    const { baselines } = evaluateClasses({ ...PETS, trainingCounts: [30, 10] });
    expect(baselines.map(({ name, says }) => [name, says])).toEqual([['majority', "always 'cat'"]]);
    expect(baselines[0]!.figures.accuracy).toBe(0.5);
    expect(baselines[0]!.figures.logLoss).toBeCloseTo(-(Math.log(0.75) + Math.log(0.25)) / 2, 12);
    const numbers = evaluateNumbers({ ...PRICES, trainingMean: 2 });
    expect(numbers.baselines[0]!.name).toBe('mean');
    expect(numbers.baselines[0]!.figures.mae).toBe(1);
    const labels = evaluateLabels({
      targets: [1, 0, 1, 1],
      probabilities: [0.9, 0.2, 0.7, 0.4],
      labels: ['red', 'round'],
      training: { rows: 10, counts: [9, 2] },
    });
    expect(labels.baselines[0]!.figures.subsetAccuracy).toBe(0.5);
  });

  it('may be other models, after the majority', () => {
    const rows = [[0], [1], [2], [3], [4], [5]];
    const targets = [0, 0, 0, 1, 1, 1];
    const linear = linearClassBaseline({ rows, targets, classes: 2 }, rows);
    const { baselines } = evaluateClasses({
      targets,
      probabilities: targets.flatMap(() => [0.5, 0.5]),
      classes: ['small', 'large'],
      trainingCounts: [3, 3],
      baselines: [linear],
    });
    expect(baselines.map(({ name }) => name)).toEqual(['majority', 'linear']);
    expect(baselines[1]!.figures.accuracy).toBe(1);
  });

  it('of a table with text learn from a column for each category, and from some of many rows', () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({ fur: ['a', 'b', 'c'][i % 3]!, n: i }));
    const targets = rows.map(({ fur, n }) => (fur === 'b' ? 100 : 0) + n);
    const { predictions, says } = linearNumberBaseline({ rows, targets }, rows);
    expect(says).toBe('a ridge regression');
    for (const [row, target] of targets.entries()) {
      expect(Math.abs(predictions[row]! - target)).toBeLessThan(6);
    }
    const wide = { data: new Float32Array(2100 * 1000), shape: [2100, 1000] };
    for (let row = 0; row < 2100; row++) wide.data[row * 1000] = row;
    const every = Array.from({ length: 2100 }, (_, row) => row);
    const many = linearNumberBaseline({ rows: wide, targets: every }, wide);
    expect(many.says).toBe('a ridge regression of 2000 training rows');
    expect(Math.abs(many.predictions[1000]! - 1000)).toBeLessThan(5);
  });
});

describe('the temperature of an evaluation', () => {
  it('makes probabilities that are too sure less sure, and lowers their log loss', () => {
    const targets = Array.from({ length: 40 }, (_, row) => row % 2);
    const probabilities = targets.flatMap((truth, row) => {
      const own = row % 10 < 7 ? 0.99 : 0.01;
      return truth === 0 ? [own, 1 - own] : [1 - own, own];
    });
    const { calibration, figures } = evaluateClasses({
      targets,
      probabilities,
      classes: [0, 1],
      resamples: 0,
    });
    expect(calibration.temperature).toBeGreaterThan(2);
    expect(calibration.logLossAtTemperature!).toBeLessThan(figures.logLoss! / 1.5);
    expect(calibration.ece!).toBeGreaterThan(0.2);
  });
});
