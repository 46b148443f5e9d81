import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../words/errors.ts';
import { trainTestSplit, validationSplitFor } from './split.ts';

describe('a split by groups', () => {
  it('has no group on both sides, and holds out its share of the groups (property)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 4, maxLength: 80 }),
        fc.double({ min: 0.05, max: 0.9, noNaN: true }),
        fc.nat(),
        (groups, testFraction, seed) => {
          const names = [...new Set(groups)];
          fc.pre(names.length >= 2);
          const { train, test } = trainTestSplit(groups.length, { testFraction, seed, groups });
          const held = new Set(Array.from(test, (row) => groups[row]!));
          expect(Array.from(train).some((row) => held.has(groups[row]!))).toBe(false);
          expect(train.length + test.length).toBe(groups.length);
          // scikit-learn's GroupShuffleSplit rounds the share of the groups up.
          const share = Math.ceil(names.length * testFraction * (1 - 1e-12));
          expect(held.size).toBe(Math.min(names.length - 1, share));
        },
      ),
    );
  });

  it('has folds of whole groups that are disjoint while there is room', () => {
    const groupOf = Int32Array.from({ length: 60 }, (_, row) => (row * 7) % 12);
    const seen = new Set<number>();
    for (let index = 0; index < 6; index++) {
      const { validation } = validationSplitFor(
        'test',
        60,
        1 / 6,
        4,
        { groupOf },
        { index, count: 6 },
      );
      const held = new Set(Array.from(validation, (row) => groupOf[row]!));
      expect(held.size).toBe(2);
      expect(validation.length).toBe(10);
      for (const group of held) seen.add(group);
    }
    expect(seen.size).toBe(12);
  });

  it('ignores groups that selected rows no longer have', () => {
    const groupOf = Int32Array.of(4, 4, 9, 9);
    const { validation } = validationSplitFor('test', 4, 0.5, 0, { groupOf });
    expect(new Set(Array.from(validation, (row) => groupOf[row])).size).toBe(1);
  });

  it('needs two groups, and one for each row', () => {
    expect(() => trainTestSplit(3, { groups: ['a', 'a', 'a'] })).toThrow(
      'trainTestSplit: the groups must be at least 2, one of them to hold out; got 1.',
    );
    expect(() => trainTestSplit(3, { groups: ['a', 'b'] })).toThrow(RangeError);
    expect(() => trainTestSplit(2, { groups: ['a', 'b'], time: [1, 2] })).toThrow(
      'trainTestSplit: groups must not go with time, because the last rows need not be whole groups.',
    );
  });
});

describe('a split by time', () => {
  it('holds out the last rows, of equal times those that come last', () => {
    const time = [5, 1, 3, 3, 2, 3, 9, 0];
    const { test } = trainTestSplit(8, { testFraction: 0.5, time, seed: 1 });
    expect([...test]).toEqual([0, 3, 5, 6]);
    expect(trainTestSplit(8, { testFraction: 0.5, time, seed: 99 }).test).toEqual(test);
  });

  it('is the same in every fold, because earlier rows must not be judged by what knows later ones', () => {
    const times = Float64Array.of(3, 1, 2, 0);
    const fold = (index: number): number[] => [
      ...validationSplitFor('test', 4, 0.25, 0, { times }, { index, count: 4 }).validation,
    ];
    expect([0, 1, 2, 3].map(fold)).toEqual([[0], [0], [0], [0]]);
  });

  it('refuses a time that is none, with its row', () => {
    const bad = (): unknown => trainTestSplit(3, { time: [1, NaN, 2] });
    expect(bad).toThrow(DataError);
    expect(bad).toThrow('time[1] must be a finite number; got NaN.');
    expect(() => trainTestSplit(2, { time: [new Date(0) as never, 1] })).toThrow(DataError);
    expect(() => trainTestSplit(2, { time: [1] })).toThrow(
      'time must have one entry a row, 2; got 1.',
    );
    expect(() => trainTestSplit(2, { time: 'ab' as never })).toThrow(TypeError);
  });
});
