import { describe, expect, it } from 'vitest';
import { ACTIVATION_KINDS, activationFacts } from '../activations/activation.ts';
import {
  initialise,
  INITIALISER_NAMES,
  readInitialiser,
  type Initialiser,
  type InitialiserName,
} from './initialiser.ts';

type Shape = readonly [number, number];

function weights(initialiser: Initialiser, shape: Shape, seed = 1, layer = 0): Float64Array {
  const out = new Float64Array(shape[0] * shape[1]);
  initialise(initialiser, { out, fanOut: shape[0], fanIn: shape[1], seed, layer });
  return out;
}

const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / values.length;
const meanSquare = (values: Float64Array): number => mean(values.map((x) => x * x));
const largest = (values: Float64Array): number =>
  values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);

describe('the uniform initialisers, eq. (31), (32), (33)', () => {
  const shape: Shape = [200, 500];
  const bounds: [InitialiserName, number][] = [
    ['xavier-uniform', Math.sqrt(6 / 700)],
    ['he-uniform', Math.sqrt(6 / 500)],
    ['lecun-uniform', Math.sqrt(3 / 500)],
  ];
  for (const [name, a] of bounds) {
    it(`${name} is U(−a, a) with a = ${a.toFixed(5)}`, () => {
      const values = weights(name, shape);
      const count = values.length;
      expect(largest(values)).toBeLessThanOrEqual(a);
      expect(largest(values)).toBeGreaterThan(0.999 * a);
      expect(Math.abs(mean(values))).toBeLessThanOrEqual(5 * Math.sqrt((a * a) / 3 / count));
      const spread = 5 * Math.sqrt(((4 / 45) * a ** 4) / count);
      expect(Math.abs(meanSquare(values) - (a * a) / 3)).toBeLessThanOrEqual(spread);
      const single = new Float32Array(count);
      initialise(name, { out: single, fanOut: 200, fanIn: 500, seed: 1, layer: 0 });
      expect(single).toEqual(Float32Array.from(values));
    });
  }

  it('He is symmetric for fanIn ≠ fanOut, for which the mean in the notes is not 0', () => {
    const values = weights('he-uniform', [400, 100]);
    const notesMean = (Math.sqrt(6 / 400) - Math.sqrt(6 / 100)) / 2;
    const error = Math.sqrt(6 / 100 / 3 / values.length);
    expect(Math.abs(mean(values))).toBeLessThanOrEqual(5 * error);
    expect(Math.abs(mean(values) - notesMean)).toBeGreaterThan(50 * error);
  });
});

describe('the normal initialisers', () => {
  const shape: Shape = [200, 500];
  const deviations: [InitialiserName, number][] = [
    ['he-normal', Math.sqrt(2 / 500)],
    ['xavier-normal', Math.sqrt(2 / 700)],
    ['lecun-normal', Math.sqrt(1 / 500)],
  ];
  for (const [name, deviation] of deviations) {
    it(`${name} has mean 0 and deviation ${deviation.toFixed(5)}`, () => {
      const values = weights(name, shape);
      const count = values.length;
      expect(Math.abs(mean(values))).toBeLessThanOrEqual((5 * deviation) / Math.sqrt(count));
      expect(Math.abs(meanSquare(values) - deviation ** 2)).toBeLessThanOrEqual(
        5 * deviation ** 2 * Math.sqrt(2 / count),
      );
      const single = new Float32Array(count);
      initialise(name, { out: single, fanOut: 200, fanIn: 500, seed: 1, layer: 0 });
      expect(single).toEqual(Float32Array.from(values));
    });
  }

  it('the truncated one has σ = 0.05 before a cut at 0.1, for every shape', () => {
    for (const [fanOut, fanIn] of [
      [200, 500],
      [1000, 100],
    ] as const) {
      const values = weights('truncated-normal', [fanOut, fanIn]);
      const deviation = 0.05 * 0.8796256610342398;
      expect(largest(values)).toBeLessThanOrEqual(0.1);
      expect(largest(values)).toBeGreaterThan(0.0999);
      expect(Math.abs(mean(values))).toBeLessThanOrEqual(
        (5 * deviation) / Math.sqrt(values.length),
      );
      expect(Math.abs(Math.sqrt(meanSquare(values)) / deviation - 1)).toBeLessThan(0.01);
    }
  });
});

