import { describe, expect, it } from 'vitest';
import { ACTIVATION_KINDS } from '../../activations/activation.ts';
import { INITIALISER_NAMES } from '../../init/initialiser.ts';
import { categoryEmbedding, type CategoryEmbeddingOptions } from './category-embedding.ts';
import { dense, type DenseOptions } from './dense.ts';
import { dropout } from './dropout.ts';
import { LAYER_USAGES, readLayer } from './kinds.ts';
import { periodicEmbedding, type PeriodicEmbeddingOptions } from './periodic-embedding.ts';
import { scaling, type ScalingLayer } from './scaling.ts';
import { layerNormalization, type LayerNormalizationOptions } from './layer-normalization.ts';
import { layoutOf } from '../layout.ts';
import { network } from '../../model/network.ts';
import { adam } from '../../optim/adam.ts';
import { traceStep } from '../../trace/inspect.ts';
import { trainer } from '../../train/trainer.ts';

describe('dense', () => {
  it('has the defaults of the public API', () => {
    expect(dense(10)).toEqual({
      kind: 'dense',
      units: 10,
      activation: { kind: 'identity' },
      init: 'xavier-uniform',
      bias: true,
    });
  });

  it.each([
    ['relu', 'he-uniform'],
    ['leaky-relu', 'he-uniform'],
    ['elu', 'he-uniform'],
    ['gelu', 'he-uniform'],
    ['silu', 'he-uniform'],
    ['softplus', 'he-uniform'],
    ['selu', 'lecun-normal'],
    ['identity', 'xavier-uniform'],
    ['tanh', 'xavier-uniform'],
    ['sigmoid', 'xavier-uniform'],
  ] as const)('of %s starts with %s', (activation, init) => {
    expect(dense(3, { activation }).init).toBe(init);
  });

  it('takes every activation with every initialiser, and can be read from its JSON', () => {
    for (const activation of ACTIVATION_KINDS) {
      for (const init of [...INITIALISER_NAMES, { constant: 0.5 }]) {
        const layer = dense(4, { activation, init, bias: false });
        expect(readLayer('network', JSON.parse(JSON.stringify(layer)))).toEqual(layer);
      }
    }
  });

  it('is immutable, with its nested records', () => {
    const layer = dense(4, { activation: { kind: 'elu', alpha: 2 }, init: { constant: 1 } });
    expect(Object.isFrozen(layer)).toBe(true);
    expect(Object.isFrozen(layer.activation)).toBe(true);
    expect(Object.isFrozen(layer.init)).toBe(true);
  });

  it("does not keep the caller's records", () => {
    const activation = { kind: 'elu' as const, alpha: 2 };
    const layer = dense(4, { activation });
    activation.alpha = 3;
    expect(layer.activation.alpha).toBe(2);
  });

  it.each([
    [0, undefined, RangeError, 'dense: units must be an integer from 1 to'],
    [1.5, undefined, RangeError, 'units must be an integer'],
    [-3, undefined, RangeError, 'units must be an integer'],
    [NaN, undefined, RangeError, 'units must be an integer'],
    [2 ** 25, undefined, RangeError, 'from 1 to 16777216'],
    ['10', undefined, TypeError, 'units must be an integer'],
    [undefined, undefined, TypeError, 'units must be an integer'],
    [3, { activaton: 'relu' }, TypeError, "Did you mean 'activation'?"],
    [3, { useBias: true }, TypeError, "unknown option 'useBias'"],
    [3, 'relu', TypeError, 'options must be an object'],
    [3, null, TypeError, 'options must be an object'],
    [3, { bias: 0 }, TypeError, 'bias must be true or false'],
    [3, { init: 'he' }, RangeError, "init 'he' is unknown"],
    [3, { init: 'glorot-uniform' }, RangeError, 'is unknown'],
    [3, { init: { constant: NaN } }, RangeError, 'init.constant must be a finite number'],
    [3, { init: 3 }, TypeError, 'init must be a name or'],
    [3, { activation: 'softmax' }, RangeError, "activation must not be 'softmax'"],
  ])('refuses dense(%o, %o)', (units, options, kind, text) => {
    const make = (): unknown => dense(units as number, options as DenseOptions);
    expect(make).toThrow(kind);
    expect(make).toThrow(text);
  });
});

