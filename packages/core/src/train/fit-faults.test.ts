/**
 * The failures of `fit`: every documented error, and that nothing is lost by it. Afterwards the network is not busy, its
 * parameters are those of the last good step, and the memory of the run has been returned.
 */
import { describe, expect, it } from 'vitest';
import type { Backend } from '../backends/contract.ts';
import { referenceBackend } from '../backends/reference/backend.ts';
import { registerBackend, type BackendChoice } from '../backends/registry.ts';
import { DataError, NonFiniteError } from '../words/errors.ts';
import { network, type Network } from '../model/network.ts';
import { dense } from '../network/layers/dense.ts';
import { sgd } from '../optim/sgd.ts';
import { evaluate } from './evaluate.ts';
import { fit } from './fit.ts';
import type { FitData, FitOptions } from './fit-options.ts';
import { trainer } from './trainer.ts';

const X = [
  [1, 2],
  [-1, 0.5],
  [0.25, -3],
  [2, 2],
];
const DATA = { x: X, y: [0, 1, 1, 0] };
const LOSS = { loss: 'softmax-cross-entropy' } as const;

function net(): Network {
  return network({ inputs: 2, layers: [dense(3, { activation: 'relu' }), dense(2)], seed: 3 });
}

describe('fit refuses', () => {
  it.each([
    [undefined, DATA, LOSS, TypeError, 'net must be made by network'],
    [net().spec, DATA, LOSS, TypeError, 'net must be made by network'],
    [net(), undefined, LOSS, TypeError, 'data must be { x, y }; got undefined'],
    [net(), X, LOSS, TypeError, 'data must be { x, y }; got an array of 4'],
    [net(), { x: X }, LOSS, TypeError, 'data must be { x, y }'],
    [net(), { ...DATA, sampleWeights: [1] }, LOSS, TypeError, "unknown option 'sampleWeights'"],
    [net(), { x: [[1]], y: [0] }, LOSS, RangeError, 'x must have shape [rows, 2]; got [1, 1]'],
    [net(), { x: [[1, 2], [1]], y: [0, 1] }, LOSS, DataError, 'x[1] must have 2 values'],
    [net(), { x: [[1, NaN]], y: [0] }, LOSS, DataError, 'x[0][1] must be a finite number; got NaN'],
    [net(), { x: [[1, Infinity]], y: [0] }, LOSS, DataError, 'got Infinity'],
    [net(), { x: [], y: [] }, LOSS, DataError, 'x must have at least one row; got 0'],
    [net(), { x: X, y: [0, 1] }, LOSS, RangeError, 'y must have as many rows as x; got 2 for 4'],
    [net(), { x: X, y: [0, 1, 2, 0] }, LOSS, DataError, 'y[2] must be an integer from 0 to 1'],
    [net(), { x: X, y: [0, 1, -1, 0] }, LOSS, DataError, 'y[2] must be an integer from 0 to 1'],
    [net(), { x: X, y: [0, 1, 0.5, 0] }, LOSS, DataError, 'y[2] must be an integer from 0 to 1'],
    [net(), { x: X, y: [0, 1, 'a', 0] }, LOSS, DataError, 'must be a class index'],
    [net(), { x: X, y: X }, LOSS, DataError, 'y'],
    [net(), { x: X, y: [1, 2, 3, 4] }, { loss: 'mse' }, RangeError, 'y must have shape [4, 2]'],
  ])('case %#: %s', async (given, data, options, kind, text) => {
    const run = (): Promise<unknown> =>
      fit(given as Network, data as FitData, options as FitOptions);
    await expect(run()).rejects.toThrow(kind);
    await expect(run()).rejects.toThrow(text);
    await expect(run()).rejects.toThrow(/^fit: /);
  });

  it.each([
    [undefined, TypeError, 'options must be an object with at least a loss'],
    [null, TypeError, 'options must be an object'],
    [{}, TypeError, 'loss must be one of'],
    [{ loss: 'crossentropy' }, RangeError, 'loss'],
    [{ ...LOSS, batchsize: 3 }, TypeError, "unknown option 'batchsize'. Did you mean 'batchSize'?"],
    [{ ...LOSS, epoch: 3 }, TypeError, "Did you mean 'epochs'?"],
    [{ ...LOSS, validationSplit: 0.1 }, TypeError, "unknown option 'validationSplit'"],
    [{ ...LOSS, optimiser: sgd() }, TypeError, "Did you mean 'optimizer'?"],
    [{ ...LOSS, optimizer: 'adam' }, TypeError, 'optimizer must be made by adam'],
    [{ ...LOSS, optimizer: sgd }, TypeError, 'optimizer must be made by adam'],
    [{ ...LOSS, optimizer: { kind: 'sgd', lr: 1 } }, TypeError, "unknown option 'lr'"],
    [{ ...LOSS, schedule: 'cosine' }, TypeError, 'schedule must be made by'],
    [{ ...LOSS, batchSize: 0 }, RangeError, 'batchSize must be an integer from 1 to'],
    [{ ...LOSS, batchSize: 2.5 }, RangeError, 'batchSize must be an integer'],
    [{ ...LOSS, batchSize: '32' }, TypeError, 'batchSize must be an integer'],
    [{ ...LOSS, epochs: -1 }, RangeError, 'epochs must be an integer, at least 0'],
    [{ ...LOSS, epochs: Infinity }, RangeError, 'epochs must be an integer'],
    [{ ...LOSS, shuffle: 1 }, TypeError, 'shuffle must be true or false'],
    [{ ...LOSS, seed: -1 }, RangeError, 'seed must be an integer, at least 0'],
    [{ ...LOSS, seed: 2 ** 53 }, RangeError, 'seed must be an integer'],
    [{ ...LOSS, l1: -1 }, RangeError, 'l1 must be a finite number, at least 0'],
    [{ ...LOSS, l2: NaN }, RangeError, 'l2 must be a finite number, at least 0'],
    [{ ...LOSS, clip: 1 }, TypeError, 'clip must be one of { globalNorm }, { value }'],
    [{ ...LOSS, clip: {} }, TypeError, 'clip must be one of'],
    [{ ...LOSS, clip: { globalNorm: 1, value: 1 } }, TypeError, 'clip must be one of'],
    [{ ...LOSS, clip: { norm: 1 } }, TypeError, "unknown option 'norm'"],
    [{ ...LOSS, clip: { globalNorm: 0 } }, RangeError, 'clip.globalNorm must be'],
    [{ ...LOSS, classWeights: new Map() }, TypeError, 'classWeights must be'],
    [{ ...LOSS, sampleWeights: [1, 2] }, RangeError, 'sampleWeights must have one weight a row, 4'],
    [
      { ...LOSS, validation: 1 },
      RangeError,
      'validation must be a finite number, at least 0, below 1',
    ],
    [{ ...LOSS, validation: -0.1 }, RangeError, 'validation must be'],
    [{ ...LOSS, validation: true }, TypeError, 'validation must be { x, y }; got true'],
    [{ ...LOSS, validation: null }, TypeError, 'validation must be { x, y }; got null'],
    [{ ...LOSS, validation: [X, [0]] }, TypeError, 'validation must be { x, y }'],
    [
      { ...LOSS, validation: { x: [], y: [] } },
      DataError,
      'validation.x must have at least one row',
    ],
    [{ ...LOSS, validation: { x: [[1]], y: [0] } }, RangeError, 'validation.x must have shape'],
    [{ ...LOSS, validation: { x: X, y: [9, 0, 0, 0] } }, DataError, 'validation.y[0] must be'],
    [{ ...LOSS, validation: { ...DATA, weights: [1] } }, TypeError, "unknown option 'weights'"],
    [
      { ...LOSS, validation: { ...DATA, sampleWeights: [1] } },
      RangeError,
      'validation.sampleWeights must have one weight a row',
    ],
    [{ ...LOSS, metrics: 'accuracy' }, TypeError, 'metrics must be an array'],
    [{ ...LOSS, metrics: ['mse'] }, RangeError, "metric 'mse' needs a loss of numbers"],
    [{ ...LOSS, earlyStopping: 5 }, TypeError, 'options must be an object; got 5'],
    [{ ...LOSS, earlyStopping: { monitor: 'f1' } }, RangeError, 'earlyStopping.monitor'],
    [{ ...LOSS, onNonFinite: 'ignore' }, RangeError, 'onNonFinite'],
    [{ ...LOSS, onProgress: true }, TypeError, 'onProgress must be a function; got true'],
    [{ ...LOSS, callbacks: {} }, TypeError, 'callbacks must be an array'],
    [{ ...LOSS, callbacks: [() => 1] }, TypeError, 'a callback must be a record'],
    [{ ...LOSS, callbacks: [{ onEpochend: () => 1 }] }, TypeError, "Did you mean 'onEpochEnd'?"],
    [
      { ...LOSS, callbacks: [{ onEpochEnd: 1 }] },
      TypeError,
      'onEpochEnd must be a function; got 1',
    ],
    [{ ...LOSS, signal: true }, TypeError, 'signal must be an AbortSignal'],
    [{ ...LOSS, signal: new AbortController() }, TypeError, 'signal must be an AbortSignal'],
    [{ ...LOSS, backend: 'cuda' }, RangeError, "backend 'cuda' is unknown"],
    [{ ...LOSS, backend: 3 }, TypeError, 'backend must be the name of a backend'],
    [{ ...LOSS, threads: 0 }, RangeError, 'threads must be'],
    [{ ...LOSS, shards: 0 }, RangeError, 'shards must be'],
  ])('options %o', async (options, kind, text) => {
    const trained = net();
    const before = trained.parameters();
    const run = (): Promise<unknown> => fit(trained, DATA, options as FitOptions);
    await expect(run()).rejects.toThrow(kind);
    await expect(run()).rejects.toThrow(text);
    expect(trained.parameters()).toEqual(before);
    expect(trained.spec.output).toBeUndefined();
    await expect(fit(trained, DATA, { ...LOSS, epochs: 1 })).resolves.toBeDefined();
  });

  it('a loss that disagrees with the output, given or set before', async () => {
    const soft = network({ inputs: 2, layers: [dense(2)], output: 'softmax' });
    await expect(fit(soft, DATA, { loss: 'mse' })).rejects.toThrow(
      "fit: loss 'mse' must go with output 'identity'; the network has output 'softmax'.",
    );
    const trained = net();
    await fit(trained, DATA, { ...LOSS, epochs: 1 });
    await expect(fit(trained, { x: X, y: X }, { loss: 'mse' })).rejects.toThrow(RangeError);
    await expect(fit(trained, DATA, LOSS)).resolves.toBeDefined();
  });

  it('rows whose weights are all 0 in float32', async () => {
    const run = (sampleWeights: number[]): Promise<unknown> =>
      fit(net(), DATA, { ...LOSS, sampleWeights });
    for (const weights of [
      [0, 0, 0, 0],
      [1e-50, 0, 0, 0],
    ]) {
      await expect(run(weights)).rejects.toThrow(DataError);
      await expect(run(weights)).rejects.toThrow('the training rows must not all weigh 0');
    }
    await expect(run([0, 0, 0, 1])).resolves.toBeDefined();
  });

  it('too few rows to hold any out', async () => {
    const one = { x: [[1, 2]], y: [0] };
    await expect(fit(net(), one, { ...LOSS, validation: 0.5 })).rejects.toThrow(DataError);
  });
});

