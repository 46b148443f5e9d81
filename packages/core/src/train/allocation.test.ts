/**
 * A step, and a prediction into the caller's memory, allocate nothing. heapUsed is read before and after many calls
 * without a garbage collection between them, so that garbage is found and not only leaks. The smallest result of several
 * rounds counts. A few boxed numbers for each call are allowed, because the engine decides how it returns a number. An
 * array, or a number for each row, exceeds the bound.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';
import { chooseBackend } from '../backends/registry.ts';
import { readMatrix } from '../arrays/matrix.ts';
import { readTargets } from '../arrays/targets.ts';
import { network, stateOf } from '../model/network.ts';
import { dense } from '../network/layers/dense.ts';
import { dropout } from '../network/layers/dropout.ts';
import { sgd } from '../optim/sgd.ts';
import { predictor } from '../model/predictor.ts';
import { backward } from '../trace/inspect.ts';
import { evaluate } from './evaluate.ts';
import { fit } from './fit.ts';
import { DataSet } from './data-set.ts';
import { TrainingRun } from './run.ts';
import { readStepSettings, type StepOptions } from './settings.ts';

const CALLS = 700;
/** The most rounds. They are many, because code that is not compiled yet boxes more and a busy machine compiles late. */
const ROUNDS = 60;
const MOST_BYTES = 96;

let collect: () => void;

beforeAll(() => {
  setFlagsFromString('--expose-gc');
  collect = runInNewContext('gc') as () => void;
});

/** The bytes of heap that a call allocates. */
function bytesOf(call: (i: number) => void, rounds = ROUNDS): number {
  let least = Infinity;
  for (let round = 0; round < rounds && !(least < MOST_BYTES); round++) {
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < CALLS; i++) call(i);
    const grown = process.memoryUsage().heapUsed - before;
    if (grown >= 0) least = Math.min(least, grown / CALLS);
  }
  return least;
}

/** A function that runs one step after another over 300 rows. */
function steps(
  options: Partial<StepOptions>,
  windowLimit?: number,
): [step: (i: number) => void, close: () => void] {
  const rows = 300;
  const layers = [dense(32, { activation: 'relu' }), dropout(0.2), dense(3)];
  const state = stateOf('test', network({ inputs: 20, layers }));
  const settings = readStepSettings('test', { loss: 'softmax-cross-entropy', ...options }, state);
  const backend = chooseBackend('test', 'auto', 'float32');
  const x = {
    data: Float32Array.from({ length: rows * 20 }, (_, i) => Math.sin(i)),
    shape: [rows, 20],
  };
  const y = Array.from({ length: rows }, (_, i) => i % 3);
  const set = {
    matrix: readMatrix(x),
    targets: readTargets('test', y, { loss: 'softmax-cross-entropy', outputs: 3, rows }),
    weights: new Float64Array(rows).fill(0.5),
  };
  const run = new TrainingRun({
    where: 'test',
    network: state,
    settings,
    backend,
    data: new DataSet([set], backend.precision),
    capacity: 32,
    keepBest: false,
    metrics: ['accuracy'],
    ...(windowLimit !== undefined && { windowLimit }),
  });
  const order = Uint32Array.from({ length: rows }, (_, i) => i);
  return [(i) => run.step(order, (i * 32) % 256, i % 7 === 0 ? 19 : 32), () => run.close()];
}

describe('a step', () => {
  it.each([
    ['of adam', {}, undefined],
    ['with clipping and penalties', { clip: { globalNorm: 0.1 }, l1: 1e-4, l2: 1e-4 }, undefined],
    ['of sgd in shards', { optimizer: sgd({ momentum: 0.9 }), shards: 3 }, undefined],
    ['over a window that is filled batch by batch', {}, 0],
  ] as [string, Partial<StepOptions>, number | undefined][])(
    '%s allocates nothing',
    (_name, options, limit) => {
      const [step, close] = steps(options, limit);
      expect(bytesOf(step)).toBeLessThan(MOST_BYTES);
      close();
    },
  );

  it('would fail this test with an array of one number for each row', () => {
    const [step, close] = steps({});
    const kept: number[][] = [];
    const wasteful = (i: number): void => {
      step(i);
      kept[i % 3] = Array.from({ length: 32 }, (_, row) => row + 0.5);
    };
    expect(bytesOf(wasteful, 15)).toBeGreaterThan(MOST_BYTES);
    close();
  });
});

describe('predictInto', () => {
  it.each([
    [4, 1],
    [300, 1],
    [300, 16],
    [20, 7],
  ])('of %i inputs and %i rows allocates nothing', (inputs, rows) => {
    const layers = [dense(24, { activation: 'tanh' }), dense(10)];
    using fast = predictor(network({ inputs, layers, output: 'softmax' }), { maxRows: 16 });
    const x = Float32Array.from({ length: inputs * rows }, (_, i) => Math.cos(i));
    const out = new Float32Array(10 * rows);
    expect(bytesOf(() => fast.predictInto(out, x))).toBeLessThan(MOST_BYTES);
  });
});

describe('memory', () => {
  it('of packed weights is freed with the network that was dropped', async () => {
    const dropped = ((): WeakRef<object> => {
      const net = network({ inputs: 2, layers: [dense(200), dense(2)] });
      net.predict([[1, 2]]);
      return new WeakRef(stateOf('test', net));
    })();
    // An object that was read in a turn of the event loop is kept alive until the turn ends.
    await new Promise((resolve) => setTimeout(resolve, 0));
    collect();
    expect(dropped.deref()).toBeUndefined();
  });

  it('does not grow with networks, runs and predictors that were closed or dropped', async () => {
    const data = { x: [[1, 2]], y: [0] };
    const loss = { loss: 'softmax-cross-entropy' } as const;
    const round = async (): Promise<number> => {
      for (let seed = 0; seed < 40; seed++) {
        const net = network({ inputs: 2, layers: [dense(200), dense(2)], seed });
        await fit(net, data, { ...loss, epochs: 1 });
        net.predict(data.x);
        evaluate(net, data, loss);
        backward(net, data.x, data.y, loss);
        predictor(net, { maxRows: 500 }).predict(data.x);
      }
      // The memory of dropped objects is returned in a later turn of the event loop.
      collect();
      await new Promise((resolve) => setTimeout(resolve, 20));
      collect();
      const { external, heapUsed } = process.memoryUsage();
      return external + heapUsed;
    };
    await round();
    const before = await round();
    await round();
    const after = await round();
    expect(after - before).toBeLessThan(0.2 * before + 4e6);
  });
});