describe('dropout', () => {
  it.each([0, 0.2, 1])('takes the drop rate %d', (rate) => {
    expect(dropout(rate)).toEqual({ kind: 'dropout', rate });
    expect(Object.isFrozen(dropout(rate))).toBe(true);
  });

  it.each([
    [-0.1, RangeError],
    [1.1, RangeError],
    [NaN, RangeError],
    ['0.5', TypeError],
    [undefined, TypeError],
    [{ rate: 0.5 }, TypeError],
  ])('refuses %o', (rate, kind) => {
    expect(() => dropout(rate as number)).toThrow(kind);
    expect(() => dropout(rate as number)).toThrow(/^dropout: rate must be/);
  });
});

describe('scaling, eq. (35)–(37)', () => {
  it('is a record without options that can be read from its JSON', () => {
    expect(scaling()).toEqual({ kind: 'scaling' });
    expect(Object.isFrozen(scaling())).toBe(true);
    expect(readLayer('network', JSON.parse(JSON.stringify(scaling())))).toEqual(scaling());
    const fast = scaling({ rateFactor: 6 });
    expect(readLayer('network', JSON.parse(JSON.stringify(fast)))).toEqual(fast);
    expect(() => scaling({ rateFactor: 0 })).toThrow(/rateFactor must be a finite number, above 0/);
  });

  it('moves its factors by the step times rateFactor, and the other parameters as before', () => {
    const stepsOf = (layer: ScalingLayer, backend: 'wasm' | 'reference'): Map<string, number[]> => {
      const net = network({ inputs: 2, layers: [layer, dense(3), dense(1)], seed: 3 });
      const before = net.parameters();
      const optimizer = adam({ learningRate: 2 ** -6 });
      using one = trainer(net, { loss: 'mse', optimizer, backend });
      one.step({
        x: [
          [1, -2],
          [3, 1],
        ],
        y: [[1], [-1]],
      });
      const moved = (name: string): number[] =>
        [...net.parameters().get(name)!].map((w, i) => w - before.get(name)![i]!);
      return new Map([...before.keys()].map((name) => [name, moved(name)]));
    };
    for (const backend of ['wasm', 'reference'] as const) {
      const plain = stepsOf(scaling(), backend);
      const fast = stepsOf(scaling({ rateFactor: 6 }), backend);
      const factors = 'layers.0.weight';
      plain.get(factors)!.forEach((step, i) => {
        expect(fast.get(factors)![i]! / step).toBeCloseTo(6, 4);
      });
      for (const steps of [plain, fast]) steps.delete(factors);
      expect(fast).toEqual(plain);
    }
    const net = network({ inputs: 2, layers: [scaling({ rateFactor: 6 }), dense(1)] });
    const traced = traceStep(net, [[1, 2]], [[1]], { loss: 'mse' });
    const rates = traced.filter(({ name }) => name.endsWith('Next')).map(({ latex }) => latex);
    expect(rates.map((latex) => latex.includes('6\\,\\alpha'))).toEqual([false, true, false]);
  });

  it('starts as the identity, and its factors do not decay', () => {
    const net = network({ inputs: 3, layers: [scaling()] });
    expect(net.parameters()).toEqual(new Map([['layers.0.weight', Float32Array.of(1, 1, 1)]]));
    expect(layoutOf(net.spec).decayingCount).toBe(0);
    expect([...net.predict([[1, -2, 3]]).data]).toEqual([1, -2, 3]);
    net.setParameters({ 'layers.0.weight': [2, 3, 0.5] });
    expect([...net.predict([[1, -2, 3]]).data]).toEqual([2, -6, 1.5]);
  });
});

