/**
 * What a model has learned of each column: importance by permutation, partial dependence and integrated gradients, on networks whose
 * answer is known and on estimators of tables with text, truth values and missing cells.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { Classifier, type FittedClassifier } from '../estimators/classifier.ts';
import { Regressor, type FittedRegressor } from '../estimators/regressor.ts';
import { network, type Network } from '../model/network.ts';
import { categoryEmbedding } from '../network/layers/category-embedding.ts';
import { dense } from '../network/layers/dense.ts';
import { dropout } from '../network/layers/dropout.ts';
import { layerNormalization } from '../network/layers/layer-normalization.ts';
import { periodicEmbedding } from '../network/layers/periodic-embedding.ts';
import { scaling } from '../network/layers/scaling.ts';
import { shuffleRows } from '../random/shuffle.ts';
import { integratedGradients } from './integrated-gradients.ts';
import { partialDependence } from './partial-dependence.ts';
import { permutationImportance } from './permutation-importance.ts';

/** z = 3 a − b + 0 c + 5. */
function plane(): Network {
  const net = network({ inputs: 3, layers: [dense(1)], dtype: 'float64' });
  net.setParameters({ 'layers.0.weight': [3, -1, 0], 'layers.0.bias': [5] });
  return net;
}

const X = Array.from({ length: 30 }, (_, i) => [i % 7, (i * i) % 11, (3 * i) % 5]);
const Z = X.map(([a = 0, b = 0]) => 3 * a - b + 5);

const PETS = Array.from({ length: 40 }, (_, i) => ({
  weight: i % 9 === 4 ? null : (i * 7) % 13,
  fur: ['short', 'long', 'none'][i % 3]!,
  indoors: i % 2 === 0,
}));
const KINDS = PETS.map(({ weight, fur }) => ((weight ?? 0) > 6 || fur === 'none' ? 'dog' : 'cat'));
const PRICES = PETS.map(({ weight, indoors }) => 100 * (weight ?? 3) + (indoors ? 50 : 0));

let classifier: FittedClassifier<string>;
let regressor: FittedRegressor<number>;

beforeAll(async () => {
  classifier = await new Classifier({ hiddenLayerSizes: [8], maxIter: 20 }).fit(PETS, KINDS);
  const ensemble = { hiddenLayerSizes: [8], maxIter: 20, members: 2 } as const;
  regressor = await new Regressor(ensemble).fit(PETS, PRICES);
});

describe('permutation importance', () => {
  it('ranks the columns of a plane by their weights, and gives 0 to one that is not used', () => {
    const { columns, value, metric } = permutationImportance(plane(), X, Z, { metric: 'mae' });
    expect(metric).toBe('mae');
    expect(value).toBe(0);
    expect(columns.map(({ column }) => column)).toEqual(['0', '1', '2']);
    expect(columns[0]!.mean!).toBeGreaterThan(columns[1]!.mean!);
    expect(columns[2]).toEqual({ column: '2', mean: 0, spread: 0, values: [0, 0, 0, 0, 0] });
  });

  it('is the loss of score if the cells of a column are shuffled, whatever inputs the column has', () => {
    const found = permutationImportance(classifier, PETS, KINDS, { repeats: 2, seed: 9 });
    expect(found.value).toBe(classifier.score(PETS, KINDS));
    for (const [index, name] of (['weight', 'fur', 'indoors'] as const).entries()) {
      const values = [0, 1].map((repeat) => {
        const order = Uint32Array.from(PETS.keys());
        shuffleRows(order, 9, repeat, 'permute', index);
        const shuffled = PETS.map((pet, row) => ({ ...pet, [name]: PETS[order[row]!]![name] }));
        return found.value! - classifier.score(shuffled, KINDS);
      });
      const own = found.columns.find(({ column }) => column === name)!;
      expect(own.values).toEqual(values);
      expect(own.mean).toBeCloseTo((values[0]! + values[1]!) / 2, 12);
      expect(own.spread).toBeCloseTo(Math.abs(values[0]! - values[1]!) / 2, 12);
    }
  });

  it('counts rows by their weights, in the unit of the targets', () => {
    const sampleWeight = PRICES.map((_, row) => (row < 20 ? 1 : 0));
    const half = permutationImportance(regressor, PETS, PRICES, { metric: 'rmse', sampleWeight });
    const errors = regressor.predict(PETS.slice(0, 20)).map((z, row) => z - PRICES[row]!);
    const mean = errors.reduce((sum, one) => sum + one * one, 0) / 20;
    expect(half.value).toBeCloseTo(Math.sqrt(mean), 8);
    expect(half.columns[0]!.column).toBe('weight');
  });

  it('names columns of numbers that vary together', () => {
    const twins = X.map(([a = 0, b = 0]) => [a, b, -2 * a]);
    const { correlated } = permutationImportance(plane(), twins, Z);
    expect(correlated).toHaveLength(1);
    expect(correlated[0]!.columns).toEqual(['0', '2']);
    expect(correlated[0]!.correlation).toBeCloseTo(-1, 12);
  });

  it('refuses a metric that does not fit, and a model that it does not know', () => {
    expect(() => permutationImportance(plane(), X, Z, { metric: 'accuracy' })).toThrow(
      "permutationImportance: metric 'accuracy' needs a cross-entropy loss",
    );
    expect(() => permutationImportance({} as Network, X, Z)).toThrow(
      'permutationImportance: model must be a network, or a fitted Classifier or Regressor',
    );
  });
});

