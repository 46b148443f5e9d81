/**
 * Training on a backend whose phases end later, as those of worker threads in a page do. The fake backend here runs a
 * phase when it is asked to, but settles its promise in a later turn of the event loop: what others see of the network
 * in between is what these tests are about.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { referenceBackend } from '../backends/reference/backend.ts';
import { registerBackend } from '../backends/registry.ts';
import type { Executable } from '../backends/contract.ts';
import { network, stateOf, type Network } from '../model/network.ts';
import { dense } from '../network/layers/dense.ts';
import { dropout } from '../network/layers/dropout.ts';
import type { Phase } from '../program/program.ts';
import { sgd } from '../optim/sgd.ts';
import type { Callback } from './callbacks.ts';
import type { FitOptions } from './fit-options.ts';
import { fit } from './fit.ts';
import type { History } from './history.ts';
import { trainer } from './trainer.ts';

/** What a test does while a phase is in flight; a promise that rejects breaks the phase off. */
let inFlight: (phase: Phase, executable: Executable) => void | Promise<void> = () => {};
/** Phases that have ended later than `run` returned, by name. */
let ended: Phase[] = [];

registerBackend({
  ...referenceBackend,
  name: 'later',
  compile(program, options = {}): Executable {
    const executable = referenceBackend.compile(program);
    if (options.asynchronous !== true) return executable;
    let busy = false;
    return {
      program,
      asynchronous: true,
      scalars: executable.scalars,
      view: (name) => executable.view(name),
      close: () => executable.close(),
      async run(phase) {
        if (busy) throw new Error(`${phase} began before the last phase had ended`);
        busy = true;
        await executable.run(phase);
        const scalars = executable.scalars.join();
        await inFlight(phase, executable);
        await new Promise<void>((resolve) => setImmediate(resolve));
        if (executable.scalars.join() !== scalars)
          throw new Error(`scalars changed during ${phase}`);
        busy = false;
        ended.push(phase);
      },
    };
  },
});

afterEach(() => {
  inFlight = () => {};
  ended = [];
});

const X = Array.from({ length: 30 }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(i * i)]);
const Y = X.map(([a, b]) => (a! + b! > 0.2 ? 1 : 0));

function makeNet(): Network {
  const layers = [dense(6, { activation: 'tanh' }), dropout(0.2), dense(2)];
  return network({ inputs: 3, layers, seed: 5 });
}

const OPTIONS: FitOptions = {
  loss: 'softmax-cross-entropy',
  epochs: 3,
  batchSize: 7,
  validation: 0.2,
  l2: 1e-3,
  clip: { globalNorm: 0.5 },
};

async function train(
  backend: 'reference' | 'later',
  options: Partial<FitOptions> = {},
): Promise<[net: Network, history: History]> {
  const net = makeNet();
  const history = await fit(net, { x: X, y: Y }, { ...OPTIONS, ...options, backend });
  return [net, history];
}

/** Parameters of a network by name, as plain arrays. */
function parametersOf(net: Network): Record<string, number[]> {
  return Object.fromEntries([...net.parameters()].map(([name, values]) => [name, [...values]]));
}

function withoutSeconds({ epochs, ...rest }: History): unknown {
  return { ...rest, epochs: epochs.map((record) => ({ ...record, seconds: 0 })) };
}

describe('a backend whose phases end later', () => {
  it.each([
    ['', {}],
    ['in shards', { shards: 3 }],
    ['in more shards than rows', { shards: 9 }],
    ['with early stopping', { epochs: 8, earlyStopping: { patience: 1 } }],
    [
      'with skipped steps',
      { optimizer: sgd({ learningRate: 1e30 }), onNonFinite: 'skip', batchSize: 24 },
    ],
  ] as [string, Partial<FitOptions>][])(
    'gives the bits and the history of one that answers at once %s',
    async (_name, options) => {
      const [net, history] = await train('later', options);
      expect(ended).toContain('evaluate');
      const [twin, expected] = await train('reference', options);
      expect(parametersOf(net)).toEqual(parametersOf(twin));
      expect(withoutSeconds(history)).toEqual(withoutSeconds(expected));
    },
  );

  it('runs every phase of every shard so, that a page is not blocked', async () => {
    const rows = { x: X.slice(0, 7), y: Y.slice(0, 7) };
    const net = makeNet();
    await fit(net, rows, { ...OPTIONS, validation: 0, epochs: 1, shards: 3, backend: 'later' });
    expect(ended).toEqual(['prepare', 'gradients', 'gradients', 'gradients', 'check', 'update']);
  });

  it('runs at once for a trainer, which cannot wait', () => {
    using steps = trainer(makeNet(), { loss: 'softmax-cross-entropy', backend: 'later' });
    expect(steps.step({ x: X, y: Y }).updated).toBe(true);
    expect(ended).toEqual([]);
  });
});

