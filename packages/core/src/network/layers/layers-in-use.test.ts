/**
 * Every kind of layer, in every place that it may have in a network (before the first dense layer, between dense layers,
 * after the last one), in every use of a network.
 */
import { describe, expect, it } from 'vitest';
import { registeredBackends } from '../../backends/registry.ts';
import { fromSafetensors, toSafetensors } from '../../formats/model-file.ts';
import { network, type Network } from '../../model/network.ts';
import { predictor } from '../../model/predictor.ts';
import { adamw } from '../../optim/adam.ts';
import { checkGradients } from '../../trace/check-gradients.ts';
import { backward, forward, traceStep } from '../../trace/inspect.ts';
import { evaluate } from '../../train/evaluate.ts';
import { fit } from '../../train/fit.ts';
import { predictionLayers } from '../layout.ts';
import { categoryEmbedding } from './category-embedding.ts';
import { dense } from './dense.ts';
import { dropout } from './dropout.ts';
import { LAYER_KINDS, type Layer } from './kinds.ts';
import { layerNormalization } from './layer-normalization.ts';
import { periodicEmbedding } from './periodic-embedding.ts';
import { scaling } from './scaling.ts';

const BACKENDS = registeredBackends()
  .filter((backend) => backend.unavailable() === undefined)
  .map(({ name }) => name);

const NETWORKS: Readonly<Record<string, readonly Layer[]>> = {
  'before the first dense layer': [
    periodicEmbedding({ columns: [0], units: 1 }),
    categoryEmbedding({ columns: [{ column: 2, levels: 5 }], size: 2 }),
    layerNormalization(),
    scaling(),
    dropout(0.2),
    dense(6, { activation: 'tanh' }),
    dense(3),
  ],
  'between dense layers': [
    dense(6, { activation: 'tanh' }),
    periodicEmbedding({ units: 2 }),
    layerNormalization({ affine: false }),
    dropout(0.3),
    dense(5),
    scaling(),
    layerNormalization(),
    dense(3),
  ],
  'after the last dense layer': [
    dropout(0.1),
    dense(3, { activation: 'sigmoid' }),
    scaling(),
    layerNormalization({ epsilon: 0.5 }),
    dropout(0.1),
  ],
};

const X = Array.from({ length: 30 }, (_, n) => [Math.sin(n), Math.cos(2.3 * n), 1 + (n % 4)]);
const Y = X.map(([a, b], n) => (n + (a! > b! ? 1 : 0)) % 3);
const DATA = { x: X, y: Y };
const LOSS = { loss: 'softmax-cross-entropy' } as const;

function netOf(layers: readonly Layer[]): Network {
  return network({ inputs: 3, layers, seed: 4 });
}

it('the networks of this file contain every kind of layer', () => {
  const used = Object.values(NETWORKS).flatMap((layers) => layers.map(({ kind }) => kind));
  expect([...new Set(used)].toSorted()).toEqual([...LAYER_KINDS].toSorted());
});

describe.each(Object.entries(NETWORKS))('layers %s', (_, layers) => {
  it.each(BACKENDS)('train, and predict what they evaluate (%s)', async (backend) => {
    const net = netOf(layers);
    const before = evaluate(net, DATA, { ...LOSS, backend }).loss;
    const options = { ...LOSS, backend, epochs: 40, optimizer: adamw({ learningRate: 0.02 }) };
    const { epochs } = await fit(net, DATA, { ...options, validation: DATA, l2: 1e-4 });
    const after = evaluate(net, DATA, { ...LOSS, backend });
    expect(after.loss).toBeLessThan(before);
    expect(after.loss / epochs.at(-1)!.validation!.loss).toBeCloseTo(1, 4);
    const { data, shape } = net.predict(X);
    expect(shape).toEqual([30, 3]);
    const hits = Y.filter((label, n) => {
      const row = [...data.subarray(3 * n, 3 * n + 3)];
      return row.indexOf(Math.max(...row)) === label;
    });
    expect(after.metrics['accuracy']).toBe(hits.length / 30);
    X.forEach((x, n) =>
      expect([...net.predict([x]).data]).toEqual([...data.subarray(3 * n, 3 * n + 3)]),
    );
  });

  it('have right gradients', () => {
    const net = network({ inputs: 3, layers, seed: 4, dtype: 'float64' });
    const found = checkGradients(net, X.slice(0, 4), Y.slice(0, 4), { ...LOSS, seed: 3 });
    expect(found).toMatchObject({ passed: true, skipped: 0 });
    const { gradients } = backward(net, X, Y, LOSS);
    expect([...gradients.keys()]).toEqual([...net.parameters().keys()]);
    for (const values of gradients.values()) expect(values.some((value) => value !== 0)).toBe(true);
  });

  it('are traced, and each quantity has its own name and an equation', () => {
    const net = netOf(layers);
    for (const rows of [1, 3]) {
      const quantities = traceStep(net, X.slice(0, rows), Y.slice(0, rows), LOSS);
      expect(new Set(quantities.map(({ name }) => name)).size).toBe(quantities.length);
      for (const { name, equation, latex, value } of quantities) {
        expect(equation, name).toBeGreaterThan(0);
        expect(latex, name).not.toMatch(/layers\.|undefined/);
        expect(value.every(Number.isFinite), name).toBe(true);
      }
    }
  });

  it('come back from a file, and can be inspected', () => {
    const net = netOf(layers);
    const back = fromSafetensors(toSafetensors(net)) as Network;
    expect(back.spec).toEqual(net.spec);
    expect(back.parameters()).toEqual(net.parameters());
    expect(back.predict(X)).toEqual(net.predict(X));
    const { activations, logits } = forward(net, X);
    expect(activations).toHaveLength(predictionLayers(layers).length);
    expect(logits).toEqual(net.logits(X));
    expect(predictor(net, { maxRows: 7 }).predict(X)).toEqual(net.predict(X));
    const lines = net.summary().split('\n');
    expect(lines.filter((line) => line.includes('[N, '))).toHaveLength(layers.length + 1);
    expect(net.summary()).toContain(`Parameters: ${net.parameterCount} `);
  });
});
