/**
 * `fit` from the view of a user: every option with its default, the history, early stopping, callbacks, progress
 * and abort. Its failures are tested in fit-faults.test.ts.
 */
import { describe, expect, it } from 'vitest';
import { registeredBackends } from '../backends/registry.ts';
import { validationSplit } from '../arrays/split.ts';
import { network, type Network } from '../model/network.ts';
import { dense } from '../network/layers/dense.ts';
import { dropout } from '../network/layers/dropout.ts';
import type { NetworkOptions } from '../network/spec.ts';
import { adam, adamw } from '../optim/adam.ts';
import { adagrad } from '../optim/adagrad.ts';
import { nadam } from '../optim/nadam.ts';
import { radam } from '../optim/radam.ts';
import { rmsprop } from '../optim/rmsprop.ts';
import { cosine } from '../optim/schedules/cosine.ts';
import { oneCycle } from '../optim/schedules/one-cycle.ts';
import { reduceOnPlateau } from '../optim/schedules/reduce-on-plateau.ts';
import { step } from '../optim/schedules/step.ts';
import { warmup } from '../optim/schedules/warmup.ts';
import { sgd } from '../optim/sgd.ts';
import { evaluate } from './evaluate.ts';
import { fit } from './fit.ts';
import type { FitOptions, Progress } from './fit-options.ts';
import type { EpochRecord } from './history.ts';

const BACKENDS = registeredBackends()
  .filter((backend) => backend.unavailable() === undefined)
  .map(({ name }) => name);

/** Two classes that are separated by a line, with some rows on the wrong side. */
const X = Array.from({ length: 50 }, (_, i) => [Math.sin(i * 1.3) * 2, Math.cos(i * 2.1)]);
const Y = X.map(([a, b], i) => (a! + b! > 0 !== (i % 13 === 0) ? 1 : 0));
const DATA = { x: X, y: Y };
const LOSS = { loss: 'softmax-cross-entropy' } as const;

function net(options: Partial<NetworkOptions> = {}): Network {
  return network({
    inputs: 2,
    layers: [dense(8, { activation: 'relu' }), dense(2)],
    seed: 3,
    ...options,
  });
}

/** The parameters after a run, for comparing bits. */
async function train(options: Partial<FitOptions> = {}, data = DATA, seed = 3): Promise<unknown> {
  const trained = net({ seed });
  await fit(trained, data, { ...LOSS, epochs: 3, ...options });
  return trained.parameters();
}

describe('dropout after the last dense layer', () => {
  const layers = [dense(4, { activation: 'tanh' }), dense(2), dropout(0.5)];

  it.each(BACKENDS)(
    'affects the metrics of training like the loss, but never those of validation (%s)',
    async (backend) => {
      const targets = X.map(([a, b]) => [a! + b!, a! - b!]);
      const trained = net({ layers });
      const validation = { x: X.slice(0, 20), y: targets.slice(0, 20) };
      const options = { loss: 'mse', metrics: ['mse'], backend, validation, epochs: 3 } as const;
      const { epochs } = await fit(trained, { x: X, y: targets }, options);
      for (const { loss, metrics, validation: held } of epochs) {
        expect(metrics['mse']! / loss).toBeCloseTo(1, 5);
        expect(held!.metrics['mse']! / held!.loss).toBeCloseTo(1, 5);
      }
      const plain = net({ layers: layers.slice(0, 2) });
      plain.setParameters(trained.parameters());
      const again = evaluate(plain, validation, { loss: 'mse', metrics: ['mse'], backend });
      // The reference trains in float64 and rounds the parameters at the end.
      expect(again.metrics['mse']).toBeCloseTo(epochs.at(-1)!.validation!.metrics['mse']!, 5);
      expect(trained.predict(X)).toEqual(plain.predict(X));
    },
  );

  it('affects the metrics in the same way with shards', async () => {
    const targets = X.map(([a, b]) => [a! + b!, a! - b!]);
    const options = { loss: 'mse', metrics: ['mse'], shards: 3, epochs: 2 } as const;
    const { epochs } = await fit(net({ layers }), { x: X, y: targets }, options);
    for (const { loss, metrics } of epochs) expect(metrics['mse']! / loss).toBeCloseTo(1, 5);
  });
});

