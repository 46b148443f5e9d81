/** The members and epochs of `balanced` for tables of many sizes: a table of what the rule gives, and its bounds. */
import { describe, expect, it } from 'vitest';
import { membersOf } from './members.ts';
import { Classifier, type ClassifierOptions } from './classifier.ts';
import { sizedPlan } from './budget.ts';
import type { TrainPlan } from './plan.ts';

function matrix(rows: number, columns: number): Parameters<typeof sizedPlan>[1] {
  return { data: new Float32Array(0), rows, columns, scale: 1 };
}

const planOf = (options: ClassifierOptions = {}): TrainPlan =>
  new Classifier({ preset: 'balanced', ...options }).plan;

function sizeOf(rows: number, columns: number, options?: ClassifierOptions): readonly number[] {
  const sized = sizedPlan(planOf(options), matrix(rows, columns), 2);
  return [membersOf(sized).length, sized.epochs];
}

describe('the budget of balanced', () => {
  it.each([
    [150, 10, 8, 200],
    [500, 10, 8, 200],
    [1_000, 10, 8, 195],
    [1_000, 300, 8, 63],
    [3_000, 10, 8, 71],
    [5_000, 10, 8, 46],
    [10_000, 10, 8, 27],
    [30_000, 10, 4, 31],
    [100_000, 10, 2, 44],
    [1_000_000, 10, 2, 37],
  ])('gives %i rows of %i columns %i networks of %i epochs', (rows, columns, members, epochs) => {
    expect(sizeOf(rows, columns)).toEqual([members, epochs]);
  });

  it('is never exceeded, but for ten epochs of one network', () => {
    const { operations, operationsPerRow } = planOf().budget!;
    for (let rows = 10; rows < 1e7; rows *= 3) {
      for (const columns of [1, 30, 1000]) {
        const [members = 0, epochs = 0] = sizeOf(rows, columns);
        const weights = 128 * (columns + 128 + 2);
        const taken = 6 * weights * rows * members * epochs;
        const allowed = operations + operationsPerRow * rows;
        expect(taken).toBeLessThanOrEqual(Math.max(allowed, 6 * weights * rows * 10));
      }
    }
  });

  it('leaves alone what the caller has chosen, and other plans', () => {
    expect(sizeOf(100_000, 10, { members: 8 })).toEqual([8, 11]);
    expect(sizeOf(100_000, 10, { maxIter: 150 })).toEqual([2, 150]);
    expect(planOf({ members: 8, maxIter: 150 }).budget).toBeUndefined();
    const plain = new Classifier({ members: 8 }).plan;
    expect(sizedPlan(plain, matrix(1e6, 10), 2)).toBe(plain);
  });

  it('has folds for as many members as are left, and is gone from the sized plan', () => {
    const sized = sizedPlan(planOf(), matrix(30_000, 10), 2);
    expect(sized.ensemble).toEqual({ members: 4, folds: 4 });
    expect('budget' in sized).toBe(false);
    const few = sizedPlan(planOf(), matrix(300_000, 100), 2);
    expect(few.ensemble).toEqual({ members: 2 });
    const wide = sizedPlan(planOf(), matrix(100_000, 5_000), 2);
    expect(wide.ensemble).toBeUndefined();
  });

  it('is saved and read with the plan', async () => {
    const model = await new Classifier({ preset: 'balanced', members: 2, hiddenLayerSizes: 3 }).fit(
      [[1], [2], [3], [4]],
      ['a', 'b', 'a', 'b'],
    );
    expect(model.plan.budget).toEqual({ ...planOf().budget, members: undefined, epochs: true });
  });
});
