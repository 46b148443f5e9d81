/** Faults of the estimators that were found once. Each test covers the whole kind of its fault. */
import { describe, expect, it } from 'vitest';
import { fromSafetensors, toSafetensors } from '../formats/model-file.ts';
import type { Callback } from '../train/callbacks.ts';
import { DataError, VinculumError } from '../words/errors.ts';
import { Classifier, type ClassifierOptions } from './classifier.ts';
import { Regressor } from './regressor.ts';

const ROWS = Array.from({ length: 60 }, (_, i) => [(i * 7) % 11, (i * 5) % 13, i % 4]);
const LABELS = ROWS.map(([a = 0, b = 0]) => (a > b ? 'over' : 'under'));
const NUMBERS = ROWS.map(([a = 0, b = 0, c = 0]) => 2 * a - b + c * c);
const SMALL = { hiddenLayerSizes: [6], maxIter: 12, learningRateInit: 0.01, batchSize: 20 };

describe('options', () => {
  it('are copied, so that the saved options are those of the training', async () => {
    const options = {
      ...SMALL,
      hiddenLayerSizes: [4],
      maxIter: 3,
      activation: [{ kind: 'leaky-relu' as const, slope: 0.2 }],
      clip: { globalNorm: 1 },
      callbacks: [] as Callback[],
    };
    let called = 0;
    const model = new Classifier(options);
    options.hiddenLayerSizes.push(9);
    options.maxIter = -1;
    options.activation[0]!.slope = 0.9;
    options.clip.globalNorm = -5;
    options.callbacks.push({ onEpochEnd: () => void called++ });
    const fitted = await model.fit(ROWS, LABELS);
    expect(called).toBe(0);
    expect(fitted.history.epochs).toHaveLength(3);
    expect(fitted.options).toMatchObject({
      hiddenLayerSizes: [4],
      maxIter: 3,
      activation: [{ kind: 'leaky-relu', slope: 0.2 }],
      clip: { globalNorm: 1 },
    });
    expect(() => (fitted.options.hiddenLayerSizes as number[]).push(1)).toThrow(TypeError);
    const loaded = fromSafetensors(toSafetensors(fitted));
    expect(loaded.kind === 'classifier' && loaded.plan).toEqual(fitted.plan);
  });

  it('of a file are used if it has no plan, because files of older versions have none', async () => {
    const fitted = await new Classifier(SMALL).fit(ROWS, LABELS);
    const { kind, version, options, preparation, network, classes } = {
      version: 1 as const,
      kind: fitted.kind,
      options: { ...SMALL },
      preparation: fitted.preparation,
      network: fitted.network,
      classes: fitted.classes,
    };
    const old = { kind, version, options, preparation, network, classes } as const;
    const loaded = fromSafetensors(toSafetensors(old));
    if (loaded.kind !== 'classifier') throw new Error('no classifier');
    expect(loaded.plan).toEqual(fitted.plan);
  });

  it('that only say how to run are not in a file, because they are no part of the plan', async () => {
    const callbacks: Callback[] = [{ onEpochEnd: (_, control) => control.stop() }];
    const fitted = await new Classifier({ ...SMALL, callbacks, threads: 1 }).fit(ROWS, LABELS);
    expect(fitted.history.epochs).toHaveLength(1);
    const loaded = fromSafetensors(toSafetensors(fitted));
    if (loaded.kind !== 'classifier') throw new Error('no classifier');
    expect(Object.keys(loaded.options)).not.toContain('callbacks');
    const again = await loaded.fit(ROWS, LABELS);
    expect(again.history.epochs).toHaveLength(12);
  });
});