describe('the history', () => {
  it('has a record for each epoch, the best epoch and the reason why the run ended', async () => {
    const history = await fit(net(), DATA, LOSS);
    expect(Object.keys(history).toSorted()).toEqual(
      ['bestEpoch', 'epochs', 'skippedSteps', 'stoppedBy'].toSorted(),
    );
    expect(history.epochs).toHaveLength(10);
    expect(history.stoppedBy).toBe('epochs');
    expect(history.skippedSteps).toBe(0);
    for (const [index, record] of history.epochs.entries()) {
      expect(record.epoch).toBe(index + 1);
      expect(Object.keys(record.metrics)).toEqual(['accuracy']);
      expect(record.validation).toBeUndefined();
      expect('validation' in record).toBe(false);
      expect(record.learningRate).toBe(1e-3);
      expect(record.gradientNorm).toBeGreaterThan(0);
      expect(record.penalty).toBe(0);
      expect(record.seconds).toBeGreaterThanOrEqual(0);
      expect(Number.isFinite(record.loss)).toBe(true);
    }
    expect(JSON.parse(JSON.stringify(history))).toEqual(history);
  });

  it('names as the best epoch, without early stopping too, the first one with the least loss', async () => {
    const { epochs, bestEpoch } = await fit(net(), DATA, {
      ...LOSS,
      epochs: 6,
      optimizer: sgd({ learningRate: 1 }),
      validation: 0.2,
    });
    const losses = epochs.map((record) => record.validation!.loss);
    expect(bestEpoch).toBe(losses.indexOf(Math.min(...losses)) + 1);
  });

  it('is empty for 0 epochs, which change nothing of the network but its output', async () => {
    const trained = net();
    const before = trained.parameters();
    const history = await fit(trained, DATA, { ...LOSS, epochs: 0 });
    expect(history).toEqual({ epochs: [], bestEpoch: 0, stoppedBy: 'epochs', skippedSteps: 0 });
    expect(trained.parameters()).toEqual(before);
    expect(trained.spec.output).toBe('softmax');
  });

  it('weights the loss of a shorter last batch by its rows', async () => {
    // The learning rate is too small to change a parameter, so the loss of the epoch is that of all rows at once.
    const trained = net();
    const expected = evaluate(trained, DATA, { ...LOSS, backend: 'reference' });
    for (const batchSize of [1, 7, 32, 50, 1000]) {
      const history = await fit(net(), DATA, {
        ...LOSS,
        batchSize,
        epochs: 1,
        optimizer: sgd({ learningRate: 1e-30 }),
        backend: 'reference',
      });
      expect(history.epochs[0]!.loss).toBeCloseTo(expected.loss, 12);
      expect(history.epochs[0]!.metrics).toEqual(expected.metrics);
    }
  });

  it('has the penalty ½·l2·Σw² + l1·Σ|w| of the weights beside the loss', async () => {
    const trained = net();
    const history = await fit(trained, DATA, {
      ...LOSS,
      epochs: 1,
      l1: 0.1,
      l2: 0.2,
      backend: 'reference',
    });
    const weights = [...trained.parameters()]
      .filter(([name]) => name.endsWith('weight'))
      .flatMap(([, values]) => [...values]);
    const expected = weights.reduce((sum, w) => sum + 0.1 * w * w + 0.1 * Math.abs(w), 0);
    expect(history.epochs[0]!.penalty).toBeCloseTo(expected, 5);
  });
});

