import { describe, expect, expectTypeOf, it } from 'vitest';
import { DataError, VinculumError } from '../words/errors.ts';
import { Regressor, type FittedRegressor, type RegressorOptions } from './regressor.ts';

const ROWS = Array.from({ length: 100 }, (_, i) => ({
  area: 30 + i,
  kind: i % 2 === 0 ? 'flat' : 'house',
}));
const PRICES = ROWS.map((row) => 1e6 + 5e4 * row.area + (row.kind === 'house' ? 3e5 : 0));
const SMALL: RegressorOptions = {
  hiddenLayerSizes: [16],
  learningRateInit: 0.02,
  batchSize: 20,
  maxIter: 150,
};

describe('Regressor', () => {
  it('predicts in the units of its targets', async () => {
    const model = await new Regressor(SMALL).fit(ROWS, PRICES);
    expect(model.score(ROWS, PRICES)).toBeGreaterThan(0.995);
    const [price] = model.predict([{ area: 80, kind: 'flat' }]);
    expect(Math.abs(price! - 5e6) / 5e6).toBeLessThan(0.05);
    expectTypeOf(model.predict(ROWS)).toEqualTypeOf<number[]>();
    expect(model.targetScaler.mean[0]).toBeCloseTo(PRICES.reduce((a, b) => a + b) / 100, 3);
  });

  it('learns several targets at once', async () => {
    const targets = ROWS.map((row) => [row.area, -1000 * row.area]);
    const model = await new Regressor(SMALL).fit(ROWS, targets);
    expect(model.score(ROWS, targets)).toBeGreaterThan(0.99);
    expect(model.predict(ROWS.slice(0, 3)).map((row) => row.length)).toEqual([2, 2, 2]);
    expectTypeOf(model.predict(ROWS)).toEqualTypeOf<number[][]>();
    const shaped = { data: Float64Array.from(targets.flat()), shape: [100, 2] };
    const again = await new Regressor(SMALL).fit(ROWS, shaped);
    expect(again.predict(ROWS)).toEqual(model.predict(ROWS));
  });

  it('gives a row of one for targets that were rows of one', async () => {
    const model = await new Regressor({ ...SMALL, maxIter: 2 }).fit(
      ROWS,
      PRICES.map((p) => [p]),
    );
    expect(model.predict(ROWS.slice(0, 1))[0]).toHaveLength(1);
  });

  it('takes typed arrays, every loss, early stopping and rows of the caller', async () => {
    const validationData = { rows: ROWS.slice(0, 20), targets: PRICES.slice(0, 20) };
    const choices: RegressorOptions[] = [
      {},
      { loss: 'mse' },
      { loss: 'mae' },
      { loss: 'huber' },
      { loss: { kind: 'huber', delta: 0.5 } },
      { loss: 'pinball' },
      { loss: 'poisson' },
      { earlyStopping: true },
      { validationData },
      { solver: 'sgd', learningRateInit: 0.01 },
    ];
    for (const options of choices) {
      const model = await new Regressor({ ...SMALL, ...options }).fit(
        ROWS,
        Float64Array.from(PRICES),
      );
      expect(model.score(ROWS, PRICES), JSON.stringify(options)).toBeGreaterThan(0.95);
    }
  });

  describe('of noisy targets', () => {
    // The quantiles of rows of one kind are known: the targets of a kind are 0, 1, …, 99 times its factor.
    const rows = Array.from({ length: 400 }, (_, i) => ({ kind: i % 2 === 0 ? 'a' : 'b' }));
    const targets = rows.map(({ kind }, i) => (Math.floor(i / 2) % 100) * (kind === 'a' ? 1 : 3));
    const options: RegressorOptions = {
      hiddenLayerSizes: [],
      learningRateInit: 0.02,
      batchSize: 400,
      maxIter: 500,
      nIterNoChange: 500,
      alpha: 0,
    };

    it.each([0.1, 0.5, 0.9])('the loss pinball predicts the quantile %d', async (quantile) => {
      const loss = { kind: 'pinball', quantile } as const;
      const model = await new Regressor({ ...options, loss }).fit(rows, targets);
      const [a, b] = model.predict([{ kind: 'a' }, { kind: 'b' }]);
      expect(Math.abs(a! - 100 * quantile)).toBeLessThan(4);
      expect(Math.abs(b! - 300 * quantile)).toBeLessThan(12);
    });

    it('the loss poisson predicts the mean, which is never below 0', async () => {
      const model = await new Regressor({ ...options, loss: 'poisson' }).fit(rows, targets);
      const [a, b] = model.predict([{ kind: 'a' }, { kind: 'b' }]);
      expect(a).toBeCloseTo(49.5, 0);
      expect(b).toBeCloseTo(148.5, 0);
      expect(model.network.spec.output).toBe('exp');
      expect(model.targetScaler).toMatchObject({ mean: [0], scale: [99] });
    });

    it('the loss poisson refuses a target below 0 by its row', async () => {
      const wrong = targets.with(7, -1);
      await expect(new Regressor({ loss: 'poisson' }).fit(rows, wrong)).rejects.toThrow(
        /targets\[7\].* must be at least 0 for 'poisson'; got -1/,
      );
    });

    it('a loss of classes is refused', () => {
      const wrong = { loss: { kind: 'softmax-cross-entropy' } } as unknown as RegressorOptions;
      expect(() => new Regressor(wrong)).toThrow(/loss\.kind 'softmax-cross-entropy' is unknown/);
    });
  });

  it('meets a constant target, and one row', async () => {
    const flat = await new Regressor(SMALL).fit(
      ROWS,
      ROWS.map(() => 7),
    );
    for (const value of flat.predict(ROWS)) expect(Math.abs(value - 7)).toBeLessThan(0.2);
    const single = await new Regressor(SMALL).fit([{ a: 1 }], [3]);
    expect(single.predict([{ a: 1 }])[0]).toBeCloseTo(3, 1);
    expect(single.score([{ a: 1 }], [3])).toBeNaN();
    expect(single.score([{ a: 1 }, { a: 2 }], [3, 3])).toBeTypeOf('number');
  });

  it('doubles alpha for the squared loss, which has no ½', async () => {
    const options = { ...SMALL, alpha: 0.5, maxIter: 1, batchSize: 50 };
    for (const [loss, factor] of [
      ['mse', 2],
      ['mae', 1],
    ] as const) {
      const model = await new Regressor({ ...options, loss }).fit(ROWS, PRICES);
      let squares = 0;
      for (const [name, values] of model.network.parameters()) {
        if (name.endsWith('.weight')) for (const weight of values) squares += weight * weight;
      }
      expect(model.history.epochs[0]!.penalty).toBeCloseTo(
        0.5 * ((factor * 0.5) / 50) * squares,
        9,
      );
    }
  });

  it('leaves targets alone where asked', async () => {
    const small = ROWS.map((row) => row.area / 100);
    const model = await new Regressor({ ...SMALL, standardizeTarget: false }).fit(ROWS, small);
    expect(model.targetScaler).toEqual({ mean: [0], scale: [1] });
    expect(model.score(ROWS, small)).toBeGreaterThan(0.95);
  });

  it('scores as R² is defined', async () => {
    const model = await new Regressor({ ...SMALL, maxIter: 3 }).fit(ROWS, PRICES);
    const guesses = model.predict(ROWS);
    const mean = PRICES.reduce((a, b) => a + b) / 100;
    const residual = PRICES.reduce((sum, p, i) => sum + (p - guesses[i]!) ** 2, 0);
    const total = PRICES.reduce((sum, p) => sum + (p - mean) ** 2, 0);
    expect(model.score(ROWS, PRICES)).toBeCloseTo(1 - residual / total, 12);
    expect(
      model.score(
        ROWS,
        ROWS.map(() => 0.1),
      ),
    ).toBe(0);
  });
});

