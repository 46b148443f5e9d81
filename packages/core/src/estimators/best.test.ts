/** Ensembles of several recipes, and the limit of time. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fromSafetensors, toSafetensors } from '../formats/model-file.ts';
import { readSafetensors } from '../formats/read-safetensors.ts';
import { meanPrediction } from '../model/mean-prediction.ts';
import { Classifier, type ClassifierOptions, type FittedClassifier } from './classifier.ts';
import { readTrainPlan } from './plan.ts';
import { networkWeights } from './recipe-weights.ts';
import { estimatorState } from './restore.ts';
import type { EstimatorState } from './state.ts';
import { Regressor, type FittedRegressor, type RegressorOptions } from './regressor.ts';

const ROWS = Array.from({ length: 48 }, (_, i) => ({
  a: (i * 7) % 16,
  b: (i * 5) % 11,
  kind: ['x', 'y', 'z'][i % 3]!,
}));
const LABELS = ROWS.map(({ a, kind }) => (a > 8 || kind === 'x' ? 'yes' : 'no'));
const TARGETS = ROWS.map(({ a, b }) => a * 2 - b + (a % 2));
const SMALL = {
  preset: 'best',
  members: 4,
  hiddenLayerSizes: [6],
  maxIter: 4,
  threads: 1,
} as const;

/** What is saved of a model. */
function stateOf(model: FittedClassifier<string> | FittedRegressor): EstimatorState {
  return estimatorState(model)!;
}

function classifier(options: ClassifierOptions = {}): Promise<FittedClassifier<string>> {
  return new Classifier({ ...SMALL, ...options }).fit(ROWS, LABELS);
}

function regressor(options: RegressorOptions = {}): Promise<FittedRegressor<number>> {
  return new Regressor({ ...SMALL, ...options }).fit(ROWS, TARGETS);
}

describe('the preset best', () => {
  it('is an ordinary plan with a change for each recipe, which an option overrides', () => {
    const { ensemble, layers, budget } = new Classifier({ preset: 'best' }).plan;
    expect(ensemble).toMatchObject({ members: 8, folds: 8 });
    expect(ensemble?.recipes?.map(({ name }) => name)).toEqual(['relu', 'tanh', 'dropout']);
    expect(ensemble?.recipes?.[0]).toEqual({ name: 'relu' });
    expect(ensemble?.recipes?.[1]?.layers?.[1]).toMatchObject({ activation: { kind: 'tanh' } });
    expect(layers).toHaveLength(3);
    expect(budget).toMatchObject({ members: true, epochs: true });
    const narrow = new Classifier({ preset: 'best', hiddenLayerSizes: [5] }).plan;
    const units = [narrow, ...narrow.ensemble!.recipes!].map((one) => one.layers?.[1]);
    for (const one of units) expect(one ?? { units: 5 }).toMatchObject({ units: 5 });
  });

  it('leaves out recipes that an option has made equal', () => {
    const options = { preset: 'best', dropout: 0 } as const;
    const { ensemble } = new Regressor({ ...options, hiddenLayerSizes: [5] }).plan;
    expect(ensemble?.recipes?.map(({ name }) => name)).toEqual(['relu', 'tanh']);
    const one = new Regressor({ ...options, hiddenLayerSizes: [5], activation: 'elu' }).plan;
    expect(one.ensemble).toEqual({ members: 8, folds: 8 });
  });

  it('takes recipes by name without the preset, too', () => {
    const { ensemble } = new Regressor({ recipes: ['tanh', 'dropout'], members: 4 }).plan;
    expect(ensemble?.recipes).toMatchObject([{ name: 'tanh' }, { name: 'dropout' }]);
    expect(() => new Regressor({ recipes: ['tan'] } as object)).toThrow(/recipes\[0\].*'tan'/);
  });

  it('predicts the weighted mean of its networks, and so does its file', async () => {
    const model = await classifier();
    const { recipeWeights, networks } = model;
    const sum = recipeWeights!.reduce((total, { weight }) => total + weight, 0);
    expect(sum).toBeCloseTo(1, 12);
    expect(networks).toHaveLength(4 * recipeWeights!.length);
    const bytes = toSafetensors(model);
    const back = fromSafetensors(bytes) as FittedClassifier<string>;
    expect(back.recipeWeights).toEqual(recipeWeights);
    expect(back.networks.map((net) => net.spec)).toEqual(networks.map((net) => net.spec));
    expect(back.predictProbabilities(ROWS)).toEqual(model.predictProbabilities(ROWS));
    expect(toSafetensors(back)).toEqual(bytes);
    expect(toSafetensors(await classifier({ threads: 2 }))).toEqual(bytes);
  });

  it('weighs the networks of a regression, too, with intervals from their folds', async () => {
    const model = await regressor({ clipOutput: false });
    const { networks, recipeWeights, targetScaler, calibration } = model;
    expect(calibration?.heldOut).toHaveLength(4);
    expect(model.outOfFold?.rows).toHaveLength(ROWS.length);
    const { low, high } = model.predictInterval(ROWS, { level: 0.5 });
    const predicted = model.predict(ROWS);
    for (const [row, value] of predicted.entries()) {
      expect(low[row]).toBeLessThanOrEqual(value);
      expect(high[row]).toBeGreaterThanOrEqual(value);
    }
    const alone = networks.map((_net, index) => {
      const state = { ...stateOf(model), network: networks[index]!, members: undefined };
      const { recipeWeights: _weights, calibration: _none, ...single } = state;
      return (fromSafetensors(toSafetensors(single)) as typeof model).predict(ROWS);
    });
    const mean = meanPrediction(
      alone.map((data) => ({ data: Float64Array.from(data), shape: [ROWS.length, 1] })),
      undefined,
      networkWeights(recipeWeights, networks.length),
    );
    expect(targetScaler.span).toBeUndefined();
    for (const [row, value] of predicted.entries()) expect(value).toBeCloseTo(mean.data[row]!, 3);
  });

  it('goes on with warmStart and partialFit in the recipe of each network', async () => {
    const model = await regressor({ warmStart: true });
    const specs = model.networks.map((net) => net.spec);
    await model.partialFit(ROWS, TARGETS);
    expect(model.networks.map((net) => net.spec)).toEqual(specs);
    await model.fit(ROWS, TARGETS);
    expect(specs).toEqual(expect.arrayContaining(model.networks.map((net) => net.spec)));
    const fresh = await new Regressor({ ...SMALL, members: 2 }).partialFit(ROWS, TARGETS);
    expect(fresh.networks).toHaveLength(6);
    expect(fresh.recipeWeights?.map(({ weight }) => weight)).toEqual([1 / 3, 1 / 3, 1 / 3]);
  });

  it('weighs all recipes the same if no rows are held out', async () => {
    const own = { rows: ROWS, targets: TARGETS };
    const { recipeWeights } = await regressor({ members: 1, maxIter: 1, validationData: own });
    expect(recipeWeights?.map(({ weight }) => weight)).toEqual([1 / 3, 1 / 3, 1 / 3]);
  });

  it('refuses a file whose weights do not fit', async () => {
    const model = await classifier({ maxIter: 1 });
    const wrong = { ...stateOf(model), recipeWeights: [{ recipe: 3, weight: 1 }] };
    expect(() => fromSafetensors(toSafetensors(wrong))).toThrow(
      /recipeWeights must name some of the 3 recipes of the plan, with as many of the \d+ networks each; got 3/,
    );
    const { plan } = new Classifier({ preset: 'best' });
    const lone = { ...plan, ensemble: { members: 2, recipes: [{ name: 'tanh' }] } };
    expect(() => readTrainPlan('read', lone)).toThrow(
      'read: plan.ensemble.recipes must be a list of 2 to 8 recipes; got 1.',
    );
  });
});

