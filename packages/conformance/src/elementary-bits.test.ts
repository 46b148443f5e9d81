/**
 * The activations of every float32 backend against the elementary functions of the core, bit for bit. A layer of one
 * unit with weight 1 computes the activation itself. Together with the fingerprints in packages/core/src/elementary,
 * this shows that the shipped kernels, the C header and the TypeScript twin compute the same functions.
 */
import { describe, expect, it } from 'vitest';
import { type ActivationOption, dense, network, predictor, registeredBackends } from 'vinculum';
import { erfc, expm1, SELU_ALPHA, SELU_LAMBDA, sigmoid, softplus, tanh } from 'vinculum/internal';

const COUNT = 60_000;

/** Finite float32 numbers: about half of them are arbitrary bit patterns, the others are in [−16, 16). */
function inputs(): Float32Array {
  const bits = Uint32Array.from({ length: COUNT }, (_, i) => Math.imul(i, 0x9e3779b1));
  const patterns = new Float32Array(bits.buffer);
  return patterns.map((value, i) =>
    i % 2 === 0 && Number.isFinite(value) ? value : (bits[i]! / 2 ** 32 - 0.5) * 32,
  );
}

const FUNCTIONS: [Extract<ActivationOption, string>, (x: number) => number][] = [
  ['tanh', tanh],
  ['sigmoid', sigmoid],
  ['softplus', softplus],
  ['silu', (x) => x * sigmoid(x)],
  ['elu', (x) => (x > 0 ? x : expm1(x))],
  ['selu', (x) => SELU_LAMBDA * (x > 0 ? x : SELU_ALPHA * expm1(x))],
  ['gelu', (x) => 0.5 * x * erfc(x * -Math.SQRT1_2)],
];

const BACKENDS = registeredBackends().filter(
  (backend) => backend.precision === 'float32' && backend.unavailable() === undefined,
);

describe.each(BACKENDS)('the activations of the kernels on $name', ({ name: backend }) => {
  for (const [activation, twin] of FUNCTIONS) {
    it(`${activation} has the bits of the TypeScript twin`, () => {
      const net = network({
        inputs: 1,
        layers: [dense(1, { activation, init: { constant: 1 }, bias: false })],
      });
      const x = inputs();
      const { data } = predictor(net, { maxRows: 1000, backend }).predict({
        data: x,
        shape: [COUNT, 1],
      });
      const faults: string[] = [];
      for (const [i, value] of x.entries()) {
        // The dot product starts from +0, so the activation gets +0 for an input of −0.
        const expected = Math.fround(twin(value + 0));
        if (!Object.is(data[i], expected)) faults.push(`${value}: ${data[i]}, not ${expected}`);
      }
      expect(faults.slice(0, 5)).toEqual([]);
    });
  }
});
