/** Weights, groups and times of rows, in the estimators: scikit-learn's `sample_weight` and `groups`. */
import { describe, expect, it } from 'vitest';
import { Classifier } from './classifier.ts';
import { Regressor } from './regressor.ts';

const ROWS = Array.from({ length: 60 }, (_, i) => [Math.sin(i * 1.7), Math.cos(i * 0.9)]);
const LABELS = ROWS.map(([a = 0, b = 0]) => (a + b > 0.2 ? 'up' : 'down'));
const NUMBERS = ROWS.map(([a = 0, b = 0]) => 3 * a - b);
const WEIGHTS = ROWS.map((_, i) => [2, 1, 0, 1][i % 4]!);
/** The rows as often as their weights say. */
const REPEATED = WEIGHTS.flatMap((weight, i) => Array.from({ length: weight }, () => i));
const SMALL = { hiddenLayerSizes: [6], maxIter: 8, learningRateInit: 0.02 };

describe('score with sampleWeight', () => {
  it('counts a row as often as its weight says', async () => {
    const model = await new Classifier({ ...SMALL, maxIter: 3 }).fit(ROWS, LABELS);
    const expected = model.score(
      REPEATED.map((i) => ROWS[i]!),
      REPEATED.map((i) => LABELS[i]!),
    );
    expect(expected).toBeLessThan(1);
    expect(model.score(ROWS, LABELS, { sampleWeight: WEIGHTS })).toBeCloseTo(expected, 13);
    const numbers = await new Regressor(SMALL).fit(ROWS, NUMBERS);
    const r2 = numbers.score(
      REPEATED.map((i) => ROWS[i]!),
      REPEATED.map((i) => NUMBERS[i]!),
    );
    expect(numbers.score(ROWS, NUMBERS, { sampleWeight: WEIGHTS })).toBeCloseTo(r2, 12);
  });

  it('refuses weights that are wrong, with the row', async () => {
    const model = await new Classifier({ ...SMALL, maxIter: 1 }).fit(ROWS, LABELS);
    const sampleWeight = [-1, ...WEIGHTS.slice(1)];
    expect(() => model.score(ROWS, LABELS, { sampleWeight })).toThrow(
      'Classifier.score: sampleWeight[0] must be a finite number, at least 0 and below 2^63; got -1.',
    );
    expect(() => model.score(ROWS, LABELS, { sampleWeight: [1] })).toThrow(RangeError);
  });
});

describe('the metrics of a fit with sampleWeight', () => {
  it('count rows by their weights, in training and in validation', async () => {
    // One step of full size and no shuffle, so that the only difference is that of weights and repeated rows.
    const options = {
      ...SMALL,
      maxIter: 1,
      batchSize: 200,
      earlyStopping: true,
      shuffle: false,
    } as const;
    const own = { rows: ROWS, labels: LABELS };
    const weighted = await new Classifier({
      ...options,
      standardize: false,
      validationData: { ...own, sampleWeight: WEIGHTS },
    }).fit(ROWS, LABELS, { sampleWeight: WEIGHTS });
    const rows = REPEATED.map((i) => ROWS[i]!);
    const labels = REPEATED.map((i) => LABELS[i]!);
    const repeated = await new Classifier({
      ...options,
      standardize: false,
      validationData: { rows, labels },
    }).fit(rows, labels);
    const [found] = weighted.history.epochs;
    const [expected] = repeated.history.epochs;
    expect(found!.metrics.accuracy).toBeCloseTo(expected!.metrics.accuracy!, 13);
    expect(found!.validation!.metrics.accuracy).toBeCloseTo(
      expected!.validation!.metrics.accuracy!,
      13,
    );
    expect(found!.validation!.loss).toBeCloseTo(expected!.validation!.loss, 6);
    const plain = await new Classifier({ ...options, standardize: false, validationData: own }).fit(
      ROWS,
      LABELS,
    );
    expect(plain.history.epochs[0]!.metrics.accuracy).not.toBeCloseTo(
      expected!.metrics.accuracy!,
      3,
    );
  });
});

describe('groups and time', () => {
  const stopping = { ...SMALL, maxIter: 2, earlyStopping: true, validationFraction: 0.5 };

  it('decide which rows early stopping watches', async () => {
    const fit = async (options: object): Promise<number> =>
      (await new Regressor(stopping).fit(ROWS, NUMBERS, options)).history.epochs[0]!.validation!
        .loss;
    const time = ROWS.map((_, i) => i);
    // What is learned from the first half does not depend on the targets of the second half, and their error does.
    const altered = NUMBERS.map((value, i) => (i < 30 ? value : value + 1000));
    const model = await new Regressor(stopping).fit(ROWS, altered, { time });
    const plain = await new Regressor(stopping).fit(ROWS, NUMBERS, { time });
    expect(model.predict(ROWS)).toEqual(plain.predict(ROWS));
    const groups = ROWS.map((_, i) => (i < 30 ? 'early' : 'late'));
    const grouped = await fit({ groups });
    const ends = await Promise.all([fit({ time }), fit({ time: time.map((t) => -t) })]);
    expect(ends).toContain(grouped);
  });

  it('refuse one group, and both at once', async () => {
    const one = new Regressor(stopping).fit(ROWS, NUMBERS, { groups: ROWS.map(() => 'a') });
    await expect(one).rejects.toThrow(
      'Regressor.fit: the groups must be at least 2, one of them to hold out; got 1.',
    );
    const both = { groups: ROWS.map((_, i) => i), time: ROWS.map((_, i) => i) };
    await expect(new Regressor(stopping).fit(ROWS, NUMBERS, both)).rejects.toThrow(
      'must not go with time',
    );
  });
});