describe.each(BACKENDS)('training on %s', (backend) => {
  it('learns, and the same seed gives the same bits', async () => {
    const first = net();
    const history = await fit(first, DATA, {
      ...LOSS,
      epochs: 60,
      backend,
      optimizer: adam({ learningRate: 0.02 }),
    });
    expect(history.epochs.at(-1)!.metrics['accuracy']).toBeGreaterThan(0.85);
    expect(history.epochs.at(-1)!.loss).toBeLessThan(history.epochs[0]!.loss);
    expect(await train({ backend })).toEqual(await train({ backend }));
    expect(await train({ backend, seed: 1 })).not.toEqual(await train({ backend, seed: 2 }));
    expect(await train({ backend, seed: 1 })).not.toEqual(
      await train({ backend, seed: 2 ** 32 + 1 }),
    );
  });

  it.each([
    adam(),
    adam({ amsgrad: true, epsilonMode: 'hat' }),
    adamw({ weightDecay: 0.1 }),
    sgd(),
    sgd({ momentum: 0.9, nesterov: true }),
    rmsprop({ momentum: 0.5 }),
    adagrad(),
    nadam(),
    radam(),
  ])('lowers the loss with %o', async (optimizer) => {
    const history = await fit(net(), DATA, { ...LOSS, optimizer, epochs: 5, backend });
    expect(history.epochs.at(-1)!.loss).toBeLessThan(history.epochs[0]!.loss);
  });

  it('trains with every loss, and sets the output that goes with it', async () => {
    const cases = [
      ['softmax-cross-entropy', 'softmax', Y],
      ['binary-cross-entropy', 'sigmoid', X.map(([a]) => [a! > 0 ? 1 : 0, a! > 1 ? 1 : 0])],
      ['mse', 'identity', X],
      ['mae', 'identity', X],
      ['huber', 'identity', X],
    ] as const;
    for (const [loss, output, y] of cases) {
      const trained = net();
      const history = await fit(
        trained,
        { x: X, y },
        { loss, backend, optimizer: adam({ learningRate: 0.01 }) },
      );
      expect(history.epochs.at(-1)!.loss).toBeLessThan(history.epochs[0]!.loss);
      expect(trained.spec.output).toBe(output);
    }
  });

  it('reads every form of x and y to the same bits', async () => {
    const expected = await train({ backend });
    const flat = X.flat();
    const oneHot = Y.map((label) => [1 - label, label]);
    const forms = [
      { x: { data: Float64Array.from(flat), shape: [50, 2] }, y: Int32Array.from(Y) },
      { x: X.map((row) => Float64Array.from(row)), y: Uint8Array.from(Y) },
      { x: X, y: oneHot },
      { x: X, y: { data: Float32Array.from(oneHot.flat()), shape: [50, 2] } },
      { x: X, y: { data: Int32Array.from(Y), shape: [50] } },
    ];
    for (const data of forms)
      expect(await train({ backend }, data as unknown as typeof DATA)).toEqual(expected);
  });

  it('reads bytes with a scale as the scaled numbers', async () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, i) => (i * 37) % 256);
    const scale = 1 / 255;
    const real = {
      data: Float64Array.from(bytes, (byte) => Math.fround(byte * Math.fround(scale))),
      shape: [50, 2],
    };
    const close = async (x: unknown): Promise<number[]> => {
      const trained = net();
      await fit(trained, { x: x as typeof X, y: Y }, { ...LOSS, backend, epochs: 2 });
      return [...trained.parameters().values()].flatMap((values) => [...values]);
    };
    const expected = await close(real);
    const found = await close({ data: bytes, shape: [50, 2], scale });
    found.forEach((one, i) => expect(one).toBeCloseTo(expected[i]!, 6));
    expect(await close({ data: Float64Array.from(bytes), shape: [50, 2] })).toEqual(
      await close({ data: bytes, shape: [50, 2] }),
    );
  });

  it('shuffles by the seed and the epoch, or takes the rows in order', async () => {
    const plain = await train({ backend, shuffle: false, seed: 1 });
    expect(await train({ backend, shuffle: false, seed: 2 })).toEqual(plain);
    expect(await train({ backend, seed: 1 })).not.toEqual(plain);
    const reversed = { x: X.toReversed(), y: Y.toReversed() };
    expect(await train({ backend, shuffle: false }, reversed)).not.toEqual(plain);
  });

  it('takes the seed of the network by default', async () => {
    expect(await train({ backend })).toEqual(await train({ backend, seed: 3 }));
  });

  it('takes all rows as one batch if batchSize is larger than the data', async () => {
    const whole = await train({ backend, batchSize: 50, shuffle: false });
    expect(await train({ backend, batchSize: 4096, shuffle: false })).toEqual(whole);
  });

  it('trains on one row, on one class and on constant columns', async () => {
    const one = net();
    const options = { ...LOSS, backend, epochs: 30, optimizer: adam({ learningRate: 0.1 }) };
    const single = await fit(one, { x: [[1, 2]], y: [1] }, options);
    expect(single.epochs.at(-1)!.metrics).toEqual({ accuracy: 1 });
    const same = await fit(
      net(),
      { x: X, y: X.map(() => 0) },
      { ...LOSS, backend, epochs: 30, optimizer: adam({ learningRate: 0.1 }) },
    );
    expect(same.epochs.at(-1)!.loss).toBeLessThan(0.05);
    const constant = X.map(() => [5, 0]);
    const flat = await fit(net(), { x: constant, y: Y }, { ...LOSS, backend, validation: 0.2 });
    expect(Number.isFinite(flat.epochs.at(-1)!.validation!.loss)).toBe(true);
  });

  it('drops units by the seed in training, and no units in validation', async () => {
    const layers = [dense(8, { activation: 'relu' }), dropout(0.5), dense(2)];
    const run = async (seed: number): Promise<EpochRecord> => {
      const history = await fit(net({ layers }), DATA, {
        ...LOSS,
        backend,
        seed,
        epochs: 1,
        shuffle: false,
        optimizer: sgd({ learningRate: 1e-30 }),
        validation: DATA,
      });
      return history.epochs[0]!;
    };
    const [first, second] = [await run(1), await run(2)];
    expect(first.loss).not.toBe(second.loss);
    expect(first.validation!.loss).toBe(second.validation!.loss);
    expect(first.validation!.loss).toBeCloseTo(evaluate(net(), DATA, { ...LOSS, backend }).loss, 6);
  });

  it('treats a row of weight 2 as two rows, and leaves a row of weight 0 out', async () => {
    const close = async (options: Partial<FitOptions>, data: typeof DATA): Promise<number[]> => {
      const trained = net();
      const history = await fit(trained, data, {
        ...LOSS,
        backend,
        epochs: 4,
        batchSize: 1000,
        shuffle: false,
        optimizer: sgd({ learningRate: 0.5 }),
        ...options,
      });
      const parameters = [...trained.parameters().values()].flatMap((values) => [...values]);
      return [...parameters, ...history.epochs.map(({ loss }) => loss)];
    };
    const weights = X.map((_, i) => i % 3);
    const repeated = X.flatMap((_, i) => Array.from({ length: i % 3 }, () => i));
    const expected = await close(
      {},
      { x: repeated.map((i) => X[i]!), y: repeated.map((i) => Y[i]!) },
    );
    for (const options of [
      { sampleWeights: weights },
      { sampleWeights: weights.map((weight) => weight / 10) },
    ]) {
      const found = await close(options, DATA);
      found.forEach((one, i) => expect(one).toBeCloseTo(expected[i]!, 5));
    }
    const byClass = await close({ sampleWeights: Y.map((label) => (label === 1 ? 3 : 1)) }, DATA);
    for (const classWeights of [[1, 3], { 1: 3 }, Float64Array.of(1, 3) as unknown as number[]]) {
      expect(await close({ classWeights }, DATA)).toEqual(byClass);
    }
    const [zeros, ones] = [0, 1].map((label) => Y.filter((one) => one === label).length);
    const balanced = Y.map((label) => 50 / (2 * (label === 1 ? ones! : zeros!)));
    expect(await close({ classWeights: 'balanced' }, DATA)).toEqual(
      await close({ sampleWeights: balanced }, DATA),
    );
  });

  it('clips by the global norm, by elements, or to a norm', async () => {
    const plain = await train({ backend });
    expect(await train({ backend, clip: { globalNorm: 1e6 } })).toEqual(plain);
    expect(await train({ backend, clip: { value: 1e6 } })).toEqual(plain);
    for (const clip of [{ globalNorm: 1e-3 }, { value: 1e-4 }, { normalize: 1e-3 }]) {
      const one = await train({ backend, clip, optimizer: sgd({ learningRate: 0.1 }) });
      expect(one).not.toEqual(await train({ backend, optimizer: sgd({ learningRate: 0.1 }) }));
    }
    const moved = async (clip: FitOptions['clip']): Promise<number> => {
      const trained = net();
      const before = trained.parameters();
      const options = {
        ...LOSS,
        backend,
        epochs: 1,
        batchSize: 50,
        optimizer: sgd({ learningRate: 1 }),
      };
      await fit(trained, DATA, clip === undefined ? options : { ...options, clip });
      const moves = [...trained.parameters()].flatMap(([name, values]) =>
        [...values].map((value, i) => value - before.get(name)![i]!),
      );
      return Math.hypot(...moves);
    };
    expect(await moved({ globalNorm: 1e-2 })).toBeCloseTo(1e-2, 6);
    expect(await moved({ normalize: 2 })).toBeCloseTo(2, 5);
  });
});

