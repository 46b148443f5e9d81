import { describe, expect, it } from 'vitest';
import { NonFiniteError } from '../words/errors.ts';
import { dense } from '../network/layers/dense.ts';
import { scaling } from '../network/layers/scaling.ts';
import { network } from '../model/network.ts';
import { adagrad } from '../optim/adagrad.ts';
import { adam, adamw } from '../optim/adam.ts';
import { coefficientsInto, type Optimizer } from '../optim/optimizer.ts';
import { rmsprop } from '../optim/rmsprop.ts';
import { sgd } from '../optim/sgd.ts';
import { SCALAR_COUNT } from '../program/scalars.ts';
import { trainer } from './trainer.ts';
import { UpdateBound } from './update-bound.ts';

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
      it(`by ${name} on ${backend} throws an error and changes nothing`, () => {
        const net = network({ inputs: 1, layers: [dense(1)] });
        const before = values(net);
        using steps = trainer(net, { loss: 'mse', optimizer, backend });
        expect(() => steps.step({ x: [[1e9]], y: [[0]] })).toThrow(NonFiniteError);
        expect(values(net)).toEqual(before);
        expect(steps.steps).toBe(0);
      });
    }
  }

  it('because of the factor of a rate throws an error and changes nothing', () => {
    for (const backend of ['wasm', 'reference'] as const) {
      const make = (rateFactor: number): ReturnType<typeof network> =>
        network({ inputs: 1, layers: [scaling({ rateFactor }), dense(1)] });
      const batch = { x: [[1e9]], y: [[0]] };
      const options = { loss: 'mse', optimizer: adam({ learningRate: 1e15 }), backend } as const;
      const [slow, fast] = [make(6), make(1e30)];
      const before = values(fast);
      using allowed = trainer(slow, options);
      allowed.step(batch);
      using refused = trainer(fast, options);
      expect(() => refused.step(batch)).toThrow(NonFiniteError);
      expect(values(fast)).toEqual(before);
    }
  });

  it('is refused after many good steps, before any parameter is infinite', () => {
    const net = network({ inputs: 1, layers: [dense(1, { init: { constant: 1 }, bias: false })] });
    using steps = trainer(net, { loss: 'mse', optimizer: sgd({ learningRate: 10 }) });
    let taken = 0;
    expect(() => {
      for (; taken < 200; taken++) steps.step({ x: [[1]], y: [[0]] });
    }).toThrow(NonFiniteError);
    expect(taken).toBeGreaterThan(10);
    expect(values(net).every(Number.isFinite)).toBe(true);
  });

  it('is distinguished from a long run in which only the bounds have grown', () => {
    const parameters = new Float32Array(1);
    const bound = new UpdateBound(parameters, undefined, undefined, 'float32');
    const optimizer = sgd({ learningRate: 1e18 });
    // Each step is 1e36 long, so the sum of 1,000 of them would be beyond float32, but the steps go in alternating directions.
    for (let t = 1; t <= 1000; t++) {
      expect(admits(bound, optimizer, t, 1e18)).toBe(true);
      parameters[0] = t % 2 === 0 ? 0 : 1e36;
    }
  });
});

/** Whether a run without penalties may take step t, in which the largest gradient is `steepest`. */
function admits(bound: UpdateBound, optimizer: Optimizer, t: number, steepest: number): boolean {
  const scalars = new Float64Array(SCALAR_COUNT);
  coefficientsInto(scalars, optimizer, t, optimizer.learningRate);
  return bound.admits(optimizer, scalars, steepest);
}

describe('a step of an adaptive optimiser', () => {
  /** Optimisers with the smallest allowed ε. */
  const steady: readonly [string, (epsilon: number, learningRate: number) => Optimizer][] = [
    ['adam', (epsilon, learningRate) => adam({ epsilon, learningRate })],
    ['amsgrad', (epsilon, learningRate) => adam({ epsilon, learningRate, amsgrad: true })],
    ["adam 'hat'", (epsilon, learningRate) => adam({ epsilon, learningRate, epsilonMode: 'hat' })],
    ['rmsprop', (epsilon, learningRate) => rmsprop({ epsilon, learningRate })],
    ['adagrad', (epsilon, learningRate) => adagrad({ epsilon, learningRate })],
  ];

  it.each(steady)('by %s is not refused for the smallest allowed ε', (_name, make) => {
    const parameters = new Float32Array(1);
    const moments = [new Float32Array(1), new Float32Array(1)] as const;
    const bound = new UpdateBound(parameters, ...moments, 'float32');
    const optimizer = make(1e-16, 1e15);
    // α·|g| / ε is 1e46, but no exact step is longer than ten times the rate.
    for (let t = 1; t <= 1000; t++) expect(admits(bound, optimizer, t, 1e15)).toBe(true);
  });

  it.each(steady)('by %s is about as long as the rate if the squares underflow', (_name, make) => {
    for (const backend of ['wasm', 'reference'] as const) {
      const net = network({
        inputs: 1,
        layers: [dense(1, { init: { constant: 0 }, bias: false })],
      });
      const optimizer = make(1e-16, 1e-3);
      using steps = trainer(net, { loss: 'mse', optimizer, backend });
      // The gradient is −2e-19, whose square underflows in float32.
      steps.step({ x: [[1e-19]], y: [[1]] });
      expect(Math.abs(values(net)[0]!)).toBeLessThan(0.011);
    }
  });

  it('is refused if a coefficient is beyond float32, although the gradient is 0', () => {
    const net = network({ inputs: 1, layers: [dense(1)] });
    const before = values(net);
    // α / (1 − β₁) = 1e39 would be infinite in float32, and infinity times 0 is NaN.
    using steps = trainer(net, { loss: 'mse', optimizer: adam({ learningRate: 1e38 }) });
    expect(() => steps.step({ x: [[0]], y: [[0]] })).toThrow(NonFiniteError);
    expect(values(net)).toEqual(before);
  });

  it('has new bounds after the optimiser was replaced or the moments were written', () => {
    const first = Float32Array.of(0);
    const second = Float32Array.of(0);
    const bound = new UpdateBound(new Float32Array(1), first, second, 'float32');
    const slow = adam({ learningRate: 1e30 });
    expect(admits(bound, slow, 1, 1)).toBe(true);
    first[0] = 1e18;
    bound.forget();
    // √v is 0 beside this m, so that a·m is the whole numerator: 1e49.
    expect(admits(bound, slow, 2, 1)).toBe(false);
  });
});

describe('the sums of squares of adagrad', () => {
  it.each(['wasm', 'reference'] as const)(
    'on %s, a step that would make one infinite is refused, because its weight would never change again',
    (backend) => {
      const net = network({
        inputs: 1,
        layers: [dense(1, { init: { constant: 0 }, bias: false })],
      });
      using steps = trainer(net, { loss: 'mse', optimizer: adagrad(), backend });
      const batch = { x: [[3e9]], y: [[1.5e9]] };
      const sums = (): number => steps.state().secondMoment.get('layers.0.weight')![0]!;
      let taken = 0;
      expect(() => {
        for (; taken < 10; taken++) {
          steps.step(batch);
          net.setParameters({ 'layers.0.weight': [0] });
        }
      }).toThrow(NonFiniteError);
      // Each g² is (2·3e9·1.5e9)² = 8.1e37, so that the fifth sum would be beyond 3.4e38.
      expect(taken).toBe(4);
      expect(sums()).toBeCloseTo(4 * 8.1e37, -35);
      expect(() => steps.restore(steps.state())).not.toThrow();
    },
  );
});