describe('partial dependence', () => {
  it('of a plane is a line with the slope of the column, for each row and as the mean', () => {
    const { grid, mean, lines } = partialDependence(plane(), X, '0', { lines: 3 });
    expect(grid).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const others = X.reduce((sum, [, b = 0]) => sum - b / X.length, 5);
    for (const [i, value] of grid.entries()) {
      expect(mean[i]![0]).toBeCloseTo(3 * Number(value) + others, 10);
    }
    expect(lines.map(({ row }) => row)).toEqual([0, 10, 20]);
    for (const { row, values } of lines) {
      for (const [i, [z]] of values.entries()) expect(z).toBeCloseTo(3 * i - X[row]![1]! + 5, 10);
    }
  });

  it('takes steps from the 5 % to the 95 % quantile if a column has more values than the grid', () => {
    const wide = Array.from({ length: 101 }, (_, i) => [i, 0, 0]);
    const { grid } = partialDependence(plane(), wide, '0', { grid: 10 });
    expect(grid).toHaveLength(10);
    expect([grid[0], grid.at(-1)]).toEqual([5, 95]);
  });

  it('of a text column has its categories, of truth values both, and leaves missing numbers out', () => {
    const fur = partialDependence(classifier, PETS, 'fur');
    expect(fur.grid).toEqual(['long', 'none', 'short']);
    expect(fur.outputs).toEqual(['cat', 'dog']);
    const asked = PETS.map((pet) => ({ ...pet, fur: 'none' }));
    const { data } = classifier.predictProbabilities(asked);
    const dogs = Array.from(data).reduce((sum, p, i) => sum + (i % 2) * p, 0) / PETS.length;
    expect(fur.mean[1]![1]).toBeCloseTo(dogs, 6);
    expect(partialDependence(classifier, PETS, 'indoors').grid).toEqual([false, true]);
    const weights = partialDependence(regressor, PETS, 'weight');
    expect(weights.grid).toEqual(Array.from({ length: 13 }, (_, i) => i));
    const heavy = regressor.predict(PETS.map((pet) => ({ ...pet, weight: 12 })));
    const mean = heavy.reduce((sum, one) => sum + one, 0) / PETS.length;
    expect(weights.mean[12]![0]).toBeCloseTo(mean, 3);
  });

  it('of a column that the model does not use is refused with those that it does', () => {
    expect(() => partialDependence(classifier, PETS, 'furr')).toThrow(
      /partialDependence: column 'furr' must be one that the model uses: 'weight', 'fur'/,
    );
  });
});

