/** The facts that this package finds itself: columns in each part of the rows, drift, pictures, equations, the inside of a network. */
import { describe, expect, test } from 'vitest';
import { adam, dense, dropout, network, tableFromRows, type History } from 'vinculum';
import { readLoss } from 'vinculum/internal';
import { describeColumns } from '../src/facts/column-facts.ts';
import { describeHistory } from '../src/facts/history-facts.ts';
import { imageOf } from '../src/facts/image-facts.ts';
import { describeInternals } from '../src/facts/internals-facts.ts';
import { describeNetworks } from '../src/facts/network-facts.ts';
import { driftOf } from '../src/verdict/drift.ts';

const meaning = { role: 'input', use: '' } as const;

describe('describeColumns', () => {
  const train = tableFromRows([
    { n: 0, t: 'a', day: 1.5 },
    { n: 3, t: 'b', day: 2.5 },
    { n: null, t: 'a', day: 4 },
    { n: 3, t: null, day: 8 },
  ]);
  const test1 = tableFromRows([
    { n: 1, t: 'c', day: 3 },
    { n: 5, t: 'a', day: 9.5 },
  ]);
  const [n, t, day] = describeColumns({ train, test: test1 }, () => meaning);

  test('gives whole numbers a bin each, the same bins in every part', () => {
    expect(n?.splits.train).toStrictEqual({
      missing: 1,
      levels: 2,
      spread: {
        min: 0,
        median: 3,
        max: 3,
        mean: 2,
        deviation: expect.closeTo(Math.sqrt(2), 12) as number,
      },
      histogram: { edges: [-0.5, 0.5, 1.5, 2.5, 3.5, 4.5, 5.5], counts: [1, 0, 0, 2, 0, 0] },
    });
    expect(n?.splits.test?.histogram?.counts).toStrictEqual([0, 1, 0, 0, 0, 1]);
  });

  test('counts the same values of a text in every part', () => {
    const values = t?.splits.train?.common?.map(({ value }) => value);
    expect(values).toStrictEqual(['a', 'b', 'c']);
    expect(t?.splits.train?.common?.map(({ count }) => count)).toStrictEqual([2, 1, 0]);
    expect(t?.splits.test?.common?.map(({ count }) => count)).toStrictEqual([1, 0, 1]);
    expect(t?.splits.train?.missing).toBe(1);
  });

  test('puts the largest number into the last bin', () => {
    const { edges = [], counts = [] } = day?.splits.test?.histogram ?? {};
    expect([edges[0], edges.at(-1), counts.at(-1)]).toStrictEqual([1.5, 9.5, 1]);
    expect(counts.reduce((sum, value) => sum + value, 0)).toBe(2);
  });
});

describe('driftOf', () => {
  const column = (train: readonly number[], test1: readonly number[]) => ({
    name: 'x',
    kind: 'number' as const,
    ...meaning,
    splits: {
      train: { missing: 0, levels: 9, histogram: { edges: [0, 1, 2, 3], counts: train } },
      test: { missing: 0, levels: 9, histogram: { edges: [0, 1, 2, 3], counts: test1 } },
    },
  });

  test('is the largest distance of the cumulative shares', () => {
    expect(driftOf(column([50, 50, 0], [0, 50, 50]))?.distance).toBeCloseTo(0.5, 12);
  });

  test('is large only beyond chance', () => {
    expect(driftOf(column([5, 5, 0], [2, 5, 3]))?.isLarge).toBe(false);
    expect(driftOf(column([500, 500, 0], [200, 500, 300]))?.isLarge).toBe(true);
    expect(driftOf(column([50_000, 50_000, 0], [49_000, 51_000, 0]))?.isLarge).toBe(false);
  });

  test('does not exist without held-out rows', () => {
    const { splits, ...rest } = column([1, 1, 1], [1, 1, 1]);
    expect(driftOf({ ...rest, splits: { train: splits.train } })).toBeUndefined();
  });
});

