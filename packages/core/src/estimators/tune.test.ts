import { describe, expect, it } from 'vitest';
import { Classifier } from './classifier.ts';
import { crossValidate } from './cross-validate.ts';
import type { EstimatorOptions } from './options.ts';
import { Regressor } from './regressor.ts';
import { drawTrial, readSpace } from './search-space.ts';
import { tune } from './tune.ts';

const ROWS = Array.from({ length: 36 }, (_, i) => [i - 18, (i * 5) % 7]);
const LABELS = ROWS.map(([x, y]) => (x! + y! > 2 ? 'yes' : 'no'));
const NUMBERS = ROWS.map(([x, y]) => 3 * x! - y!);
const BASE = { hiddenLayerSizes: [5], maxIter: 9 };
const SPACE = {
  learningRateInit: { min: 1e-5, max: 1e-1, scale: 'log' },
  batchSize: [8, 16],
} as const;

describe('tune', () => {
  it('finds the trial with the best mean, which crossValidate gives too', async () => {
    const seen: number[] = [];
    const found = await tune(Classifier, ROWS, LABELS, {
      options: BASE,
      space: SPACE,
      trials: 5,
      folds: 2,
      seed: 3,
      onTrial: ({ score }) => seen.push(score),
    });
    expect(found.metric).toBe('logLoss');
    expect(found.trials.map(({ score }) => score)).toEqual(seen);
    expect(found.best.score).toBe(Math.min(...seen));
    expect(found.trials[0]!.options).toEqual(BASE);
    expect(new Set(found.trials.map(({ options }) => options.learningRateInit)).size).toBe(5);
    const again = await crossValidate(new Classifier(found.best.options), ROWS, LABELS, {
      folds: 2,
      seed: 3,
      metrics: ['logLoss'],
    });
    expect(again.mean.logLoss).toBe(found.best.score);
  });

  it('gives few epochs to all and all epochs to the best, with halving', async () => {
    const measured: [index: number, epochs: number][] = [];
    const found = await tune(Regressor, ROWS, NUMBERS, {
      options: BASE,
      space: SPACE,
      trials: 10,
      method: 'halving',
      validation: 0.3,
      onTrial: ({ epochs }, index) => measured.push([index, epochs]),
    });
    expect(measured.map(([, epochs]) => epochs)).toEqual([
      ...Array.from({ length: 10 }, () => 1),
      ...Array.from({ length: 4 }, () => 3),
      9,
      9,
    ]);
    const scores = found.trials.map(({ score }) => score);
    const last = found.trials.filter(({ epochs }) => epochs === 9);
    expect(found.best.score).toBe(Math.min(...last.map(({ score }) => score)));
    expect(scores).toHaveLength(10);
    expect(found.metric).toBe('rmse');
  });

  it('is the same again, and a longer search begins with the trials of a shorter one', async () => {
    const run = async (trials: number): Promise<readonly (readonly [object, number])[]> => {
      const { trials: all } = await tune(Regressor, ROWS, NUMBERS, {
        options: BASE,
        trials,
        folds: 2,
        metric: 'r2',
      });
      return all.map(({ options, score }) => [options, score] as const);
    };
    const three = await run(3);
    expect(await run(3)).toEqual(three);
    expect((await run(4)).slice(0, 3)).toEqual(three);
    const keys = Object.keys(three[1]![0]);
    expect(keys).toEqual(expect.arrayContaining(['activation', 'alpha', 'dropout', 'batchSize']));
    expect((three[1]![0] as EstimatorOptions).hiddenLayerSizes).toEqual([5]);
  });

  it('counts a trial that diverges as the worst', async () => {
    const space = { learningRateInit: [1e30] };
    const options = { ...BASE, solver: 'sgd', learningRateInit: 0.01 } as const;
    const found = await tune(Regressor, ROWS, NUMBERS, { options, space, trials: 2, folds: 2 });
    expect(found.trials[1]!.score).toBeNaN();
    expect(found.trials[1]!.scores).toBeUndefined();
    expect(found.best).toBe(found.trials[0]);
  });

  it('refuses a wrong space, option or method, also for a trial', async () => {
    const refused = (options: object): Promise<unknown> =>
      tune(Classifier, ROWS, LABELS, { ...options, trials: 3 });
    await expect(refused({ space: { alpha: [] } })).rejects.toThrow(
      'tune: space.alpha must have values; got an empty list.',
    );
    await expect(refused({ space: { alpha: { min: 0, max: 1, scale: 'log' } } })).rejects.toThrow(
      "tune: space.alpha must be above 0 with scale 'log'; got 0 to 1.",
    );
    await expect(refused({ space: { alpa: [1] } })).rejects.toThrow(/alpha/);
    await expect(refused({ method: 'grid' })).rejects.toThrow(/'random', 'halving'/);
    await expect(refused({ folds: 2, validation: 0.2 })).rejects.toThrow(
      'tune: folds must not go with validation.',
    );
    await expect(refused({ metric: 'rmse' })).rejects.toThrow(/metric 'rmse' needs/);
    await expect(tune({} as typeof Classifier, ROWS, LABELS)).rejects.toThrow(
      /tune: kind must be Classifier or Regressor/,
    );
  });
});

describe('a search space', () => {
  it('draws each value by the seed, the trial and the name alone, within its range', () => {
    const range = { min: 2, max: 5, integer: true };
    const both = readSpace('tune', {
      a: range,
      b: ['x', 'y'],
      c: { min: 1e-3, max: 10, scale: 'log' },
    });
    const trials = Array.from({ length: 200 }, (_, trial) => drawTrial(both, 1, trial));
    expect(new Set(trials.map(({ a }) => a))).toEqual(new Set([2, 3, 4, 5]));
    expect(new Set(trials.map(({ b }) => b))).toEqual(new Set(['x', 'y']));
    const rates = trials.map(({ c }) => c as number);
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(1e-3);
    expect(Math.max(...rates)).toBeLessThanOrEqual(10);
    const low = rates.filter((rate) => rate < 0.1).length;
    expect(low).toBeGreaterThan(70);
    expect(low).toBeLessThan(130);
    const alone = readSpace('tune', { a: range });
    expect(trials.map(({ a }) => a)).toEqual(
      trials.map((_, trial) => drawTrial(alone, 1, trial)['a']),
    );
    expect(drawTrial(both, 2, 0)).not.toEqual(trials[0]);
  });
});