describe('one run at a time', () => {
  const busy = expect.objectContaining({ name: 'VinculumError', code: 'busy' }) as Error;

  it('is allowed for a network: a second fit or trainer throws an error', async () => {
    const trained = net();
    const first = fit(trained, DATA, LOSS);
    await expect(fit(trained, DATA, LOSS)).rejects.toThrow(busy);
    expect(() => trainer(trained, LOSS)).toThrow(busy);
    await expect(first).resolves.toBeDefined();
    const steps = trainer(trained, LOSS);
    await expect(fit(trained, DATA, LOSS)).rejects.toThrow(busy);
    steps.close();
    await expect(fit(trained, DATA, LOSS)).resolves.toBeDefined();
  });

  it('is allowed for a network: a fit inside a callback works only for another network', async () => {
    const trained = net();
    const other = net();
    const inside = (target: Network): FitOptions => ({
      ...LOSS,
      epochs: 1,
      callbacks: [
        { onEpochEnd: async () => void (await fit(target, DATA, { ...LOSS, epochs: 1 })) },
      ],
    });
    await expect(fit(trained, DATA, inside(trained))).rejects.toThrow(busy);
    await expect(fit(trained, DATA, inside(other))).resolves.toBeDefined();
  });

  it('is no rule for different networks, whose runs do not disturb each other', async () => {
    const alone = net();
    await fit(alone, DATA, LOSS);
    const nets = [net(), net(), net()];
    await Promise.all(nets.map((one) => fit(one, DATA, LOSS)));
    for (const one of nets) expect(one.parameters()).toEqual(alone.parameters());
  });
});

