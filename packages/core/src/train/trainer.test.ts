import { describe, expect, it } from 'vitest';
import { registeredBackends } from '../backends/registry.ts';
import { DataError } from '../words/errors.ts';
import { network, type Network } from '../model/network.ts';
import { dense } from '../network/layers/dense.ts';
import { dropout } from '../network/layers/dropout.ts';
import { adagrad } from '../optim/adagrad.ts';
import { adam, adamw } from '../optim/adam.ts';
import { nadam } from '../optim/nadam.ts';
import { radam } from '../optim/radam.ts';
import { rmsprop } from '../optim/rmsprop.ts';
import { sgd } from '../optim/sgd.ts';
import { shuffleRows } from '../random/shuffle.ts';
import { fit } from './fit.ts';
import type { StepOptions } from './settings.ts';
import type { TrainerState } from './trainer-state.ts';
import { trainer, type Batch, type StepPhase } from './trainer.ts';

const BACKENDS = registeredBackends()
  .filter((backend) => backend.unavailable() === undefined)
  .map(({ name }) => name);

const X = Array.from({ length: 21 }, (_, i) => [Math.sin(i * 1.3), Math.cos(i * 2.1)]);
const Y = X.map(([a]) => (a! > 0 ? 1 : 0));
const LOSS = { loss: 'softmax-cross-entropy' } as const;
const BATCH = { x: X.slice(0, 8), y: Y.slice(0, 8) };

function net(dtype: 'float32' | 'float64' = 'float32'): Network {
  const layers = [dense(8, { activation: 'gelu' }), dropout(0.25), dense(2)];
  return network({ inputs: 2, layers, seed: 3, dtype });
}

/** The batches of an epoch of `fit`, in its order. */
function batches(epoch: number, batchSize: number): number[][] {
  const order = Uint32Array.from(X.keys());
  shuffleRows(order, 3, epoch);
  return Array.from({ length: Math.ceil(X.length / batchSize) }, (_, i) =>
    Array.from(order.subarray(i * batchSize, (i + 1) * batchSize)),
  );
}