describe('validation', () => {
  it('takes the indices of the rows to hold out, with the bits of the same rows by a share', async () => {
    const options = { ...LOSS, epochs: 3, seed: 5, classWeights: 'balanced' } as const;
    const [shared, listed] = [net(), net()];
    const history = await fit(shared, DATA, { ...options, validation: 0.2 });
    const { validation } = validationSplit(X.length, 0.2, 5, Int32Array.from(Y));
    const again = await fit(listed, DATA, { ...options, validation });
    expect(listed.parameters()).toEqual(shared.parameters());
    expect(again.epochs.at(-1)!.validation).toEqual(history.epochs.at(-1)!.validation);
  });

  it('refuses indices of no rows, or of all rows', async () => {
    const held = (validation: Uint32Array): Promise<unknown> =>
      fit(net(), DATA, { ...LOSS, validation });
    await expect(held(Uint32Array.of(3, 50))).rejects.toThrow(
      /indices\[1\] must be an index of a row/,
    );
    await expect(held(Uint32Array.from(X.keys()))).rejects.toThrow(
      'fit: validation must leave at least one row to train on; got the indices of all 50 rows.',
    );
  });

  it('holds a fraction out, stratified for class indices, one-hot rows and binary targets', async () => {
    const rare = X.map((_, i) => (i % 10 === 0 ? 1 : 0));
    const seen: number[] = [];
    const count = async (y: unknown, loss: FitOptions['loss'], outputs: number): Promise<void> => {
      const layers = [dense(outputs, { init: 'zeros' })];
      const history = await fit(
        net({ layers }),
        { x: X, y: y as number[] },
        {
          loss,
          epochs: 1,
          validation: 0.2,
          optimizer: sgd({ learningRate: 1e-30 }),
          metrics: ['accuracy'],
        },
      );
      seen.push(history.epochs[0]!.validation!.metrics['accuracy']!);
    };
    // Softmax of zeros takes class 0 (the first), σ(0) = ½ takes class 1: 9 and 1 of 10 rows.
    await count(rare, 'softmax-cross-entropy', 2);
    await count(
      rare.map((label) => [1 - label, label]),
      'softmax-cross-entropy',
      2,
    );
    await count(rare, 'binary-cross-entropy', 1);
    expect(seen).toEqual([0.9, 0.9, 0.1]);
  });

  it('does not learn from the rows that it holds out', async () => {
    let training = 0;
    await fit(net(), DATA, {
      ...LOSS,
      epochs: 1,
      validation: 0.3,
      onProgress: ({ rowsInEpoch }) => (training = rowsInEpoch),
    });
    expect(training).toBe(35);
    // If the held-out rows have other targets, only the validation changes.
    const weights = { classWeights: 'balanced', validation: 0.3, seed: 5 } as const;
    const expected = await train(weights);
    expect(await train({ ...weights, sampleWeights: X.map(() => 1) })).toEqual(expected);
  });

  it('takes rows of its own, with weights, and any form of targets', async () => {
    const trained = net();
    const validation = { x: X.slice(0, 10), y: Y.slice(0, 10).map((label) => [1 - label, label]) };
    const history = await fit(trained, DATA, { ...LOSS, epochs: 2, validation });
    const expected = evaluate(trained, validation, LOSS);
    expect(history.epochs[1]!.validation!.loss).toBeCloseTo(expected.loss, 12);
    expect(history.epochs[1]!.validation!.metrics).toEqual(expected.metrics);
    const sampleWeights = validation.x.map((_, i) => i);
    const weighted = await fit(net(), DATA, {
      ...LOSS,
      epochs: 2,
      validation: { ...validation, sampleWeights },
    });
    const weighed = evaluate(trained, validation, { ...LOSS, sampleWeights });
    expect(weighted.epochs[1]!.validation!.loss).toBeCloseTo(weighed.loss, 12);
  });

  it('never changes the parameters', async () => {
    expect(await train({ validation: DATA })).toEqual(await train());
  });

  it('of fraction 0 is no validation', async () => {
    const history = await fit(net(), DATA, { ...LOSS, epochs: 1, validation: 0 });
    expect(history.epochs[0]!.validation).toBeUndefined();
  });

  it('computes class weights only from the training rows of a fraction', async () => {
    // Soft rows cannot be stratified, so the training rows have a share of their own.
    const y = Y.map((label, i) => (i === 0 ? [0.5, 0.5] : [1 - label, label]));
    const { training } = validationSplit(50, 0.4, 3);
    const shares = [0, 1].map((k) => training.reduce((sum, row) => sum + y[row]![k]!, 0));
    const factors = shares.map((share) => training.length / (2 * share));
    const data = { x: X, y } as unknown as typeof DATA;
    const balanced = await train({ validation: 0.4, classWeights: 'balanced' }, data);
    expect(balanced).toEqual(await train({ validation: 0.4, classWeights: factors }, data));
    const all = [0, 1].map((k) => 50 / (2 * y.reduce((sum, row) => sum + row[k]!, 0)));
    expect(balanced).not.toEqual(await train({ validation: 0.4, classWeights: all }, data));
  });

  it('computes class weights from the training rows and not from validation rows of the caller', async () => {
    // The caller holds out all rows of class 1 but one; 'balanced' must use the share of the training rows.
    const training = { x: X.slice(0, 30), y: X.slice(0, 30).map((_, i) => (i === 0 ? 1 : 0)) };
    const explicit = { 0: 30 / (2 * 29), 1: 30 / 2 };
    const own = { validation: { x: X.slice(30), y: Y.slice(30) } };
    expect(await train({ ...own, classWeights: 'balanced' }, training)).toEqual(
      await train({ ...own, classWeights: explicit }, training),
    );
  });
});

