import { describe, expect, it } from 'vitest';
import { registeredBackends } from '../backends/registry.ts';
import { backward, forward, traceStep, type BackwardOptions } from './inspect.ts';
import { network, type Network } from '../model/network.ts';
import { dense } from '../network/layers/dense.ts';
import { dropout } from '../network/layers/dropout.ts';
import { trainer } from '../train/trainer.ts';

const BACKENDS = registeredBackends()
  .filter((backend) => backend.unavailable() === undefined)
  .map(({ name }) => name);

const X = [
  [2, 1],
  [-1, 0.5],
  [0.25, -3],
];

function smallNet(): Network {
  return network({
    inputs: 2,
    layers: [dense(4, { activation: 'tanh' }), dropout(0.5), dense(3)],
    output: 'softmax',
    seed: 5,
  });
}

describe.each(BACKENDS)('forward on %s', (backend) => {
  it('gives the output, the logits and h of every dense layer, eq. (1)–(4), (6)–(9)', () => {
    const net = smallNet();
    const { data, shape, logits, activations } = forward(net, X, { backend });
    expect(shape).toEqual([3, 3]);
    expect(activations.map((one) => one.shape)).toEqual([
      [3, 4],
      [3, 3],
    ]);
    const [h, z] = activations;
    expect(z).toEqual(logits);
    const parameters = net.parameters();
    const w = parameters.get('layers.0.weight')!;
    const b = parameters.get('layers.0.bias')!;
    X.forEach((row, n) => {
      for (let o = 0; o < 4; o++) {
        const m = w[o * 2]! * row[0]! + w[o * 2 + 1]! * row[1]! + b[o]!;
        expect(h!.data[n * 4 + o]).toBeCloseTo(Math.tanh(m), 6);
      }
    });
    expect([...data].reduce((sum, y) => sum + y, 0)).toBeCloseTo(3, 5);
    const preferred = backend === BACKENDS[0];
    expect(preferred ? net.predict(X) : { data, shape }).toEqual({ data, shape });
    expect(preferred ? net.logits(X) : logits).toEqual(logits);
  });

  it('takes no rows, and more rows than a tile has', () => {
    const empty = forward(smallNet(), [], { backend });
    expect(empty.shape).toEqual([0, 3]);
    expect(empty.activations.map((one) => one.shape)).toEqual([
      [0, 4],
      [0, 3],
    ]);
    const many = Array.from({ length: 300 }, (_, i) => [i / 100, 1]);
    const all = forward(smallNet(), many, { backend });
    const last = forward(smallNet(), many.slice(-1), { backend });
    expect(all.activations[0]!.data.subarray(-4)).toEqual(last.activations[0]!.data);
  });
});

describe.each(BACKENDS)('backward on %s', (backend) => {
  it('gives the loss and the gradient by parameter name, eq. (11)–(25)', () => {
    const net = smallNet();
    const loss = 'softmax-cross-entropy';
    const found = backward(net, X, [0, 2, 1], { loss, backend, step: 4, seed: 9 });
    const traced = new Map(
      traceStep(net, X, [0, 2, 1], { loss, step: 4, seed: 9 }).map((one) => [one.name, one.value]),
    );
    expect(found.loss).toBeCloseTo(traced.get('L')![0]!, 6);
    expect([...found.gradients.keys()]).toEqual([...net.parameters().keys()]);
    for (const [name, letter] of [
      ['layers.0.weight', 'W1'],
      ['layers.1.weight', 'W2'],
      ['layers.0.bias', 'b1'],
      ['layers.1.bias', 'b2'],
    ] as const) {
      const gradient = found.gradients.get(name)!;
      expect(gradient).toBeInstanceOf(Float32Array);
      expect(gradient.some((one) => one !== 0)).toBe(true);
      traced.get(`${letter}Bar`)!.forEach((one, i) => expect(gradient[i]).toBeCloseTo(one, 6));
    }
  });

  it('gives the gradient of a trainer after the same rows, bit for bit', () => {
    const net = smallNet();
    const options = { loss: 'softmax-cross-entropy', backend } as const;
    const batch = { x: X, y: [0, 2, 1], sampleWeights: [1, 0.5, 2] };
    const found = backward(net, X, batch.y, { ...options, sampleWeights: batch.sampleWeights });
    using steps = trainer(net, options);
    steps.runPhase('forward', batch);
    const { loss } = steps.runPhase('backward');
    expect(found.loss).toBe(loss);
    for (const [name, gradient] of steps.gradients()) {
      expect(found.gradients.get(name)).toEqual(Float32Array.from(gradient));
    }
  });

  it('has no dropout if it is not asked to train', () => {
    const plain = network({
      ...smallNet().spec,
      layers: [dense(4, { activation: 'tanh' }), dense(3)],
    });
    const options = { loss: 'softmax-cross-entropy', backend } as const;
    const off = backward(smallNet(), X, [0, 2, 1], { ...options, training: false });
    expect(off).toEqual(backward(plain, X, [0, 2, 1], options));
    expect(off).not.toEqual(backward(smallNet(), X, [0, 2, 1], options));
  });

  it('gives the same bits twice, and changes nothing', () => {
    const net = smallNet();
    const before = net.parameters();
    const options = { loss: 'mse', backend, l2: 0.1 } as const;
    const plain = network({ inputs: 2, layers: [dense(1)], seed: 2 });
    expect(backward(plain, X, [1, 2, 3], options)).toEqual(backward(plain, X, [1, 2, 3], options));
    backward(net, X, [0, 1, 2], { loss: 'softmax-cross-entropy', backend });
    expect(net.parameters()).toEqual(before);
    expect(net.version).toBe(0);
    expect(plain.spec.output).toBeUndefined();
  });

  it('adds l1·sign(w) and l2·w only to the gradient of weights', () => {
    const net = network({ inputs: 2, layers: [dense(1)], seed: 2, dtype: 'float32' });
    const plain = backward(net, X, [1, 2, 3], { loss: 'mse', backend });
    const penal = backward(net, X, [1, 2, 3], { loss: 'mse', backend, l1: 0.5, l2: 0.25 });
    expect(penal.loss).toBe(plain.loss);
    expect(penal.gradients.get('layers.0.bias')).toEqual(plain.gradients.get('layers.0.bias'));
    net
      .parameters()
      .get('layers.0.weight')!
      .forEach((w, i) => {
        const expected =
          plain.gradients.get('layers.0.weight')![i]! + 0.25 * w + 0.5 * Math.sign(w);
        expect(penal.gradients.get('layers.0.weight')![i]).toBeCloseTo(expected, 6);
      });
  });

  it('treats a row of weight 2 as two rows, and leaves a row of weight 0 out', () => {
    const net = network({
      inputs: 2,
      layers: [dense(3, { activation: 'silu' }), dense(1)],
      seed: 2,
    });
    const options = { loss: 'huber', backend } as const;
    const near = (left: BackwardOptions, x: number[][], y: number[]): void => {
      const weighted = backward(net, X, [1, 2, 3], left);
      const repeated = backward(net, x, y, options);
      expect(weighted.loss).toBeCloseTo(repeated.loss, 6);
      for (const [name, gradient] of repeated.gradients) {
        gradient.forEach((one, i) => expect(weighted.gradients.get(name)![i]).toBeCloseTo(one, 5));
      }
    };
    near({ ...options, sampleWeights: [2, 1, 1] }, [X[0]!, ...X], [1, 1, 2, 3]);
    near({ ...options, sampleWeights: [1, 0, 1] }, [X[0]!, X[2]!], [1, 3]);
    near({ ...options, sampleWeights: [0.1, 0.1, 0.1] }, X, [1, 2, 3]);
  });

  it('gives a gradient of 0 if all rows have weight 0', () => {
    const net = network({ inputs: 2, layers: [dense(1)], seed: 2 });
    const found = backward(net, X, [1, 2, 3], { loss: 'mse', backend, sampleWeights: [0, 0, 0] });
    expect(found.loss).toBe(0);
    for (const gradient of found.gradients.values()) {
      expect(gradient.every((one) => one === 0)).toBe(true);
    }
  });
});

