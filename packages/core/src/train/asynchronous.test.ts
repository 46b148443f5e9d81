/**
 * Training on a backend whose phases end later, like those of worker threads in a page. The fake backend of this file runs a
 * phase immediately, but settles its promise in a later turn of the event loop. These tests check what a program sees of
 * the network in between.
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

/** A function that a test runs during a phase. If it returns a promise that rejects, the phase fails. */
let inFlight: (phase: Phase, executable: Executable) => void | Promise<void> = () => {};
/** The names of the phases that ended after `run` had returned. */
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

/** The parameters of a network by name, as plain arrays. */
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
    'gives the bits and the history of a synchronous one %s',
    async (_name, options) => {
      const [net, history] = await train('later', options);
      expect(ended).toContain('evaluate');
      const [twin, expected] = await train('reference', options);
      expect(parametersOf(net)).toEqual(parametersOf(twin));
      expect(withoutSeconds(history)).toEqual(withoutSeconds(expected));
    },
  );

  it('runs every phase of every shard asynchronously, so that a page is not blocked', async () => {
    const rows = { x: X.slice(0, 7), y: Y.slice(0, 7) };
    const net = makeNet();
    await fit(net, rows, { ...OPTIONS, validation: 0, epochs: 1, shards: 3, backend: 'later' });
    expect(ended).toEqual(['prepare', 'gradients', 'gradients', 'gradients', 'check', 'update']);
  });

  it('runs synchronously for a trainer, because a trainer cannot wait', () => {
    using steps = trainer(makeNet(), { loss: 'softmax-cross-entropy', backend: 'later' });
    expect(steps.step({ x: X, y: Y }).updated).toBe(true);
    expect(ended).toEqual([]);
  });
});

describe('during a step', () => {
  it.each([1, 3])(
    'the network has the parameters of the step before, never older ones (%i shards)',
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
    'setParameters changes the named parameters and no others (during %s)',
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
      // The same write between two steps of a synchronous run.
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

  it('an update that fails leaves the network at the step before, and not busy', async () => {
    const net = makeNet();
    let before = parametersOf(net);
    let updates = 0;
    inFlight = async (phase, executable) => {
      if (phase !== 'update' || ++updates < 4) return;
      // A part of the parameters has been written when the thread is lost.
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

  it('parameters that were set during an update that fails are kept', async () => {
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
