/**
 * A run that was interrupted and continued from its state ends like an uninterrupted run, with the same bits and the same
 * history. The state is taken after every batch and at the end of every epoch, passes a structured clone, and is continued
 * in a new network, on another backend and another number of threads.
 */
import { describe, expect, it } from 'vitest';
import { registeredBackends } from '../backends/registry.ts';
import { network, type Network } from '../model/network.ts';
import { dense } from '../network/layers/dense.ts';
import { dropout } from '../network/layers/dropout.ts';
import { adam } from '../optim/adam.ts';
import { adagrad } from '../optim/adagrad.ts';
import { adaptive } from '../optim/schedules/adaptive.ts';
import { cosine } from '../optim/schedules/cosine.ts';
import { inverseScaling } from '../optim/schedules/inverse-scaling.ts';
import { reduceOnPlateau } from '../optim/schedules/reduce-on-plateau.ts';
import { warmup } from '../optim/schedules/warmup.ts';
import { sgd } from '../optim/sgd.ts';
import type { FitOptions } from './fit-options.ts';
import { fit, startFit, type RunningFit } from './fit.ts';
import type { History } from './history.ts';
import type { RunState } from './run-state.ts';

const BACKENDS = registeredBackends().filter(
  (backend) => backend.unavailable() === undefined && backend.precision === 'float32',
);

const X = Array.from({ length: 41 }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(i * i)]);
const Y = X.map(([a, b]) => (a! + b! > 0.2 ? 1 : 0));
const BATCH = 8;

function makeNet(seed = 5): Network {
  const layers = [dense(6, { activation: 'tanh' }), dropout(0.3), dense(2)];
  return network({ inputs: 3, layers, seed });
}

const BASE: FitOptions = {
  loss: 'softmax-cross-entropy',
  epochs: 5,
  batchSize: BATCH,
  seed: 11,
  metrics: ['accuracy'],
};

/** The result of a run: the parameters, and the history without its seconds. */
function outcome(net: Network, { epochs, ...rest }: History): unknown {
  const parameters = [...net.parameters()].map(([name, values]) => [name, [...values]]);
  return { parameters, ...rest, epochs: epochs.map((record) => ({ ...record, seconds: 0 })) };
}

/** The states of a run after each batch and epoch, and its result. */
async function watched(options: FitOptions): Promise<[states: RunState[], outcome: unknown]> {
  const net = makeNet();
  const states: RunState[] = [];
  const take = (): void => void states.push(structuredClone(running.state()));
  const callbacks = [{ onBatchEnd: take, onEpochEnd: take }];
  const running: RunningFit = startFit(net, { x: X, y: Y }, { ...options, callbacks });
  return [states, outcome(net, await running.finished)];
}

async function resumed(options: FitOptions, state: RunState): Promise<unknown> {
  // Another seed is right, because the parameters come from the state.
  const net = makeNet(99);
  return outcome(net, await startFit(net, { x: X, y: Y }, options, state).finished);
}

const CASES: [name: string, options: Partial<FitOptions>][] = [
  ['of adam', {}],
  [
    'with amsgrad, clipping and penalties',
    { optimizer: adam({ amsgrad: true }), clip: { globalNorm: 0.3 }, l2: 0.01 },
  ],
  ['in shards, with momentum', { shards: 3, optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }) }],
  [
    'with validation rows and early stopping',
    {
      validation: 0.3,
      epochs: 12,
      optimizer: sgd({ learningRate: 1.5 }),
      earlyStopping: { patience: 3 },
    },
  ],
  [
    'with early stopping by a score of all rows',
    {
      metrics: ['rocAuc'],
      epochs: 8,
      optimizer: sgd({ learningRate: 1.5 }),
      earlyStopping: { monitor: 'rocAuc', patience: 2 },
    },
  ],
  [
    'with a rate that decreases on a plateau',
    {
      validation: 0.3,
      optimizer: sgd({ learningRate: 2 }),
      schedule: reduceOnPlateau({ patience: 1, factor: 0.5 }),
      epochs: 8,
    },
  ],
  [
    'with a rate that adapts until it ends the run',
    {
      optimizer: sgd({ learningRate: 3e-5 }),
      schedule: adaptive({ patience: 1, minDelta: 0.1 }),
      epochs: 20,
    },
  ],
  [
    'with a rate that adapts to a watched score after a warm-up',
    {
      validation: 0.3,
      optimizer: sgd({ learningRate: 2 }),
      schedule: warmup({ followedBy: adaptive({ patience: 1 }) }),
      earlyStopping: { monitor: 'accuracy', patience: 8 },
      epochs: 8,
    },
  ],
  [
    'with a rate that decreases with the rows',
    { optimizer: sgd({ learningRate: 0.5 }), schedule: inverseScaling() },
  ],
  [
    'with a warm-up',
    {
      schedule: warmup({ epochs: 2, followedBy: cosine() }),
      optimizer: adagrad({ learningRate: 0.2 }),
    },
  ],
  [
    'with skipped steps',
    {
      optimizer: sgd({ learningRate: 1e38 }),
      clip: { globalNorm: 0.5 },
      onNonFinite: 'skip',
      epochs: 2,
    },
  ],
];