describe('forward and backward of float64 networks', () => {
  it('are in float64', () => {
    const net = network({ inputs: 1, layers: [dense(1)], dtype: 'float64' });
    net.setParameters({ 'layers.0.weight': [0.1], 'layers.0.bias': [0.2] });
    expect(forward(net, [[3]]).data[0]).toBe(0.1 * 3 + 0.2);
    const { gradients } = backward(net, [[3]], [1], { loss: 'mse' });
    expect(gradients.get('layers.0.bias')).toEqual(Float64Array.of(2 * (0.1 * 3 + 0.2 - 1)));
  });
});

describe('forward and backward refuse', () => {
  const good = { loss: 'softmax-cross-entropy' } as const;
  const net = smallNet();
  it.each([
    [undefined, X, [0, 1, 2], good, TypeError, 'net must be made by network'],
    [net, [], [], good, Error, 'at least one row'],
    [net, [[1]], [0], good, RangeError, 'x must have shape [rows, 2]'],
    [net, X, [0, 1], good, RangeError, 'y must have as many rows as x'],
    [net, X, [0, 1, 3], good, Error, 'y[2] must be an integer from 0 to 2'],
    [net, X, [0, 1, 2], {}, TypeError, 'loss must be one of'],
    [net, X, [0, 1, 2], undefined, TypeError, 'options must be an object'],
    [net, X, [0, 1, 2], { ...good, optimizer: 1 }, TypeError, "unknown option 'optimizer'"],
    [net, X, [0, 1, 2], { loss: 'mse' }, RangeError, "must go with output 'identity'"],
    [net, X, [0, 1, 2], { ...good, step: 0 }, RangeError, 'step must be'],
    [net, X, [0, 1, 2], { ...good, seed: -1 }, RangeError, 'seed must be'],
    [net, X, [0, 1, 2], { ...good, l2: -1 }, RangeError, 'l2 must be'],
    [net, X, [0, 1, 2], { ...good, training: 1 }, TypeError, 'training must be true or false'],
    [net, X, [0, 1, 2], { ...good, sampleWeights: [1] }, RangeError, 'sampleWeights must have'],
    [net, X, [0, 1, 2], { ...good, backend: 'gpu' }, RangeError, "backend 'gpu' is unknown"],
  ])('case %#: backward', (given, x, y, options, kind, text) => {
    const run = (): unknown => backward(given as Network, x, y, options as BackwardOptions);
    expect(run).toThrow(kind);
    expect(run).toThrow(text);
    expect(run).toThrow(/^backward: /);
  });

  it.each([
    [undefined, X, {}, TypeError],
    [net, [[1]], {}, RangeError],
    [net, X, { backnd: 'wasm' }, TypeError],
    [net, X, null, TypeError],
  ])('case %#: forward', (given, x, options, kind) => {
    const run = (): unknown => forward(given as Network, x, options as { backend?: 'auto' });
    expect(run).toThrow(kind);
    expect(run).toThrow(/^forward: /);
  });
});