describe('the plan', () => {
  it('is plain JSON with every default applied', () => {
    const { plan } = new Classifier();
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    expect(plan).toMatchObject({
      loss: { kind: 'softmax-cross-entropy', labelSmoothing: 0 },
      layers: [{ kind: 'dense', units: 100, activation: { kind: 'relu' }, init: 'xavier-uniform' }],
      outputInit: 'xavier-uniform',
      optimizer: { kind: 'adam', learningRate: 1e-3, epsilonMode: 'hat' },
      schedule: { kind: 'constant' },
      batchSizes: [{ from: 0, rows: 200 }],
      epochs: 200,
      l2ByBatch: 1e-4,
      validationFraction: 0,
      stopping: {
        monitor: 'objective',
        patience: 11,
        minDelta: 1e-4,
        best: 'any',
        restoreBest: false,
      },
    });
    expect(new Regressor({ earlyStopping: true }).plan).toMatchObject({
      l2ByBatch: 2e-4,
      validationFraction: 0.1,
      stopping: { monitor: 'r2', minDelta: 1e-4, restoreBest: true },
      standardizeTarget: true,
    });
    // The squared loss has no ½ here, so the loss is compared with twice the tolerance.
    expect(new Regressor().plan.stopping).toMatchObject({ monitor: 'objective', minDelta: 2e-4 });
    expect(new Regressor({ loss: 'mae' }).plan.stopping.minDelta).toBe(1e-4);
  });

  it('draws initial weights from the range of scikit-learn, because SGD at its rates needs that', async () => {
    const wide = Array.from({ length: 200 }, (_, i) =>
      Array.from({ length: 10 }, (_one, k) => Math.sin(i * (k + 1) * 0.37)),
    );
    const targets = wide.map(([a = 0, b = 0, c = 0]) => 3 * a - 2 * b * c + 1);
    const sgd = { solver: 'sgd', learningRate: 'adaptive', learningRateInit: 0.05 } as const;
    for (const randomState of [0, 1, 2]) {
      const options = { ...sgd, maxIter: 20, randomState };
      const model = await new Regressor(options).fit(wide, targets);
      expect(model.history.epochs.at(-1)!.loss).toBeLessThan(0.1);
    }
    expect(new Classifier({ activation: 'selu' }).plan.layers[0]).toMatchObject({
      init: 'lecun-normal',
    });
  });
});

describe('rates', () => {
  it('that fall below float32 continue as its smallest number', async () => {
    const options = { ...SMALL, solver: 'sgd', learningRate: 'invscaling', powerT: 20 } as const;
    const model = await new Classifier(options).fit(ROWS, LABELS);
    expect(model.history.epochs).toHaveLength(12);
    expect(model.history.epochs.at(-1)!.learningRate).toBeGreaterThan(0);
    expect(() => new Classifier({ powerT: -1 })).toThrow(/powerT must be/);
  });
});

describe('early stopping', () => {
  it('watches the loss if R² is not defined, for one row or for equal targets', async () => {
    const line = Array.from({ length: 8 }, (_, i) => [i]);
    const y = line.map(([a = 0]) => 3 * a);
    const options = { ...SMALL, maxIter: 60, earlyStopping: true };
    const one = await new Regressor(options).fit(line, y);
    expect(one.history.bestEpoch).toBeGreaterThan(1);
    const flat = { rows: [[1], [2]], targets: [3, 3] };
    const own = { ...SMALL, maxIter: 60, earlyStopping: true, validationData: flat };
    const model = await new Regressor(own).fit(line, y);
    expect(model.history.bestEpoch).toBeGreaterThan(1);
  });

  it('checks all sample weights, and counts rows as the caller does', async () => {
    for (const earlyStopping of [false, true]) {
      const model = new Classifier({ ...SMALL, earlyStopping });
      const fit = (sampleWeight: ArrayLike<number>): Promise<unknown> =>
        model.fit(ROWS, LABELS, { sampleWeight });
      const ones = ROWS.map(() => 1);
      await expect(fit([...ones, 1])).rejects.toThrow('one weight a row, 60; got 61');
      await expect(fit('1'.repeat(60) as unknown as number[])).rejects.toThrow(TypeError);
      for (const row of [0, 17, 41, 59]) {
        await expect(fit(ones.with(row, -1))).rejects.toMatchObject({ row: row + 1 });
        await expect(fit(ones.with(row, NaN))).rejects.toMatchObject({ row: row + 1 });
        const far = ROWS.with(row, [1e300, 1, 1]);
        const plain = new Classifier({ ...SMALL, earlyStopping, standardize: false });
        await expect(plain.fit(far, LABELS)).rejects.toMatchObject({ row: row + 1 });
      }
    }
  });
});