describe('after a failure', () => {
  let open = 0;
  const counting: Backend = {
    ...referenceBackend,
    name: 'counting',
    compile(program) {
      const executable = referenceBackend.compile(program);
      let closed = false;
      open++;
      return {
        device: 'host',
        program: executable.program,
        scalars: executable.scalars,
        view: (name) => executable.view(name),
        run: (phase) => executable.run(phase),
        close() {
          if (!closed) open--;
          closed = true;
          executable.close();
        },
      };
    },
  };
  registerBackend(counting);
  const backend = 'counting' as BackendChoice;
  const fail = (): never => {
    throw new Error('mine');
  };

  it.each([
    ['onTrainBegin', { callbacks: [{ onTrainBegin: fail }] }],
    ['onEpochBegin', { callbacks: [{ onEpochBegin: fail }] }],
    ['onBatchEnd', { callbacks: [{ onBatchEnd: () => Promise.reject(new Error('mine')) }] }],
    ['onEpochEnd', { callbacks: [{ onEpochEnd: fail }] }],
    ['onTrainEnd', { callbacks: [{ onTrainEnd: fail }] }],
    ['onProgress', { onProgress: fail }],
    [
      'signal',
      {
        signal: {
          get aborted() {
            return fail();
          },
        },
      },
    ],
  ] as [string, Partial<FitOptions>][])(
    'in %s the caller gets the error, the memory is returned and the network is not busy',
    async (_name, options) => {
      const trained = net();
      await expect(fit(trained, DATA, { ...LOSS, ...options, backend })).rejects.toThrow('mine');
      expect(open).toBe(0);
      trained.predict(X);
      trained.setParameters({ 'layers.1.bias': [1, 2] });
      await expect(fit(trained, DATA, { ...LOSS, backend })).resolves.toBeDefined();
      expect(open).toBe(0);
    },
  );

  it('of a callback, the steps before it are kept', async () => {
    const trained = net();
    const expected = net();
    await fit(expected, DATA, { ...LOSS, backend, epochs: 2, batchSize: 4, shuffle: false });
    const failing = fit(trained, DATA, {
      ...LOSS,
      backend,
      batchSize: 4,
      shuffle: false,
      callbacks: [{ onEpochEnd: ({ epoch }) => void (epoch === 2 && fail()) }],
    });
    await expect(failing).rejects.toThrow('mine');
    expect(trained.parameters()).toEqual(expected.parameters());
  });

  it('because the network is busy or the options are wrong, the memory is returned', async () => {
    const trained = net();
    using _ = trainer(trained, { ...LOSS, backend });
    expect(open).toBe(1);
    await expect(fit(trained, DATA, { ...LOSS, backend })).rejects.toThrow(/in training already/);
    expect(() => trainer(trained, { ...LOSS, backend })).toThrow(/in training already/);
    expect(() => evaluate(trained, { x: X, y: [9, 9, 9, 9] }, { ...LOSS, backend })).toThrow(
      DataError,
    );
    expect(open).toBe(1);
  });
});

