import { describe, expect, it } from 'vitest';
import { erf } from '../elementary/index.ts';
import { initialNormalsInto, normalsInto } from './normal.ts';

const TRUNCATION = 2;

const COUNT = 200_000;

function moments(values: Float64Array): number[] {
  return [1, 2, 3, 4].map(
    (power) => values.reduce((sum, x) => sum + x ** power, 0) / values.length,
  );
}

/** Kolmogorov's distance to a distribution function, times √n. A value above 2.6 has probability 3e-6. */
function kolmogorov(values: Float64Array, distribution: (x: number) => number): number {
  const sorted = values.toSorted();
  let distance = 0;
  for (let i = 0; i < sorted.length; i++) {
    const p = distribution(sorted[i]!);
    distance = Math.max(distance, Math.abs(p - i / sorted.length), (i + 1) / sorted.length - p);
  }
  return distance * Math.sqrt(sorted.length);
}

const normalDistribution = (x: number): number => 0.5 + 0.5 * erf(x / Math.SQRT2);

describe('normal numbers', () => {
  it('have the moments and the distribution of the standard normal', () => {
    const values = new Float64Array(COUNT);
    initialNormalsInto(values, 1, 11, 0, 0);
    const expected = [0, 1, 0, 3];
    const variances = [1, 2, 15, 96];
    for (const [i, moment] of moments(values).entries()) {
      expect(Math.abs(moment - expected[i]!)).toBeLessThanOrEqual(
        5 * Math.sqrt(variances[i]! / COUNT),
      );
    }
    expect(kolmogorov(values, normalDistribution)).toBeLessThan(2.6);
  });

  it('depend only on their place in the stream', () => {
    const long = new Float64Array(1001);
    initialNormalsInto(long, 1, 4, 2, 1);
    const short = new Float64Array(6);
    initialNormalsInto(short, 1, 4, 2, 1);
    expect([...short]).toEqual([...long.subarray(0, 6)]);
    const other = new Float64Array(6);
    initialNormalsInto(other, 1, 4, 2, 0);
    expect([...other]).not.toEqual([...short]);
  });

  it('are bounded by the resolution of the uniform numbers', () => {
    const out = new Float64Array(4);
    normalsInto(out, Uint32Array.of(0xffffffff, 0, 0, 0x12345678));
    expect(out[0]).toBeCloseTo(Math.sqrt(48 * Math.LN2), 14);
    expect([...out.subarray(1)].map(Math.abs)).toEqual([0, 0, 0]);
  });

  it('that are truncated at 2 are all inside and have the right distribution', () => {
    const values = new Float64Array(COUNT);
    initialNormalsInto(values, 1, 11, 0, 0, TRUNCATION);
    expect(values.every((x) => Math.abs(x) <= TRUNCATION)).toBe(true);
    const inside = erf(TRUNCATION / Math.SQRT2);
    const density = Math.exp(-(TRUNCATION ** 2) / 2) / Math.sqrt(2 * Math.PI);
    const variance = 1 - (2 * TRUNCATION * density) / inside;
    const [mean, square] = moments(values);
    expect(Math.abs(mean!)).toBeLessThanOrEqual(5 * Math.sqrt(variance / COUNT));
    expect(Math.abs(square! - variance)).toBeLessThanOrEqual(5 * Math.sqrt(1 / COUNT));
    const low = normalDistribution(-TRUNCATION);
    expect(kolmogorov(values, (x) => (normalDistribution(x) - low) / inside)).toBeLessThan(2.6);
  });

  it('that are truncated keep every element that was inside, so each element can still be computed alone', () => {
    const plain = new Float64Array(2000);
    const cut = new Float64Array(2000);
    initialNormalsInto(plain, 1, 3, 1, 0);
    initialNormalsInto(cut, 1, 3, 1, 0, TRUNCATION);
    const changed = plain.filter((x, i) => x !== cut[i]);
    expect(changed.length).toBeGreaterThan(50);
    expect(changed.every((x) => Math.abs(x) > TRUNCATION)).toBe(true);
  });
});
