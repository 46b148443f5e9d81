/**
 * Ensembles as a part of the plan: how the members differ, how their outputs are averaged, what a file holds, and that the
 * result is one of the seed alone.
 */
import { describe, expect, it } from 'vitest';
import { readMatrix } from '../arrays/matrix.ts';
import { registeredBackends } from '../backends/registry.ts';
import { fromSafetensors, toSafetensors } from '../formats/model-file.ts';
import { readSafetensors } from '../formats/read-safetensors.ts';
import { writeSafetensors } from '../formats/write-safetensors.ts';
import { DIGEST_NAME, seal } from '../formats/digest.ts';
import { meanPrediction } from '../model/mean-prediction.ts';
import { fitPreparation } from '../tables/preparation.ts';
import { prepare } from '../tables/prepare.ts';
import { tableFromRows } from '../tables/table-from-rows.ts';
import { Classifier, type ClassifierOptions, type FittedClassifier } from './classifier.ts';
import { membersOf } from './members.ts';
import { divide, type TargetRows } from './recipe.ts';
import { atTemperature } from './temperature.ts';
import { Regressor, type FittedRegressor, type RegressorOptions } from './regressor.ts';

const ROWS = Array.from({ length: 90 }, (_, i) => ({
  a: (i * 37) % 23,
  b: ((i * 61) % 29) - 14,
  kind: ['x', 'y', 'z'][i % 3],
}));
const LABELS = ROWS.map(({ a, b }, i) => (a + b > 11 !== (i % 17 === 0) ? 'high' : 'low'));
const TARGETS = ROWS.map(({ a, b }) => 3 * a - b * b);

const SMALL = { hiddenLayerSizes: [6], maxIter: 12, earlyStopping: true } as const;
const ENSEMBLE = { ...SMALL, members: 3 } as const;

const classifier = (options: ClassifierOptions = ENSEMBLE): Promise<FittedClassifier<string>> =>
  new Classifier(options).fit(ROWS, LABELS);
const regressor = (options: RegressorOptions = ENSEMBLE): Promise<FittedRegressor<number>> =>
  new Regressor(options).fit(ROWS, TARGETS);

/** The backends that train float32 networks here. */
const FAST = registeredBackends().filter(
  (one) => one.precision === 'float32' && one.unavailable() === undefined,
);

describe('the members of a plan', () => {
  const { plan } = new Classifier({ members: 200 });

  it('are one with the seed of the plan if there is no ensemble', () => {
    const single = { ...new Classifier({ randomState: 5 }).plan };
    expect(membersOf(single)).toEqual([
      { place: 0, recipe: 0, seed: 5, fold: { index: 0, count: 1 } },
    ]);
    expect('ensemble' in single).toBe(false);
  });

  it('have seeds of their own, which an ensemble of a neighbouring seed does not have', () => {
    const seeds = [0, 1, 2, 2 ** 40].flatMap((seed) =>
      membersOf({ ...plan, seed }).map((member) => member.seed),
    );
    expect(new Set(seeds).size).toBe(4 * 200);
    for (const seed of seeds) expect(Number.isSafeInteger(seed) && seed >= 0).toBe(true);
  });

  it('hold out other rows each, stratified, which together are all rows if there are enough members', () => {
    const targets = Int32Array.from({ length: 100 }, (_, row) => (row % 5 === 0 ? 1 : 0));
    const known = {
      rows: { data: new Float32Array(100), rows: 100, columns: 1, scale: 1 },
      targets,
      columns: 1,
    } as const;
    const options = { earlyStopping: true, validationFraction: 0.1 };
    const ten = { ...new Classifier({ ...options, members: 10 }).plan };
    const folds = membersOf(ten).map((member) => divide('test', ten, known, member));
    const counts = new Int32Array(100);
    for (const { training, validation } of folds) {
      expect([training.length, validation.length]).toEqual([90, 10]);
      expect([...validation].filter((row) => targets[row] === 1)).toHaveLength(2);
      for (const row of validation) counts[row]! += 1;
    }
    expect(new Set(counts)).toEqual(new Set([1]));
    const { ensemble: _none, ...single } = ten;
    expect(folds[0]).toEqual(divide('test', single, known));
  });
});