describe('a step that is not finite', () => {
  /** h⁰ = w·x, z = v·h⁰: each test can choose where the overflow occurs. */
  function steep(w: number, v: number, dtype: 'float32' | 'float64' = 'float32'): Network {
    const layers = [dense(2, { bias: false }), dense(1, { bias: false })];
    const steepNet = network({ inputs: 1, layers, dtype });
    steepNet.setParameters({ 'layers.0.weight': [0, w], 'layers.1.weight': [0, v] });
    return steepNet;
  }
  const options = { loss: 'mse', optimizer: sgd({ learningRate: 1e-3 }), batchSize: 2 } as const;

  it.each([
    ['an activation', steep(1e30, 1), 1e10, 'h0', 0, 3],
    ['a deeper activation', steep(1e20, 1e20), 1, 'h1', 1, 1],
    ['a gradient', steep(1e-30, 1e25), 1e35, 'layers.0.weight', 0, 1],
    ['a gradient too large to square', steep(1, 1e10), 1, 'layers.0.weight', 0, 1],
    ['a float64 activation', steep(1e200, 1, 'float64'), 1e200, 'h0', 0, 3],
    ['a float64 gradient', steep(1e-60, 1e100, 'float64'), 1e100, 'layers.0.weight', 0, 1],
  ])(
    'in %s is reported with step, layer, tensor and index',
    async (_name, trained, value, tensor, layer, index) => {
      const before = trained.parameters();
      const data = { x: [[0], [value]], y: [0, 0] };
      const error: unknown = await fit(trained, data, { ...options, shuffle: false }).catch(
        (fault: unknown) => fault,
      );
      expect(error).toBeInstanceOf(NonFiniteError);
      const { site, code, message } = error as NonFiniteError;
      expect(code).toBe('non-finite');
      expect(site).toMatchObject({ step: 1, layer, tensor, index });
      expect(message).toMatch(/^fit: step 1: the (output of layer|gradient of) /);
      expect(message).toContain(`[${index}]`);
      expect(message).toContain(
        'Nothing was changed by this step. Lower the learning rate (now 0.001)',
      );
      expect(trained.parameters()).toEqual(before);
      expect(trained.spec.output).toBeUndefined();
      await expect(fit(trained, { x: [[0]], y: [0] }, options)).resolves.toBeDefined();
    },
  );

  it('changes no parameters, no moments and no t, and the next step has the same bits', () => {
    const good = { x: [[1], [0.5]], y: [1, -1] };
    const bad = { x: [[1], [3e38]], y: [1, -1] };
    const fresh = (): Network =>
      network({ inputs: 1, layers: [dense(3, { activation: 'relu' }), dense(1)], seed: 4 });
    using steps = trainer(fresh(), { loss: 'mse', clip: { globalNorm: 1 } });
    using twin = trainer(fresh(), { loss: 'mse', clip: { globalNorm: 1 } });
    for (let i = 0; i < 3; i++) steps.step(good);
    for (let i = 0; i < 3; i++) twin.step(good);
    const before = steps.state();
    expect(() => steps.step(bad)).toThrow(NonFiniteError);
    expect(() => steps.step(bad)).toThrow(/step 4/);
    expect(steps.state()).toEqual(before);
    expect(steps.steps).toBe(3);
    steps.step(good);
    twin.step(good);
    expect(steps.state()).toEqual(twin.state());
  });

  it('is not caused by gradients whose squares overflow, if they are clipped', async () => {
    const trained = steep(1, 1e10);
    const clip = { globalNorm: 1 };
    await expect(fit(trained, { x: [[1]], y: [0] }, { ...options, clip })).resolves.toBeDefined();
  });

  it.each([1, 2])(
    'is counted and left out of loss and metrics with the option skip (%i shards)',
    async (shards) => {
      const x = [[1], [3e38], [0.5]];
      const make = (): Network =>
        network({ inputs: 1, layers: [dense(1, { init: { constant: 2 } })] });
      const shared = {
        ...options,
        batchSize: 1,
        epochs: 2,
        shuffle: false,
        metrics: ['mse'],
        shards,
      } as const;
      const trained = make();
      const history = await fit(trained, { x, y: [1, 1, 1] }, { ...shared, onNonFinite: 'skip' });
      const twin = make();
      const expected = await fit(twin, { x: [x[0]!, x[2]!], y: [1, 1] }, shared);
      expect(history.skippedSteps).toBe(2);
      expect(trained.parameters()).toEqual(twin.parameters());
      expect(history.epochs.map(({ loss, metrics }) => [loss, metrics])).toEqual(
        expected.epochs.map(({ loss, metrics }) => [loss, metrics]),
      );
    },
  );

  it('ends the run after ten times in succession even with skip', async () => {
    const run = (rows: number): Promise<unknown> =>
      fit(
        steep(1e30, 1),
        { x: Array.from({ length: rows }, () => [1e30]), y: new Float32Array(rows) },
        {
          ...options,
          batchSize: 1,
          epochs: 1,
          onNonFinite: 'skip',
        },
      );
    // Without a step there is no loss, so there is no best epoch.
    await expect(run(9)).resolves.toMatchObject({
      skippedSteps: 9,
      bestEpoch: 0,
      epochs: [{ loss: NaN }],
    });
    await expect(run(10)).rejects.toThrow(NonFiniteError);
    await expect(run(10)).rejects.toThrow(/10 steps in a row were skipped/);
  });

  it('is counted from 0 again after a good step', async () => {
    const x = Array.from({ length: 40 }, (_, i) => [i % 4 === 3 ? 1e-30 : 1e30]);
    const history = await fit(
      steep(1e30, 1),
      { x, y: new Float32Array(40) },
      { ...options, batchSize: 1, epochs: 1, shuffle: false, onNonFinite: 'skip' },
    );
    expect(history.skippedSteps).toBe(30);
  });

  it('is not caused by extreme logits, because loss and gradient stay finite', async () => {
    const extreme = network({ inputs: 1, layers: [dense(2, { bias: false })] });
    extreme.setParameters({ 'layers.0.weight': [1e38, -1e38] });
    const { loss } = evaluate(extreme, { x: [[3]], y: [1] }, LOSS);
    expect(loss / 6e38).toBeCloseTo(1, 6);
    const history = await fit(
      extreme,
      { x: [[3]], y: [1] },
      { ...LOSS, epochs: 1, optimizer: sgd() },
    );
    expect(history.epochs[0]!.gradientNorm).toBeCloseTo(3 * Math.SQRT2, 5);
  });

  it('never makes an epoch with a NaN loss the best one', async () => {
    // The validation rows overflow, so their loss is NaN in every epoch.
    const trained = network({
      inputs: 1,
      layers: [dense(2, { bias: false }), dense(1, { bias: false })],
    });
    trained.setParameters({ 'layers.0.weight': [2, 2], 'layers.1.weight': [1, -1] });
    const history = await fit(
      trained,
      { x: [[1]], y: [0] },
      {
        ...options,
        epochs: 4,
        validation: { x: [[3e38]], y: [0] },
        earlyStopping: { patience: 3 },
      },
    );
    expect(history.epochs[0]!.validation!.loss).toBeNaN();
    expect([history.bestEpoch, history.stoppedBy, history.epochs.length]).toEqual([
      0,
      'early-stopping',
      3,
    ]);
  });
});