describe.each(BACKENDS)('trainer on %s', (backend) => {
  it.each([
    [{}],
    [{ optimizer: adamw({ weightDecay: 0.1 }), l1: 0.01, l2: 0.1 }],
    [{ optimizer: sgd({ momentum: 0.9, nesterov: true }), clip: { globalNorm: 0.01 } }],
    [{ optimizer: rmsprop({ momentum: 0.5 }), clip: { value: 0.01 }, shards: 3 }],
    [{ optimizer: adagrad(), classWeights: [1, 3] }],
    [{ loss: { kind: 'softmax-cross-entropy', labelSmoothing: 0.1 } }],
  ] as Partial<StepOptions>[][])("a step is fit's step, bit for bit, with %o", async (options) => {
    const batchSize = 8;
    const settings = { ...LOSS, batchSize, backend, ...options };
    const whole = net();
    const history = await fit(whole, { x: X, y: Y }, { ...settings, epochs: 2 });
    const stepwise = net();
    using steps = trainer(stepwise, settings);
    const factor = options.classWeights === undefined ? 1 : 3;
    const weightOf = (rows: readonly number[]): number =>
      rows.reduce((sum, row) => sum + (Y[row] === 1 ? factor : 1), 0);
    for (const epoch of [1, 2]) {
      let sum = 0;
      for (const rows of batches(epoch, batchSize)) {
        const result = steps.step({ x: rows.map((row) => X[row]!), y: rows.map((row) => Y[row]!) });
        sum += result.loss * weightOf(rows);
        expect(result.updated).toBe(true);
      }
      expect(sum / weightOf([...X.keys()])).toBe(history.epochs[epoch - 1]!.loss);
    }
    expect(steps.steps).toBe(6);
    expect(stepwise.parameters()).toEqual(whole.parameters());
  });

  it('gives the bits of fit for scaled bytes and for float64 rows', async () => {
    const bytes = Uint8Array.from({ length: 16 }, (_, i) => (i * 37) % 256);
    for (const x of [{ data: bytes, shape: [8, 2], scale: 1 / 255 }, BATCH.x]) {
      const whole = net();
      await fit(
        whole,
        { x, y: BATCH.y },
        { ...LOSS, batchSize: 8, backend, epochs: 1, shuffle: false },
      );
      const stepwise = net();
      using steps = trainer(stepwise, { ...LOSS, batchSize: 8, backend });
      steps.step({ x, y: BATCH.y });
      expect(stepwise.parameters()).toEqual(whole.parameters());
    }
  });

  it.each([1, 3])(
    'gives the bits of a step if it runs phase by phase, with %i shards',
    (shards) => {
      using whole = trainer(net(), { ...LOSS, backend, shards });
      using phases = trainer(net(), { ...LOSS, backend, shards });
      for (let i = 0; i < 3; i++) {
        const result = whole.step(BATCH);
        const forward = phases.runPhase('forward', BATCH);
        expect(forward.loss).toBe(result.loss);
        expect(forward.updated).toBe(false);
        expect(forward.step).toBe(i);
        const backward = phases.runPhase('backward');
        expect([backward.loss, backward.updated]).toEqual([result.loss, false]);
        expect(phases.gradients()).toEqual(whole.gradients());
        expect(phases.runPhase('update')).toEqual(result);
        expect(result.step).toBe(i + 1);
      }
      expect(phases.state()).toEqual(whole.state());
    },
  );

  it('refuses phases out of order', () => {
    using steps = trainer(net(), { ...LOSS, backend });
    expect(() => steps.runPhase('backward')).toThrow("phase must be 'forward' now; got 'backward'");
    expect(() => steps.runPhase('update')).toThrow(RangeError);
    expect(() => steps.runPhase('forward')).toThrow(TypeError);
    steps.runPhase('forward', BATCH);
    expect(() => steps.runPhase('update')).toThrow("phase must be 'backward' now; got 'update'");
    steps.runPhase('backward');
    expect(() => steps.runPhase('backward')).toThrow("phase must be 'update' now");
    steps.runPhase('update');
    expect(() => steps.runPhase('update')).toThrow(RangeError);
    expect(() => steps.runPhase('forwards' as StepPhase, BATCH)).toThrow(/Did you mean 'forward'/);
    steps.runPhase('forward', BATCH);
    steps.step(BATCH);
    expect(() => steps.runPhase('backward')).toThrow(RangeError);
    expect(steps.steps).toBe(2);
  });

  it('starts a step again if parameters were written between its phases', () => {
    const trained = net();
    using steps = trainer(trained, { ...LOSS, backend });
    steps.runPhase('forward', BATCH);
    trained.setParameters({ 'layers.1.bias': [3, -3] });
    expect(() => steps.runPhase('backward')).toThrow("phase must be 'forward' now");
    steps.runPhase('forward', BATCH);
    steps.restore(steps.state());
    expect(() => steps.runPhase('backward')).toThrow("phase must be 'forward' now");
    expect(trained.spec.output).toBeUndefined();
    steps.step(BATCH);
    expect(trained.spec.output).toBe('softmax');
  });

  it.each([
    adam({ amsgrad: true }),
    sgd({ momentum: 0.9 }),
    sgd(),
    rmsprop({ momentum: 0.9 }),
    adagrad(),
    nadam(),
    radam({ beta2: 0.8 }),
  ])('with %o gives the same bits after restore, in another trainer too', (optimizer) => {
    const options = { ...LOSS, backend, optimizer };
    using steps = trainer(net(), options);
    steps.step(BATCH);
    steps.set({ learningRate: 0.05 });
    steps.step(BATCH);
    const saved = steps.state();
    expect(saved).toMatchObject({ step: 2, learningRate: 0.05 });
    const results = [steps.step(BATCH), steps.step(BATCH)];
    const end = steps.state();
    steps.restore(saved);
    expect(steps.state()).toEqual(saved);
    expect([steps.step(BATCH), steps.step(BATCH)]).toEqual(results);
    expect(steps.state()).toEqual(end);
    using other = trainer(net(), options);
    other.restore(saved);
    expect([other.step(BATCH), other.step(BATCH)]).toEqual(results);
    expect(other.state()).toEqual(end);
  });

  it('returns a state that is a copy and does not change later', () => {
    using steps = trainer(net(), { ...LOSS, backend });
    const first = steps.step(BATCH);
    const saved = steps.state();
    const kept = structuredClone(saved);
    steps.step(BATCH);
    expect(saved).toEqual(kept);
    for (const map of [saved.parameters, saved.firstMoment])
      for (const v of map.values()) v.fill(9);
    steps.restore(kept);
    expect(steps.steps).toBe(first.step);
    expect(steps.state()).toEqual(kept);
  });

  it('changes the network with every step, and uses parameters that are written to it immediately', () => {
    const trained = net();
    using steps = trainer(trained, { ...LOSS, backend, optimizer: sgd({ learningRate: 0.5 }) });
    const seen = new Set<string>();
    for (let i = 0; i < 3; i++) {
      steps.step(BATCH);
      seen.add(String(trained.predict(X.slice(0, 1)).data));
    }
    expect(seen.size).toBe(3);
    trained.setParameters({ 'layers.1.bias': [3, -3] });
    expect(steps.state().parameters.get('layers.1.bias')).toEqual(
      backend === 'reference' ? Float64Array.of(3, -3) : Float32Array.of(3, -3),
    );
    const { loss } = steps.step(BATCH);
    using twin = trainer(network(trained.spec), { ...LOSS, backend });
    expect(loss).toBeGreaterThan(0.5);
    expect(twin.steps).toBe(0);
  });

  it('leaves its parameters in the network when it is closed, and throws an error after that', () => {
    const trained = net();
    const steps = trainer(trained, { ...LOSS, backend });
    steps.step(BATCH);
    const { parameters } = steps.state();
    steps.close();
    steps.close();
    for (const [name, values] of trained.parameters()) {
      expect(values).toEqual(Float32Array.from(parameters.get(name)!));
    }
    expect(steps.steps).toBe(1);
    const closed = expect.objectContaining({ code: 'closed' }) as Error;
    expect(() => steps.step(BATCH)).toThrow(closed);
    expect(() => steps.runPhase('forward', BATCH)).toThrow(closed);
    expect(() => steps.state()).toThrow(closed);
    expect(() => steps.restore({} as TrainerState)).toThrow(closed);
    expect(() => steps.set({ learningRate: 1 })).toThrow(closed);
    expect(() => steps.gradients()).toThrow(closed);
    using again = trainer(trained, { ...LOSS, backend });
    expect(again.step(BATCH).step).toBe(1);
  });

  it('takes batches of any size up to batchSize, independently of the batches before', () => {
    using steps = trainer(net(), { ...LOSS, backend, batchSize: 8 });
    using twin = trainer(net(), { ...LOSS, backend, batchSize: 8 });
    steps.runPhase('forward', { ...BATCH, sampleWeights: [5, 5, 5, 5, 5, 5, 5, 0] });
    const small = { x: X.slice(0, 3), y: Y.slice(0, 3) };
    expect(steps.step(small)).toEqual(twin.step(small));
    expect(() => steps.step({ x: X, y: Y })).toThrow(
      'x must have at most batchSize = 8 rows; got 21',
    );
  });

  it('computes in float64 for a float64 network', () => {
    const trained = net('float64');
    using steps = trainer(trained, { ...LOSS });
    steps.step(BATCH);
    expect(steps.state().parameters.get('layers.0.weight')).toBeInstanceOf(Float64Array);
    expect(steps.gradients().get('layers.0.weight')).toBeInstanceOf(Float64Array);
  });
});