describe('imageOf', () => {
  const rowOf = (names: readonly string[], value: number): Record<string, number> =>
    Object.fromEntries(names.map((name) => [name, value]));
  const pixels = Array.from({ length: 64 }, (_, at) => `p${Math.floor(at / 8)}${at % 8}`);

  test('finds the side and the deepest ink of a picture', () => {
    const table = tableFromRows([rowOf(pixels, 0), rowOf(pixels, 16)]);
    expect(imageOf(table)).toStrictEqual({ width: 8, height: 8, low: 0, high: 16 });
  });

  test('refuses what is no picture: other names, fractions, no square', () => {
    const words = pixels.map((name, at) => (at === 5 ? 'age' : name));
    expect(imageOf(tableFromRows([rowOf(words, 3)]))).toBeUndefined();
    expect(imageOf(tableFromRows([rowOf(pixels, 0.5)]))).toBeUndefined();
    expect(imageOf(tableFromRows([rowOf(pixels.slice(1), 3)]))).toBeUndefined();
  });
});

describe('describeNetworks', () => {
  const net = network({
    inputs: 3,
    layers: [dense(4, { activation: 'relu' }), dropout(0.5), dense(2)],
  });
  const facts = describeNetworks([net, net], {
    loss: readLoss('describeNetworks', 'softmax-cross-entropy'),
    optimizer: adam(),
  });

  test('adds up layers and networks', () => {
    expect(facts.parameters).toBe(2 * (4 * 3 + 4 + 2 * 4 + 2));
    expect(facts.layers.map(({ inputs, outputs }) => [inputs, outputs])).toStrictEqual([
      [3, 4],
      [4, 4],
      [4, 2],
    ]);
  });

  test('has the equations of a step, and of the update those of one parameter alone', () => {
    const latexOf = (group: string): string[] =>
      facts.equations.filter((one) => one.group === group).map(({ latex }) => latex);
    expect(latexOf('prediction').at(-1)).toBe(String.raw`y = \mathrm{softmax}(z)`);
    expect(latexOf('loss')).toStrictEqual([String.raw`\mathcal{L} = -\sum_k t_k \log y_k`]);
    expect(latexOf('gradient')[0]).toContain(String.raw`\bar{\mathcal{L}} = 1`);
    expect(latexOf('update').filter((latex) => latex.includes('W^{(2)}'))).toStrictEqual([]);
    expect(latexOf('update').at(-1)).toMatch(/^W\^\{\(1\)\}_\{t\+1\} = /);
  });
});

describe('describeInternals', () => {
  const net = network({ inputs: 2, layers: [dense(3, { activation: 'relu' }), dense(2)] });
  net.setParameters({
    'layers.0.weight': [1, 0, 0, 1, -1, -1],
    'layers.0.bias': [0, 0, -9],
    'layers.1.weight': [1, 0, 0, 0, 1, 0],
    'layers.1.bias': [0, 0],
  });
  const facts = describeInternals(net, {
    x: [
      [1, 2],
      [3, 1],
    ],
    y: [0, 1],
    loss: 'softmax-cross-entropy',
  });

  test('counts units that say the same for every row', () => {
    expect(facts.units).toStrictEqual([
      { layer: 'layer 1', activation: 'relu', units: 3, dead: 1, saturated: 1 / 3 },
    ]);
  });

  test('counts every weight once, and has the gradient of each', () => {
    const [weight] = facts.tensors;
    expect(weight).toMatchObject({ name: 'layers.0.weight', shape: [3, 2], zeros: 2, max: 1 });
    expect(weight?.weights.counts.reduce((sum, value) => sum + value, 0)).toBe(6);
    expect(facts.tensors.every(({ gradientNorm }) => Number(gradientNorm) >= 0)).toBe(true);
  });
});

test('describeHistory makes null of what is no number', () => {
  const history = {
    epochs: [
      {
        epoch: 1,
        loss: NaN,
        metrics: { accuracy: 0.5 },
        learningRate: 0.01,
        gradientNorm: Infinity,
        penalty: 0,
        seconds: 1,
      },
    ],
    bestEpoch: 0,
    stoppedBy: 'epochs',
    skippedSteps: 1,
  } satisfies History;
  const [epoch] = describeHistory(history, 4).epochs;
  expect(epoch).toMatchObject({ loss: null, gradientNorm: null, metrics: { accuracy: 0.5 } });
});
