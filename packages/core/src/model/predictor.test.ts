import { describe, expect, it } from 'vitest';
import { referenceBackend } from '../backends/reference/backend.ts';
import { registerBackend, registeredBackends } from '../backends/registry.ts';
import { network, type Network } from './network.ts';
import { dense } from '../network/layers/dense.ts';
import { dropout } from '../network/layers/dropout.ts';
import { predictor, type PredictorOptions } from './predictor.ts';

const BACKENDS = registeredBackends()
  .filter((backend) => backend.unavailable() === undefined)
  .map(({ name }) => name);

function smallNet(): Network {
  return network({
    inputs: 3,
    layers: [dense(70, { activation: 'relu' }), dropout(0.5), dense(5)],
    output: 'softmax',
    seed: 7,
  });
}

const ROWS = Float32Array.from({ length: 300 }, (_, i) => Math.sin(i));

describe.each(BACKENDS)('predictor on %s', (backend) => {
  it('predicts the same as the network, for any number of rows and any capacity', () => {
    const net = smallNet();
    for (const maxRows of [1, 2, 7, 64, 200]) {
      using fast = predictor(net, { maxRows, backend });
      for (const rows of [0, 1, 2, 13, 100]) {
        const data = ROWS.subarray(0, rows * 3);
        const x = { data, shape: [rows, 3] };
        const result = fast.predict(x);
        expect(result.shape).toEqual([rows, 5]);
        const out = new Float32Array(rows * 5 + 1).fill(-7);
        fast.predictInto(out, data);
        expect(out.subarray(0, rows * 5)).toEqual(result.data);
        expect(out[rows * 5]).toBe(-7);
        expect(backend === BACKENDS[0] ? net.predict(x) : result).toEqual(result);
        fast.predictInto(out, x);
        expect(out.subarray(0, rows * 5)).toEqual(result.data);
      }
    }
  });

  it('keeps its parameters if the network changes later', () => {
    const net = smallNet();
    using fast = predictor(net, { backend });
    const before = fast.predict([[1, 2, 3]]);
    net.setParameters({ 'layers.1.bias': [9, 0, 0, 0, 0] });
    expect(fast.predict([[1, 2, 3]])).toEqual(before);
    using newer = predictor(net, { backend });
    expect(newer.predict([[1, 2, 3]])).not.toEqual(before);
  });

  it('has properties for its sizes, and maxRows is 1 by default', () => {
    using fast = predictor(smallNet(), { backend });
    expect([fast.inputs, fast.outputs, fast.maxRows]).toEqual([3, 5, 1]);
  });

  it('can write to float64 memory', () => {
    using fast = predictor(smallNet(), { backend });
    const out = new Float64Array(5);
    fast.predictInto(out, Float64Array.of(1, 2, 3));
    const { data } = fast.predict([[1, 2, 3]]);
    out.forEach((value, i) => expect(value).toBeCloseTo(data[i]!, 6));
  });

  it('refuses rows and outputs that do not fit', () => {
    using fast = predictor(smallNet(), { maxRows: 4, backend });
    const out = new Float32Array(5);
    expect(() => fast.predictInto(out, new Float32Array(4))).toThrow(
      new RangeError('predictInto: x must be whole rows of 3; got length 4.'),
    );
    expect(() => fast.predictInto(new Float32Array(9), new Float32Array(6))).toThrow(
      new RangeError('predictInto: out must hold 2 × 5 values; got length 9.'),
    );
    expect(() => fast.predictInto([] as unknown as Float32Array, new Float32Array(3))).toThrow(
      TypeError,
    );
    expect(() => fast.predict([[1, NaN, 3]])).toThrow(/^predict: x\[0\]\[1\] must be a finite/);
    expect(() => fast.predict([[1, 2]])).toThrow(RangeError);
  });

  it('throws an error after it was closed, but may be closed twice', () => {
    const fast = predictor(smallNet(), { backend });
    fast.close();
    fast.close();
    fast[Symbol.dispose]();
    const closed = expect.objectContaining({ code: 'closed' }) as Error;
    expect(() => fast.predict([[1, 2, 3]])).toThrow(closed);
    expect(() => fast.predictInto(new Float32Array(5), new Float32Array(3))).toThrow(closed);
  });

  it('does not share its memory with predictors that are made and closed later', () => {
    const net = smallNet();
    const one = predictor(net, { backend });
    const expected = one.predict([[1, 2, 3]]);
    for (let i = 0; i < 20; i++) {
      const other = predictor(network({ inputs: 3, layers: [dense(5)], seed: i }), { backend });
      other.predict([[i, i, i]]);
      other.close();
      expect(one.predict([[1, 2, 3]])).toEqual(expected);
    }
    one.close();
  });
});

describe('predictor', () => {
  it('returns its memory when it is closed', () => {
    let open = 0;
    registerBackend({
      ...referenceBackend,
      name: 'counting',
      compile(program) {
        const executable = referenceBackend.compile(program);
        open++;
        return {
          device: 'host',
          program,
          scalars: executable.scalars,
          view: (name) => executable.view(name),
          run: (phase) => executable.run(phase),
          close: () => void open--,
        };
      },
    });
    const fast = predictor(smallNet(), { backend: 'counting' });
    fast.predict([[1, 2, 3]]);
    expect(open).toBe(1);
    fast.close();
    fast.close();
    expect(open).toBe(0);
  });

  it('of a float64 network computes and answers in float64', () => {
    const net = network({ inputs: 2, layers: [dense(1)], dtype: 'float64' });
    net.setParameters({ 'layers.0.weight': [0.1, 0.2], 'layers.0.bias': [0.3] });
    using fast = predictor(net);
    const out = new Float64Array(1);
    fast.predictInto(out, Float64Array.of(1, 1));
    expect(out[0]).toBe(0.1 + 0.2 + 0.3);
    expect(fast.predict([[1, 1]]).data).toBeInstanceOf(Float64Array);
  });

  it.each([
    [undefined, {}, TypeError, 'net must be made by network'],
    [smallNet(), { maxrows: 1 }, TypeError, "Did you mean 'maxRows'?"],
    [smallNet(), { maxRows: 0 }, RangeError, 'maxRows must be an integer from 1 to'],
    [smallNet(), { maxRows: 1.5 }, RangeError, 'maxRows must be'],
    [smallNet(), { maxRows: '8' }, TypeError, 'maxRows must be'],
    [smallNet(), { backend: 'cuda' }, RangeError, "backend 'cuda' is unknown"],
    [smallNet(), null, TypeError, 'options must be an object'],
  ])('refuses case %#', (net, options, kind, text) => {
    const make = (): unknown => predictor(net as Network, options as PredictorOptions);
    expect(make).toThrow(kind);
    expect(make).toThrow(text);
    expect(make).toThrow(/^predictor: /);
  });
});
