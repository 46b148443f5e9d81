/**
 * Values and derivatives exactly at each kink, where a finite difference says nothing: relu, leaky-relu, elu and selu at
 * m = 0, mae at z = t, huber at |z − t| = δ. The tests run on every backend.
 */
import { describe, expect, it } from 'vitest';
import {
  type Activation,
  type Backend,
  dense,
  type LossOption,
  registeredBackends,
} from 'vinculum';
import { readLoss, SELU_ALPHA, SELU_LAMBDA } from 'vinculum/internal';
import { Step, type Case } from './step.ts';

/** [activation, φ(0), φ′(0)], where φ′(0) is the derivative from the side m ≤ 0. */
const AT_ZERO: readonly [Activation, number, number][] = [
  [{ kind: 'relu' }, 0, 0],
  [{ kind: 'leaky-relu', slope: 0.25 }, 0, 0.25],
  [{ kind: 'elu', alpha: 0.5 }, 0, 0.5],
  [{ kind: 'selu' }, 0, SELU_LAMBDA * SELU_ALPHA],
];

/** One row through a net of one unit with weight 1, so that m = x. The loss is mse with z − t = ½, so that z̄ is 1. */
function atPoint(activation: Activation, m: number, h: number): Case {
  return {
    spec: {
      inputs: 1,
      layers: [dense(1, { activation, bias: true })],
      seed: 0,
      dtype: 'float32',
    },
    loss: readLoss('test', 'mse'),
    parameters: Float64Array.of(1, 0),
    rows: 1,
    x: Float64Array.of(m),
    target: Float64Array.of(h - 0.5),
    seed: 0,
    step: 1,
  };
}

function lossCase(loss: LossOption, z: number): Case {
  return {
    ...atPoint({ kind: 'identity' }, z, 0),
    loss: readLoss('test', loss),
    target: Float64Array.of(0),
  };
}

/** The loss and b̄ = z̄ of a case. */
function lossAndSlope(backend: Backend, network: Case): [loss: number, slope: number] {
  const step = new Step(backend, network);
  const slope = step.gradient()[1]!;
  const found: [number, number] = [step.loss(), slope];
  step.close();
  return found;
}

describe.each(registeredBackends())('values at the kinks on $name', (backend) => {
  const digits = backend.precision === 'float64' ? 15 : 6;

  it.each(AT_ZERO)('$kind at m = 0 and at m = −0, eq. (2), (16)', (activation, value, slope) => {
    for (const zero of [0, -0]) {
      const step = new Step(backend, atPoint(activation, zero, value));
      const [, biasBar] = step.gradient();
      expect(step.values('h0')[0]).toBeCloseTo(value, digits);
      expect(biasBar).toBeCloseTo(slope, digits);
      step.close();
    }
  });

  it('the derivative changes between 0 and the next number above it', () => {
    const next = backend.precision === 'float64' ? 5e-324 : 2 ** -149;
    const step = new Step(backend, atPoint({ kind: 'relu' }, next, 0));
    expect(step.gradient()[1]).toBe(1);
    step.close();
  });

  it('mae at z = t has loss 0 and slope 0; beside it the slope is ±1', () => {
    expect(lossAndSlope(backend, lossCase('mae', 0))).toEqual([0, 0]);
    expect(lossAndSlope(backend, lossCase('mae', 2 ** -20))).toEqual([2 ** -20, 1]);
    expect(lossAndSlope(backend, lossCase('mae', -(2 ** -20)))).toEqual([2 ** -20, -1]);
  });

  it('pinball at z = t has loss 0 and slope 0; below t the slope is −τ, above it 1 − τ', () => {
    const at = (z: number): Case => lossCase({ kind: 'pinball', quantile: 0.75 }, z);
    expect(lossAndSlope(backend, at(0))).toEqual([0, 0]);
    expect(lossAndSlope(backend, at(2 ** -20))).toEqual([0.25 * 2 ** -20, 0.25]);
    expect(lossAndSlope(backend, at(-(2 ** -20)))).toEqual([0.75 * 2 ** -20, -0.75]);
  });

  it('huber at |z − t| = δ has the value and the slope δ of both the square and the line', () => {
    for (const delta of [1, 0.5, 2]) {
      const half = (delta * delta) / 2;
      const at = (z: number): Case => lossCase({ kind: 'huber', delta }, z);
      expect(lossAndSlope(backend, at(delta))).toEqual([half, delta]);
      expect(lossAndSlope(backend, at(-delta))).toEqual([half, -delta]);
      const [beyond, slope] = lossAndSlope(backend, at(delta + 0.25));
      expect([beyond, slope]).toEqual([half + 0.25 * delta, delta]);
      expect(lossAndSlope(backend, at(0))).toEqual([0, 0]);
    }
  });
});