describe('the folds of a plan', () => {
  const targets = Int32Array.from({ length: 101 }, (_, row) => (row % 5 === 0 ? 1 : 0));
  const rows = { data: new Float32Array(101), rows: 101, columns: 1, scale: 1 } as const;
  const known = { rows, targets, columns: 1 };
  const { plan } = new Classifier({ members: 6, earlyStopping: true });
  const held = (given: typeof plan, set: TargetRows = known): number[][] =>
    membersOf(given).map((member) => [...divide('test', given, set, member).validation]);

  it('are as many as the members, and hold out every row once', () => {
    expect(plan.ensemble).toEqual({ members: 6, folds: 6 });
    const folds = held(plan);
    expect(folds.flat().toSorted((left, right) => left - right)).toEqual([...targets.keys()]);
    for (const fold of folds) expect([16, 17]).toContain(fold.length);
    const { training } = divide('test', plan, known);
    expect([...training, ...folds[0]!].toSorted((left, right) => left - right)).toEqual([
      ...targets.keys(),
    ]);
  });

  it('go round if there are more members, and are fewer if there are few rows', () => {
    const twice = held({ ...plan, ensemble: { members: 12, folds: 6 } });
    expect(twice.slice(6)).toEqual(twice.slice(0, 6));
    const few = { rows: { ...rows, rows: 3 }, targets: targets.subarray(0, 3), columns: 1 };
    expect(held(plan, few).map((fold) => fold.length)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('keep groups whole, and are not made of rows in time', () => {
    const groupOf = Int32Array.from(targets.keys(), (row) => row % 20);
    for (const fold of held(plan, { ...known, split: { groupOf } })) {
      const groups = new Set(fold.map((row) => row % 20));
      expect(fold).toEqual([...targets.keys()].filter((row) => groups.has(row % 20)));
    }
    const times = Float64Array.from(targets.keys());
    const last = held(plan, { ...known, split: { times } });
    expect(last[5]).toEqual(last[0]);
    expect(last[0]?.at(-1)).toBe(100);
  });

  it('are not used if the user says which share is held out, for few members, or without early stopping', () => {
    const ensembleOf = (options: ClassifierOptions): unknown =>
      new Classifier(options).plan.ensemble;
    expect(ensembleOf({ members: 6, validationFraction: 0.2 })).toEqual({ members: 6 });
    expect(ensembleOf({ members: 3 })).toEqual({ members: 3 });
    expect(held(new Classifier({ members: 6 }).plan).flat()).toEqual([]);
  });
});

describe('what an ensemble says of rows that it has not learned from', () => {
  it('is for each row the output of the network that has held it out', async () => {
    const model = await classifier({ ...SMALL, members: 4 });
    const { rows, outputs, missing, metrics } = model.outOfFold!;
    expect([...rows]).toEqual([...ROWS.keys()]);
    expect(missing).toBe(0);
    const right = LABELS.filter((label, row) => {
      const isHigh = outputs.data[2 * row]! >= outputs.data[2 * row + 1]!;
      return isHigh === (label === 'high');
    });
    expect(metrics.accuracy).toBe(right.length / 90);
    const { data, columns } = prepare(model.preparation, tableFromRows(ROWS));
    const known = {
      rows: { data, rows: ROWS.length, columns, scale: 1 },
      targets: Int32Array.from(LABELS, (label) => (label === 'high' ? 0 : 1)),
      columns: 1,
    };
    for (const [index, member] of membersOf(model.plan).entries()) {
      const own = model.networks[index]!.predict({ data, shape: [ROWS.length, columns] }).data;
      for (const row of divide('test', model.plan, known, member).validation) {
        expect(outputs.data[2 * row]).toBe(own[2 * row]);
      }
    }
    const back = fromSafetensors(toSafetensors(model)) as FittedClassifier;
    expect(back.outOfFold).toBeUndefined();
  });

  it('are the validation rows of a single network, and nothing if no rows are held out', async () => {
    const single = await regressor(SMALL);
    expect(single.outOfFold).toMatchObject({ missing: 81 });
    expect(single.calibration?.heldOut).toMatchObject([{ rows: 9 }]);
    const all = await regressor({ ...SMALL, earlyStopping: false });
    expect(all.outOfFold).toBeUndefined();
    expect(all.calibration).toBeUndefined();
  });

  it('gives intervals, which a file keeps', async () => {
    const model = await regressor({ ...SMALL, members: 4 });
    const { low, high } = model.predictInterval(ROWS, { level: 0.8 });
    expect(model.predict(ROWS).every((value, i) => low[i]! < value && value < high[i]!)).toBe(true);
    const file = toSafetensors(model);
    const back = fromSafetensors(file) as FittedRegressor<number>;
    expect(back.predictInterval(ROWS, { level: 0.8 })).toEqual({ low, high });
    expect(toSafetensors(back)).toEqual(file);
  });

  it('gives probabilities a temperature below 1 if they are less sure than they may be', async () => {
    // Few epochs leave the networks unsure of classes that are easy to tell.
    const rows = Array.from({ length: 400 }, (_, i) => [
      ((i * 37) % 23) - 11,
      ((i * 61) % 29) - 14,
    ]);
    const labels = rows.map(([a = 0, b = 0]) => (a + b > 0 ? 'high' : 'low'));
    const options = { members: 4, hiddenLayerSizes: 8, maxIter: 15, alpha: 0 } as const;
    const plain = await new Classifier({ ...options, earlyStopping: true }).fit(rows, labels);
    const model = await new Classifier({ ...options, preset: 'balanced' }).fit(rows, labels);
    expect(plain.calibration).toBeUndefined();
    const { temperature = 1 } = model.calibration!;
    expect(temperature).toBeLessThan(0.9);
    const { data } = model.predictProbabilities(rows);
    const mean = meanPrediction(
      model.networks.map((net) =>
        net.predict({ data: prepare(model.preparation, readMatrix(rows)).data, shape: [400, 2] }),
      ),
    );
    expect(data).toEqual(atTemperature(mean, temperature).data);
    const back = fromSafetensors(toSafetensors(model)) as FittedClassifier<string>;
    expect(back.predictProbabilities(rows).data).toEqual(data);
  });
});

describe('an ensemble', () => {
  it('predicts the mean of its members in float64, in their order, rounded once', async () => {
    const model = await classifier();
    expect(model.networks).toHaveLength(3);
    expect(model.networks[0]).toBe(model.network);
    expect(model.histories).toHaveLength(3);
    expect(model.histories[0]).toBe(model.history);
    const { data, rows, columns } = prepare(model.preparation, tableFromRows(ROWS));
    const outputs = model.networks.map((net) => net.predict({ data, shape: [rows, columns] }).data);
    const [first, second, third] = outputs;
    const mean = first!.map((value, i) => (value + second![i]! + third![i]!) / 3);
    expect(model.predictProbabilities(ROWS).data).toEqual(mean);
    expect(first).not.toEqual(second);
  });

  it('learns its preparation from all rows, because its members do', async () => {
    const [ensemble, single] = [await classifier(), await classifier(SMALL)];
    expect(ensemble.preparation.columns).toEqual(fitPreparation(tableFromRows(ROWS)).columns);
    expect(single.preparation.columns).not.toEqual(ensemble.preparation.columns);
  });

  it('of one member is the single network, byte for byte', async () => {
    const one = await classifier({ ...SMALL, members: 1 });
    const { options: _options, ...state } = stateOf(one);
    const { options: _none, ...single } = stateOf(await classifier(SMALL));
    expect(state).toEqual(single);
    // A file without an ensemble has nothing that files did not have before there were ensembles.
    for (const part of ['ensemble', 'clipOutput']) expect(part in one.plan).toBe(false);
    const { metadata, tensors } = readSafetensors(toSafetensors(one));
    expect(metadata.has('members')).toBe(false);
    expect([...tensors.keys()].every((name) => name.startsWith('layers.'))).toBe(true);
  });

  it('gives the same file on every backend, with any number of threads, and when it is fitted again', async () => {
    for (const make of [classifier, regressor] as const) {
      const first = toSafetensors(await make(ENSEMBLE));
      for (const { name } of FAST) {
        for (const threads of [1, 2]) {
          expect(toSafetensors(await make({ ...ENSEMBLE, backend: name, threads }))).toEqual(first);
        }
      }
      const other = toSafetensors(await make({ ...ENSEMBLE, randomState: 1 }));
      expect(other).not.toEqual(first);
    }
    const loaded = fromSafetensors(toSafetensors(await classifier())) as FittedClassifier<string>;
    const again = await loaded.fit(ROWS, LABELS);
    expect(toSafetensors(again)).toEqual(toSafetensors(await classifier()));
  });

  it('takes sample weights and rows of the caller for validation', async () => {
    const sampleWeight = ROWS.map((_, row) => (row % 2) + 1);
    const weighted = await new Classifier(ENSEMBLE).fit(ROWS, LABELS, { sampleWeight });
    expect(weighted.predictProbabilities(ROWS)).not.toEqual(
      (await classifier()).predictProbabilities(ROWS),
    );
    const validationData = { rows: ROWS.slice(0, 20), labels: LABELS.slice(0, 20) };
    const watched = await classifier({ ...ENSEMBLE, validationData });
    for (const { epochs } of watched.histories) expect(epochs[0]?.validation).toBeDefined();
  });

  it('keeps the members that were trained before the signal was set', async () => {
    const signal = { aborted: false };
    let epochs = 0;
    const onProgress = ({ record }: { readonly record: unknown }): void => {
      if (record !== undefined && ++epochs === 15) signal.aborted = true;
    };
    const model = await classifier({ ...ENSEMBLE, earlyStopping: false, signal, onProgress });
    expect(model.networks).toHaveLength(2);
    expect(model.histories.map(({ stoppedBy }) => stoppedBy)).toEqual(['epochs', 'abort']);
    const back = fromSafetensors(toSafetensors(model)) as FittedClassifier<string>;
    expect(back.predictProbabilities(ROWS)).toEqual(model.predictProbabilities(ROWS));
  });

  it('says which numbers of members are allowed', () => {
    for (const members of [0, 1.5, 257]) {
      expect(() => new Classifier({ members })).toThrow(
        `Classifier: members must be an integer from 1 to 256; got ${members}.`,
      );
    }
  });
});

describe('the file of an ensemble', () => {
  it('has a tensor for each parameter of each member, and brings the same model back', async () => {
    const model = await classifier();
    const bytes = toSafetensors(model);
    const { tensors, metadata } = readSafetensors(bytes);
    expect([...tensors.keys()].toSorted()).toEqual(
      [0, 1, 2].flatMap((member) =>
        ['0.bias', '0.weight', '1.bias', '1.weight'].map(
          (name) => `members.${member}.layers.${name}`,
        ),
      ),
    );
    expect(JSON.parse(metadata.get('members')!)).toEqual(
      membersOf(model.plan).map(({ seed }) => seed),
    );
    const back = fromSafetensors(bytes) as FittedClassifier<string>;
    expect(back.networks.map((net) => net.spec)).toEqual(model.networks.map((net) => net.spec));
    expect(back.predictProbabilities(ROWS)).toEqual(model.predictProbabilities(ROWS));
    expect(back.score(ROWS, LABELS)).toBe(model.score(ROWS, LABELS));
    expect(back.histories).toEqual([]);
    expect(toSafetensors(back)).toEqual(bytes);
    const numbers = await regressor();
    const restored = fromSafetensors(toSafetensors(numbers)) as FittedRegressor<number>;
    expect(restored.predict(ROWS)).toEqual(numbers.predict(ROWS));
  });

  it.each([
    [
      'seeds',
      ['members', '[1]'],
      /metadata 'members' must be a list of 2 to 2048 seeds or networks/,
    ],
    [
      'fewer seeds',
      ['members', '[1,2]'],
      /'members.2.layers.0.\w+' must be of one of the 2 members/,
    ],
    ['more seeds', ['members', '[1,2,3,4]'], /tensor 'layers.0.weight' must be F32/],
    ['a seed', ['members', '[1,2,-3]'], /seed must be an integer, at least 0/],
  ] as const)('is refused if it is wrong: %s', async (_what, [name, text], message) => {
    const { tensors, metadata } = readSafetensors(toSafetensors(await classifier()));
    const file = writeSafetensors(tensors, new Map([...metadata, [name, text]]));
    seal(file);
    expect(() => fromSafetensors(file)).toThrow(message);
  });
});

describe('clipOutput', () => {
  const far = [{ a: 1e4, b: -1e4, kind: 'x' }, { a: -1e4, b: 1e4, kind: 'z' }, ...ROWS];
  const [low, high] = [Math.min(...TARGETS), Math.max(...TARGETS)];

  it.each([1, 3])(
    'keeps predictions within the targets that were learned from, with %i networks',
    async (members) => {
      const options = { hiddenLayerSizes: [8], maxIter: 30, members };
      const free = (await regressor(options)).predict(far);
      expect(free.some((value) => value < low || value > high)).toBe(true);
      const model = await regressor({ ...options, clipOutput: true });
      const clipped = model.predict(far);
      expect(clipped.every((value) => value >= low && value <= high)).toBe(true);
      const back = fromSafetensors(toSafetensors(model)) as FittedRegressor<number>;
      expect(back.predict(far)).toEqual(clipped);
      expect(back.targetScaler.span).toEqual({ min: [low], max: [high] });
    },
  );

  it('changes no prediction that is within them', async () => {
    const free = (await regressor(SMALL)).predict(far);
    const model = await regressor({ ...SMALL, clipOutput: true });
    const { min, max } = model.targetScaler.span!;
    expect(model.predict(far)).toEqual(
      free.map((value) => Math.min(Math.max(value, min[0]!), max[0]!)),
    );
  });

  it('does not count rows that only early stopping saw', async () => {
    const outlier = TARGETS.map((value, row) => (row === heldRow() ? 1e6 : value));
    const model = await new Regressor({ ...SMALL, clipOutput: true }).fit(ROWS, outlier);
    expect(model.targetScaler.span?.max[0]).toBeLessThan(1e6);
    expect(model.predict(far).every((value) => value < 1e6)).toBe(true);
  });

  it('has a range for each target of a row', async () => {
    const pairs = ROWS.map(({ a, b }) => [a, 100 + b]);
    const model = await new Regressor({ maxIter: 5, clipOutput: true }).fit(ROWS, pairs);
    expect(model.targetScaler.span).toEqual({ min: [0, 86], max: [22, 114] });
    for (const [a = NaN, b = NaN] of model.predict(far)) {
      expect(a >= 0 && a <= 22 && b >= 86 && b <= 114).toBe(true);
    }
  });
});

describe('a preset', () => {
  it('is a plan, whose parts the other options override', () => {
    const { plan } = new Classifier({ preset: 'balanced' });
    expect(plan.ensemble).toEqual({ members: 8, folds: 8 });
    expect(plan.calibrate).toBe(true);
    const hidden = { kind: 'dense', units: 128 };
    expect(plan.layers).toMatchObject([{ kind: 'scaling', rateFactor: 6 }, hidden, hidden]);
    expect(plan).toMatchObject({
      outputInit: 'zeros',
      optimizer: { kind: 'adam', learningRate: 0.002, beta2: 0.95 },
      preparation: { scaling: 'robust', addIndicator: true },
    });
    const own = new Classifier({
      preset: 'balanced',
      members: 2,
      hiddenLayerSizes: 5,
      batchSize: 7,
      maxIter: 3,
      nIterNoChange: 4,
      alpha: 0.5,
      validationFraction: 0.3,
      init: 'orthogonal',
      inputScaling: 0,
      learningRateInit: 0.01,
      beta2: 0.9,
      scaling: 'standard',
      addIndicator: false,
      randomState: undefined,
    } as object).plan;
    expect(own).toMatchObject({
      ensemble: { members: 2 },
      layers: [{ units: 5, init: 'orthogonal' }],
      outputInit: 'orthogonal',
      optimizer: { learningRate: 0.01, beta2: 0.9 },
      preparation: { scaling: 'standard', addIndicator: false },
      batchSizes: [{ from: 0, rows: 7 }],
      epochs: 3,
      l2ByBatch: 0.5,
      validationFraction: 0.3,
      stopping: { patience: 5 },
      seed: 0,
    });
  });

  it('clips the outputs of a regression unless an option says otherwise', () => {
    expect(new Regressor({ preset: 'fast' }).plan.clipOutput).toBe(true);
    expect(new Regressor({ preset: 'fast', clipOutput: false }).plan.clipOutput).toBeUndefined();
    expect(new Regressor().plan.clipOutput).toBeUndefined();
  });

  it('is saved with the model', async () => {
    const options = { preset: 'balanced', members: 2, hiddenLayerSizes: 4, maxIter: 2 } as const;
    const back = fromSafetensors(toSafetensors(await classifier(options)));
    expect(back).toMatchObject({ options, plan: new Classifier(options).plan });
  });

  it('is refused if there is no such preset', () => {
    expect(() => new Regressor({ preset: 'balansed' } as object)).toThrow(
      /preset 'balansed' is unknown. Did you mean 'balanced'/,
    );
    expect(() => new Regressor({ preset: 1 } as object)).toThrow(TypeError);
  });
});

/** The JSON parts of a fitted model and its parameters. */
function stateOf(model: FittedClassifier<string>): Record<string, unknown> {
  const { tensors, metadata } = readSafetensors(toSafetensors(model));
  const { options, [DIGEST_NAME]: _digest, ...parts } = Object.fromEntries(metadata);
  return { options, parts, tensors: [...tensors] };
}

/** A row that the single network of {@link SMALL} holds out. */
function heldRow(): number {
  const rows = { data: new Float32Array(90), rows: 90, columns: 1, scale: 1 } as const;
  const known = { rows, targets: Float64Array.from(TARGETS), columns: 1 };
  return divide('test', new Regressor(SMALL).plan, known).validation[0]!;
}