describe('layerNormalization, eq. (38)–(42)', () => {
  it('has the defaults of PyTorch, and can be read from its JSON', () => {
    const layer = layerNormalization();
    expect(layer).toEqual({ kind: 'layer-normalization', epsilon: 1e-5, affine: true });
    expect(Object.isFrozen(layer)).toBe(true);
    expect(readLayer('network', JSON.parse(JSON.stringify(layer)))).toEqual(layer);
    const net = network({ inputs: 3, layers: [dense(2), layer] });
    const parameters = net.parameters();
    expect([...parameters.keys()]).toEqual([
      'layers.0.weight',
      'layers.0.bias',
      'layers.1.weight',
      'layers.1.bias',
    ]);
    expect([...parameters.get('layers.1.weight')!]).toEqual([1, 1]);
    expect([...parameters.get('layers.1.bias')!]).toEqual([0, 0]);
    expect(layoutOf(net.spec).decayingCount).toBe(6);
  });

  it("gives the numbers of PyTorch's formula, which divides the variance by the columns and adds ε under the root", () => {
    const net = network({ inputs: 4, layers: [layerNormalization()], dtype: 'float64' });
    net.setParameters({ 'layers.0.weight': [1, 2, 3, -1], 'layers.0.bias': [0, 0.5, 0, 10] });
    // Mean 2.5, variance 1.25: (1.5, 0.5) / √1.25001 = (1.34163541…, 0.44721180…).
    const [far, near] = [1.5 / Math.sqrt(1.25001), 0.5 / Math.sqrt(1.25001)];
    expect(far).toBeCloseTo(1.341635419968927, 12);
    expect(near).toBeCloseTo(0.447211806656309, 12);
    const { data } = net.predict([[1, 2, 3, 4]]);
    const wanted = [-far, -2 * near + 0.5, 3 * near, -far + 10];
    wanted.forEach((value, i) => expect(data[i]).toBeCloseTo(value, 12));
    // A constant row has no deviation, so only β remains.
    const constant = [...net.predict([[7, 7, 7, 7]]).data];
    [0, 0.5, 0, 10].forEach((value, i) => expect(constant[i]).toBeCloseTo(value, 9));
  });

  it.each([
    [{ epsilon: 0 }, RangeError, 'layerNormalization: epsilon must be a finite number, above 0'],
    [{ epsilon: -1 }, RangeError, 'epsilon must be'],
    [{ epsilon: '1' }, TypeError, 'epsilon must be'],
    [{ affine: 1 }, TypeError, 'affine must be true or false'],
    [{ eps: 1e-5 }, TypeError, "unknown option 'eps'"],
  ])('refuses %o', (options, kind, text) => {
    const make = (): unknown => layerNormalization(options as LayerNormalizationOptions);
    expect(make).toThrow(kind);
    expect(make).toThrow(text);
  });

  it('without parameters cannot be the only layer of a network', () => {
    const layers = [layerNormalization({ affine: false })];
    expect(() => network({ inputs: 2, layers })).toThrow('at least one dense layer, or another');
  });
});

