import { describe, expect, it } from 'vitest';
import {
  Classifier,
  dense,
  dropout,
  fit,
  fromSafetensors,
  network,
  sgd,
  toSafetensors,
  traceStep,
  trainer,
  type Network,
} from '../index.ts';

const X = Array.from({ length: 24 }, (_, i) => [i % 5, (i * 7) % 11, -(i % 3)]);
const Y = X.map(([a, b]) => (a! > b! ? 1 : 0));

/** The norm of the incoming weights of each unit of each layer. */
function norms(net: Network): number[] {
  return [...net.parameters()].flatMap(([name, values]) => {
    if (!name.endsWith('.weight')) return [];
    const fanIn = name === 'layers.0.weight' ? 3 : 6;
    return Array.from({ length: values.length / fanIn }, (_, o) =>
      Math.hypot(...values.subarray(o * fanIn, (o + 1) * fanIn)),
    );
  });
}

function made(): Network {
  return network({
    inputs: 3,
    layers: [dense(6, { activation: 'tanh' }), dropout(0.1), dense(2)],
    seed: 3,
  });
}

describe('maxNorm', () => {
  it.each(['reference', 'wasm'] as const)('holds after every step, on %s', (backend) => {
    const free = made();
    const net = made();
    const options = {
      loss: 'softmax-cross-entropy',
      optimizer: sgd({ learningRate: 0.5 }),
      backend,
    } as const;
    const loose = trainer(free, options);
    const steps = trainer(net, { ...options, maxNorm: 0.9 });
    for (let step = 0; step < 5; step++) {
      loose.step({ x: X, y: Y });
      steps.step({ x: X, y: Y });
      expect(Math.max(...norms(net))).toBeLessThan(0.9 + 1e-6);
    }
    expect(Math.max(...norms(free))).toBeGreaterThan(1.2);
    // The packed weights of the run are those of the network: the next loss is that of a copy.
    const copy = fromSafetensors(toSafetensors(net)) as Network;
    const again = trainer(copy, { ...options, maxNorm: 0.9 });
    const next = steps.step({ x: X, y: Y });
    expect(again.step({ x: X, y: Y }).loss).toBeCloseTo(next.loss, 1);
    for (const one of [loose, steps, again]) one.close();
  });

  it('changes no bit if no unit reaches it, and gives the same bits on every number of threads', async () => {
    const options = { loss: 'softmax-cross-entropy', epochs: 3, batchSize: 8 } as const;
    const run = async (more: object): Promise<unknown> => {
      const net = made();
      await fit(net, { x: X, y: Y }, { ...options, ...more });
      return [...net.parameters().values()].map((values) => [...values]);
    };
    expect(await run({ maxNorm: 50 })).toEqual(await run({}));
    expect(await run({ maxNorm: 0.5, threads: 3 })).toEqual(await run({ maxNorm: 0.5 }));
    expect(await run({ maxNorm: 0.5 })).not.toEqual(await run({}));
  });

  it('is in the trace of a step', () => {
    const net = made();
    const options = { loss: 'softmax-cross-entropy', optimizer: sgd(), maxNorm: 0.5 } as const;
    const quantities = traceStep(net, X, Y, options);
    const weights = quantities.filter(({ latex }) => latex.includes('limit}'));
    expect(weights.length).toBe(2);
    const steps = trainer(net, { ...options, backend: 'reference' });
    steps.step({ x: X, y: Y });
    steps.close();
    const [first] = weights;
    const after = net.parameters().get('layers.0.weight')!;
    for (const [i, value] of Array.from(after).entries()) {
      expect((first!.value as ArrayLike<number>)[i]).toBeCloseTo(value, 6);
    }
  });

  it('is an option of estimators, kept by their plan', async () => {
    const model = await new Classifier({ hiddenLayerSizes: 6, maxNorm: 0.4, maxIter: 5 }).fit(X, Y);
    expect(Math.max(...norms(model.network))).toBeLessThan(0.4 + 1e-6);
    expect(model.plan.maxNorm).toBe(0.4);
    expect(fromSafetensors(toSafetensors(model))).toMatchObject({ plan: { maxNorm: 0.4 } });
  });

  it.each([0, -1, Number.NaN, 1e-60])('refuses %d', (maxNorm) => {
    expect(() => trainer(made(), { loss: 'mse', maxNorm })).toThrow(
      /trainer: maxNorm must be a finite number, above 0/,
    );
  });
});
