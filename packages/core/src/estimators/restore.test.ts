import { describe, expect, it } from 'vitest';
import { network } from '../model/network.ts';
import { Classifier, type FittedClassifier } from './classifier.ts';
import { Regressor, type FittedRegressor } from './regressor.ts';
import { estimatorState, restoreEstimator } from './restore.ts';

const ROWS = Array.from({ length: 40 }, (_, i) => ({ a: i % 7, b: i % 2 ? 'x' : 'y' }));
const LABELS = ROWS.map((row) => (row.a > 3 ? '__proto__' : 'constructor'));

/** The JSON that a file would hold, and the network as a file would rebuild it. */
function stored(model: object): { json: Record<string, unknown>; net: ReturnType<typeof network> } {
  const { network: live, ...rest } = estimatorState(model)!;
  const net = network(JSON.parse(JSON.stringify(live.spec)));
  net.setParameters(live.parameters());
  return { json: JSON.parse(JSON.stringify(rest)) as Record<string, unknown>, net };
}

describe('estimatorState and restoreEstimator', () => {
  it('bring a classifier back to the same bits', async () => {
    const model = await new Classifier({
      hiddenLayerSizes: [5],
      dropout: 0.1,
      maxIter: 3,
      classWeight: JSON.parse('{"__proto__":2}') as Record<string, number>,
      backend: 'auto',
      signal: { aborted: false },
      callbacks: [],
    }).fit(ROWS, LABELS);
    const { json, net } = stored(model);
    expect(Object.keys(json['options'] as object)).toEqual([
      'classWeight',
      'dropout',
      'hiddenLayerSizes',
      'maxIter',
    ]);
    const back = restoreEstimator('test', json, [net]) as FittedClassifier;
    expect(back).toBeInstanceOf(Classifier);
    expect(back.kind).toBe('classifier');
    expect(back.classes).toEqual(['__proto__', 'constructor']);
    expect(back.predictProbabilities(ROWS)).toEqual(model.predictProbabilities(ROWS));
    expect(back.history.epochs).toEqual([]);
    expect(stored(back).json).toEqual(json);
  });

  it('bring a regressor back to the same bits', async () => {
    for (const targets of [ROWS.map((row) => row.a), ROWS.map((row) => [row.a, -row.a])]) {
      const model = await new Regressor({ maxIter: 3 }).fit(ROWS, targets as number[]);
      const { json, net } = stored(model);
      const back = restoreEstimator('test', json, [net]) as FittedRegressor;
      expect(back).toBeInstanceOf(Regressor);
      expect(back.predict(ROWS)).toEqual(model.predict(ROWS));
      expect(stored(back).json).toEqual(json);
    }
  });

  it('knows estimators from other things', () => {
    expect(estimatorState({})).toBeUndefined();
    expect(estimatorState(null)).toBeUndefined();
    expect(() => estimatorState(new Classifier())).toThrow(/must come after fit/);
    expect(() => estimatorState(new Regressor())).toThrow(/must come after fit/);
  });

  it('refuse what is damaged', async () => {
    const classifier = stored(await new Classifier({ maxIter: 1 }).fit(ROWS, LABELS));
    const regressor = stored(
      await new Regressor({ maxIter: 1 }).fit(
        ROWS,
        ROWS.map((r) => r.a),
      ),
    );
    const narrow = network({ inputs: 1, layers: classifier.net.spec.layers });
    const cases: [unknown, ReturnType<typeof network>, RegExp][] = [
      [null, classifier.net, /must be an object/],
      [{ ...classifier.json, version: 2 }, classifier.net, /version must be 1; got 2/],
      [
        { ...classifier.json, kind: 'toString' },
        classifier.net,
        /kind 'toString' is unknown. Known: 'classifier', 'regressor'/,
      ],
      [{ ...classifier.json, options: [] }, classifier.net, /options must be an object/],
      [
        { ...classifier.json, options: { maxIter: -1 } },
        classifier.net,
        /maxIter must be an integer, at least 1/,
      ],
      [{ ...classifier.json, options: { what: 1 } }, classifier.net, /unknown option 'what'/],
      [{ ...classifier.json, classes: ['a'] }, classifier.net, /as many classes as outputs/],
      [classifier.json, narrow, /as many inputs as the network has, 1; got 3/],
      [
        { ...regressor.json, targetScaler: { mean: [1, 2], scale: [1, 1] } },
        regressor.net,
        /as many targets/,
      ],
      [{ ...regressor.json, vector: 'yes' }, regressor.net, /vector must be true or false/],
    ];
    for (const field of ['options', 'preparation', 'classes', 'version', 'kind']) {
      cases.push([{ ...classifier.json, [field]: undefined }, classifier.net, /must be/]);
    }
    for (const field of ['targetScaler', 'vector']) {
      cases.push([{ ...regressor.json, [field]: undefined }, regressor.net, /must be/]);
    }
    for (const [json, net, message] of cases) {
      const run = (): unknown => restoreEstimator('test', json, [net]);
      expect(run).toThrow(message);
    }
  });
});
