/** Trainings whose rows are prepared, put away and read chunk by chunk: what they equal, and which of their rows are judged. */
import { describe, expect, it } from 'vitest';
import type { Table } from '../tables/table.ts';
import { chunkRowsFor, judgedEvery } from './chunking.ts';
import { Classifier } from './classifier.ts';
import { judgedRows, ofAllRows, placesAmong } from './judged-rows.ts';
import type { EstimatorOptions } from './options.ts';
import type { TrainPlan } from './plan.ts';
import { learn } from './recipe.ts';
import type { RecipeResult, TargetRows } from './recipe.ts';
import { Regressor } from './regressor.ts';
import { estimatorState, restoreEstimator } from './restore.ts';
import { MemoryStorage } from './row-storage.ts';

const ROWS = 90;
const LEVELS = ['red', 'green', null, 'blue'];
const A = Float64Array.from({ length: ROWS }, (_, row) => (row % 7 === 3 ? NaN : Math.sin(row)));
const TABLE: Table = {
  rowCount: ROWS,
  columns: [
    { name: 'a', kind: 'number', values: A },
    { name: 'b', kind: 'text', values: Array.from(A, (_, row) => LEVELS[(row * row) % 4] ?? null) },
    { name: 'c', kind: 'boolean', values: Array.from(A, (_, row) => row % 3 === 0) },
  ],
};
const Y = Float64Array.from(A, (a, row) => (Number.isNaN(a) ? 1 : a) + (row % 3));
const NUMBERS: TargetRows = {
  rows: TABLE,
  targets: Y,
  columns: 1,
  sampleWeights: Y.map((y) => 1 + y ** 2),
};
const CLASSES: TargetRows = {
  rows: TABLE,
  targets: Int32Array.from(Y, (y) => Number(y > 1)),
  columns: 1,
};

const SMALL: EstimatorOptions = {
  hiddenLayerSizes: [5],
  maxIter: 4,
  preset: 'balanced',
  members: 2,
};

/** The results of a training without its times. */
function outcome({ networks, histories, preparation, ...result }: RecipeResult): unknown {
  const { notes: _how, ...learned } = preparation;
  return {
    parameters: networks.map((one) => one.parameters()),
    losses: histories.map(({ epochs }) => epochs.map(({ loss, validation }) => [loss, validation])),
    preparation: learned,
    outOfFold: result.outOfFold,
    calibration: result.calibration,
    targetScaler: result.targetScaler,
  };
}

function train(
  known: TargetRows,
  plan: TrainPlan,
  own: { chunkRows?: number; storage?: () => MemoryStorage; validation?: TargetRows } = {},
): Promise<RecipeResult> {
  const { chunkRows, storage, validation } = own;
  return learn({
    where: 'fit',
    plan: chunkRows === undefined ? plan : { ...plan, chunkRows },
    known,
    validation,
    outputs: known === CLASSES ? 2 : 1,
    classWeights: known === CLASSES ? 'balanced' : undefined,
    run: { storage },
  });
}

