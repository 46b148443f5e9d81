import { describe, expect, it } from 'vitest';
import { buffersFor, LocalReducer } from './reducer.ts';
import { RowSums } from './row-sums.ts';

const f = Math.fround;

/** The expected result of the tree: pairs of equal size are joined as they come, and the rest from the newest to the oldest. */
function tree(leaves: readonly number[]): number {
  const stack: { size: number; value: number }[] = [];
  const join = (): void => {
    const newer = stack.pop()!;
    const older = stack.pop()!;
    stack.push({ size: older.size + newer.size, value: f(older.value + newer.value) });
  };
  for (const value of leaves) {
    stack.push({ size: 1, value });
    while (stack.length > 1 && stack.at(-1)!.size === stack.at(-2)!.size) join();
  }
  while (stack.length > 1) join();
  return stack[0]!.value;
}

const newSums = (): RowSums => new RowSums(['mse'], 'mse', 1);

/** A shard of one row with this loss. */
function addRow(reducer: LocalReducer, loss: number): void {
  reducer.sums.add(loss, 1, Float32Array.of(loss), Float64Array.of(0), 1);
  reducer.add();
}

function merge(leaves: readonly (number | undefined)[]): [adjoint: number, loss: number] {
  const adjoints = new Float32Array(3);
  const buffers = new Map<string, Float32Array>();
  const sharded = new LocalReducer({
    shards: leaves.length,
    adjoints,
    view(name) {
      const buffer = new Float32Array(3).fill(NaN);
      buffers.set(name, buffer);
      return buffer;
    },
    newSums,
  });
  expect(buffers.size).toBe(buffersFor(leaves.length));
  for (let batch = 0; batch < 2; batch++) {
    sharded.begin(true);
    for (const leaf of leaves) {
      if (leaf === undefined) {
        sharded.addEmpty();
        continue;
      }
      adjoints.fill(leaf);
      addRow(sharded, leaf);
    }
    sharded.finish();
    expect(sharded.sums.metrics.rows).toBe(leaves.filter((leaf) => leaf !== undefined).length);
    if (batch === 1) return [adjoints[2]!, sharded.sums.lossSum];
  }
  throw new Error('unreachable');
}

describe('LocalReducer', () => {
  it('needs ⌈log₂ S⌉ + 1 spare buffers, but none for one shard', () => {
    expect([1, 2, 3, 4, 5, 7, 8, 9, 4096].map((shards) => buffersFor(shards))).toEqual([
      0, 2, 3, 3, 4, 4, 4, 5, 13,
    ]);
  });

  it.each([2, 3, 4, 5, 6, 7, 8, 13, 16, 31])('adds %i shards like the explicit tree', (shards) => {
    const leaves = Array.from({ length: shards }, (_, i) => f(Math.sin(i * 7.3) * 10 ** (i % 7)));
    const [adjoint, loss] = merge(leaves);
    expect(adjoint).toBe(tree(leaves));
    expect(loss).toBeCloseTo(
      leaves.reduce((sum, one) => sum + one, 0),
      6,
    );
  });

  it('adds +0 for an empty shard', () => {
    expect(merge([undefined, 2, undefined])).toEqual([2, 2]);
    const [adjoint] = merge([undefined, undefined]);
    expect(Object.is(adjoint, 0)).toBe(true);
  });

  it('can join only the sums, and then does not change the adjoints', () => {
    const adjoints = Float32Array.of(1, 2, 3);
    const view = (): Float32Array => new Float32Array(3);
    const sharded = new LocalReducer({ shards: 3, adjoints, view, newSums });
    sharded.begin(false);
    addRow(sharded, 1);
    sharded.addEmpty();
    addRow(sharded, 2);
    sharded.finish();
    expect(sharded.sums.lossSum).toBe(3);
    expect(adjoints).toEqual(Float32Array.of(1, 2, 3));
  });
});