describe('early stopping', () => {
  const base: FitOptions = {
    ...LOSS,
    epochs: 200,
    batchSize: 10,
    optimizer: adam({ learningRate: 0.3 }),
    validation: 0.3,
  };

  it.each(BACKENDS)('gives the best parameters back, bit for bit, on %s', async (backend) => {
    const trained = net();
    const kept: unknown[] = [];
    const history = await fit(trained, DATA, {
      ...base,
      backend,
      earlyStopping: { patience: 5 },
      callbacks: [{ onEpochEnd: () => void kept.push(trained.parameters()) }],
    });
    expect(history.stoppedBy).toBe('early-stopping');
    expect(history.epochs).toHaveLength(history.bestEpoch + 5);
    const losses = history.epochs.map((record) => record.validation!.loss);
    expect(history.bestEpoch).toBe(losses.indexOf(Math.min(...losses)) + 1);
    expect(trained.parameters()).toEqual(kept[history.bestEpoch - 1]);
    expect(trained.parameters()).not.toEqual(kept.at(-1));
  });

  it('keeps the last parameters with restoreBest: false', async () => {
    const trained = net();
    let last: unknown;
    const history = await fit(trained, DATA, {
      ...base,
      earlyStopping: { patience: 5, restoreBest: false },
      callbacks: [{ onEpochEnd: () => void (last = trained.parameters()) }],
    });
    expect(trained.parameters()).toEqual(last);
    expect(history.epochs).toHaveLength(history.bestEpoch + 5);
  });

  it('can watch a metric for which more is better, or the training loss without validation', async () => {
    const { validation: _, ...rest } = base;
    const byMetric = await fit(net(), DATA, {
      ...base,
      earlyStopping: { monitor: 'accuracy', patience: 3 },
    });
    const values = byMetric.epochs.map((record) => record.validation!.metrics['accuracy']!);
    expect(byMetric.bestEpoch).toBe(values.indexOf(Math.max(...values)) + 1);
    const byTraining = await fit(net(), DATA, { ...rest, earlyStopping: { patience: 2 } });
    const losses = byTraining.epochs.map((record) => record.loss);
    expect(byTraining.bestEpoch).toBe(losses.indexOf(Math.min(...losses)) + 1);
  });

  it('gives the best parameters back however the run ends', async () => {
    const trained = net();
    const kept: unknown[] = [];
    const history = await fit(trained, DATA, {
      ...base,
      earlyStopping: true,
      callbacks: [
        {
          onEpochEnd(record, control) {
            kept.push(trained.parameters());
            if (record.epoch === 8) control.stop();
          },
        },
      ],
    });
    expect(history.stoppedBy).toBe('callback');
    expect(trained.parameters()).toEqual(kept[history.bestEpoch - 1]);
  });
});

