import { describe, expect, it } from 'vitest';
import { ACTIVATION_KINDS } from '../activations/activation.ts';
import type { MatrixInput } from '../arrays/matrix.ts';
import { DataError } from '../words/errors.ts';
import { INITIALISER_NAMES } from '../init/initialiser.ts';
import {
  network,
  readParameters,
  restoreNetwork,
  stateOf,
  type Network,
  type ParameterValues,
} from './network.ts';
import { dense } from '../network/layers/dense.ts';
import { dropout } from '../network/layers/dropout.ts';
import type { NetworkOptions } from '../network/spec.ts';
import { fit } from '../train/fit.ts';

function smallNet(options: Partial<NetworkOptions> = {}): Network {
  return network({
    inputs: 3,
    layers: [dense(4, { activation: 'relu' }), dropout(0.5), dense(2)],
    seed: 7,
    ...options,
  });
}

describe('network', () => {
  it('can be made again from its spec and from its JSON, with the same bits', () => {
    const net = smallNet({ output: 'softmax', seed: 2 ** 33 + 5 });
    for (const spec of [net.spec, JSON.parse(JSON.stringify(net.spec)) as NetworkOptions]) {
      const twin = network(spec);
      expect(twin.spec).toEqual(net.spec);
      expect(twin.parameters()).toEqual(net.parameters());
    }
  });

  it('is refused by JSON.stringify, which would lose its weights, and names what keeps them', () => {
    const net = smallNet();
    for (const value of [net, { saved: [net] }]) {
      expect(() => JSON.stringify(value)).toThrow(TypeError);
      expect(() => JSON.stringify(value)).toThrow(/toSafetensors\(network\).*network\.spec/);
    }
  });

  it.each(ACTIVATION_KINDS)(
    'predicts finite numbers with %s and every initialiser',
    (activation) => {
      for (const init of [...INITIALISER_NAMES, { constant: 0.1 }]) {
        const net = network({ inputs: 2, layers: [dense(3, { activation, init }), dense(2)] });
        const { data, shape } = net.predict([[0.5, -1]]);
        expect(shape).toEqual([1, 2]);
        expect([...data].every(Number.isFinite)).toBe(true);
      }
    },
  );

  it('starts with biases 0 and weights within the bound of their initialiser, eq. (31)–(33)', () => {
    const parameters = smallNet().parameters();
    expect(parameters.get('layers.0.bias')).toEqual(new Float32Array(4));
    expect(parameters.get('layers.1.bias')).toEqual(new Float32Array(2));
    const he = Math.sqrt(6 / 3);
    const xavier = Math.sqrt(6 / (4 + 2));
    expect(parameters.get('layers.0.weight')!.every((w) => Math.abs(w) <= he && w !== 0)).toBe(
      true,
    );
    expect(parameters.get('layers.1.weight')!.every((w) => Math.abs(w) <= xavier)).toBe(true);
  });

  it('has other weights for another seed, also for seeds above 2^32', () => {
    const seen = [0, 1, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER].map((seed) =>
      [...smallNet({ seed }).parameters().get('layers.0.weight')!].join(),
    );
    expect(new Set(seen).size).toBe(5);
  });

  it('counts its parameters and prints a summary', () => {
    const net = smallNet();
    expect(net.kind).toBe('network');
    expect(net.parameterCount).toBe(4 * 3 + 4 + 2 * 4 + 2);
    expect(net.summary()).toContain('Parameters: 26 (104 B, float32)');
  });

  it('may be wide and deep', () => {
    const wide = network({ inputs: 1, layers: [dense(5000, { activation: 'relu' }), dense(1)] });
    expect(Number.isFinite(wide.predict([[1]]).data[0])).toBe(true);
    const layers = Array.from({ length: 300 }, () => dense(3, { activation: 'tanh' }));
    const deep = network({ inputs: 3, layers });
    expect(deep.predict([[1, 0, -1]]).shape).toEqual([1, 3]);
    expect(deep.parameters().size).toBe(600);
  });
});

