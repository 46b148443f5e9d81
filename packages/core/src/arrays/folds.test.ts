/** The folds of all rows: each row is in one, and classes and groups are respected. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldsOf, possibleFolds } from './folds.ts';

/** How many rows each fold has of those that `select` names. */
function sizes(foldOf: Int32Array, folds: number, select: (row: number) => boolean): number[] {
  const counts = Array.from({ length: folds }, () => 0);
  foldOf.forEach((fold, row) => {
    if (select(row)) counts[fold]! += 1;
  });
  return counts;
}

const spread = (counts: readonly number[]): number => Math.max(...counts) - Math.min(...counts);

describe('folds', () => {
  it('have equal sizes and equal shares of every class, up to one row (property)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 80 }),
        fc.integer({ min: 2, max: 9 }),
        fc.nat(),
        (classes, wanted, seed) => {
          const classOf = Int32Array.from(classes);
          const folds = possibleFolds(classOf.length, wanted);
          const foldOf = foldsOf(classOf.length, folds, seed, { classOf });
          expect(spread(sizes(foldOf, folds, () => true))).toBeLessThanOrEqual(1);
          for (const one of new Set(classes)) {
            const ofClass = sizes(foldOf, folds, (row) => classOf[row] === one);
            expect(spread(ofClass)).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });

  it('are other ones for another seed, and the same ones for the same seed', () => {
    expect(foldsOf(50, 5, 1)).toEqual(foldsOf(50, 5, 1));
    expect(foldsOf(50, 5, 1)).not.toEqual(foldsOf(50, 5, 2));
  });

  it('keep groups whole, and are about as large as one another', () => {
    const groupOf = Int32Array.from({ length: 100 }, (_, row) => (row * row) % 23);
    const folds = possibleFolds(100, 4, { groupOf });
    const foldOf = foldsOf(100, folds, 3, { groupOf });
    for (const group of new Set(groupOf)) {
      const rows = [...groupOf.keys()].filter((row) => groupOf[row] === group);
      expect(new Set(rows.map((row) => foldOf[row])).size).toBe(1);
    }
    expect(new Set(foldOf)).toEqual(new Set([0, 1, 2, 3]));
    const largest = Math.max(...sizes(groupOf, 23, () => true));
    expect(spread(sizes(foldOf, 4, () => true))).toBeLessThanOrEqual(largest);
  });

  it('are fewer if there are fewer rows or groups', () => {
    expect(possibleFolds(3, 8)).toBe(3);
    expect(possibleFolds(100, 8, { groupOf: new Int32Array(100).map((_, row) => row % 2) })).toBe(
      2,
    );
  });
});