describe('trainer.set', () => {
  it('changes the learning rate, penalties, clipping and optimiser of later steps', () => {
    const base = { ...LOSS, optimizer: sgd({ learningRate: 0.1 }) };
    using steps = trainer(net(), base);
    expect(steps.learningRate).toBe(0.1);
    steps.set({});
    expect(steps.learningRate).toBe(0.1);
    steps.set({ learningRate: 0.2, l2: 0.5, clip: { value: 0.01 } });
    using twin = trainer(net(), {
      ...base,
      l2: 0.5,
      clip: { value: 0.01 },
      optimizer: sgd({ learningRate: 0.2 }),
    });
    expect(steps.step(BATCH)).toEqual(twin.step(BATCH));
    expect(steps.state()).toEqual(twin.state());
    steps.set({ clip: null, l2: 0, optimizer: sgd({ learningRate: 0.3 }) });
    twin.set({ clip: null, l2: 0, learningRate: 0.3 });
    expect(steps.step(BATCH)).toEqual(twin.step(BATCH));
    expect(steps.state()).toEqual(twin.state());
  });

  it.each([
    [{ learningrate: 1 }, TypeError, "Did you mean 'learningRate'?"],
    [{ learningRate: 0 }, RangeError, 'learningRate must be a finite number, above 0'],
    [{ learningRate: NaN }, RangeError, 'learningRate must be'],
    [{ learningRate: '1' }, TypeError, 'learningRate must be'],
    [null, TypeError, 'options must be an object'],
    [{ l2: -1 }, RangeError, 'l2 must be'],
    [{ clip: { norm: 1 } }, TypeError, "unknown option 'norm'"],
    [{ optimizer: adam() }, RangeError, "optimizer must be of kind 'sgd'"],
    [{ optimizer: sgd({ momentum: 0.9 }) }, RangeError, 'keep the same moments'],
  ])('refuses %o and changes nothing', (values, kind, text) => {
    using steps = trainer(net(), { ...LOSS, optimizer: sgd({ learningRate: 0.1 }) });
    expect(() => steps.set(values as { learningRate: number })).toThrow(kind);
    expect(() => steps.set(values as { learningRate: number })).toThrow(text);
    expect(steps.learningRate).toBe(0.1);
  });
});

