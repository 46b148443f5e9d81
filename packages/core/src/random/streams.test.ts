import { describe, expect, it } from 'vitest';
import { philox4x32 } from './philox.ts';
import {
  blockInto,
  dropoutKeep,
  dropoutThreshold,
  PURPOSES,
  purposeWord,
  seedHigh,
  seedLow,
  uniform,
} from './streams.ts';

/** By how many standard errors a mean of `count` draws with the given variance differs from its expected value. */
function errors(mean: number, expected: number, variance: number, count: number): number {
  return Math.abs(mean - expected) / Math.sqrt(variance / count);
}

describe('the streams', () => {
  it('split a seed into the words of the key', () => {
    expect([seedLow(42), seedHigh(42)]).toEqual([42, 0]);
    expect([seedLow(2 ** 53 - 1), seedHigh(2 ** 53 - 1)]).toEqual([2 ** 32 - 1, 2 ** 21 - 1]);
  });

  it('have the counter that the documentation describes', () => {
    const out = new Uint32Array(4);
    blockInto(out, 7 + 3 * 2 ** 32, PURPOSES.dropout, 5, 11, 13, 17);
    const counter = Uint32Array.of(11, 13, 17, (2 << 24) | 5);
    expect(out).toEqual(philox4x32(counter, Uint32Array.of(7, 3)));
  });

  it('use no counter for two purposes', () => {
    const seen = new Set<string>();
    let used = 0;
    const use = (...counter: number[]): void => {
      seen.add(counter.join(' '));
      used++;
    };
    for (let k = 0; k < 3; k++) {
      for (let block = 0; block < 20; block++) {
        for (let attempt = 0; attempt < 3; attempt++) {
          use(block, 0, attempt, purposeWord(PURPOSES.initialise, k));
          use(block, 1, attempt, purposeWord(PURPOSES.initialise, k));
        }
        for (let row = 0; row < 6; row++) {
          for (let step = 1; step < 6; step++) {
            use(block, row, step, purposeWord(PURPOSES.dropout, k));
          }
        }
      }
    }
    for (const purpose of [PURPOSES.shuffle, PURPOSES.split, PURPOSES.stream, PURPOSES.test]) {
      for (let block = 0; block < 20; block++) {
        for (let epoch = 0; epoch < 6; epoch++) {
          for (let part = 0; part < 3; part++) use(block, part, epoch, purposeWord(purpose, 0));
        }
      }
    }
    expect(seen.size).toBe(used);
    expect(new Set(Object.values(PURPOSES)).size).toBe(Object.keys(PURPOSES).length);
  });

  it('give uniform numbers on the grid of 2^−24 in [0, 1)', () => {
    expect(uniform(0)).toBe(0);
    expect(uniform(0xff)).toBe(0);
    expect(uniform(0x100)).toBe(2 ** -24);
    expect(uniform(0xffffffff)).toBe(1 - 2 ** -24);
    const count = 400_000;
    const words = new Uint32Array(4);
    const bins = new Float64Array(64);
    let sum = 0;
    let squares = 0;
    for (let block = 0; block < count / 4; block++) {
      blockInto(words, 1, PURPOSES.test, 0, block, 0, 0);
      for (const word of words) {
        const u = uniform(word);
        sum += u;
        squares += (u - 0.5) ** 2;
        bins[Math.floor(u * 64)]!++;
      }
    }
    expect(errors(sum / count, 0.5, 1 / 12, count)).toBeLessThanOrEqual(5);
    expect(errors(squares / count, 1 / 12, 1 / 180, count)).toBeLessThanOrEqual(5);
    // Chi-square with 63 degrees of freedom: its 1e-6 quantile is 128.
    const expected = count / 64;
    let chiSquare = 0;
    for (const bin of bins) chiSquare += (bin - expected) ** 2 / expected;
    expect(chiSquare).toBeLessThan(128);
  });
});

describe('the dropout mask, eq. (34)', () => {
  it('keeps exactly when u ≥ p', () => {
    expect(dropoutThreshold(0)).toBe(0);
    expect(dropoutThreshold(1)).toBe(2 ** 24);
    expect(dropoutThreshold(0.5)).toBe(2 ** 23);
    expect(dropoutThreshold(0.1)).toBe(1677722);
    for (const rate of [0.1, 0.3, 0.5, 0.9999]) {
      for (let unit = 0; unit < 300; unit++) {
        const words = philox4x32(
          Uint32Array.of(unit >> 2, 8, 3, (PURPOSES.dropout << 24) | 1),
          Uint32Array.of(42, 0),
        );
        const kept = uniform(words[unit & 3]!) >= rate;
        expect(dropoutKeep(42, 3, 1, 8, unit, rate)).toBe(kept);
      }
    }
  });

  it('keeps all at p = 0 and none at p = 1', () => {
    for (let unit = 0; unit < 100; unit++) {
      expect(dropoutKeep(1, 1, 0, 0, unit, 0)).toBe(true);
      expect(dropoutKeep(1, 1, 0, 0, unit, 1)).toBe(false);
    }
  });

  it('drops with probability p, uncorrelated over units, rows, steps, layers and seeds', () => {
    const rate = 0.3;
    const count = 40_000;
    const drops = (draw: (i: number) => boolean): number[] =>
      Array.from({ length: count }, (_, i) => (draw(i) ? 0 : 1));
    const streams = [
      drops((i) => dropoutKeep(5, 1, 0, 0, i, rate)),
      drops((i) => dropoutKeep(5, 1, 0, i, 0, rate)),
      drops((i) => dropoutKeep(5, i, 0, 0, 0, rate)),
      drops((i) => dropoutKeep(5, 1, i, 0, 0, rate)),
      drops((i) => dropoutKeep(i, 1, 0, 0, 0, rate)),
    ];
    const variance = rate * (1 - rate);
    for (const stream of streams) {
      expect(
        errors(stream.reduce((a, b) => a + b) / count, rate, variance, count),
      ).toBeLessThanOrEqual(5);
      for (const other of [...streams.filter((one) => one !== stream), shifted(stream)]) {
        let covariance = 0;
        for (let i = 0; i < count; i++) covariance += (stream[i]! - rate) * (other[i]! - rate);
        expect(errors(covariance / count, 0, variance ** 2, count)).toBeLessThanOrEqual(5);
      }
    }
  });
});

function shifted(stream: readonly number[]): number[] {
  return [...stream.slice(1), stream[0]!];
}