describe('a run that is continued from its state', () => {
  it.each(CASES)(
    '%s has the bits and the history of an uninterrupted run',
    async (_name, options) => {
      const all = { ...BASE, ...options };
      const [states, expected] = await watched(all);
      expect(states.length).toBeGreaterThan(9);
      for (const [i, state] of states.entries()) {
        const { name: backend } = BACKENDS[i % BACKENDS.length]!;
        const threads = backend === 'wasm' ? 1 : 1 + (i % 3);
        expect(await resumed({ ...all, backend, threads }, state), `state ${i}`).toEqual(expected);
      }
    },
  );

  it('may be interrupted by a callback several times, each time within an epoch', async () => {
    const [, expected] = await watched(BASE);
    let state: RunState | undefined;
    let ended: unknown;
    for (let part = 0; ended === undefined; part++) {
      const net = makeNet(part === 0 ? 5 : 99);
      let batches = 0;
      const stops = part < 7;
      const running: RunningFit = startFit(
        net,
        { x: X, y: Y },
        {
          ...BASE,
          callbacks: [
            {
              onBatchEnd(_batch, control) {
                if (!stops || ++batches < 4) return;
                control.stop();
                state = structuredClone(running.state());
              },
            },
          ],
        },
        state,
      );
      const history = await running.finished;
      if (!stops) ended = outcome(net, history);
    }
    expect(ended).toEqual(expected);
  });

  it('keeps a rate that a callback has set', async () => {
    const rate = {
      onEpochEnd: (_: unknown, control: { set(v: { learningRate: number }): void }) =>
        control.set({ learningRate: 0.03 }),
    };
    const net = makeNet();
    let state: RunState | undefined;
    let batches = 0;
    const running: RunningFit = startFit(
      net,
      { x: X, y: Y },
      {
        ...BASE,
        callbacks: [
          rate,
          {
            onBatchEnd: () => void (++batches === 9 && (state = structuredClone(running.state()))),
          },
        ],
      },
    );
    const history = await running.finished;
    expect(history.epochs.at(-1)!.learningRate).toBe(0.03);
    const twin = makeNet(99);
    const rest = await startFit(twin, { x: X, y: Y }, { ...BASE, callbacks: [rate] }, state)
      .finished;
    expect(outcome(twin, rest)).toEqual(outcome(net, history));
  });

  it.each([
    ['early-stopping', { optimizer: sgd({ learningRate: 3 }), earlyStopping: { patience: 1 } }],
    ['schedule', { optimizer: sgd({ learningRate: 3e-5 }), schedule: adaptive({ patience: 1 }) }],
  ] as const)('is over where its %s had ended it', async (reason, part) => {
    const options: FitOptions = { ...BASE, epochs: 40, ...part };
    const [states, expected] = await watched(options);
    expect(states.at(-1)!.loop.stoppedBy).toBe(reason);
    expect(await resumed(options, states.at(-1)!)).toEqual(expected);
  });

  it('does not change the given state', async () => {
    const [states] = await watched(BASE);
    const state = states[7]!;
    const before = structuredClone(state);
    await resumed(BASE, state);
    expect(state).toEqual(before);
  });

  it('is refused for other numerics than those of the state, because the bits would differ', async () => {
    const [[state]] = await watched(BASE);
    const fused = { ...BASE, backend: 'reference', numerics: 'fused' } as const;
    expect(() => startFit(makeNet(), { x: X, y: Y }, fused, state)).toThrow(
      "fit: numerics must be 'portable', with which the run began, because others give other bits; got 'fused'",
    );
  });

  it('is refused for a state of another optimiser or network, which leaves the network not busy', async () => {
    const [states] = await watched(BASE);
    const net = makeNet();
    const wrong = { ...BASE, optimizer: sgd() };
    expect(() => startFit(net, { x: X, y: Y }, wrong, states[0])).toThrow(RangeError);
    expect(() => startFit(net, { x: X, y: Y }, wrong, states[0])).toThrow(
      /state's firstMoments must be absent/,
    );
    const other = network({ inputs: 3, layers: [dense(2)] });
    expect(() => startFit(other, { x: X, y: Y }, BASE, states[0])).toThrow(
      /must be 8 numbers of float32/,
    );
    await fit(net, { x: X, y: Y }, { ...BASE, epochs: 1 });
  });
});

describe('a run that ends in an error', () => {
  const options: FitOptions = {
    ...BASE,
    epochs: 30,
    earlyStopping: { patience: 20 },
  };

  it.each([
    [
      'it diverges',
      {
        onEpochEnd: ({ epoch }: { epoch: number }, control: Control) =>
          void (epoch === 4 && control.set({ learningRate: 1e38 })),
      },
      /step \d+/,
    ],
    [
      'a callback throws',
      {
        onEpochEnd: ({ epoch }: { epoch: number }) => {
          if (epoch === 4) throw new Error('mine');
        },
      },
      /mine/,
    ],
  ])('gives the best parameters back first where %s', async (_name, callback, message) => {
    const net = makeNet();
    let best = '';
    let least = Infinity;
    const remember = {
      onEpochEnd({ loss }: { loss: number }): void {
        if (loss < least) [least, best] = [loss, JSON.stringify([...net.parameters()])];
      },
    };
    const run = fit(net, { x: X, y: Y }, { ...options, callbacks: [remember, callback] });
    await expect(run).rejects.toThrow(message);
    expect(JSON.stringify([...net.parameters()])).toBe(best);
  });

  it('rejects with the rejection of an asynchronous onProgress', async () => {
    // The type does not mention a promise, but it allows a function that returns one.
    const onProgress: () => unknown = async () => Promise.reject(new Error('the disk is full'));
    const run = fit(makeNet(), { x: X, y: Y }, { ...BASE, onProgress });
    await expect(run).rejects.toThrow('the disk is full');
  });
});

type Control = { set(values: { learningRate: number }): void };