describe('timeLimit', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** A clock that stands still until the network after so many has begun, and then is far ahead. */
  function clockAfter(networks: number): RegressorOptions {
    let begun = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (begun <= networks ? 0 : 1e9));
    return {
      timeLimit: 60,
      onProgress: (_progress, member) => {
        begun = member;
      },
    };
  }

  /** The model that the file of a limited model trains, without a limit. */
  async function again(bytes: Uint8Array): Promise<Uint8Array> {
    const model = fromSafetensors(bytes) as FittedRegressor<number>;
    return toSafetensors(await model.fit(ROWS, TARGETS));
  }

  it('keeps a network with the epochs that it had, if none is whole', async () => {
    const model = await regressor({ timeLimit: 1e-9 });
    expect(model.networks).toHaveLength(1);
    expect(model.nIter).toBe(1);
    const { plan } = stateOf(model);
    expect(plan).toMatchObject({ epochs: 1, ensemble: { members: 4, trained: [0] } });
    const bytes = toSafetensors(model);
    expect(await again(bytes)).toEqual(bytes);
    expect(model.plan).toEqual(new Regressor(SMALL).plan);
  });

  it('keeps whole networks, and whole recipes before others', async () => {
    for (const [ended, kept] of [
      [2, 2],
      [6, 4],
      [9, 8],
    ] as const) {
      const model = await regressor(clockAfter(ended));
      vi.restoreAllMocks();
      const trained = Array.from({ length: kept }, (_, place) => place);
      expect(stateOf(model).plan?.ensemble?.trained).toEqual(trained);
      const bytes = toSafetensors(model);
      expect(await again(bytes)).toEqual(bytes);
    }
  });

  it('trains the epochs again if the interrupted one cannot be taken back', async () => {
    const free = { hiddenLayerSizes: [4], maxIter: 1000, batchSize: 1, threads: 1 };
    const isOver = { now: false };
    vi.spyOn(performance, 'now').mockImplementation(() => (isOver.now ? 1e9 : 0));
    const model = await new Regressor({
      ...free,
      timeLimit: 60,
      onProgress: ({ epoch }) => {
        isOver.now ||= epoch === 2;
      },
    }).fit(ROWS, TARGETS);
    vi.restoreAllMocks();
    const { epochs } = stateOf(model).plan!;
    expect(model.nIter).toBe(epochs);
    expect(epochs).toBeLessThan(1000);
    const { metadata } = readSafetensors(toSafetensors(model));
    expect(JSON.parse(metadata.get('plan')!)).toMatchObject({ epochs });
    const bytes = toSafetensors(model);
    expect(await again(bytes)).toEqual(bytes);
  });

  it('does nothing if it is long enough, and must be a time', async () => {
    const bytes = toSafetensors(await regressor());
    expect(toSafetensors(await regressor({ timeLimit: 1e9 }))).toEqual(bytes);
    expect(() => new Regressor({ timeLimit: 0 })).toThrow(/timeLimit must be a finite number/);
  });
});
