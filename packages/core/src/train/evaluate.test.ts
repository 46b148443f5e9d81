import { describe, expect, it } from 'vitest';
import { registeredBackends } from '../backends/registry.ts';
import { DataError } from '../words/errors.ts';
import { network, type Network } from '../model/network.ts';
import { dense } from '../network/layers/dense.ts';
import { dropout } from '../network/layers/dropout.ts';
import { evaluate, type EvaluateOptions } from './evaluate.ts';
import type { FitData } from './fit-options.ts';

const BACKENDS = registeredBackends()
  .filter((backend) => backend.unavailable() === undefined)
  .map(({ name }) => name);

const X = Array.from({ length: 300 }, (_, i) => [Math.sin(i * 1.3), Math.cos(i * 2.1)]);
const Y = X.map((_, i) => i % 3);
const LOSS = { loss: 'softmax-cross-entropy' } as const;

function net(): Network {
  const layers = [dropout(0.9), dense(5, { activation: 'tanh' }), dropout(0.9), dense(3)];
  return network({ inputs: 2, layers, seed: 3 });
}

describe.each(BACKENDS)('evaluate on %s', (backend) => {
  it('is the mean loss and the metrics over all rows, without dropout, in tiles', () => {
    const trained = network({ ...net().spec, output: 'softmax' });
    const { data } = trained.predict(X);
    let loss = 0;
    let correct = 0;
    Y.forEach((label, row) => {
      const y = [...data.subarray(row * 3, row * 3 + 3)];
      loss -= Math.log(y[label]!) / 300;
      if (y.indexOf(Math.max(...y)) === label) correct++;
    });
    const found = evaluate(trained, { x: X, y: Y }, { ...LOSS, backend });
    expect(found.loss).toBeCloseTo(loss, 6);
    expect(found.metrics).toEqual({ accuracy: correct / 300 });
  });

  it('applies class weights and sample weights', () => {
    const one = (row: number): number =>
      evaluate(net(), { x: [X[row]!], y: [Y[row]!] }, { ...LOSS, backend }).loss;
    const data = { x: X.slice(0, 3), y: Y.slice(0, 3) };
    const options = { ...LOSS, backend, sampleWeights: [1, 2, 0], classWeights: [1, 3, 9] };
    expect(evaluate(net(), data, options).loss).toBeCloseTo((one(0) + 6 * one(1)) / 7, 10);
    const none = evaluate(net(), data, { ...LOSS, backend, sampleWeights: [0, 0, 0] });
    expect(none.loss).toBeNaN();
  });

  it('is NaN without rows', () => {
    const found = evaluate(net(), { x: [], y: [] }, { ...LOSS, backend });
    expect(found).toEqual({ loss: NaN, metrics: { accuracy: NaN } });
    const values = network({ inputs: 2, layers: [dense(1)] });
    const empty = { data: new Float32Array(0), shape: [0, 2] };
    const metrics = ['mse', 'r2'] as const;
    expect(evaluate(values, { x: empty, y: [] }, { loss: 'mse', metrics, backend })).toEqual({
      loss: NaN,
      metrics: { mse: NaN, r2: NaN },
    });
  });

  it('has the requested metrics', () => {
    const values = network({ inputs: 2, layers: [dense(2)] });
    const regression = evaluate(
      values,
      { x: X, y: X },
      { loss: 'mse', metrics: ['r2', 'mse'], backend },
    );
    expect(Object.keys(regression.metrics)).toEqual(['r2', 'mse']);
    expect(regression.metrics['mse']).toBeCloseTo(regression.loss, 6);
    expect(evaluate(net(), { x: X, y: Y }, { ...LOSS, metrics: [], backend }).metrics).toEqual({});
  });

  it('changes nothing, the output of the spec included', () => {
    const trained = net();
    const before = trained.parameters();
    evaluate(trained, { x: X, y: Y }, { ...LOSS, backend });
    expect(trained.parameters()).toEqual(before);
    expect([trained.version, trained.spec.output]).toEqual([0, undefined]);
  });
});

describe('evaluate refuses', () => {
  const data = { x: X, y: Y };
  it.each([
    [undefined, data, LOSS, TypeError, 'net must be made by network'],
    [net(), undefined, LOSS, TypeError, 'data must be { x, y }'],
    [net(), { x: X, y: [1] }, LOSS, RangeError, 'y must have as many rows as x'],
    [net(), { x: X, y: X.map(() => 7) }, LOSS, DataError, 'y[0] must be an integer from 0 to 2'],
    [net(), data, undefined, TypeError, 'options must be an object with at least a loss'],
    [net(), data, { ...LOSS, metric: [] }, TypeError, "Did you mean 'metrics'?"],
    [net(), data, { ...LOSS, metrics: ['r2'] }, RangeError, "metric 'r2'"],
    [net(), data, { ...LOSS, classWeights: [1] }, RangeError, 'classWeights must have 3 factors'],
    [
      network({ ...net().spec, output: 'sigmoid' }),
      data,
      LOSS,
      RangeError,
      "with output 'softmax'",
    ],
  ])('case %#', (given, rows, options, kind, text) => {
    const run = (): unknown =>
      evaluate(given as Network, rows as FitData, options as EvaluateOptions);
    expect(run).toThrow(kind);
    expect(run).toThrow(text);
    expect(run).toThrow(/^evaluate: /);
  });
});