/** ∂ output / ∂ inputs along the line by differences, summed: what integrated gradients approximate. */
function byDifferences(net: Network, row: readonly number[], output: number): number[] {
  const steps = 200;
  const h = 1e-5;
  return row.map((x, i) => {
    let sum = 0;
    for (let step = 0; step < steps; step++) {
      const share = (step + 0.5) / steps;
      const point = row.map((one, k) => FROM[k]! + share * (one - FROM[k]!));
      const at = (change: number): number =>
        net.predict([point.map((one, k) => one + (k === i ? change : 0))]).data[output]!;
      sum += (at(h) - at(-h)) / (2 * h) / steps;
    }
    return (x - FROM[i]!) * sum;
  });
}

/** A baseline. */
const FROM = [0.3, -0.4, 0.1, 0.2];

describe('integrated gradients', () => {
  const hidden = [
    scaling(),
    dense(6, { activation: 'tanh' }),
    dropout(0.5),
    layerNormalization(),
    dense(5, { activation: 'sigmoid' }),
  ];

  it.each(['softmax', 'sigmoid', 'exp', 'identity'] as const)(
    'of an output by %s are its derivatives along the line, and add up',
    (output) => {
      const layers = [...hidden, dense(3)];
      const net = network({ inputs: 4, layers, output, dtype: 'float64', seed: 5 });
      const row = [0.5, -1, 2, 0.25];
      const found = integratedGradients(net, [row], { baseline: [FROM], output: 1, steps: 200 });
      const contributions = found.columns.map(({ contribution }) => contribution);
      for (const [i, expected] of byDifferences(net, row, 1).entries()) {
        expect(contributions[i]).toBeCloseTo(expected, 6);
      }
      expect(found.value).toBeCloseTo(net.predict([row]).data[1]!, 12);
      expect(found.baseline).toBeCloseTo(net.predict([FROM]).data[1]!, 12);
      expect(Math.abs(found.gap)).toBeLessThan(1e-4);
      expect(contributions.some((one) => Math.abs(one) > 1e-3)).toBe(true);
    },
  );

  it('go between the embedded rows of categories, and give each column its own', () => {
    const net = network({
      inputs: 3,
      layers: [
        periodicEmbedding({ columns: [0] }),
        categoryEmbedding({ columns: [{ column: 1, levels: 4 }], size: 3 }),
        dense(5, { activation: 'tanh' }),
        dense(1),
      ],
    });
    const same = integratedGradients(net, [[0.5, 2, 1]], { baseline: [[0.5, 2, -1]] });
    expect(same.columns.map(({ contribution }) => contribution === 0)).toEqual([true, true, false]);
    const other = integratedGradients(net, [[0.5, 3, 1]], { baseline: [[0.5, 2, 1]] });
    expect(other.columns.map(({ contribution }) => contribution === 0)).toEqual([
      true,
      false,
      true,
    ]);
    expect(Math.abs(other.gap)).toBeLessThan(1e-5);
  });

  it('of an ensemble are in the unit of the target, from one row to another', () => {
    const [row, baseline] = [PETS[5]!, PETS[6]!];
    const found = integratedGradients(regressor, [row], { baseline: [baseline] });
    const [value, from] = regressor.predict([row, baseline]);
    expect(found.value).toBeCloseTo(value!, 2);
    expect(found.baseline).toBeCloseTo(from!, 2);
    expect(found.columns.map(({ column }) => column)).toEqual(['weight', 'fur', 'indoors']);
    const sum = found.columns.reduce((total, { contribution }) => total + contribution, 0);
    expect(sum + found.gap).toBeCloseTo(found.value - found.baseline, 8);
    expect(Math.abs(found.gap)).toBeLessThan(0.01 * Math.abs(found.value - found.baseline));
  });

  it('are of the most probable class, and have a smaller gap with more steps', () => {
    const { data } = classifier.predictProbabilities([PETS[5]!]);
    const found = integratedGradients(classifier, [PETS[5]!], { steps: 512 });
    expect(found.output).toBe(data[1]! > data[0]! ? 1 : 0);
    const rough = integratedGradients(classifier, [PETS[5]!], { steps: 1 });
    expect(Math.abs(found.gap)).toBeLessThan(Math.abs(rough.gap));
  });
});
