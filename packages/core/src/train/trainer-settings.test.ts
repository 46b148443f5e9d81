import { describe, expect, it } from 'vitest';
import { dense } from '../network/layers/dense.ts';
import { network } from '../model/network.ts';
import { adam } from '../optim/adam.ts';
import { sgd } from '../optim/sgd.ts';
import { trainer } from './trainer.ts';

const batch = { x: [[1, -1]], y: [[0.5]] };
const make = (): ReturnType<typeof network> => network({ inputs: 2, layers: [dense(1)] });

describe('trainer.set', () => {
  it('uses a new rate, l2 and clip from the next step', () => {
    const net = make();
    using steps = trainer(net, { loss: 'mse', optimizer: sgd({ learningRate: 0.1 }) });
    steps.step(batch);
    const before = net.parameters().get('layers.0.weight')!;
    steps.set({ learningRate: 0.5, l2: 0.25, clip: { globalNorm: 1e-9 } });
    steps.step(batch);
    const after = net.parameters().get('layers.0.weight')!;
    after.forEach((weight, index) => {
      expect(weight).toBeCloseTo(before[index]! * (1 - 0.5 * 0.25), 6);
    });
    expect(steps.learningRate).toBe(0.5);
    steps.set({ clip: null, l2: 0 });
    steps.step(batch);
    expect(net.parameters().get('layers.0.weight')).not.toEqual(after);
  });

  it('takes an optimiser of the same kind with its rate, but no other kind', () => {
    using steps = trainer(make(), { loss: 'mse', optimizer: adam() });
    steps.set({ optimizer: adam({ learningRate: 0.25, beta1: 0.5 }) });
    expect(steps.learningRate).toBe(0.25);
    expect(() => steps.set({ optimizer: sgd() })).toThrow(/must be of kind 'adam'/);
    expect(() => steps.set({ optimizer: adam({ amsgrad: true }) })).toThrow(RangeError);
  });

  it('refuses a learning rate in the wrong place, and the error names the right one', () => {
    const wrong = { loss: 'mse', lerningRate: 1 } as const;
    expect(() => trainer(make(), wrong)).toThrow(
      /unknown option 'lerningRate'\. It belongs to the optimiser: optimizer: adam\(\{ learningRate/,
    );
  });

  it('changes nothing if one value is wrong', () => {
    using steps = trainer(make(), { loss: 'mse', optimizer: adam() });
    expect(() => steps.set({ learningRate: 0.5, l2: -1 })).toThrow(RangeError);
    expect(() => steps.set({ learningrate: 1 } as object)).toThrow(/Did you mean 'learningRate'/);
    expect(steps.learningRate).toBe(1e-3);
  });
});