describe('periodicEmbedding, eq. (43)–(46)', () => {
  it('has the defaults of the published method, and can be read from its JSON', () => {
    const layer = periodicEmbedding();
    expect(layer).toEqual({
      kind: 'periodic-embedding',
      columns: 'all',
      frequencies: 16,
      units: 3,
      deviation: 0.1,
    });
    for (const one of [layer, periodicEmbedding({ columns: [0, 2], frequencies: 3, units: 1 })]) {
      expect(Object.isFrozen(one)).toBe(true);
      expect(readLayer('network', JSON.parse(JSON.stringify(one)))).toEqual(one);
    }
  });

  it('begins with frequencies around 0, phases over a turn and small sums, of which only the weights decay', () => {
    const net = network({ inputs: 300, layers: [periodicEmbedding()], seed: 3 });
    const of = (role: string): Float32Array =>
      net.parameters().get(`layers.0.${role}`) as Float32Array;
    const moments = (values: Float32Array): [mean: number, deviation: number, largest: number] => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      return [mean, Math.sqrt(square), largest];
    };
    const [mean, deviation] = moments(of('frequency'));
    // Within 4 standard errors of 4,800 draws.
    expect(Math.abs(mean)).toBeLessThan(0.006);
    expect(Math.abs(deviation - 0.1)).toBeLessThan(0.0042);
    for (const [role, bound] of [
      ['phase', Math.PI],
      ['weight', 0.25],
      ['bias', 0.25],
    ] as const) {
      const [middle, spread, largest] = moments(of(role));
      expect(largest).toBeLessThanOrEqual(bound);
      expect(largest).toBeGreaterThan(0.98 * bound);
      expect(Math.abs(middle)).toBeLessThan(0.1 * bound);
      expect(spread / (bound / Math.sqrt(3))).toBeCloseTo(1, 1);
    }
    expect(layoutOf(net.spec).decayingCount).toBe(of('weight').length);
    // No two parameters of a layer share their random numbers.
    expect(of('phase')[0]! / Math.PI).not.toBeCloseTo(4 * of('weight')[0]!, 3);
    expect(of('bias')[0]).not.toBeCloseTo(of('weight')[0]!, 3);
  });

  it('puts the sums of cosines of the embedded columns after the input', () => {
    const layer = periodicEmbedding({ columns: [1], frequencies: 2, units: 2 });
    const net = network({ inputs: 3, layers: [layer], dtype: 'float64' });
    net.setParameters({
      'layers.0.frequency': [0.25, 1],
      'layers.0.phase': [0, Math.PI / 2],
      'layers.0.weight': [1, 0, 3, 2],
      'layers.0.bias': [0.5, -1],
    });
    // cos(2π · 0.25 · 2) = −1 and cos(2π · 2 + π/2) = 0.
    const { data } = net.predict([[7, 2, 9]]);
    [7, 2, 9, -0.5, -4].forEach((value, i) => expect(data[i]).toBeCloseTo(value, 12));
    expect(net.summary()).toContain('periodic embedding of 1 columns');
  });

  it.each([
    [{ columns: [] }, RangeError, "columns must be 'all' or an array of column indices, ascending"],
    [{ columns: [2, 1] }, RangeError, 'ascending; got'],
    [{ columns: [1, 1] }, RangeError, 'ascending; got'],
    [{ columns: [0.5] }, RangeError, 'columns[0] must be an integer'],
    [{ columns: 3 }, TypeError, "columns must be 'all' or"],
    [{ frequencies: 0 }, RangeError, 'frequencies must be an integer from 1 to 256'],
    [{ units: 257 }, RangeError, 'units must be an integer from 1 to 256'],
    [{ deviation: 0 }, RangeError, 'deviation must be a finite number, above 0'],
    [{ sigma: 1 }, TypeError, "unknown option 'sigma'"],
  ])('refuses %o', (options, kind, text) => {
    const make = (): unknown => periodicEmbedding(options as PeriodicEmbeddingOptions);
    expect(make).toThrow(kind);
    expect(make).toThrow(text);
  });

  it('is refused in a network whose input has no such column', () => {
    const layers = [dense(4), periodicEmbedding({ columns: [0, 4] })];
    expect(() => network({ inputs: 9, layers })).toThrow(
      'layers[1], periodicEmbedding(…), must have an input of at least 5 columns; got 4',
    );
  });
});

