/**
 * The run that `fit` and `trainer` use: a data set that does not fit its window, and shards against an explicit tree of
 * their adjoints.
 */
import { describe, expect, it } from 'vitest';
import { registeredBackends } from '../backends/registry.ts';
import type { Backend } from '../backends/contract.ts';
import { readMatrix } from '../arrays/matrix.ts';
import { readTargets } from '../arrays/targets.ts';
import { network, stateOf } from '../model/network.ts';
import { atOnce } from '../model/runner.ts';
import { dense } from '../network/layers/dense.ts';
import { dropout } from '../network/layers/dropout.ts';
import { sgd } from '../optim/sgd.ts';
import { SCALARS } from '../program/scalars.ts';
import { DataSet, type RowSet } from './data-set.ts';
import { RowSums } from './row-sums.ts';
import { TrainingRun } from './run.ts';
import { readStepSettings, type StepOptions } from './settings.ts';

const BACKENDS = registeredBackends().filter((backend) => backend.unavailable() === undefined);

const ROWS = 23;
const LOSS = 'softmax-cross-entropy';

/** Rows of floats or bytes, class indices or soft rows, with or without weights. */
function rowSet(kind: 'floats' | 'bytes', soft: boolean, weighted: boolean, first = 0): RowSet {
  const values = Array.from({ length: ROWS * 3 }, (_, i) => Math.sin((i + first) * 1.7));
  const x =
    kind === 'floats'
      ? { data: Float64Array.from(values), shape: [ROWS, 3] }
      : { data: Uint8Array.from(values, (v) => 100 + 100 * v), shape: [ROWS, 3], scale: 1 / 255 };
  const y = Array.from({ length: ROWS }, (_, i) => (soft ? [0.25, 0.75] : (i + first) % 2));
  const weights = weighted ? Float64Array.from({ length: ROWS }, (_, i) => (i % 4) / 3) : undefined;
  const rules = { loss: LOSS, outputs: 2, rows: ROWS } as const;
  return { matrix: readMatrix(x), targets: readTargets('test', y, rules), weights };
}

interface Outcome {
  readonly parameters: Float32Array | Float64Array;
  readonly losses: readonly number[];
  readonly metrics: Record<string, number>;
}

/** Six steps over all rows, in an order that mixes them, then an evaluation. */
function run(
  backend: Backend,
  parts: readonly RowSet[],
  options: Partial<StepOptions>,
  windowLimit?: number,
): Outcome {
  const layers = [dense(5, { activation: 'elu' }), dropout(0.2), dense(2)];
  const state = stateOf('test', network({ inputs: 3, layers, seed: 4 }));
  const settings = readStepSettings('test', { loss: LOSS, seed: 9, ...options }, state);
  const data = new DataSet(parts, backend.precision);
  const training = new TrainingRun({
    where: 'test',
    network: state,
    settings,
    backend,
    data,
    capacity: 8,
    keepBest: false,
    metrics: ['accuracy'],
    ...(windowLimit !== undefined && { windowLimit }),
  });
  const order = Uint32Array.from({ length: data.rows }, (_, i) => (i * 5 + 2) % data.rows);
  const losses: number[] = [];
  for (let i = 0; i < 6; i++) {
    expect(training.step(order, (i * 7) % 15, i === 3 ? 3 : 8)).toBe(true);
    losses.push(training.loss, training.gradientNorm, training.weightSum);
  }
  const metrics = training.metrics.results();
  const pass = new RowSums(['accuracy'], LOSS, 2);
  for (const pending of training.evaluate(order.subarray(data.rows - 8), 8, pass)) {
    expect(pending).toBeUndefined();
  }
  losses.push(pass.result().loss, pass.weightSum);
  const parameters = training.parameters.slice();
  training.close();
  return { parameters, losses, metrics };
}