describe('parameters', () => {
  it('are copies, [fanOut, fanIn], Float32Array or Float64Array', () => {
    const net = smallNet();
    const parameters = net.parameters();
    expect([...parameters].map(([name, values]) => [name, values.length])).toEqual([
      ['layers.0.weight', 12],
      ['layers.1.weight', 8],
      ['layers.0.bias', 4],
      ['layers.1.bias', 2],
    ]);
    expect(parameters.get('layers.0.weight')).toBeInstanceOf(Float32Array);
    parameters.get('layers.0.weight')!.fill(9);
    expect(net.parameters().get('layers.0.weight')![0]).not.toBe(9);
    const double = smallNet({ dtype: 'float64' });
    expect(double.parameters().get('layers.0.weight')).toBeInstanceOf(Float64Array);
    expect(double.predict([[1, 2, 3]]).data).toBeInstanceOf(Float64Array);
  });

  it('have the weight from input j to output i in row i, column j', () => {
    const net = network({ inputs: 3, layers: [dense(2)] });
    net.setParameters({ 'layers.0.weight': [1, 2, 3, 4, 5, 6], 'layers.0.bias': [10, 20] });
    expect([...net.predict([[1, 0, 0]]).data]).toEqual([11, 24]);
    expect([...net.predict([[0, 0, 1]]).data]).toEqual([13, 26]);
  });
});

describe('setParameters', () => {
  it('writes some or all parameters from a record, a Map or typed arrays, for the next call', () => {
    const net = network({ inputs: 1, layers: [dense(1)] });
    const before = net.version;
    net.setParameters({ 'layers.0.weight': [2] });
    expect(net.version).toBe(before + 1);
    expect(net.predict([[3]]).data[0]).toBe(6);
    net.setParameters(new Map([['layers.0.bias', Float64Array.of(1)]]));
    expect(net.predict([[3]]).data[0]).toBe(7);
    net.setParameters({ 'layers.0.weight': Uint8Array.of(1), 'layers.0.bias': [-1] });
    expect(net.predict([[3]]).data[0]).toBe(2);
    net.setParameters({});
    expect(net.predict([[3]]).data[0]).toBe(2);
  });

  it('accepts the result of parameters()', () => {
    const net = smallNet();
    const twin = smallNet({ seed: 8 });
    twin.setParameters(net.parameters());
    expect(twin.parameters()).toEqual(net.parameters());
    expect(twin.predict([[1, 2, 3]])).toEqual(net.predict([[1, 2, 3]]));
  });

  it.each([
    [undefined, TypeError, 'values must be a Map or a record'],
    ['layers.0.weight', TypeError, 'values must be a Map or a record'],
    [{ 'layers.0.wieght': [1] }, TypeError, "Did you mean 'layers.0.weight'?"],
    [{ 'layers.2.weight': [1] }, TypeError, "unknown parameter 'layers.2.weight'"],
    [{ 'layers.0.bias': 3 }, TypeError, 'layers.0.bias must be an array of numbers; got 3'],
    [{ 'layers.0.bias': new DataView(new ArrayBuffer(4)) }, TypeError, 'must be an array'],
    [{ 'layers.0.bias': [1] }, RangeError, 'must have 4 values, shape [4]; got 1'],
    [{ 'layers.0.weight': [[1, 2, 3]] }, RangeError, 'must have 12 values, shape [4, 3]'],
    [{ 'layers.0.bias': [1, 2, NaN, 4] }, DataError, 'layers.0.bias[2] must be a finite float32'],
    [{ 'layers.0.bias': [1, 2, 3, Infinity] }, DataError, 'got Infinity'],
    [{ 'layers.0.bias': [1, 2, 3, 1e39] }, DataError, 'got 1e+39'],
    [{ 'layers.0.bias': [1, 2, 3, '4'] }, DataError, "got '4'"],
  ])('refuses %o and writes nothing', (values, kind, text) => {
    const net = smallNet();
    const before = net.parameters();
    const version = net.version;
    const good = { 'layers.1.bias': [5, 5] };
    const given = typeof values === 'object' ? { ...good, ...values } : values;
    expect(() => net.setParameters(given as ParameterValues)).toThrow(kind);
    expect(() => net.setParameters(given as ParameterValues)).toThrow(text);
    expect(net.parameters()).toEqual(before);
    expect(net.version).toBe(version);
  });
});