describe('a training in chunks', () => {
  it('of one chunk has the bits of a training that shuffles all rows, alone and in an ensemble', async () => {
    for (const members of [1, 2]) {
      const { plan } = new Regressor({ ...SMALL, members });
      const whole = await train(NUMBERS, plan);
      const chunked = await train(NUMBERS, plan, { chunkRows: ROWS });
      expect(outcome(chunked)).toStrictEqual(outcome(whole));
      expect(whole.chunkRows).toBeUndefined();
    }
    const { plan } = new Classifier(SMALL);
    const whole = await train(CLASSES, plan, { validation: CLASSES });
    const chunked = await train(CLASSES, plan, { chunkRows: 1000, validation: CLASSES });
    expect(outcome(chunked)).toStrictEqual(outcome(whole));
  });

  it('has the same bits from any storage, which is closed at the end', async () => {
    const { plan } = new Regressor(SMALL);
    const inMemory = await train(NUMBERS, plan, { chunkRows: 16 });
    let closed = 0;
    let bytes = 0;
    class Watched extends MemoryStorage {
      override append(part: Uint8Array): number {
        bytes += part.length;
        return super.append(part);
      }
      override close(): void {
        closed++;
        super.close();
      }
    }
    const stored = await train(NUMBERS, plan, { chunkRows: 16, storage: () => new Watched() });
    expect(outcome(stored)).toStrictEqual(outcome(inMemory));
    expect(outcome(stored)).not.toStrictEqual(outcome(await train(NUMBERS, plan)));
    expect(closed).toBe(1);
    // The inputs, the target and the weight of each row.
    expect(bytes).toBe(ROWS * (4 * stored.preparation.width + 4 + 8));
    expect(stored.preparation.notes).toMatchObject([{ code: 'chunks' }]);
  });

  it('is a part of the model, which trains in chunks again', async () => {
    const rows = Array.from(A, (a, row) => ({ a: Number.isNaN(a) ? null : a, row }));
    const fitted = await new Regressor({ ...SMALL, members: 1 }).fit(rows, Y);
    const { networks, ...parts } = await train(NUMBERS, fitted.plan, { chunkRows: 16 });
    const { network: _one, ...state } = estimatorState(fitted)!;
    const plan = { ...fitted.plan, chunkRows: parts.chunkRows };
    const again = restoreEstimator('test', { ...state, plan }, [fitted.network]);
    const learned = await (again as unknown as Regressor).fit(rows, Y);
    expect(learned.notes).toMatchObject([{ code: 'chunks' }]);
    expect(estimatorState(learned)?.plan?.chunkRows).toBe(16);
    expect(networks).toHaveLength(1);
  });
});

describe('the size of a table', () => {
  const table = (rowCount: number, columns: number): Table => ({
    rowCount,
    columns: Array.from({ length: columns }, (_, name) => ({
      name: String(name),
      kind: 'number',
      values: new Float64Array(0),
    })),
  });
  const { plan } = new Regressor();

  it('decides whether there are chunks, and how many rows they have', () => {
    expect(chunkRowsFor(plan, table(900_000, 9))).toBeUndefined();
    expect(chunkRowsFor(plan, table(1_000_000, 9))).toBe(65_536);
    expect(chunkRowsFor(plan, table(100_000, 100))).toBe(8192);
    expect(chunkRowsFor(plan, table(10_000, 5000))).toBe(1024);
    expect(chunkRowsFor({ ...plan, chunkRows: 7 }, table(20, 2))).toBe(7);
    const data = new Float64Array(0);
    expect(chunkRowsFor(plan, { data, rows: 1e7, columns: 9, scale: 1 })).toBeUndefined();
  });

  it('decides how many rows are judged, so that their number has a bound', () => {
    expect(judgedEvery(262_144, 9)).toBe(1);
    expect(judgedEvery(262_145, 9)).toBe(2);
    expect(judgedEvery(5_000_000, 9)).toBe(20);
    expect(judgedEvery(100, 1e9)).toBe(100);
  });
});

it('judges every n-th row by its own targets and weights, and names it by its number', () => {
  const inputs = { data: new Float32Array(18), rows: 18, columns: 1, scale: 1 };
  const judged = judgedRows(NUMBERS, { inputs, every: 5 });
  expect(judged.targets).toHaveLength(18);
  expect([judged.targets[3], judged.sampleWeights?.[3]]).toStrictEqual([Y[15], 1 + Y[15]! ** 2]);
  expect(placesAmong(Uint32Array.of(1, 5, 7, 20), 5)).toStrictEqual(Uint32Array.of(1, 4));
  const said = {
    rows: Uint32Array.of(1, 4),
    outputs: { data: new Float64Array(2), shape: [2, 1] },
  };
  const all = ofAllRows({ ...said, missing: 3, metrics: {} } as never, 5);
  expect(all?.rows).toStrictEqual(Uint32Array.of(5, 20));
});
