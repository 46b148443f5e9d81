import { describe, expect, it } from 'vitest';
import { boundedDraw, shuffleRows } from './shuffle.ts';

/** Rows 0 … length − 1, shuffled. */
function shuffled(
  length: number,
  seed: number,
  epoch: number,
  purpose?: 'shuffle' | 'split' | 'stream',
  part?: number,
): Uint32Array {
  const rows = Uint32Array.from({ length }, (_, i) => i);
  shuffleRows(rows, seed, epoch, purpose, part);
  return rows;
}

describe('shuffleRows', () => {
  it('gives a permutation of any length', () => {
    for (const length of [0, 1, 2, 3, 5, 64, 1000]) {
      expect(shuffled(length, 3, 1).toSorted()).toEqual(Uint32Array.from({ length }, (_, i) => i));
    }
  });

  it('is a function of seed, epoch, purpose and part', () => {
    const base = shuffled(50, 9, 2);
    expect(shuffled(50, 9, 2)).toEqual(base);
    const others = [shuffled(50, 10, 2), shuffled(50, 9, 3), shuffled(50, 9 + 2 ** 32, 2)];
    others.push(shuffled(50, 9, 2, 'split'), shuffled(50, 9, 2, 'stream'));
    others.push(shuffled(50, 9, 2, 'shuffle', 1));
    const distinct = new Set([base, ...others].map((order) => order.join(' ')));
    expect(distinct.size).toBe(1 + others.length);
  });

  it('permutes the elements of an array, whatever they are', () => {
    const rows = Uint32Array.from({ length: 100 }, (_, i) => 5 * i + 2);
    const expected = shuffled(100, 4, 6).map((place) => rows[place]!);
    shuffleRows(rows, 4, 6);
    expect(rows).toEqual(expected);
  });

  it('keeps its order from release to release', () => {
    // An independent program in Python computed these from the definition.
    expect([...shuffled(10, 0, 0)]).toEqual([3, 4, 7, 8, 6, 9, 5, 2, 1, 0]);
    expect([...shuffled(10, 42, 7)]).toEqual([1, 0, 9, 5, 7, 4, 2, 3, 8, 6]);
    expect([...shuffled(10, 2 ** 53 - 1, 3)]).toEqual([4, 6, 2, 9, 3, 8, 0, 5, 1, 7]);
  });

  it('gives the 120 permutations of 5 equally often', () => {
    const counts = new Map<string, number>();
    const trials = 240_000;
    for (let epoch = 0; epoch < trials; epoch++) {
      const name = shuffled(5, 1, epoch).join('');
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    expect(counts.size).toBe(120);
    const expected = trials / 120;
    let chiSquare = 0;
    for (const count of counts.values()) chiSquare += (count - expected) ** 2 / expected;
    // 119 degrees of freedom: the quantile of 1 − 1e-6 is 204.6, that of 1e-6 is 58.2.
    expect(chiSquare).toBeLessThan(204.6);
    expect(chiSquare).toBeGreaterThan(58.2);
  });

  it('draws by rejection and not only by a remainder', () => {
    // Below 3 · 2^30 a remainder would hit the lower third with probability 1/2 instead of 1/3.
    const bound = 3 * 2 ** 30;
    const third = 2 ** 30;
    let accepted = 0;
    let low = 0;
    for (let i = 0; i < 4096; i++) {
      const draw = boundedDraw(i * 2 ** 20, bound);
      if (draw < 0) continue;
      accepted++;
      if (draw < third) low++;
    }
    expect([accepted, low]).toEqual([3072, 1024]);
    expect(boundedDraw(2 ** 32 - 1, 2)).toBe(1);
    expect(boundedDraw(2 ** 32 - 1, 3)).toBe(-1);
    expect(boundedDraw(2 ** 32 - 2, 3)).toBe(2);
  });

  it('moves each row to each place equally often', () => {
    // Where each of 3 rows goes, over many epochs: every mean place is 1 with variance 2/3.
    const trials = 60_000;
    const sums = new Float64Array(3);
    for (let epoch = 0; epoch < trials; epoch++) {
      for (const [place, row] of shuffled(3, 8, epoch).entries()) sums[row]! += place;
    }
    for (const sum of sums) {
      expect(Math.abs(sum / trials - 1)).toBeLessThanOrEqual(5 * Math.sqrt(2 / 3 / trials));
    }
  });
});