describe('predict and logits', () => {
  const x = [
    [1, 2, 3],
    [-1, 0, 0.5],
  ];

  it('differ only by the output function, eq. (4), (9)', () => {
    const identity = smallNet();
    const z = [...identity.logits(x).data];
    expect([...identity.predict(x).data]).toEqual(z);
    const soft = [...smallNet({ output: 'softmax' }).predict(x).data];
    const sigmoid = [...smallNet({ output: 'sigmoid' }).predict(x).data];
    for (const row of [0, 2]) {
      const sum = Math.exp(z[row]!) + Math.exp(z[row + 1]!);
      expect(soft[row]! + soft[row + 1]!).toBeCloseTo(1, 6);
      for (const i of [row, row + 1]) {
        expect(soft[i]).toBeCloseTo(Math.exp(z[i]!) / sum, 6);
        expect(sigmoid[i]).toBeCloseTo(1 / (1 + Math.exp(-z[i]!)), 6);
      }
    }
    expect([...smallNet({ output: 'softmax' }).logits(x).data]).toEqual(z);
  });

  it('have no dropout, so they have the bits of a network without it', () => {
    const plain = smallNet({ layers: [dense(4, { activation: 'relu' }), dense(2)] });
    const heavy = smallNet({
      layers: [dropout(1), dense(4, { activation: 'relu' }), dropout(0.9), dense(2), dropout(0.5)],
    });
    expect(heavy.predict(x)).toEqual(plain.predict(x));
  });

  it('give the same for every form of x', () => {
    const net = smallNet();
    const expected = net.predict(x);
    const flat = x.flat();
    const column = Float32Array.of(1, -1, 2, 0, 3, 0.5);
    const forms: MatrixInput[] = [
      { data: Float32Array.from(flat), shape: [2, 3] },
      { data: Float64Array.from(flat), shape: [2, 3] },
      { data: flat, shape: [2, 3] },
      x.map((row) => Float32Array.from(row)),
      { data: column, shape: [2, 3], stride: [1, 2], offset: 0 },
      { data: Float32Array.of(9, ...flat, 9), shape: [2, 3], stride: [3, 1], offset: 1 },
      { data: Float32Array.of(-1, 0, 0.5, 1, 2, 3), shape: [2, 3], stride: [-3, 1], offset: 3 },
    ];
    for (const form of forms) expect(net.predict(form)).toEqual(expected);
  });

  it('read bytes as 0–255, or multiplied by their scale', () => {
    const net = smallNet();
    const data = Uint8Array.of(0, 128, 255);
    expect(net.predict({ data, shape: [1, 3] })).toEqual(net.predict([[0, 128, 255]]));
    const scale = Math.fround(1 / 255);
    const scaled = [...data].map((byte) => Math.fround(byte * scale));
    expect(net.predict({ data, shape: [1, 3], scale: 1 / 255 })).toEqual(net.predict([scaled]));
  });

  it('give no rows for no rows', () => {
    const net = smallNet();
    const none = { data: new Float32Array(0), shape: [0, 2] };
    expect(net.predict([])).toEqual(none);
    expect(net.logits({ data: new Float32Array(0), shape: [0, 3] })).toEqual(none);
  });

  it('return memory of their own, and keep none of the caller', () => {
    const net = smallNet();
    const data = Float32Array.of(1, 2, 3);
    const first = net.predict({ data, shape: [1, 3] });
    const kept = first.data.slice();
    net.predict([[9, 9, 9]]);
    expect(first.data).toEqual(kept);
    expect([...data]).toEqual([1, 2, 3]);
  });

  it.each([
    [[[1, 2]], RangeError, 'x must have shape [rows, 3]; got [1, 2]'],
    [{ data: new Float32Array(6), shape: [3, 2] }, RangeError, 'x must have shape [rows, 3]'],
    [[[1, NaN, 3]], DataError, 'x[0][1] must be a finite number'],
    [[[1, 2, 1e39]], DataError, 'within the range of float32'],
    [Float32Array.of(1, 2, 3), TypeError, 'For one row give [row]'],
    [undefined, TypeError, 'x must be { data, shape: [rows, columns] } or an array of rows'],
  ])('refuse %o', (given, kind, text) => {
    const net = smallNet();
    for (const method of ['predict', 'logits'] as const) {
      expect(() => net[method](given as MatrixInput)).toThrow(kind);
      expect(() => net[method](given as MatrixInput)).toThrow(text);
      expect(() => net[method](given as MatrixInput)).toThrow(new RegExp(`^${method}: `));
    }
  });

  it('give each row the same bits in every batch of 1 to 300 rows', () => {
    const net = network({
      inputs: 5,
      layers: [dense(17, { activation: 'gelu' }), dense(9, { activation: 'tanh' }), dense(3)],
      output: 'softmax',
      seed: 3,
    });
    const rows = 300;
    const data = Float32Array.from({ length: rows * 5 }, (_, i) => Math.sin(i * 12.9898) * 3);
    const single = Float32Array.from({ length: rows * 3 });
    for (let row = 0; row < rows; row++) {
      const one = net.predict({ data: data.subarray(row * 5, row * 5 + 5), shape: [1, 5] });
      single.set(one.data, row * 3);
    }
    for (let size = 1; size <= rows; size++) {
      const batch = net.predict({ data: data.subarray(0, size * 5), shape: [size, 5] }).data;
      expect(batch.every((value, i) => Object.is(value, single[i]))).toBe(true);
    }
  });

  it('are right even if there are more networks than can keep their packed weights', () => {
    const nets = Array.from({ length: 20 }, (_, seed) => smallNet({ seed }));
    const first = nets.map((net) => net.predict(x));
    expect(nets.map((net) => net.predict(x))).toEqual(first);
    expect(nets.toReversed().map((net) => net.predict(x))).toEqual(first.toReversed());
  });
});

