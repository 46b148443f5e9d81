import { describe, expect, it } from 'vitest';
import { kFold } from './k-fold.ts';

const LABELS = Array.from({ length: 23 }, (_, i) => (i % 4 === 0 ? 'rare' : 'common'));

/** All test rows, in order. */
function tested(splits: readonly { readonly test: Uint32Array }[]): number[] {
  return splits.flatMap(({ test }) => [...test]).toSorted((a, b) => a - b);
}

describe('kFold', () => {
  it.each([
    [{}, [5, 5, 5, 4, 4]],
    [{ labels: LABELS }, [5, 5, 5, 4, 4]],
    [{ folds: 23 }, Array.from({ length: 23 }, () => 1)],
  ])('tests each row once, with %j', (options, sizes) => {
    const splits = kFold(23, options);
    expect(splits.map(({ test }) => test.length)).toEqual(sizes);
    expect(tested(splits)).toEqual(Array.from({ length: 23 }, (_, row) => row));
    for (const { train, test } of splits) {
      expect([...train, ...test].toSorted((a, b) => a - b)).toEqual(tested(splits));
      expect(train).toEqual(train.toSorted());
    }
  });

  it('is the same for a seed, and another for another', () => {
    expect(kFold(23, { seed: 3 })).toEqual(kFold(23, { seed: 3 }));
    expect(kFold(23, { seed: 3 })).not.toEqual(kFold(23, { seed: 4 }));
  });

  it('gives each fold its share of every class', () => {
    const rare = kFold(23, { labels: LABELS, folds: 3 }).map(
      ({ test }) => [...test].filter((row) => LABELS[row] === 'rare').length,
    );
    expect(rare).toEqual([2, 2, 2]);
  });

  it('divides no group', () => {
    const groups = Array.from({ length: 23 }, (_, i) => `g${i % 7}`);
    const splits = kFold(23, { groups, folds: 3 });
    expect(tested(splits)).toHaveLength(23);
    for (const { train, test } of splits) {
      const learned = new Set(Array.from(train, (row) => groups[row]));
      expect(Array.from(test, (row) => groups[row]).some((one) => learned.has(one))).toBe(false);
      expect(test.length).toBeGreaterThanOrEqual(6);
    }
  });

  it('judges each fold by rows before it in time', () => {
    const time = Array.from({ length: 12 }, (_, i) => (i * 5) % 12);
    const splits = kFold(12, { time, folds: 3 });
    const times = splits.map(({ train, test }) => [
      Array.from(train, (row) => time[row]!).toSorted((a, b) => a - b),
      Array.from(test, (row) => time[row]!).toSorted((a, b) => a - b),
    ]);
    expect(times).toEqual([
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
      [
        [0, 1, 2, 3, 4, 5],
        [6, 7, 8],
      ],
      [
        [0, 1, 2, 3, 4, 5, 6, 7, 8],
        [9, 10, 11],
      ],
    ]);
  });

  it('refuses what cannot be divided', () => {
    expect(() => kFold(4)).toThrow(
      'kFold: folds must be at most as many as there are rows; got 5 folds of 4 rows.',
    );
    expect(() => kFold(5, { time: [1, 2, 3, 4, 5] })).toThrow(/there are rows, less one; got 5/);
    const groups = ['a', 'a', 'b', 'b', 'c', 'c'];
    expect(() => kFold(6, { groups, folds: 4 })).toThrow(/as there are groups; got 4 folds of 3/);
    expect(() => kFold(9, { folds: 1 })).toThrow(/kFold: folds must be an integer, at least 2/);
    expect(() => kFold(9, { fold: 3 } as object)).toThrow(/'folds'/);
  });
});
