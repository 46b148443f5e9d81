import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { fitPreparation } from '../tables/preparation.ts';
import { validationSplit } from '../arrays/split.ts';
import { tableFromRows } from '../tables/table-from-rows.ts';
import { selectRows, type RowRecord } from '../tables/table.ts';
import { DataError, VinculumError } from '../words/errors.ts';
import { Classifier, type ClassifierOptions, type FittedClassifier } from './classifier.ts';

/** Cats are light and live indoors, dogs are heavy and live outdoors. Some values are missing. */
const ROWS: readonly RowRecord[] = Array.from({ length: 120 }, (_, i) => ({
  weight: i % 11 === 0 ? null : 2 + (i % 2) * 8 + (i % 7) / 7,
  place: i % 13 === 4 ? null : i % 2 === 0 ? 'in' : 'out',
  chipped: i % 3 === 0,
}));
const LABELS = ROWS.map((_, i) => (i % 2 === 0 ? ('cat' as const) : ('dog' as const)));
const SMALL: ClassifierOptions = {
  hiddenLayerSizes: [8],
  maxIter: 40,
  learningRateInit: 0.02,
  batchSize: 20,
};

const parameters = (model: FittedClassifier): number[][] =>
  [...model.network.parameters().values()].map((values) => Array.from(values));

