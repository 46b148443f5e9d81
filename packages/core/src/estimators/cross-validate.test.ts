import { describe, expect, it } from 'vitest';
import { kFold } from '../arrays/k-fold.ts';
import { Classifier } from './classifier.ts';
import { crossValidate } from './cross-validate.ts';
import { Regressor } from './regressor.ts';

const ROWS = Array.from({ length: 40 }, (_, i) => ({ x: i - 20, colour: i % 3 ? 'red' : 'blue' }));
const LABELS = ROWS.map(({ x, colour }) => (x > 3 || colour === 'red' ? 'yes' : 'no'));
const NUMBERS = ROWS.map(({ x }) => 300 * x + 5);
const SMALL = { hiddenLayerSizes: [6], maxIter: 12, learningRateInit: 0.03 };

function pick<One>(values: readonly One[], rows: Uint32Array): One[] {
  return Array.from(rows, (row) => values[row]!);
}

describe('crossValidate', () => {
  it('scores each fold as an estimator that was fitted without it', async () => {
    const estimator = new Classifier(SMALL);
    const found = await crossValidate(estimator, ROWS, LABELS, { folds: 3, seed: 4 });
    const scores: number[] = [];
    for (const { train, test } of kFold(40, { folds: 3, seed: 4, labels: LABELS })) {
      const model = await new Classifier(SMALL).fit(pick(ROWS, train), pick(LABELS, train));
      scores.push(model.score(pick(ROWS, test), pick(LABELS, test)));
    }
    expect(found.folds.map(({ metrics }) => metrics.accuracy)).toEqual(scores);
    expect(found.folds.map(({ rows }) => rows.test)).toEqual([14, 13, 13]);
    const mean = scores.reduce((sum, one) => sum + one, 0) / 3;
    expect(found.mean.accuracy).toBeCloseTo(mean, 12);
    const squares = scores.reduce((sum, one) => sum + (one - mean) ** 2, 0);
    expect(found.deviation.accuracy).toBeCloseTo(Math.sqrt(squares / 2), 12);
    expect(Object.keys(found.mean)).toEqual(['accuracy', 'logLoss']);
    expect(() => (estimator as unknown as { network: unknown }).network).toThrow(/after fit/);
  });

  it('measures a regression in the units of its targets, with weights', async () => {
    const sampleWeight = ROWS.map((_, i) => i % 2);
    const options = { folds: 2, metrics: ['rmse', 'r2'] as const, sampleWeight };
    const { folds } = await crossValidate(new Regressor(SMALL), ROWS, NUMBERS, options);
    const [{ train, test }] = kFold(40, { folds: 2 }) as [
      { train: Uint32Array; test: Uint32Array },
    ];
    const model = await new Regressor(SMALL).fit(pick(ROWS, train), pick(NUMBERS, train), {
      sampleWeight: pick(sampleWeight, train),
    });
    const weights = { sampleWeight: pick(sampleWeight, test) };
    expect(folds[0]!.metrics.r2).toBe(model.score(pick(ROWS, test), pick(NUMBERS, test), weights));
    expect(folds[0]!.metrics.rmse).toBeGreaterThan(50);
  });

  it('takes several labels or numbers a row, ensembles, groups, and a class that one fold alone has', async () => {
    const labels = ROWS.map(({ x, colour }) => [Number(x > 0), Number(colour === 'red')]);
    const several = await crossValidate(new Classifier(SMALL), ROWS, labels, { folds: 2 });
    expect(Object.keys(several.mean)).toEqual(['subsetAccuracy', 'logLoss']);
    const pairs = NUMBERS.map((value) => [value, -value]);
    const numbers = await crossValidate(new Regressor(SMALL), ROWS, pairs, { folds: 2 });
    expect(numbers.mean.r2).toBeLessThanOrEqual(1);
    const one = LABELS.with(7, 'perhaps' as 'yes');
    const ensemble = new Classifier({ ...SMALL, members: 2, earlyStopping: true });
    const groups = ROWS.map((_, i) => Math.floor(i / 4));
    const found = await crossValidate(ensemble, ROWS, one, { folds: 4, groups });
    expect(found.folds).toHaveLength(4);
    expect(found.mean.accuracy).toBeGreaterThan(0.3);
  });

  it('gives the same scores again, whatever the threads', async () => {
    const run = async (threads: number): Promise<unknown> => {
      const { mean, deviation } = await crossValidate(
        new Classifier({ ...SMALL, members: 2, threads }),
        ROWS,
        LABELS,
      );
      return { mean, deviation };
    };
    expect(await run(1)).toEqual(await run(2));
  });

  it('refuses what is no estimator, an unknown metric, and ends with the signal', async () => {
    await expect(crossValidate({} as Classifier, ROWS, LABELS)).rejects.toThrow(
      /crossValidate: estimator must be a Classifier or a Regressor/,
    );
    const metrics = ['r2'] as const;
    await expect(crossValidate(new Classifier(), ROWS, LABELS, { metrics })).rejects.toThrow(
      /metric 'r2' needs/,
    );
    const signal = { aborted: false };
    const onProgress = (): void => void (signal.aborted = true);
    const stopped = new Classifier({ ...SMALL, signal, onProgress });
    await expect(crossValidate(stopped, ROWS, LABELS)).rejects.toMatchObject({ code: 'aborted' });
  });
});