describe.each(BACKENDS)('a run on $name', (backend) => {
  it.each([
    ['floats', false, false],
    ['floats', true, true],
    ['bytes', false, true],
    ['bytes', true, false],
  ] as const)(
    'gives the same bits with a window of one batch as with a window of all rows: %s, soft %o, weighted %o',
    (kind, soft, weighted) => {
      const parts = [rowSet(kind, soft, weighted)];
      expect(run(backend, parts, {}, 0)).toEqual(run(backend, parts, {}));
    },
  );

  it('gives the same bits with a window of one batch for two data sets of different types', () => {
    const parts = [rowSet('bytes', false, true), rowSet('floats', true, false, 7)];
    expect(run(backend, parts, {}, 0)).toEqual(run(backend, parts, {}));
    expect(run(backend, parts, { shards: 3 }, 0)).toEqual(run(backend, parts, { shards: 3 }));
  });

  it.each([
    ['all rows is filled before the run, so it keeps the rows as they were', undefined, false],
    ['one batch is filled during the run, from the arrays of the caller', 0, true],
  ] as const)('a window of %s', (_, windowLimit, changes) => {
    const { matrix, targets, weights } = rowSet('floats', false, false);
    const x = matrix.data.slice();
    const set = { matrix: readMatrix({ data: x, shape: [ROWS, 3] }), targets, weights };
    const training = open(backend, set, 1, windowLimit);
    const order = Uint32Array.from({ length: 8 }, (_unused, i) => i);
    const lossOf = (): number => {
      atOnce(training.forward(order, 0, 8));
      return training.loss;
    };
    const before = lossOf();
    x.fill(0);
    const after = lossOf();
    training.close();
    expect(after !== before).toBe(changes);
  });

  it.each([1, 2, 3, 4, 7, 8, 9])(
    'with S = %i shards depends only on S, and is close to a run with one shard',
    (shards) => {
      const set = rowSet('floats', false, true);
      const optimizer = sgd({ learningRate: 0.5 });
      const found = run(backend, [set], { shards, optimizer });
      expect(run(backend, [set], { shards, optimizer })).toEqual(found);
      const whole = run(backend, [set], { optimizer });
      found.parameters.forEach((one, i) => expect(one).toBeCloseTo(whole.parameters[i]!, 4));
      found.losses.forEach((one, i) => expect(one).toBeCloseTo(whole.losses[i]!, 4));
      expect(found.metrics).toEqual(whole.metrics);
    },
  );

  it.each([1, 2, 3, 4, 7, 9])(
    'with %i shards has the bits of the explicit tree of their adjoints',
    (shards) => {
      const rows = 7;
      const order = Uint32Array.of(3, 0, 11, 5, 20, 8, 2);
      const set = rowSet('floats', false, true);
      const sharded = open(backend, set, shards);
      atOnce(sharded.forward(order, 0, rows));
      atOnce(sharded.backward(order, 0, rows));
      const whole = open(backend, set, 1);
      // The whole batch sets Σ w and t. Then each shard is computed by itself.
      atOnce(whole.forward(order, 0, rows));
      const leaves = Array.from({ length: shards }, (_, shard) => {
        const first = Math.floor((shard * rows) / shards);
        return shardAdjoints(
          whole,
          order,
          first,
          Math.floor(((shard + 1) * rows) / shards) - first,
        );
      });
      const expected = tree(leaves);
      sharded.adjoints.forEach((one, i) => expect(one).toBe(expected[i]));
      sharded.close();
      whole.close();
    },
  );
});

function open(backend: Backend, set: RowSet, shards: number, windowLimit?: number): TrainingRun {
  const layers = [dense(4, { activation: 'tanh' }), dropout(0.5), dense(2)];
  const state = stateOf('test', network({ inputs: 3, layers, seed: 4 }));
  return new TrainingRun({
    where: 'test',
    network: state,
    settings: readStepSettings('test', { loss: LOSS, shards }, state),
    backend,
    data: new DataSet([set], backend.precision),
    capacity: 8,
    keepBest: false,
    ...(windowLimit !== undefined && { windowLimit }),
  });
}

/** The adjoints of some rows of a batch whose scalars are set already; +0 without rows. */
function shardAdjoints(
  whole: TrainingRun,
  order: Uint32Array,
  first: number,
  count: number,
): Float32Array | Float64Array {
  if (count === 0) return whole.adjoints.slice().fill(0);
  whole.view('rows').set(order.subarray(first, first + count));
  whole.scalars[SCALARS.rows] = count;
  whole.scalars[SCALARS.rowOffset] = first;
  atOnce(whole.run('forward'));
  atOnce(whole.run('backward'));
  return whole.adjoints.slice();
}

/** Pairs of equally many shards are joined as they come, older + newer, and the rest from the newest to the oldest. */
function tree(leaves: readonly (Float32Array | Float64Array)[]): Float32Array | Float64Array {
  const stack: { size: number; values: Float32Array | Float64Array }[] = [];
  const join = (): void => {
    const newer = stack.pop()!;
    const older = stack.pop()!;
    const values = older.values.map((one, i) => one + newer.values[i]!);
    stack.push({ size: older.size + newer.size, values });
  };
  for (const values of leaves) {
    stack.push({ size: 1, values });
    while (stack.length > 1 && stack.at(-1)!.size === stack.at(-2)!.size) join();
  }
  while (stack.length > 1) join();
  return stack[0]!.values;
}