describe('the orthogonal initialiser', () => {
  for (const shape of [
    [1, 1],
    [1, 7],
    [7, 1],
    [5, 5],
    [20, 33],
    [33, 20],
  ] as const) {
    it(`gives orthonormal vectors for ${shape.join(' × ')}`, () => {
      const [fanOut, fanIn] = shape;
      const w = weights('orthogonal', shape);
      const wide = fanOut <= fanIn;
      const count = Math.min(fanOut, fanIn);
      const at = (vector: number, i: number): number =>
        wide ? w[vector * fanIn + i]! : w[i * fanIn + vector]!;
      for (let a = 0; a < count; a++) {
        for (let b = 0; b <= a; b++) {
          let dot = 0;
          for (let i = 0; i < Math.max(fanOut, fanIn); i++) dot += at(a, i) * at(b, i);
          expect(Math.abs(dot - (a === b ? 1 : 0))).toBeLessThan(1e-14);
        }
      }
    });
  }

  it('is uniform: the first element of a 3 × 3 is symmetric with mean square 1/3', () => {
    const trials = 4000;
    const firsts = Float64Array.from(
      { length: trials },
      (_, seed) => weights('orthogonal', [3, 3], seed)[0]!,
    );
    // On the sphere in three dimensions each coordinate is uniform on [−1, 1] (Archimedes).
    expect(Math.abs(mean(firsts))).toBeLessThanOrEqual(5 * Math.sqrt(1 / 3 / trials));
    expect(Math.abs(meanSquare(firsts) - 1 / 3)).toBeLessThanOrEqual(
      5 * Math.sqrt(4 / 45 / trials),
    );
  });
});

describe('initialise', () => {
  it('depends on seed and layer, and each element depends on nothing else but its place', () => {
    for (const name of INITIALISER_NAMES) {
      if (name === 'zeros') continue;
      const base = weights(name, [6, 5], 3, 1);
      expect(weights(name, [6, 5], 3, 1)).toEqual(base);
      expect(weights(name, [6, 5], 4, 1)).not.toEqual(base);
      expect(weights(name, [6, 5], 3 + 2 ** 32, 1)).not.toEqual(base);
      expect(weights(name, [6, 5], 3, 2)).not.toEqual(base);
    }
    expect([...weights('lecun-uniform', [9, 5]).subarray(0, 30)]).toEqual([
      ...weights('lecun-uniform', [6, 5]),
    ]);
  });

  it('fills with zeros and constants', () => {
    expect([...weights('zeros', [2, 2])]).toEqual([0, 0, 0, 0]);
    expect([...weights({ constant: -0.25 }, [1, 3])]).toEqual([-0.25, -0.25, -0.25]);
  });

  it('keeps its first weights from release to release', () => {
    // An independent program in Python computed these from the definition in docs/numerics.md.
    const single = new Float32Array(6);
    initialise('he-uniform', { out: single, fanOut: 2, fanIn: 3, seed: 42, layer: 0 });
    expect([...single]).toEqual([
      0.26035237312316895, 1.2012951374053955, -1.3272652626037598, -1.087039589881897,
      1.3229037523269653, -1.188880205154419,
    ]);
  });
});

describe('the choice of an initialiser', () => {
  it('is He for relu and similar activations, LeCun for selu, and Xavier otherwise', () => {
    const chosen = Object.fromEntries(
      ACTIVATION_KINDS.map((kind) => [kind, activationFacts(kind).initialiser]),
    );
    expect(chosen).toEqual({
      identity: 'xavier-uniform',
      relu: 'he-uniform',
      'leaky-relu': 'he-uniform',
      elu: 'he-uniform',
      selu: 'lecun-normal',
      gelu: 'he-uniform',
      silu: 'he-uniform',
      tanh: 'xavier-uniform',
      sigmoid: 'xavier-uniform',
      softplus: 'he-uniform',
    });
  });

  it('takes every name and a constant, and refuses the rest', () => {
    for (const name of INITIALISER_NAMES) expect(readInitialiser('dense', name)).toBe(name);
    expect(readInitialiser('dense', { constant: 2 })).toEqual({ constant: 2 });
    expect(() => readInitialiser('dense', 'he-unifrom')).toThrow(/Did you mean 'he-uniform'\?/);
    expect(() => readInitialiser('dense', 'constructor')).toThrow(RangeError);
    expect(() => readInitialiser('dense', 3)).toThrow(
      'dense: init must be a name or { constant: number }; got 3.',
    );
    expect(() => readInitialiser('dense', { constant: Number.NaN })).toThrow(RangeError);
    expect(() => readInitialiser('dense', { constant: '1' })).toThrow(TypeError);
    expect(() => readInitialiser('dense', { constant: 1, std: 2 })).toThrow(TypeError);
  });
});
