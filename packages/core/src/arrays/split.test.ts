import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../words/errors.ts';
import { trainTestSplit, validationSplit, validationSplitFor } from './split.ts';

describe('trainTestSplit', () => {
  it('holds out the share, rounded up, and puts every row on one side', () => {
    for (const [rows, testFraction, held] of [
      [1797, 0.2, 360],
      [344, 0.2, 69],
      [100, 0.07, 7],
      [10, 0.25, 3],
      [2, 0.01, 1],
      [2, 0.99, 1],
    ] as const) {
      const { train, test } = trainTestSplit(rows, { testFraction });
      expect(test.length).toBe(held);
      expect([...train, ...test].toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: rows }, (_, row) => row),
      );
    }
  });

  it('depends only on the seed, and not on the other split', () => {
    const first = trainTestSplit(1000, { seed: 3 });
    expect(trainTestSplit(1000, { seed: 3 })).toEqual(first);
    expect(trainTestSplit(1000, { seed: 4 })).not.toEqual(first);
    const { validation } = validationSplit(1000, 0.25, 3);
    const shared = validation.filter((row) => first.test.includes(row)).length;
    // Hypergeometric: mean 62.5, standard deviation 5.9.
    expect(Math.abs(shared - 62.5)).toBeLessThan(5 * 5.93);
  });

  it('holds out each row equally often', () => {
    const counts = new Float64Array(20);
    for (let seed = 0; seed < 2000; seed++) {
      for (const row of trainTestSplit(20, { testFraction: 0.25, seed }).test) counts[row]! += 1;
    }
    // Binomial(2000, 1/4): mean 500, standard deviation 19.4.
    for (const count of counts) expect(Math.abs(count - 500)).toBeLessThan(5 * 19.4);
  });

  it('gives every class its share by largest remainders', () => {
    const labels = [...Array(50).fill('a'), ...Array(30).fill('b'), ...Array(20).fill('c')];
    const { test } = trainTestSplit(100, { testFraction: 0.1, labels });
    const count = (label: string): number =>
      [...test].filter((row) => labels[row] === label).length;
    expect([count('a'), count('b'), count('c')]).toEqual([5, 3, 2]);
  });

  it('keeps the shares within one row and a row of each class in training (property)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 6, maxLength: 80 }),
        fc.double({ min: 0.05, max: 0.9, noNaN: true }),
        fc.nat(),
        (labels, testFraction, seed) => {
          const counts = [0, 1, 2, 3, 4].map((k) => labels.filter((one) => one === k).length);
          const { train, test } = trainTestSplit(labels.length, { testFraction, seed, labels });
          expect(train.length + test.length).toBe(labels.length);
          const taken = counts.map((_, k) => [...test].filter((row) => labels[row] === k).length);
          expect(counts.every((count, k) => count === 0 || taken[k]! < count)).toBe(true);
          const roomy = counts.every((count) => count === 0 || count * (1 - testFraction) > 2);
          const share = (k: number): number => (test.length * counts[k]!) / labels.length;
          const even = taken.every((count, k) => Math.abs(count - share(k)) < 1);
          expect(even || !roomy).toBe(true);
        },
      ),
    );
  });

  it.each([
    [() => trainTestSplit(10, { testFraction: 0 }), RangeError, /fraction must be .* above 0/],
    [() => trainTestSplit(10, { testFraction: 1 }), RangeError, /below 1/],
    [() => trainTestSplit(10, { seed: -1 }), RangeError, /seed must be an integer, at least 0/],
    [() => trainTestSplit(1), DataError, /at least 2 rows to hold some out; got 1/],
    [
      () => trainTestSplit(3, { labels: [1, 2, 3] }),
      DataError,
      /some class must have at least 2 rows/,
    ],
    [() => trainTestSplit(3, { labels: [1, 2] }), RangeError, /one a row; got 2 for 3 rows/],
    [() => trainTestSplit(9, { fraction: 0.5 } as object), TypeError, /unknown option 'fraction'/],
  ])('%s is refused', (run, kind, message) => {
    expect(run).toThrow(kind);
    expect(run).toThrow(message);
  });
});

describe('validationSplit', () => {
  it('holds out no row for fraction 0', () => {
    expect(validationSplit(3, 0, 0)).toEqual({
      training: new Uint32Array([0, 1, 2]),
      validation: new Uint32Array(0),
    });
  });

  it('divides into folds that are disjoint while there is room, and differ when there is not (property)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 12, maxLength: 90 }),
        fc.integer({ min: 2, max: 12 }),
        fc.double({ min: 0.05, max: 0.6, noNaN: true }),
        fc.nat(),
        (labels, count, fraction, seed) => {
          const rows = labels.length;
          const classOf = Int32Array.from(labels);
          const fold = (index: number): Uint32Array =>
            validationSplitFor('test', rows, fraction, seed, { classOf }, { index, count })
              .validation;
          const sizeOf = (held: Uint32Array, one: number): number =>
            held.filter((row) => classOf[row] === one).length;
          const first = fold(0);
          expect(first).toEqual(validationSplit(rows, fraction, seed, classOf).validation);
          const folds = Array.from({ length: count }, (_, index) => fold(index));
          for (const one of [0, 1, 2, 3]) {
            const total = labels.filter((label) => label === one).length;
            const size = sizeOf(first, one);
            for (const held of folds) expect(sizeOf(held, one)).toBe(size);
            const different = new Set(
              folds.flatMap((held) => [...held].filter((row) => classOf[row] === one)),
            );
            // The folds begin at places ⌊i·n/k⌋, so they are disjoint if a fold is no longer than the way to the next one.
            const disjoint = size <= Math.floor(total / count);
            const twice = size * count >= 2 * total;
            const least = disjoint ? size * count : twice ? total : size;
            expect(different.size).toBeGreaterThanOrEqual(least);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