describe('callbacks', () => {
  it('are called in order, awaited, one after another', async () => {
    const calls: string[] = [];
    const log = (name: string) => ({
      async onTrainBegin() {
        await new Promise((resolve) => setTimeout(resolve, 1));
        calls.push(`${name} begin`);
      },
      onEpochBegin: (epoch: number) => void calls.push(`${name} epoch ${epoch}`),
      async onBatchEnd(batch: number) {
        await Promise.resolve();
        calls.push(`${name} batch ${batch}`);
      },
      onEpochEnd: (record: EpochRecord) => void calls.push(`${name} end ${record.epoch}`),
      onTrainEnd: () => void calls.push(`${name} done`),
    });
    await fit(net(), DATA, { ...LOSS, epochs: 2, batchSize: 25, callbacks: [log('a'), log('b')] });
    const epoch = (n: number): string[] =>
      [`epoch ${n}`, 'batch 1', 'batch 2', `end ${n}`].flatMap((one) => [`a ${one}`, `b ${one}`]);
    expect(calls).toEqual(['a begin', 'b begin', ...epoch(1), ...epoch(2), 'a done', 'b done']);
  });

  it('are called with their own this, so they may be instances of a class with data', async () => {
    class Counter {
      count = 0;
      onBatchEnd(): void {
        this.count++;
      }
    }
    const counter = new Counter();
    await fit(net(), DATA, { ...LOSS, epochs: 2, batchSize: 10, callbacks: [counter] });
    expect(counter.count).toBe(10);
  });

  it('get the steps, the loss and the newest parameters', async () => {
    const trained = net();
    const seen: [number, number][] = [];
    const weights = new Set<string>();
    const history = await fit(trained, DATA, {
      ...LOSS,
      epochs: 2,
      batchSize: 25,
      callbacks: [
        {
          onBatchEnd(_batch, control) {
            expect(control.network).toBe(trained);
            seen.push([control.steps, control.loss]);
            weights.add(String(trained.parameters().get('layers.0.weight')));
            trained.predict([[1, 2]]);
          },
        },
      ],
    });
    expect(seen.map(([steps]) => steps)).toEqual([1, 2, 3, 4]);
    expect(weights.size).toBe(4);
    expect((seen[2]![1] + seen[3]![1]) / 2).toBeCloseTo(history.epochs[1]!.loss, 12);
  });

  it('may stop the run after the batch or the epoch', async () => {
    let batches = 0;
    const history = await fit(net(), DATA, {
      ...LOSS,
      batchSize: 10,
      callbacks: [
        {
          onBatchEnd(_batch, control) {
            if (++batches === 7) control.stop();
          },
        },
      ],
    });
    expect(batches).toBe(7);
    expect([history.stoppedBy, history.epochs.length]).toEqual(['callback', 1]);
    const early = await fit(net(), DATA, {
      ...LOSS,
      callbacks: [{ onTrainBegin: (control) => control.stop() }],
    });
    expect([early.stoppedBy, early.epochs.length]).toEqual(['callback', 0]);
  });

  it('may set the learning rate of the next steps, with any schedule', async () => {
    const rates: number[] = [];
    await fit(net(), DATA, {
      ...LOSS,
      epochs: 3,
      schedule: step({ every: 1, factor: 0.5 }),
      callbacks: [
        {
          onEpochEnd(record, control) {
            rates.push(record.learningRate);
            if (record.epoch === 2) control.set({ learningRate: 0.25 });
          },
        },
      ],
    });
    expect(rates).toEqual([1e-3, 5e-4, 0.25]);
    const wrong = (values: unknown) => ({
      onTrainBegin: (control: { set(values: { learningRate: number }): void }) =>
        control.set(values as { learningRate: number }),
    });
    const run = (values: unknown): Promise<unknown> =>
      fit(net(), DATA, { ...LOSS, callbacks: [wrong(values)] });
    await expect(run({ learningRate: 0 })).rejects.toThrow(RangeError);
    await expect(run({ learningrate: 1 })).rejects.toThrow(/Did you mean 'learningRate'/);
    await expect(run(undefined)).rejects.toThrow(TypeError);
  });
});