describe('missing values', () => {
  it('are filled with the median also if the first rows had only numbers', async () => {
    const rows = [
      [1, 10],
      [2, 20],
      [3, 30],
      [4, 1000],
    ];
    const options: ClassifierOptions = { ...SMALL, maxIter: 2 };
    const labels = ['a', 'b', 'a', 'b'];
    for (const standardize of [true, false]) {
      const model = await new Classifier({ ...options, standardize }).fit(rows, labels);
      const fills = model.preparation.columns.map((column) => 'fill' in column && column.fill);
      expect(fills).toEqual([2.5, 25]);
      const of = (row: number[]): number[] => Array.from(model.predictProbabilities([row]).data);
      expect(of([NaN, 20])).toEqual(of([2.5, 20]));
      const mean = await new Classifier({ ...options, standardize, fill: 'mean' }).fit(
        rows,
        labels,
      );
      const means = mean.preparation.columns.map((column) => 'fill' in column && column.fill);
      expect(means).toEqual([2.5, 265]);
    }
  });

  it('in training rows leave predictions from a matrix equal to those from arrays', async () => {
    const gaps = ROWS.map((row, i) => (i === 5 ? [NaN, 1, 2] : row));
    const empty = gaps.map((row) => [...row, NaN]);
    for (const rows of [gaps, empty]) {
      const model = await new Classifier({ ...SMALL, maxIter: 2 }).fit(rows, LABELS);
      const plain = rows.filter((_, i) => i !== 5).map((row) => row.map((v) => v || 0));
      const data = Float64Array.from(plain.flat());
      const matrix = { data, shape: [plain.length, plain[0]!.length] as const };
      expect(model.predict(matrix)).toEqual(model.predict(plain));
    }
    const named = await new Classifier({ ...SMALL, maxIter: 2 }).fit(
      ROWS.map(([a = 0, b = 0, c = 0]) => ({ a, b, c })),
      LABELS,
    );
    expect(() => named.predict({ data: new Float64Array(3), shape: [1, 3] })).toThrow(DataError);
  });

  it('of a boolean column become false if true and false are equally frequent', async () => {
    const rows = [{ on: true }, { on: false }, { on: null }, { on: true }, { on: false }];
    const model = await new Classifier({ ...SMALL, maxIter: 1 }).fit(rows, [1, 2, 1, 2, 1]);
    expect(model.preparation.columns[0]).toMatchObject({ kind: 'boolean', fill: 0 });
  });
});

describe('a target that is too large', () => {
  const withTarget = (value: number): number[] => NUMBERS.map((one, i) => (i === 3 ? value : one));

  it('for its square is refused with its row, in fit and in score', async () => {
    const message =
      'targets[3] must be at most 1e+150 in size, because errors are squared; got 1e+300.';
    const model = new Regressor({ ...SMALL, maxIter: 1 });
    await expect(model.fit(ROWS, withTarget(1e300))).rejects.toThrow(`Regressor.fit: ${message}`);
    const fitted = await model.fit(ROWS, NUMBERS);
    expect(() => fitted.score(ROWS, withTarget(1e300))).toThrow(`Regressor.score: ${message}`);
    expect(fitted.score(ROWS, withTarget(1e140))).toBeGreaterThan(-Infinity);
  });

  it('for float32 beside the others is refused with its row', async () => {
    const time = ROWS.map((_, i) => (i === 3 ? 1e6 : i));
    const options = { ...SMALL, maxIter: 1, earlyStopping: true };
    const fit = new Regressor(options).fit(ROWS, withTarget(1e60), { time });
    await expect(fit).rejects.toThrow(/the target of row 4 must stay within the range of float32/);
    await expect(fit).rejects.toMatchObject({ row: 4 });
  });
});

describe('what cannot be answered', () => {
  it('is an error with its row: outputs that are not finite', async () => {
    const options = { ...SMALL, maxIter: 1, standardize: false, hiddenLayerSizes: [8, 8] };
    const classifier = await new Classifier(options).fit(ROWS, LABELS);
    const huge = [
      [1, 2, 3],
      [3e38, 3e38, 3e38],
    ];
    for (const run of [
      () => classifier.predict(huge),
      () => classifier.predictProbabilities(huge),
      () => classifier.score(huge, ['over', 'under']),
    ]) {
      expect(run).toThrow(DataError);
      expect(run).toThrow(/outputs must be finite numbers; got (NaN|-?Infinity) in row 2/);
    }
    const regressor = await new Regressor(options).fit(ROWS, NUMBERS);
    expect(() => regressor.predict(huge)).toThrow(/in row 2/);
  });

  it('is a run whose signal was set before it began, with a code of its own', async () => {
    const model = new Classifier({ ...SMALL, signal: { aborted: true } });
    const error: unknown = await model.fit(ROWS, LABELS).catch((fault: unknown) => fault);
    expect(error).toBeInstanceOf(VinculumError);
    expect(error).toMatchObject({ code: 'aborted' });
  });
});

describe('holes in arrays of rows', () => {
  it('are refused, in arrays and in records', async () => {
    const holed = ROWS.slice(0, 7);
    holed[8] = [1, 2, 3];
    const labels = LABELS.slice(0, 9);
    await expect(new Classifier(SMALL).fit(holed, labels)).rejects.toThrow(/rows\[7\]/);
    const records = holed.slice(0, 7).map(([a = 0]) => ({ a }));
    records[8] = { a: 1 };
    await expect(new Classifier(SMALL).fit(records, labels)).rejects.toThrow(/rows\[7\]/);
  });
});