describe('categoryEmbedding, eq. (47)–(49)', () => {
  const columns = [
    { column: 0, levels: 3 },
    { column: 2, levels: 40 },
  ];

  it('has 8 learned numbers for each category by default, and can be read from its JSON', () => {
    const layer = categoryEmbedding({ columns });
    expect(layer).toEqual({ kind: 'category-embedding', columns, size: 8 });
    expect(Object.isFrozen(layer) && Object.isFrozen(layer.columns[0])).toBe(true);
    expect(readLayer('network', JSON.parse(JSON.stringify(layer)))).toEqual(layer);
  });

  it('begins as N(0, 1), with 0 for the level of what is missing or unknown', () => {
    const net = network({ inputs: 3, layers: [categoryEmbedding({ columns })], seed: 3 });
    const weight = net.parameters().get('layers.0.weight')!;
    expect(weight).toHaveLength(43 * 8);
    const firstRows = [...weight.slice(0, 8), ...weight.slice(24, 32)];
    expect(firstRows.every((value) => value === 0)).toBe(true);
    const others = [...weight.slice(8, 24), ...weight.slice(32)];
    const square = others.reduce((sum, value) => sum + value * value, 0) / others.length;
    // Within 4 standard errors of 328 draws.
    expect(Math.abs(square - 1)).toBeLessThan(0.32);
    expect(layoutOf(net.spec).decayingCount).toBe(43 * 8);
  });

  it('puts the rows of the categories after the other columns', () => {
    const layer = categoryEmbedding({
      columns: [
        { column: 0, levels: 2 },
        { column: 2, levels: 3 },
      ],
      size: 2,
    });
    const net = network({ inputs: 4, layers: [layer] });
    net.setParameters({ 'layers.0.weight': [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] });
    expect([...net.predict([[1, -7, 2, 0.5]]).data]).toEqual([-7, 0.5, 3, 4, 9, 10]);
    expect([...net.predict([[0, -7, 0, 0.5]]).data]).toEqual([-7, 0.5, 1, 2, 5, 6]);
    expect([...net.predict([[2, -7, 0.5, 0.5]]).data]).toEqual([-7, 0.5, NaN, NaN, NaN, NaN]);
    expect(net.summary()).toContain('category embedding of 2 columns');
  });

  it.each([
    [{}, TypeError, 'columns must be an array of records { column, levels }'],
    [{ columns: [] }, RangeError, 'columns must be an array of records'],
    [
      {
        columns: [
          { column: 1, levels: 2 },
          { column: 1, levels: 2 },
        ],
      },
      RangeError,
      'ascending',
    ],
    [{ columns: [{ column: 1 }] }, TypeError, 'columns[0].levels must be an integer'],
    [{ columns: [{ column: 1, levels: 0 }] }, RangeError, 'columns[0].levels must be an integer'],
    [{ columns: [3] }, TypeError, 'options must be an object'],
    [{ columns, size: 0 }, RangeError, 'size must be an integer from 1 to 256'],
    [{ columns, dim: 3 }, TypeError, "unknown option 'dim'"],
  ])('refuses %o', (options, kind, text) => {
    const make = (): unknown => categoryEmbedding(options as CategoryEmbeddingOptions);
    expect(make).toThrow(kind);
    expect(make).toThrow(text);
  });

  it('is refused in a network whose input has no such column', () => {
    expect(() => network({ inputs: 2, layers: [categoryEmbedding({ columns })] })).toThrow(
      'layers[0], categoryEmbedding(…), must have an input of at least 3 columns; got 2',
    );
  });
});

const USAGES = `must be made by ${LAYER_USAGES}`;

describe('readLayer', () => {
  it.each([
    [null, TypeError, USAGES],
    ['relu', TypeError, USAGES],
    [dense, TypeError, USAGES],
    [{ units: 3 }, TypeError, USAGES],
    [{ kind: 'conv' }, TypeError, USAGES],
    [{ kind: 'dense', units: 3, name: 'a' }, TypeError, "unknown option 'name'"],
    [{ kind: 'dropout', rate: 0.5, seed: 1 }, TypeError, "unknown option 'seed'"],
    [{ kind: 'dropout', rate: 2 }, RangeError, 'rate must be'],
    [{ kind: 'scaling', columns: 3 }, TypeError, "unknown option 'columns'"],
  ])('refuses %o', (value, kind, text) => {
    expect(() => readLayer('network', value)).toThrow(kind);
    expect(() => readLayer('network', value)).toThrow(text);
  });
});