describe('what a caller holds', () => {
  function deepFreeze<Value>(value: Value): Value {
    if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
      Object.values(value).forEach(deepFreeze);
      Object.freeze(value);
    }
    return value;
  }

  it('is never changed, so data and options may be frozen', async () => {
    const x = Float32Array.from(X.flat());
    const kept = x.slice();
    const options: FitOptions = deepFreeze({
      ...LOSS,
      epochs: 2,
      optimizer: { ...adam() },
      clip: { globalNorm: 1 },
      classWeights: [1, 2],
      sampleWeights: X.map(() => 1),
      validation: { x: X, y: Y },
      metrics: ['accuracy'],
      earlyStopping: { patience: 3 },
      callbacks: [{ onEpochEnd: () => undefined }],
    });
    await fit(net(), deepFreeze({ x: { data: x, shape: [50, 2] }, y: [...Y] }), options);
    expect(x).toEqual(kept);
  });

  it('may change after the call has begun, because the rows were copied', async () => {
    const x = { data: Float32Array.from(X.flat()), shape: [50, 2] };
    const y = Int32Array.from(Y);
    const expected = net();
    await fit(
      expected,
      { x: { ...x, data: x.data.slice() }, y: y.slice() },
      { ...LOSS, epochs: 2 },
    );
    const trained = net();
    const running = fit(trained, { x, y }, { ...LOSS, epochs: 2 });
    x.data.fill(NaN);
    y.fill(-1);
    await running;
    expect(trained.parameters()).toEqual(expected.parameters());
  });

  it('may be written to the network during the run, and is used from the next step on', async () => {
    const trained = net();
    await fit(trained, DATA, {
      ...LOSS,
      epochs: 2,
      optimizer: sgd({ learningRate: 1e-6 }),
      callbacks: [
        {
          onEpochEnd({ epoch }) {
            if (epoch === 1) trained.setParameters({ 'layers.1.bias': [7, -7] });
          },
        },
      ],
    });
    const bias = trained.parameters().get('layers.1.bias')!;
    expect(bias[0]).toBeCloseTo(7, 3);
    expect(bias[1]).toBeCloseTo(-7, 3);
    expect(bias[0]).not.toBe(7);
  });
});