describe('Classifier', () => {
  it('learns from records with text and missing values, and gives back its labels', async () => {
    const model = await new Classifier(SMALL).fit(ROWS, LABELS);
    expect(model.classes).toEqual(['cat', 'dog']);
    expect(model.score(ROWS, LABELS)).toBe(1);
    expect(model.predict([{ weight: 2, place: 'in', chipped: true }])).toEqual(['cat']);
    expect(model.predict([{ weight: null, place: 'out', chipped: true }])).toEqual(['dog']);
    expectTypeOf(model).toEqualTypeOf<FittedClassifier<'cat' | 'dog'>>();
    expectTypeOf(model.predict(ROWS)).toEqualTypeOf<('cat' | 'dog')[]>();
  });

  it('resolves to the same object', async () => {
    const classifier = new Classifier(SMALL);
    expect(await classifier.fit(ROWS, LABELS)).toBe(classifier);
    expect(classifier.kind).toBe('classifier');
    expect(classifier).toBeInstanceOf(Classifier);
  });

  it('gives probabilities in the order of its classes', async () => {
    const model = await new Classifier(SMALL).fit(ROWS, LABELS);
    const { data, shape } = model.predictProbabilities(ROWS);
    expect(shape).toEqual([120, 2]);
    for (let row = 0; row < 120; row++) {
      expect(data[2 * row]! + data[2 * row + 1]!).toBeCloseTo(1, 6);
      expect(data[2 * row]! > 0.5).toBe(LABELS[row] === 'cat');
    }
  });

  it('takes labels of numbers and booleans, and typed arrays of them', async () => {
    const numbers = await new Classifier(SMALL).fit(
      ROWS,
      ROWS.map((_, i) => (i % 2 === 0 ? 7 : 3)),
    );
    expect(numbers.classes).toEqual([3, 7]);
    const booleans = await new Classifier(SMALL).fit(
      ROWS,
      ROWS.map((_, i) => i % 2 === 0),
    );
    expect(booleans.predict([{ weight: 2, place: 'in', chipped: true }])).toEqual([true]);
    expectTypeOf(booleans.predict(ROWS)).toEqualTypeOf<boolean[]>();
    const typed = await new Classifier(SMALL).fit(
      ROWS,
      Uint8Array.from(ROWS, (_, i) => i % 2),
    );
    expect(typed.predict(ROWS).slice(0, 4)).toEqual([0, 1, 0, 1]);
    expectTypeOf(typed.predict(ROWS)).toEqualTypeOf<number[]>();
  });

  it('takes arrays, matrices and tables as rows', async () => {
    const arrays = ROWS.map((_, i) => [i % 2, i % 5]);
    const data = Float32Array.from(arrays.flat());
    const matrix = { data, shape: [120, 2] };
    const byArrays = await new Classifier(SMALL).fit(arrays, LABELS);
    const byMatrix = await new Classifier(SMALL).fit(matrix, LABELS);
    expect(parameters(byMatrix)).toEqual(parameters(byArrays));
    expect(byMatrix.predict(arrays)).toEqual(byArrays.predict(matrix));
    expect(byMatrix.predict([])).toEqual([]);
    const table = await new Classifier(SMALL).fit(tableFromRows(ROWS), LABELS);
    expect(table.predict(ROWS)).toEqual(LABELS);
    expect(table.predict([])).toEqual([]);
    const gaps = await new Classifier(SMALL).fit(
      arrays.map(([a, b], i) => [i % 9 === 0 ? null : a!, b!]),
      LABELS,
    );
    expect(gaps.predict([[1, null]])).toEqual(['dog']);
  });

  it('predicts the same whatever the order of the columns (property)', async () => {
    const model = await new Classifier(SMALL).fit(ROWS, LABELS);
    const expected = Array.from(model.predictProbabilities(ROWS).data);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(['weight', 'place', 'chipped'], { minLength: 3 }),
        (order) => {
          const rows = ROWS.map((row) =>
            Object.fromEntries(order.map((name) => [name, row[name]])),
          );
          expect(Array.from(model.predictProbabilities(rows).data)).toEqual(expected);
        },
      ),
    );
  });

  it('predicts a single row to the same bits as among others', async () => {
    const model = await new Classifier(SMALL).fit(ROWS, LABELS);
    const { data } = model.predictProbabilities(ROWS);
    ROWS.forEach((row, i) => {
      expect([...model.predictProbabilities([row]).data]).toEqual([data[2 * i], data[2 * i + 1]]);
    });
  });

  it('gives the same bits for the same seed, however often it is fitted', async () => {
    const classifier = new Classifier({ ...SMALL, dropout: 0.3 });
    const first = parameters(await classifier.fit(ROWS, LABELS));
    expect(parameters(await classifier.fit(ROWS, LABELS))).toEqual(first);
    const other = new Classifier({ ...SMALL, dropout: 0.3, randomState: 1 });
    expect(parameters(await other.fit(ROWS, LABELS))).not.toEqual(first);
  });

  it('changes neither its rows nor its options', async () => {
    const rows = structuredClone(ROWS);
    const options = Object.freeze({ ...SMALL, hiddenLayerSizes: Object.freeze([8]) });
    await new Classifier(options).fit(rows, LABELS);
    expect(rows).toEqual(ROWS);
  });

  it('fits its preparation on the training rows only', async () => {
    const model = await new Classifier({ ...SMALL, earlyStopping: true }).fit(ROWS, LABELS);
    const classOf = Int32Array.from(LABELS, (label) => (label === 'cat' ? 0 : 1));
    const { training, validation } = validationSplit(120, 0.1, 0, classOf);
    expect(validation.length).toBe(12);
    const table = tableFromRows(ROWS);
    expect(model.preparation).toEqual(fitPreparation(selectRows(table, training)));
    expect(model.history.epochs[0]!.validation?.metrics['accuracy']).toBeDefined();
  });

  it('stops early and gives the best epoch back', async () => {
    const options = { ...SMALL, maxIter: 500, earlyStopping: true, nIterNoChange: 3 };
    const { history } = await new Classifier(options).fit(ROWS, LABELS);
    expect(history.stoppedBy).toBe('early-stopping');
    expect(history.epochs.length).toBe(history.bestEpoch + 4);
  });

  it('can validate on rows that the caller gives', async () => {
    const validationData = { rows: ROWS.slice(0, 10), labels: LABELS.slice(0, 10) };
    const model = await new Classifier({ ...SMALL, validationData }).fit(ROWS, LABELS);
    expect(model.history.epochs.at(-1)!.validation?.loss).toBeGreaterThan(0);
    const strange = { rows: ROWS.slice(0, 1), labels: ['fox'] };
    await expect(
      new Classifier({ ...SMALL, validationData: strange }).fit(ROWS, LABELS),
    ).rejects.toThrow(/one of the classes 'cat', 'dog'; got 'fox'/);
  });

  it('penalises weights by alpha / batch size, as scikit-learn does', async () => {
    const options = { ...SMALL, alpha: 0.5, maxIter: 1, batchSize: 40, tol: 0 };
    const model = await new Classifier(options).fit(ROWS, LABELS);
    let squares = 0;
    for (const [name, values] of model.network.parameters()) {
      if (name.endsWith('.weight')) for (const weight of values) squares += weight * weight;
    }
    expect(model.history.epochs[0]!.penalty).toBeCloseTo(0.5 * (0.5 / 40) * squares, 10);
  });

  it('applies class weights and sample weights', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => [i % 3, 1]);
    const labels = rows.map((_, i) => (i % 10 === 0 ? 'rare' : 'common'));
    const share = (model: FittedClassifier<string>): number => {
      const { data } = model.predictProbabilities([[0, 1]]);
      return data[model.classes.indexOf('rare')]!;
    };
    const options = { ...SMALL, maxIter: 60 };
    const plain = share(await new Classifier(options).fit(rows, labels));
    const balanced = share(
      await new Classifier({ ...options, classWeight: 'balanced' }).fit(rows, labels),
    );
    const byLabel = share(
      await new Classifier({ ...options, classWeight: { rare: 9 } }).fit(rows, labels),
    );
    expect(balanced).toBeGreaterThan(plain + 0.2);
    expect(byLabel).toBeGreaterThan(plain + 0.2);
    const sampleWeight = labels.map((label) => (label === 'rare' ? 9 : 1));
    const bySample = await new Classifier(options).fit(rows, labels, { sampleWeight });
    expect(share(bySample)).toBeCloseTo(byLabel, 10);
    const ones = await new Classifier(options).fit(rows, labels, {
      sampleWeight: labels.map(() => 1),
    });
    expect(share(ones)).toBe(plain);
  });

  it('keeps each sample weight with its row if it holds rows out', async () => {
    const sampleWeight = ROWS.map((_, i) => 1 + (i % 4));
    const model = await new Classifier({ ...SMALL, earlyStopping: true }).fit(ROWS, LABELS, {
      sampleWeight,
    });
    expect(model.score(ROWS, LABELS)).toBeGreaterThan(0.9);
  });

  it('trains with every solver, schedule and activation', async () => {
    const choices: ClassifierOptions[] = [
      { solver: 'sgd', learningRateInit: 0.1 },
      {
        solver: 'sgd',
        learningRateInit: 0.1,
        momentum: 0,
        learningRate: 'invscaling',
        powerT: 0.1,
      },
      { solver: 'sgd', learningRateInit: 0.2, learningRate: 'adaptive', maxIter: 400 },
      { activation: 'logistic', hiddenLayerSizes: 6 },
      { activation: ['tanh', { kind: 'leaky-relu', slope: 0.1 }], hiddenLayerSizes: [6, 5] },
      { hiddenLayerSizes: [], learningRateInit: 0.1 },
      { dropout: [0.2], clip: { globalNorm: 1 }, labelSmoothing: 0.1, init: 'orthogonal' },
      { shuffle: false, monitor: 'loss', earlyStopping: true },
    ];
    for (const options of choices) {
      const model = await new Classifier({ ...SMALL, ...options }).fit(ROWS, LABELS);
      expect(model.score(ROWS, LABELS), JSON.stringify(options)).toBeGreaterThan(0.95);
    }
  });

  it('lowers the rate as the schedules say', async () => {
    const base = { ...SMALL, solver: 'sgd', learningRateInit: 0.1, tol: 0 } as const;
    const scaled = await new Classifier({ ...base, learningRate: 'invscaling', maxIter: 3 }).fit(
      ROWS,
      LABELS,
    );
    const rates = scaled.history.epochs.map((epoch) => epoch.learningRate);
    expect(rates[0]).toBe(0.1);
    expect(rates[1]).toBeCloseTo(0.1 / Math.sqrt(121), 12);
    expect(rates[2]).toBeCloseTo(0.1 / Math.sqrt(241), 12);
    const adaptive = await new Classifier({
      ...base,
      learningRate: 'adaptive',
      tol: 1,
      nIterNoChange: 2,
      maxIter: 200,
    }).fit(ROWS, LABELS);
    expect(adaptive.history.stoppedBy).toBe('schedule');
    expect(new Set(adaptive.history.epochs.map((epoch) => epoch.learningRate)).size).toBe(9);
  });

  it('ends if its signal is aborted, and keeps what it has learned until then', async () => {
    const signal = { aborted: false };
    const options: ClassifierOptions = {
      ...SMALL,
      signal,
      callbacks: [{ onEpochEnd: (record) => void (signal.aborted = record.epoch === 3) }],
    };
    const model = await new Classifier(options).fit(ROWS, LABELS);
    expect(model.history.stoppedBy).toBe('abort');
    expect(model.predict(ROWS).length).toBe(120);
  });
});

