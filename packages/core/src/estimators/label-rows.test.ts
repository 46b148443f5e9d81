/** Rows that may have several labels each, as scikit-learn's label indicators. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import { fromSafetensors, toSafetensors } from '../formats/model-file.ts';
import { DataError } from '../words/errors.ts';
import { Classifier, type FittedMultilabelClassifier } from './classifier.ts';

const ROWS = Array.from({ length: 90 }, (_, i) => [Math.sin(i * 1.7), Math.cos(i * 0.9)]);
const LABELS = ROWS.map(([a = 0, b = 0]) => [Number(a > 0), Number(b > 0.2), Number(a + b > 0)]);
const SMALL = { hiddenLayerSizes: [16], maxIter: 150, learningRateInit: 0.02 } as const;

describe('a classifier of several labels a row', () => {
  it('predicts each label by its own probability', async () => {
    const model = await new Classifier(SMALL).fit(ROWS, LABELS);
    expectTypeOf(model).toEqualTypeOf<FittedMultilabelClassifier<number>>();
    expect(model.labels).toBe('number');
    expect(model.classes).toEqual([0, 1, 2]);
    expect(model.plan.loss.kind).toBe('binary-cross-entropy');
    const { data, shape } = model.predictProbabilities(ROWS);
    expect(shape).toEqual([90, 3]);
    const predicted = model.predict(ROWS);
    expect(predicted.flat()).toEqual(Array.from(data, (p) => Number(p >= 0.5)));
    // The score is the share of rows with every label right.
    const right = predicted.filter((row, i) => row.every((one, k) => one === LABELS[i]![k]));
    expect(model.score(ROWS, LABELS)).toBeCloseTo(right.length / 90, 13);
    expect(right.length).toBeGreaterThan(75);
    const sampleWeight = predicted.map((row, i) =>
      row.every((one, k) => one === LABELS[i]![k]) ? 0 : 1,
    );
    sampleWeight[0] = 1;
    expect(model.score(ROWS, LABELS, { sampleWeight })).toBeLessThan(1);
  });

  it('gives booleans for booleans, also after the file', async () => {
    const labels = LABELS.map((row) => row.map(Boolean));
    const model = await new Classifier(SMALL).fit(ROWS, labels);
    expectTypeOf(model.predict(ROWS)).toEqualTypeOf<boolean[][]>();
    expect(typeof model.predict(ROWS)[0]![0]).toBe('boolean');
    const again = fromSafetensors(toSafetensors(model));
    if (again.kind !== 'classifier' || again.labels !== 'boolean') throw new Error('other kind');
    expect(again.predict(ROWS)).toEqual(model.predict(ROWS));
    expect(again.plan).toEqual(model.plan);
    const numbers = await new Classifier(SMALL).fit(ROWS, LABELS);
    expect(numbers.predictProbabilities(ROWS)).toEqual(model.predictProbabilities(ROWS));
  });

  it('takes labels with a shape, early stopping by its score, and one label a row the next time', async () => {
    const shaped = { data: Float64Array.from(LABELS.flat()), shape: [90, 3] };
    const classifier = new Classifier({ ...SMALL, earlyStopping: true, maxIter: 5 });
    const model = await classifier.fit(ROWS, shaped);
    expect(model.plan.stopping.monitor).toBe('subsetAccuracy');
    expect(model.history.epochs[0]!.validation!.metrics.subsetAccuracy).toBeGreaterThanOrEqual(0);
    const single = await classifier.fit(
      ROWS,
      LABELS.map(([a]) => (a === 1 ? 'yes' : 'no')),
    );
    expect(single.labels).toBeUndefined();
    expect(single.plan.loss.kind).toBe('softmax-cross-entropy');
    expect(single.plan.stopping.monitor).toBe('accuracy');
    expect(['yes', 'no']).toContain(single.predict(ROWS)[0]);
  });

  it('validates on rows of its own, with the same labels', async () => {
    const validationData = { rows: ROWS, labels: LABELS };
    const model = await new Classifier({ ...SMALL, maxIter: 2, validationData }).fit(ROWS, LABELS);
    expect(model.history.epochs[0]!.validation!.loss).toBeGreaterThan(0);
    const other = { rows: ROWS, labels: LABELS.map((row) => row.slice(1)) };
    await expect(
      new Classifier({ ...SMALL, validationData: other }).fit(ROWS, LABELS),
    ).rejects.toThrow(
      'Classifier.fit: rows of labels must have 3 labels each, as in the fit; got 2.',
    );
  });

  it.each([
    [LABELS.map((row, i) => (i === 2 ? [0, 2, 1] : row)), DataError, 'labels[2][1] must be 0 or 1'],
    [LABELS.map((row, i) => (i === 2 ? [0, true, 1] : row)), DataError, 'labels[2][1] must be'],
    [
      ROWS.map(([a = 0]) => (a > 0 ? ['red', 'tall'] : ['red'])),
      DataError,
      "got 'red'. Give each label a column of its own.",
    ],
    [LABELS.slice(1), RangeError, 'labels must have one entry a row, 90; got 89.'],
    [
      LABELS.map(([a]) => [a]),
      RangeError,
      'rows of labels must have at least 2 labels each; got 1.',
    ],
    [LABELS.map((row, i) => (i === 5 ? [1] : row)), Error, 'labels'],
  ])('refuses labels that are none %#', async (labels, kind, message) => {
    const fit = new Classifier(SMALL).fit(ROWS, labels as number[][]);
    await expect(fit).rejects.toThrow(kind);
    await expect(fit).rejects.toThrow(message);
  });

  it('refuses to be scored by one label a row', async () => {
    const model = await new Classifier({ ...SMALL, maxIter: 1 }).fit(ROWS, LABELS);
    expect(() =>
      model.score(
        ROWS,
        ROWS.map(() => 1),
      ),
    ).toThrow(TypeError);
    expect(() =>
      model.score(
        ROWS,
        ROWS.map(() => 'red'),
      ),
    ).toThrow(TypeError);
    expect(() => model.score([], [])).toThrow(DataError);
  });

  it('refuses class weights, which need one class a row', async () => {
    const fit = new Classifier({ ...SMALL, classWeight: 'balanced' }).fit(ROWS, LABELS);
    await expect(fit).rejects.toThrow(
      'classWeight must go with one label a row; these rows may have several',
    );
  });
});