describe('schedules', () => {
  async function rates(schedule: FitOptions['schedule'], epochs = 4): Promise<number[]> {
    const found: number[] = [];
    const options: FitOptions = {
      ...LOSS,
      epochs,
      batchSize: 25,
      optimizer: sgd({ learningRate: 0.8 }),
      onProgress: ({ record }) => void (record && found.push(record.learningRate)),
    };
    await fit(net(), DATA, schedule === undefined ? options : { ...options, schedule });
    return found;
  }

  it('are applied step by step, and a record has the last rate of its epoch', async () => {
    expect(await rates(undefined)).toEqual([0.8, 0.8, 0.8, 0.8]);
    expect(await rates(step({ every: 2, factor: 0.5 }))).toEqual([0.8, 0.8, 0.4, 0.4]);
    const wave = (await rates(cosine()))[2]!;
    expect(wave).toBeCloseTo(0.8 * 0.5 * (1 + Math.cos((Math.PI * 5) / 8)), 12);
    const rise = await rates(warmup({ epochs: 2, followedBy: step({ every: 1, factor: 0.5 }) }));
    [0.4, 0.8, 0.8, 0.4].forEach((rate, i) => expect(rise[i]).toBeCloseTo(rate, 12));
    const cycle = await rates(oneCycle());
    expect(cycle[0]).toBeGreaterThan(cycle.at(-1)!);
  });

  it('may depend on the loss', async () => {
    const flat = { x: [[0, 0]], y: [0] };
    const records: number[] = [];
    const still = network({ inputs: 2, layers: [dense(2, { init: 'zeros', bias: false })] });
    await fit(still, flat, {
      ...LOSS,
      epochs: 7,
      optimizer: sgd({ learningRate: 0.8 }),
      schedule: reduceOnPlateau({ patience: 2, factor: 0.5 }),
      onProgress: ({ record }) => void (record && records.push(record.learningRate)),
    });
    expect(records).toEqual([0.8, 0.8, 0.8, 0.4, 0.4, 0.2, 0.2]);
  });
});

describe('progress, abort and the event loop', () => {
  it('report each epoch with its record, and how far the run is', async () => {
    const seen: Progress[] = [];
    const history = await fit(net(), DATA, {
      ...LOSS,
      epochs: 3,
      onProgress: (one) => void seen.push(one),
    });
    const ends = seen.filter(({ record }) => record !== undefined);
    expect(ends.map(({ record }) => record)).toEqual(history.epochs);
    for (const { epochs, rows, rowsInEpoch, seconds } of ends) {
      expect([epochs, rows, rowsInEpoch]).toEqual([3, 50, 50]);
      expect(seconds).toBeGreaterThanOrEqual(0);
    }
  });

  it('end a run immediately if its signal is aborted already', async () => {
    const trained = net();
    const before = trained.parameters();
    const history = await fit(trained, DATA, { ...LOSS, signal: AbortSignal.abort() });
    expect([history.stoppedBy, history.epochs.length]).toEqual(['abort', 0]);
    expect(trained.parameters()).toEqual(before);
  });

  it('end a run within an epoch, which keeps its steps and leaves the network not busy', async () => {
    const trained = net();
    const controller = new AbortController();
    let steps = 0;
    const history = await fit(trained, DATA, {
      ...LOSS,
      batchSize: 5,
      signal: controller.signal,
      callbacks: [
        {
          onBatchEnd(_batch, control) {
            steps = control.steps;
            if (steps === 13) controller.abort();
          },
        },
      ],
    });
    expect([history.stoppedBy, history.epochs.length, steps]).toEqual(['abort', 1, 13]);
    await expect(fit(trained, DATA, LOSS)).resolves.toBeDefined();
  });

  it('allow timers during a long run, and a timer may abort it', async () => {
    const controller = new AbortController();
    let ticks = 0;
    const timer = setInterval(() => {
      if (++ticks === 3) controller.abort();
    }, 5);
    const history = await fit(net(), DATA, {
      ...LOSS,
      epochs: 1_000_000,
      signal: controller.signal,
    });
    clearInterval(timer);
    expect(history.stoppedBy).toBe('abort');
    expect(ticks).toBeGreaterThanOrEqual(3);
  });

  it('ignore a signal that is aborted after the run', async () => {
    const controller = new AbortController();
    const history = await fit(net(), DATA, { ...LOSS, signal: controller.signal });
    controller.abort();
    expect(history.stoppedBy).toBe('epochs');
  });
});

describe('dtype float64', () => {
  it('trains and predicts in float64 on the reference', async () => {
    const trained = net({ dtype: 'float64' });
    const seen: unknown[] = [];
    await fit(trained, DATA, {
      ...LOSS,
      earlyStopping: true,
      callbacks: [{ onEpochEnd: () => void seen.push(trained.parameters()) }],
    });
    expect(trained.parameters()).toEqual(seen.at(-1));
    const weight = trained.parameters().get('layers.0.weight')!;
    expect(weight).toBeInstanceOf(Float64Array);
    expect(weight.some((one) => Math.fround(one) !== one)).toBe(true);
    await expect(fit(trained, DATA, { ...LOSS, backend: 'wasm' })).rejects.toThrow(RangeError);
  });

  it('takes gradients whose squares would overflow in float32', async () => {
    const big = network({ inputs: 1, layers: [dense(1)], dtype: 'float64' });
    const history = await fit(big, { x: [[1e15]], y: [1e15] }, { loss: 'mse', epochs: 1 });
    expect(history.epochs[0]!.gradientNorm).toBeGreaterThan(1e29);
  });
});