describe('Classifier refuses wrong use: it', () => {
  it('cannot be used before fit, and the error has a stable code', () => {
    const unfitted = new Classifier() as FittedClassifier;
    for (const use of [
      () => unfitted.predict(ROWS),
      () => unfitted.predictProbabilities(ROWS),
      () => unfitted.score(ROWS, LABELS),
      () => unfitted.classes,
      () => unfitted.network,
      () => unfitted.history,
      () => unfitted.preparation,
    ]) {
      expect(use).toThrow(VinculumError);
      expect(use).toThrow(expect.objectContaining({ code: 'not-fitted' }));
      expect(use).toThrow(/must come after fit/);
    }
  });

  it.each([
    [
      { hiddenLayerSize: [3] },
      TypeError,
      /unknown option 'hiddenLayerSize'. Did you mean 'hiddenLayerSizes'/,
    ],
    [{ max_iter: 3 }, TypeError, /Did you mean 'maxIter'/],
    [{ hiddenLayerSizes: [0] }, RangeError, /hiddenLayerSizes\[0\] must be an integer from 1 to/],
    [{ hiddenLayerSizes: ['3'] }, TypeError, /hiddenLayerSizes\[0\]/],
    [{ activation: 'logistc' }, RangeError, /Did you mean 'logistic'/],
    [{ activation: 'softmax' }, RangeError, /must not be 'softmax'/],
    [
      { activation: ['relu'], hiddenLayerSizes: [3, 3] },
      RangeError,
      /one for each of the 2 hidden layers; got 1/,
    ],
    [{ dropout: 1.5 }, RangeError, /dropout must be a finite number from 0 to 1/],
    [{ dropout: [0.1, 0.1] }, RangeError, /each of the 1 hidden layers; got 2/],
    [{ solver: 'adm' }, RangeError, /Did you mean 'adam'/],
    [{ alpha: -1 }, RangeError, /alpha/],
    [{ batchSize: 0 }, RangeError, /batchSize/],
    [{ batchSize: 'all' }, TypeError, /batchSize/],
    [{ learningRate: 0.1 }, TypeError, /The number belongs to learningRateInit/],
    [{ learningRate: 'adaptive' }, RangeError, /must go with solver 'sgd'; got solver 'adam'/],
    [{ learningRateInit: 0 }, RangeError, /learningRateInit/],
    [{ maxIter: 1.5 }, RangeError, /maxIter/],
    [{ shuffle: 1 }, TypeError, /shuffle must be true or false/],
    [{ randomState: -1 }, RangeError, /randomState/],
    [{ momentum: 1 }, RangeError, /momentum/],
    [{ validationFraction: 1 }, RangeError, /validationFraction/],
    [{ monitor: 'accuracy' }, RangeError, /monitor/],
    [{ beta1: 1 }, RangeError, /beta1/],
    [{ epsilon: 0 }, RangeError, /epsilon/],
    [{ nIterNoChange: 0 }, RangeError, /nIterNoChange/],
    [{ labelSmoothing: 1 }, RangeError, /labelSmoothing/],
    [{ classWeight: 'even' }, TypeError, /classWeight must be 'balanced', a record/],
    [{ loss: 'mse' }, TypeError, /unknown option 'loss'/],
    [7, TypeError, /options must be an object/],
  ])('the options %o', (options, kind, message) => {
    const make = (): Classifier => new Classifier(options as ClassifierOptions);
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });

  it.each([
    [[], [], DataError, /labels must have at least 2 classes; got none/],
    [ROWS.slice(0, 2), ['a', 'a'], DataError, /at least 2 classes; got only 'a'/],
    [ROWS, ['a', 'b'], RangeError, /one a row; got 2 for 120 rows/],
    [[[1], [NaN, 2]], ['a', 'b'], DataError, /rows\[1\] must have 1 values/],
    [[[1], [Infinity]], ['a', 'b'], DataError, /rows\[1\]\[0\] must be a finite number/],
    [{ data: new Float32Array([1, NaN]), shape: [2, 1] }, ['a', 'b'], DataError, /rows\[1\]\[0\]/],
    ['abc', ['a', 'b'], TypeError, /rows must be an array of records/],
    [[{ x: null }, { x: null }], ['a', 'b'], DataError, /a column to learn from/],
  ])('the data %o', async (rows, labels, kind, message) => {
    const run = new Classifier(SMALL).fit(rows as RowRecord[], labels);
    await expect(run).rejects.toBeInstanceOf(kind);
    await expect(run).rejects.toThrow(message);
  });

  it('refuses weights of unknown classes, too few weights and unknown fit options', async () => {
    const classWeight = { cot: 2 };
    await expect(new Classifier({ ...SMALL, classWeight }).fit(ROWS, LABELS)).rejects.toThrow(
      /must name classes; got 'cot'. Did you mean 'cat'/,
    );
    await expect(new Classifier(SMALL).fit(ROWS, LABELS, { sampleWeight: [1, 2] })).rejects.toThrow(
      RangeError,
    );
    await expect(
      new Classifier(SMALL).fit(ROWS, LABELS, { weights: [] } as object),
    ).rejects.toThrow(/unknown option 'weights'/);
  });

  it('refuses rows that do not fit its columns, and the error names row and column', async () => {
    const model = await new Classifier(SMALL).fit(ROWS, LABELS);
    const good = { weight: 1, place: 'in', chipped: true };
    const bad = [good, { ...good, weight: 'heavy' }];
    expect(() => model.predict(bad)).toThrow(expect.objectContaining({ row: 2, column: 'weight' }));
    expect(() => model.predict([{ ...good, extra: 1 }])).toThrow(/column 'extra' was not in/);
    expect(() => model.predict([{ weight: 1 }])).toThrow(/no column 'place'/);
    expect(() => model.score(ROWS, LABELS.slice(1))).toThrow(/120 rows and 119 labels/);
    expect(() => model.score([], [])).toThrow(/there must be rows/);
  });

  it('keeps an earlier fit if a later one fails', async () => {
    const classifier = new Classifier(SMALL);
    const model = await classifier.fit(ROWS, LABELS);
    const before = parameters(model);
    await expect(classifier.fit([[NaN]], ['a'])).rejects.toThrow(DataError);
    expect(parameters(model)).toEqual(before);
  });
});
