import { describe, expect, it } from 'vitest';
import { readLoss, type LossKind } from '../losses/loss.ts';
import { chooseWeights, mixedFolds, networkWeights } from './recipe-weights.ts';

const MSE = readLoss('test', 'mse');

describe('the weights of recipes', () => {
  it('are the mixture with the smallest loss', () => {
    // 0.75 · 1 + 0.25 · (−3) = 0, which is what is true.
    const predictions = [
      [1, 1, 1, 1],
      [-3, -3, -3, -3],
    ];
    const truths = Float64Array.of(0, 0, 0, 0);
    expect(chooseWeights(MSE, { predictions, truths, columns: 1 })).toEqual([0.75, 0.25]);
  });

  it('are 0 for a recipe that only harms, and 1 for the first of equal ones', () => {
    const truths = Float64Array.of(1, 2, 3);
    const right = [1.1, 2.1, 3.1];
    const predictions = [[5, 6, 7], right, right];
    expect(chooseWeights(MSE, { predictions, truths, columns: 1 })).toEqual([0, 1, 0]);
  });

  it('count rows by their weights', () => {
    const judged = {
      predictions: [
        [0, 1],
        [1, 0],
      ],
      truths: Float64Array.of(0, 0),
      columns: 1,
    };
    expect(chooseWeights(MSE, { ...judged, weights: [1, 0] })).toEqual([1, 0]);
    expect(chooseWeights(MSE, { ...judged, weights: [0, 1] })).toEqual([0, 1]);
  });

  it('look at the probability of the true class alone', () => {
    // The second recipe is better for the true classes, although it is worse for the others.
    const predictions = [
      [0.5, 0.3, 0.2, 0.4, 0.5, 0.1],
      [0.6, 0.0, 0.4, 0.0, 0.6, 0.4],
    ];
    const truths = Int32Array.of(0, 1);
    const loss = readLoss('test', 'softmax-cross-entropy');
    expect(chooseWeights(loss, { predictions, truths, columns: 3 })).toEqual([0, 1]);
  });

  // For each loss the first prediction is the one with the smallest mean loss for the targets 1, 2 and 6, or 0, 1 and 1.
  it.each<[LossKind, number, number]>([
    ['mse', 3, 2],
    ['mae', 2, 3],
    ['poisson', 3, 2],
    ['huber', 2.5, 4],
    ['binary-cross-entropy', 2 / 3, 0.4],
  ])('of %s follow that loss', (kind, best, other) => {
    const truths = Float64Array.from(kind === 'binary-cross-entropy' ? [0, 1, 1] : [1, 2, 6]);
    const predictions = [other, best].map((value) => [value, value, value]);
    expect(chooseWeights(readLoss('test', kind), { predictions, truths, columns: 1 })).toEqual([
      0, 1,
    ]);
  });

  it('of a quantile follow that quantile', () => {
    const truths = Float64Array.of(1, 2, 6);
    const predictions = [2, 6].map((value) => [value, value, value]);
    const weightsAt = (quantile: number): number[] =>
      chooseWeights(readLoss('test', { kind: 'pinball', quantile }), {
        predictions,
        truths,
        columns: 1,
      });
    expect(weightsAt(0.5)).toEqual([1, 0]);
    expect(weightsAt(0.9)).toEqual([0, 1]);
  });

  it('are chosen by a part of very many rows', () => {
    const rows = 120_000;
    const truths = new Float64Array(rows);
    const predictions = [new Float64Array(rows).fill(1), new Float64Array(rows).fill(-1)];
    expect(chooseWeights(MSE, { predictions, truths, columns: 1 })).toEqual([0.5, 0.5]);
  });
});

describe('networks of several recipes', () => {
  const recipes = [
    { recipe: 0, weight: 0.75 },
    { recipe: 2, weight: 0.25 },
  ];

  it('share the weight of their recipe', () => {
    expect(networkWeights(recipes, 4)).toEqual([0.375, 0.375, 0.125, 0.125]);
    expect(networkWeights(undefined, 4)).toBeUndefined();
    expect(networkWeights([{ recipe: 1, weight: 1 }], 4)).toBeUndefined();
  });

  it('are one weighted mean for each fold', () => {
    const outputs = [1, 2, 5, 10].map((value) => ({
      data: Float32Array.of(value),
      shape: [1, 1] as [number, number],
    }));
    const mixed = mixedFolds(outputs, recipes).map(({ data }) => [...data]);
    expect(mixed).toEqual([[2], [4]]);
    expect(mixedFolds(outputs, undefined)).toBe(outputs);
  });
});
