import { describe, expect, it } from 'vitest';
import { DataError } from '../words/errors.ts';
import { network } from '../model/network.ts';
import { dense } from '../network/layers/dense.ts';
import { dropout } from '../network/layers/dropout.ts';
import type { Layer } from '../network/layers/kinds.ts';
import { layoutOf } from '../network/layout.ts';
import type { ReadableNetwork } from '../network/readable.ts';
import { readSpec } from '../network/read-spec.ts';
import { checkGradients, type CheckGradientsOptions } from './check-gradients.ts';

/** A network of fixed, ordinary numbers. */
function netOf(inputs: number, layers: readonly Layer[], scale = 1): ReadableNetwork {
  const spec = readSpec('test', { inputs, layers, seed: 5 });
  return {
    spec,
    parameters: () =>
      new Map(
        layoutOf(spec).parameters.map(({ name, size }, place) => [
          name,
          Float64Array.from({ length: size }, (_, j) => scale * Math.sin(1 + j * 1.7 + place)),
        ]),
      ),
  };
}

const X = [
  [0.5, -1, 0.25],
  [1.5, 0.75, -0.5],
];

describe('checkGradients, eq. (11)–(25)', () => {
  it('passes for a two-layer net and names the element with the worst error', () => {
    const net = netOf(3, [dense(5, { activation: 'tanh' }), dense(4)]);
    const found = checkGradients(net, X, [3, 0], { loss: 'softmax-cross-entropy' });
    expect(found.passed).toBe(true);
    expect(found.checked).toBe(5 * 3 + 5 + 4 * 5 + 4);
    expect(found.skipped).toBe(0);
    expect(found.relativeNorm).toBeLessThan(1e-9);
    expect(found.worst?.parameter).toMatch(/^layers\.[01]\.(weight|bias)$/);
    expect(found.worst?.error).toBe(
      Math.abs((found.worst?.analytic ?? 0) - (found.worst?.numeric ?? 0)),
    );
    expect(found.loss).toBeGreaterThan(0);
  });

  it('passes with dropout, weights, smoothing and soft targets', () => {
    const net = netOf(3, [dense(6, { activation: 'gelu' }), dropout(0.5), dense(3)]);
    const soft = [
      [0.2, 0.3, 0.5],
      [Math.fround(0.1), Math.fround(0.2), Math.fround(0.7)],
    ];
    const options: CheckGradientsOptions = {
      loss: { kind: 'softmax-cross-entropy', labelSmoothing: 0.1 },
      sampleWeights: [2, 0.5],
      seed: 9,
      step: 4,
    };
    expect(checkGradients(net, X, soft, options).passed).toBe(true);
    const other = checkGradients(net, X, soft, { ...options, seed: 10 });
    expect(other.loss).not.toBe(checkGradients(net, X, soft, options).loss);
  });

  it('leaves out elements beside a kink, and does not call them wrong', () => {
    const net = netOf(3, [
      dense(4, { activation: 'relu', bias: false }),
      dense(1, { bias: false }),
    ]);
    // The first weight of unit 0 is sin(1); this row brings its m to −0.0005.
    const [first = 0, second = 0] = net.parameters().get('layers.0.weight') ?? [];
    const row = [(-second - 0.0005) / first, 1, 0];
    const found = checkGradients(net, [row], [0.3], { loss: 'mse' });
    expect(found.skipped).toBeGreaterThan(0);
    expect(found.passed).toBe(true);
  });

  it('does not pass for inputs far from scale 1, because the stencil is inaccurate there', () => {
    const net = netOf(1, [dense(2, { activation: 'tanh' }), dense(1)], 0.004);
    expect(checkGradients(net, [[200]], [0.5], { loss: 'mse' }).passed).toBe(false);
  });

  it('checks at most maxElements elements, spread over all parameters', () => {
    const net = netOf(3, [dense(8, { activation: 'silu' }), dense(2)]);
    const found = checkGradients(net, X, [0, 1], { loss: 'softmax-cross-entropy', maxElements: 7 });
    expect(found.checked + found.skipped).toBe(7);
    expect(found.passed).toBe(true);
  });

  it('refuses arguments that it cannot check', () => {
    const net = netOf(3, [dense(2)]);
    const loss = 'softmax-cross-entropy';
    const wrong = (run: () => unknown): Error => {
      try {
        run();
      } catch (error) {
        return error as Error;
      }
      throw new Error('nothing was thrown');
    };
    const asNet = (value: unknown): ReadableNetwork => value as ReadableNetwork;
    expect(wrong(() => checkGradients(asNet({}), X, [0, 1], { loss })).message).toBe(
      'checkGradients: net must be made by network(…); got an object {}.',
    );
    const options = (value: object): CheckGradientsOptions => value as CheckGradientsOptions;
    expect(wrong(() => checkGradients(net, X, [0, 1], options({ los: 'mse' })))).toBeInstanceOf(
      TypeError,
    );
    expect(wrong(() => checkGradients(net, X, [0, 7], { loss }))).toBeInstanceOf(DataError);
    expect(wrong(() => checkGradients(net, X, [0, 1], { loss, sampleWeights: [1] })).message).toBe(
      'checkGradients: sampleWeights must have one weight a row, 2; got 1.',
    );
    expect(
      wrong(() => checkGradients(net, X, [0, 1], { loss, sampleWeights: [1, -1] })).message,
    ).toBe(
      'checkGradients: sampleWeights[1] must be a finite number, at least 0 and below 2^63; got -1.',
    );
    expect(wrong(() => checkGradients(net, X, [0, 1], { loss, step: 0 }))).toBeInstanceOf(
      RangeError,
    );
    expect(wrong(() => checkGradients(net, [], [], { loss }))).toBeInstanceOf(RangeError);
  });
});

it('does not pass if every element was left out because it is beside a kink', () => {
  const net = network({ inputs: 1, layers: [dense(1, { activation: 'relu', bias: false })] });
  net.setParameters({ 'layers.0.weight': [1e-6] });
  const check = checkGradients(net, [[1]], [1], { loss: 'mse' });
  expect([check.checked, check.skipped, check.passed]).toEqual([0, 1, false]);
});