describe('Regressor: what is refused', () => {
  it.each([
    [{ loss: 'posson' }, RangeError, /loss 'posson' is unknown. Did you mean 'poisson'\?/],
    [{ standardizeTarget: 1 }, TypeError, /standardizeTarget must be true or false/],
    [{ classWeight: 'balanced' }, TypeError, /unknown option 'classWeight'/],
  ])('the options %o', (options, kind, message) => {
    const make = (): Regressor => new Regressor(options as RegressorOptions);
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });

  it('use before fit', () => {
    const unfitted = new Regressor() as FittedRegressor;
    for (const use of [
      () => unfitted.predict(ROWS),
      () => unfitted.score(ROWS, PRICES),
      () => unfitted.network,
      () => unfitted.targetScaler,
    ]) {
      expect(use).toThrow(VinculumError);
      expect(use).toThrow(/must come after fit/);
    }
  });

  it.each([
    [[1, 2], RangeError, /targets must have as many rows as x; got 2 for 100/],
    [
      PRICES.map((p, i) => (i === 4 ? NaN : p)),
      DataError,
      /targets\[4\]\[0\] must be a finite number/,
    ],
    [PRICES.map((p, i) => (i === 4 ? [p] : [p, p])), DataError, /targets\[4\]/],
    [PRICES.map(String), DataError, /must be a number; got/],
  ])('the targets %#', async (targets, kind, message) => {
    const run = new Regressor(SMALL).fit(ROWS, targets as number[]);
    await expect(run).rejects.toBeInstanceOf(kind);
    await expect(run).rejects.toThrow(message);
  });

  it('no rows', async () => {
    await expect(new Regressor(SMALL).fit([], [])).rejects.toThrow(/must have rows; got 0/);
    const model = await new Regressor({ ...SMALL, maxIter: 1 }).fit(ROWS, PRICES);
    expect(() => model.score([], [])).toThrow(/there must be rows; got 0/);
  });
});