describe('training', () => {
  it('changes the output function of predict immediately, because the loss determines it', async () => {
    const net = smallNet();
    const x = [[1, 2, 3]];
    expect(net.predict(x)).toEqual(net.logits(x));
    await fit(net, { x, y: [0] }, { loss: 'softmax-cross-entropy', epochs: 1 });
    const { data } = net.predict(x);
    expect(data[0]! + data[1]!).toBeCloseTo(1, 6);
    expect(net.predict(x)).not.toEqual(net.logits(x));
  });
});

describe('version', () => {
  it('increases with the steps of a run', async () => {
    const net = smallNet();
    const seen: number[] = [];
    await fit(
      net,
      { x: [[1, 2, 3]], y: [0] },
      {
        loss: 'softmax-cross-entropy',
        epochs: 3,
        callbacks: [{ onEpochEnd: () => void seen.push(net.version) }],
      },
    );
    expect(seen[0]).toBeGreaterThan(0);
    expect(seen[1]).toBeGreaterThan(seen[0]!);
    expect(seen[2]).toBeGreaterThan(seen[1]!);
    expect(net.version).toBe(seen[2]);
  });
});

describe('stateOf, readParameters and restoreNetwork', () => {
  it('distinguish a network from an object that only looks like one', () => {
    const net = smallNet();
    expect(stateOf('fit', net).spec).toBe(net.spec);
    for (const value of [undefined, null, {}, { ...net }, Object.create(net), net.spec]) {
      expect(() => stateOf('fit', value)).toThrow(TypeError);
      expect(() => stateOf('fit', value)).toThrow(/^fit: net must be made by network/);
    }
  });

  it('read each name only a few times, so that many layers do not take quadratic time', () => {
    const count = 2000;
    const net = network({ inputs: 1, layers: Array.from({ length: count }, () => dense(1)) });
    const values = net.parameters();
    const { layout, ...others } = stateOf('test', net);
    let looks = 0;
    const parameters = layout.parameters.map((place) =>
      Object.defineProperty({ ...place }, 'name', {
        get: () => (looks++, place.name),
        enumerable: true,
      }),
    );
    readParameters({ ...others, layout: { ...layout, parameters } }, values);
    expect(values.size).toBe(2 * count);
    expect(looks).toBeLessThan(10 * values.size);
  });

  it('make a network from a spec and its parameters', () => {
    const net = smallNet();
    const twin = restoreNetwork(net.spec, net.parameters());
    expect(twin.parameters()).toEqual(net.parameters());
    expect(twin.predict([[1, 2, 3]])).toEqual(net.predict([[1, 2, 3]]));
  });
});