describe('trainer refuses', () => {
  it.each([
    [undefined, LOSS, TypeError, 'net must be made by network'],
    [net(), undefined, TypeError, 'options must be an object with at least a loss'],
    [net(), {}, TypeError, 'loss must be one of'],
    [net(), { ...LOSS, epochs: 3 }, TypeError, "unknown option 'epochs'"],
    [net(), { ...LOSS, batchSize: 0 }, RangeError, 'batchSize must be'],
    [net(), { ...LOSS, classWeights: 'balanced' }, RangeError, 'which needs a data set'],
    [net('float64'), { ...LOSS, backend: 'wasm' }, RangeError, "dtype is 'float64'"],
  ])('case %#', (given, options, kind, text) => {
    const make = (): unknown => trainer(given as Network, options as StepOptions);
    expect(make).toThrow(kind);
    expect(make).toThrow(text);
    expect(make).toThrow(/^trainer: /);
  });

  it.each([
    [undefined, TypeError, 'batch must be { x, y }'],
    [null, TypeError, '{ x, y }'],
    [{ x: [], y: [] }, DataError, 'x must have at least one row'],
    [{ x: [[1]], y: [0] }, RangeError, 'x must have shape [rows, 2]'],
    [{ x: [[1, NaN]], y: [0] }, DataError, 'finite'],
    [{ x: [[1, 2]], y: [2] }, DataError, 'y[0] must be an integer from 0 to 1'],
    [{ x: [[1, 2]], y: [0], weights: [1] }, TypeError, "unknown option 'weights'"],
    [{ x: [[1, 2]], y: [0], sampleWeights: [-1] }, DataError, 'sampleWeights[0]'],
  ])('the batch %o', (batch, kind, text) => {
    using steps = trainer(net(), LOSS);
    expect(() => steps.step(batch as Batch)).toThrow(kind);
    expect(() => steps.step(batch as Batch)).toThrow(text);
    expect(() => steps.step(batch as Batch)).toThrow(/^step: /);
    expect(steps.steps).toBe(0);
  });

  it('states that do not fit, which changes nothing', () => {
    using steps = trainer(net(), LOSS);
    steps.step(BATCH);
    const good = steps.state();
    const without = (name: string): Map<string, Float32Array | Float64Array> => {
      const map = new Map(good.parameters);
      map.delete(name);
      return map;
    };
    const withValues = (
      values: Float32Array | Float64Array,
    ): Map<string, Float32Array | Float64Array> =>
      new Map([...good.parameters, ['layers.1.bias', values]]);
    const cases = [
      [undefined, TypeError, 'state must be what state() gave'],
      [{ ...good, step: -1 }, RangeError, 'state.step must be'],
      [{ ...good, learningRate: 0 }, RangeError, 'state.learningRate must be'],
      [{ ...good, parameters: {} }, TypeError, 'state.parameters must be a Map'],
      [
        { ...good, parameters: without('layers.1.bias') },
        TypeError,
        'layers.1.bias must be an array of numbers; got undefined',
      ],
      [
        { ...good, parameters: withValues(new Float32Array(3)) },
        RangeError,
        'must have 2 values, shape [2]; got 3',
      ],
      [
        { ...good, parameters: withValues(Float32Array.of(1, NaN)) },
        DataError,
        'layers.1.bias[1] must be',
      ],
      [
        { ...good, firstMoment: new Map() },
        TypeError,
        'state.firstMoment: layers.0.weight must be an array',
      ],
      [{ ...good, secondMoment: undefined }, TypeError, 'state.secondMoment must be a Map'],
      [
        { ...good, thirdMoment: good.firstMoment },
        RangeError,
        'state.thirdMoment must be an empty Map',
      ],
      [{ ...good, thirdMoment: undefined }, TypeError, 'state.thirdMoment must be a Map'],
      [
        { ...good, parameters: withValues(Float64Array.of(1, 1e39)) },
        DataError,
        'layers.1.bias[1] must be a finite float32; got 1e+39',
      ],
      [
        {
          ...good,
          secondMoment: new Map([...good.secondMoment, ['layers.1.bias', Float32Array.of(0, -1)]]),
        },
        DataError,
        'state.secondMoment: layers.1.bias[1] must be a finite float32, at least 0; got -1',
      ],
    ] as const;
    for (const [state, kind, text] of cases) {
      expect(() => steps.restore(state as TrainerState)).toThrow(kind);
      expect(() => steps.restore(state as TrainerState)).toThrow(text);
      expect(steps.state()).toEqual(good);
    }
  });
});

it('a batch whose rows all have weight 0 is refused, as by fit, and changes nothing', () => {
  const one = network({ inputs: 1, layers: [dense(1)] });
  using steps = trainer(one, { loss: 'mse' });
  const before = one.parameters();
  const batch = { x: [[1], [2]], y: [1, 2], sampleWeights: [0, 0] };
  expect(() => steps.step(batch)).toThrow(
    new DataError('step: the rows of a batch must not all weigh 0; got 0 for each.'),
  );
  expect(one.parameters()).toEqual(before);
});

it('a second forward begins a new batch, so adjoints are not added up', () => {
  const pair = [
    { x: [[1]], y: [3] },
    { x: [[2]], y: [1] },
  ];
  const gradientsAfter = (some: typeof pair): unknown => {
    using steps = trainer(network({ inputs: 1, layers: [dense(1)] }), { loss: 'mse' });
    for (const batch of some) {
      steps.runPhase('forward', batch);
      steps.runPhase('backward');
    }
    return steps.gradients();
  };
  expect(gradientsAfter(pair)).toEqual(gradientsAfter(pair.slice(1)));
});