describe('while a step is in flight', () => {
  it.each([1, 3])(
    'the network shows the step before, never an older one (%i shards)',
    async (shards) => {
      const net = makeNet();
      const seen: [Phase, Record<string, number[]>][] = [];
      let before = parametersOf(net);
      let looked = 0;
      inFlight = (phase) => {
        seen.push([phase, parametersOf(net)]);
      };
      const callbacks: Callback[] = [
        {
          onBatchEnd() {
            for (const [phase, values] of seen.splice(0)) {
              expect(values, phase).toEqual(before);
              looked++;
            }
            before = parametersOf(net);
          },
        },
      ];
      const options = { ...OPTIONS, validation: 0, shards, callbacks, backend: 'later' };
      await fit(net, { x: X, y: Y }, options);
      expect(looked).toBeGreaterThan(25);
    },
  );

  it.each(['gradients', 'update', 'evaluate'] as const)(
    'setParameters changes what it names and nothing else (during %s)',
    async (during) => {
      const bias = { 'layers.1.bias': [0.25, -0.5] };
      const net = makeNet();
      let count = 0;
      inFlight = (phase) => {
        if (phase !== during || ++count !== (during === 'evaluate' ? 1 : 5)) return;
        net.setParameters(bias);
        expect(parametersOf(net)['layers.1.bias']).toEqual(bias['layers.1.bias']);
      };
      await fit(net, { x: X, y: Y }, { ...OPTIONS, backend: 'later' });
      // The same write between two steps of a run that answers at once.
      const twin = makeNet();
      let batches = 0;
      const write = (): void => twin.setParameters(bias);
      const callbacks: Callback[] =
        during === 'evaluate'
          ? [{ onEpochEnd: ({ epoch }) => (epoch === 1 ? write() : undefined) }]
          : [{ onBatchEnd: () => (++batches === 5 ? write() : undefined) }];
      await fit(twin, { x: X, y: Y }, { ...OPTIONS, backend: 'reference', callbacks });
      expect(parametersOf(net)).toEqual(parametersOf(twin));
    },
  );

  it('an update that is broken off leaves the network the step before, and free', async () => {
    const net = makeNet();
    let before = parametersOf(net);
    let updates = 0;
    inFlight = async (phase, executable) => {
      if (phase !== 'update' || ++updates < 4) return;
      // A part of the parameters is written when the thread is lost.
      executable.view('parameters').fill(7, 0, 10);
      await Promise.reject(new Error('A thread of the run was lost.'));
    };
    const callbacks: Callback[] = [{ onBatchEnd: () => void (before = parametersOf(net)) }];
    const run = fit(net, { x: X, y: Y }, { ...OPTIONS, callbacks, backend: 'later' });
    await expect(run).rejects.toThrow('A thread of the run was lost.');
    expect(updates).toBe(4);
    expect(parametersOf(net)).toEqual(before);
    expect(stateOf('test', net).live).toBeUndefined();
  });

  it('what was written during an update that is broken off is kept', async () => {
    const net = makeNet();
    let before = parametersOf(net);
    let updates = 0;
    inFlight = async (phase, executable) => {
      if (phase !== 'update' || ++updates < 4) return;
      executable.view('parameters').fill(7, 0, 10);
      net.setParameters({ 'layers.1.bias': [1, 2] });
      await Promise.reject(new Error('A thread of the run was lost.'));
    };
    const callbacks: Callback[] = [{ onBatchEnd: () => void (before = parametersOf(net)) }];
    const run = fit(net, { x: X, y: Y }, { ...OPTIONS, callbacks, backend: 'later' });
    await expect(run).rejects.toThrow('A thread of the run was lost.');
    expect(parametersOf(net)).toEqual({ ...before, 'layers.1.bias': [1, 2] });
  });
});
