import { describe, expect, it } from 'vitest';
import { dense } from './layers/dense.ts';
import { dropout } from './layers/dropout.ts';
import { layoutOf, parameterAt } from './layout.ts';
import { readSpec } from './read-spec.ts';
import { withOutput, type NetworkOptions } from './spec.ts';

const LAYERS = [dense(5, { activation: 'relu' }), dropout(0.2), dense(3, { bias: false })];

describe('readSpec', () => {
  it('fills in seed 0 and float32, and leaves the output undefined', () => {
    const spec = readSpec('network', { inputs: 4, layers: LAYERS });
    expect(spec).toEqual({ inputs: 4, layers: LAYERS, seed: 0, dtype: 'float32' });
    expect('output' in spec).toBe(false);
  });

  it('reads the JSON of a spec', () => {
    const spec = readSpec('network', {
      inputs: 4,
      layers: LAYERS,
      output: 'sigmoid',
      seed: 2 ** 40 + 1,
      dtype: 'float64',
    });
    expect(readSpec('network', JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  });

  it("returns an immutable record with immutable layers, and does not keep the caller's array", () => {
    const layers = [...LAYERS];
    const spec = readSpec('network', { inputs: 4, layers });
    layers.pop();
    expect(spec.layers).toHaveLength(3);
    expect(Object.isFrozen(spec)).toBe(true);
    expect(Object.isFrozen(spec.layers)).toBe(true);
  });

  it('gives the same JSON whether the output was given or set by the loss', () => {
    const open = readSpec('network', { inputs: 4, layers: LAYERS, seed: 3 });
    const given = readSpec('network', { output: 'softmax', seed: 3, layers: LAYERS, inputs: 4 });
    expect(JSON.stringify(withOutput(open, 'softmax'))).toBe(JSON.stringify(given));
    expect(Object.isFrozen(withOutput(open, 'softmax'))).toBe(true);
  });

  const good = { inputs: 4, layers: LAYERS };
  it.each([
    [undefined, TypeError, 'the spec must be an object'],
    [null, TypeError, 'the spec must be an object'],
    [[], TypeError, 'the spec must be an object'],
    ['{}', TypeError, 'the spec must be an object'],
    [{}, TypeError, 'inputs must be an integer'],
    [{ ...good, input: 4 }, TypeError, "Did you mean 'inputs'?"],
    [{ ...good, inputs: 0 }, RangeError, 'inputs must be an integer from 1 to'],
    [{ ...good, inputs: 2.5 }, RangeError, 'inputs must be an integer'],
    [{ ...good, inputs: '4' }, TypeError, 'inputs must be an integer'],
    [{ ...good, layers: undefined }, TypeError, 'layers must be an array'],
    [{ ...good, layers: dense(3) }, TypeError, 'layers must be an array'],
    [{ ...good, layers: [] }, RangeError, 'at least one dense layer'],
    [{ ...good, layers: [dropout(0.5)] }, RangeError, 'at least one dense layer'],
    [{ ...good, layers: [3] }, TypeError, 'layers must be made by'],
    [{ ...good, output: 'relu' }, RangeError, 'output'],
    [{ ...good, output: null }, TypeError, 'output must be a string'],
    [{ ...good, seed: -1 }, RangeError, 'seed must be an integer, at least 0'],
    [{ ...good, seed: 1.5 }, RangeError, 'seed'],
    [{ ...good, seed: 2 ** 53 }, RangeError, 'seed'],
    [{ ...good, seed: '1' }, TypeError, 'seed'],
    [{ ...good, dtype: 'float16' }, RangeError, 'dtype'],
    [{ ...good, inputs: 2 ** 20, layers: [dense(2 ** 20)] }, RangeError, 'parameters'],
  ])('refuses %o', (value, kind, text) => {
    expect(() => readSpec('network', value as NetworkOptions)).toThrow(kind);
    expect(() => readSpec('network', value as NetworkOptions)).toThrow(text);
    expect(() => readSpec('network', value as NetworkOptions)).toThrow(/^network: /);
  });
});

describe('layoutOf', () => {
  const layout = layoutOf(readSpec('network', { inputs: 4, layers: LAYERS }));

  it('puts all weights before all biases, unpadded, K counting the layers with parameters', () => {
    expect(
      layout.parameters.map(({ name, shape, offset, size, layer, role }) => [
        name,
        shape,
        offset,
        size,
        layer,
        role,
      ]),
    ).toEqual([
      ['layers.0.weight', [5, 4], 0, 20, 0, 'weight'],
      ['layers.1.weight', [3, 5], 20, 15, 1, 'weight'],
      ['layers.0.bias', [5], 35, 5, 0, 'bias'],
    ]);
    expect(layout.decayingCount).toBe(35);
    expect(layout.parameterCount).toBe(40);
    expect(layout.outputs).toBe(3);
    expect(
      layout.layers.map(({ index, inputs, outputs, parameters }) => [
        index,
        inputs,
        outputs,
        parameters.map(({ name }) => name),
      ]),
    ).toEqual([
      [0, 4, 5, ['layers.0.weight', 'layers.0.bias']],
      [1, 5, 5, []],
      [1, 5, 3, ['layers.1.weight']],
    ]);
  });

  it('finds the parameter of a flat index in few steps, even with many layers', () => {
    const many = layoutOf(
      readSpec('network', { inputs: 1, layers: Array.from({ length: 20_000 }, () => dense(1)) }),
    );
    let looks = 0;
    const parameters = new Proxy(many.parameters, {
      get(target, field, receiver): unknown {
        looks++;
        return Reflect.get(target, field, receiver);
      },
    });
    for (const index of [0, 1, 19_999, 20_000, 39_999]) {
      const layer = index % 20_000;
      expect(parameterAt({ ...many, parameters }, index)).toMatchObject({ offset: index, layer });
    }
    expect(looks).toBeLessThan(5 * 20);
  });

  it('finds the parameter of a flat index', () => {
    expect(parameterAt(layout, 0).name).toBe('layers.0.weight');
    expect(parameterAt(layout, 19).name).toBe('layers.0.weight');
    expect(parameterAt(layout, 20).name).toBe('layers.1.weight');
    expect(parameterAt(layout, 39).name).toBe('layers.0.bias');
  });
});
