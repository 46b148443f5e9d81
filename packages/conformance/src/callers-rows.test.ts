/**
 * The native backend predicts from float32 rows in the caller's memory and copies rows of any other type. Both must give the bits of
 * WebAssembly, which always copies: for every kind of first layer, and wherever the rows begin in an array.
 */
import { describe, expect, it } from 'vitest';
import { dense, network, predictor, registerBackend, type Layer } from 'vinculum';
import { encodeForCaller, lower } from 'vinculum/internal';
import { withCategories } from './category-rows.ts';
import { Draws } from './draws.ts';
import { EVERY_KIND } from './long-run.ts';
import { nativeBuilds } from './native-builds.ts';

const INPUTS = 45;
const ROWS = 70;
const MAX_ROWS = 16;

const NETWORKS: readonly { first: string; layers: readonly Layer[] }[] = [
  { first: 'dense', layers: [dense(33, { activation: 'relu' }), dense(7)] },
  { first: 'periodicEmbedding', layers: EVERY_KIND },
  { first: 'categoryEmbedding', layers: EVERY_KIND.slice(1) },
  { first: 'scaling', layers: EVERY_KIND.slice(2) },
  { first: 'layerNormalization', layers: EVERY_KIND.slice(3) },
];

const draws = new Draws(11);
const values = withCategories(
  Float32Array.from({ length: ROWS * INPUTS }, () => draws.normal()),
  { inputs: INPUTS, layers: EVERY_KIND },
);

describe.each(nativeBuilds())('predictions on $instructionSet', ({ instructionSet, backend }) => {
  registerBackend({ ...backend, name: `native-${instructionSet}` });

  it.each(NETWORKS)(
    'have the same bits from rows of the caller, first layer $first',
    ({ layers }) => {
      const net = network({ inputs: INPUTS, layers, output: 'softmax', seed: 2 });
      using wasm = predictor(net, { backend: 'wasm', maxRows: MAX_ROWS });
      using native = predictor(net, { backend: `native-${instructionSet}`, maxRows: MAX_ROWS });
      const shape = [ROWS, INPUTS];
      const expected = wasm.predict({ data: values, shape });
      for (const offset of [0, 1, 5]) {
        const whole = new Float32Array(offset + values.length);
        whole.set(values, offset);
        expect(native.predict({ data: whole.subarray(offset), shape })).toEqual(expected);
      }
      expect(native.predict({ data: Float64Array.from(values), shape })).toEqual(expected);
      expect(native.predict({ data: values, shape })).toEqual(expected);
    },
  );
});

it('only a prediction in float32 has a table that reads the rows of the caller', () => {
  const { spec } = network({ inputs: 4, layers: [dense(3)] });
  const request = { spec, capacity: 8, numerics: 'portable' } as const;
  const single = lower({ ...request, purpose: 'predict', precision: 'float32' });
  const double = lower({ ...request, purpose: 'predict', precision: 'float64' });
  expect(encodeForCaller(single)).toBeDefined();
  expect(encodeForCaller(double)).toBeUndefined();
});
