import { describe, expect, it } from 'vitest';
import { NonFiniteError } from '../words/errors.ts';
import { dense } from '../network/layers/dense.ts';
import { network } from '../model/network.ts';
import { adagrad } from '../optim/adagrad.ts';
import { adam, adamw } from '../optim/adam.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import { rmsprop } from '../optim/rmsprop.ts';
import { sgd } from '../optim/sgd.ts';
import { trainer } from './trainer.ts';

const values = (net: ReturnType<typeof network>): number[] =>
  [...net.parameters().values()].flatMap((one) => [...one]);

describe('a step that would leave float32', () => {
  const far: readonly [string, Optimizer][] = [
    ['sgd', sgd({ learningRate: 1e30 })],
    ['sgd with momentum', sgd({ learningRate: 1e30, momentum: 0.9 })],
    ['Nesterov', sgd({ learningRate: 1e30, momentum: 0.9, nesterov: true })],
    ['adam', adam({ learningRate: 1e38 })],
    ['adamw', adamw({ learningRate: 1e38 })],
    ['rmsprop', rmsprop({ learningRate: 1e38 })],
    ['adagrad', adagrad({ learningRate: 1e38 })],
  ];
  for (const [name, optimizer] of far) {
    for (const backend of ['wasm', 'reference'] as const) {
      it(`${name}, ${backend}: throws and changes nothing`, () => {
        const net = network({ inputs: 1, layers: [dense(1)] });
        const before = values(net);
        using steps = trainer(net, { loss: 'mse', optimizer, backend });
        expect(() => steps.step({ x: [[1e9]], y: [[0]] })).toThrow(NonFiniteError);
        expect(values(net)).toEqual(before);
        expect(steps.steps).toBe(0);
      });
    }
  }

  it('is refused after many that were fine, before any parameter is infinite', () => {
    const net = network({ inputs: 1, layers: [dense(1, { init: { constant: 1 }, bias: false })] });
    using steps = trainer(net, { loss: 'mse', optimizer: sgd({ learningRate: 10 }) });
    let taken = 0;
    expect(() => {
      for (; taken < 200; taken++) steps.step({ x: [[1]], y: [[0]] });
    }).toThrow(NonFiniteError);
    expect(taken).toBeGreaterThan(10);
    expect(values(net).every(Number.isFinite)).toBe(true);
  });

  it('is told from a long run whose bounds alone have grown', () => {
    const net = network({ inputs: 1, layers: [dense(1)] });
    const optimizer = adam({ epsilon: 1.2e-38, learningRate: 1e-3 });
    using steps = trainer(net, { loss: 'mse', optimizer });
    for (let i = 0; i < 300; i++) steps.step({ x: [[1]], y: [[i % 3]] });
    expect(steps.steps).toBe(300);
  });
});
