/**
 * The loss, its adjoint and the output functions against plain loops in the stated order, bit for bit: eq. (4),
 * (5), (9), (10), (12), (19), for labels, soft rows, smoothing and row weights.
 */
import { describe, expect, it } from 'vitest';
import type { Executable, Loss, LossKind } from 'vinculum';
import {
  isCrossEntropy,
  LOSS_KINDS,
  lossFacts,
  outputOfLoss,
  sigmoid,
  wasmBackend,
} from 'vinculum/internal';
import { Draws } from '../draws.ts';
import { differingBits } from '../faults.ts';
import { resultsOf, runOps } from '../op-program.ts';
import { numbers, SIZES } from './kernel-case.ts';
import { blockSum, rowAdjoint, rowLoss, scalarOf, softmaxRow } from './twin.ts';

interface LossCase {
  readonly loss: Loss;
  readonly rows: number;
  readonly columns: number;
  readonly logits: Float32Array;
  readonly labels?: Int32Array;
  /** The target of each output; one-hot rows if the case has labels. */
  readonly target: Float32Array;
  readonly weights?: Float32Array;
  readonly inverse: number;
}

function run(one: LossCase): Executable {
  const { loss, rows, columns } = one;
  const hasY = outputOfLoss(loss.kind) !== 'identity';
  return runOps(wasmBackend, {
    rows,
    tensors: {
      logits: { shape: ['N', columns], values: one.logits },
      y: { shape: ['N', columns] },
      rowLosses: { shape: ['N'], type: 'float64' },
      logitsBar: { shape: ['N', columns] },
      target: one.labels
        ? { shape: ['N'], type: 'int32', values: one.labels }
        : { shape: ['N', columns], values: one.target },
      weights: { shape: ['N'], values: one.weights ?? new Float32Array(rows) },
    },
    ops: (tensor) => {
      const shared = {
        loss,
        logits: tensor('logits'),
        target: tensor('target'),
        ...(hasY && { probabilities: tensor('y') }),
        ...(one.weights && { rowWeights: tensor('weights') }),
      };
      return [
        { kind: 'loss', rowLosses: tensor('rowLosses'), ...shared },
        { kind: 'lossAdjoint', out: tensor('logitsBar'), ...shared },
      ];
    },
    scalars: { inverseWeightSum: one.inverse },
  });
}

function faultsOf(one: LossCase): string[] {
  const { loss, rows, columns } = one;
  const executable = run(one);
  const parameter = loss[lossFacts(loss.kind).parameter ?? 'labelSmoothing'];
  const losses: number[] = [];
  const bars: number[] = [];
  for (let n = 0; n < rows; n++) {
    const at = (values: Float32Array): Float32Array => values.slice(n * columns, (n + 1) * columns);
    const row = {
      z: at(one.logits),
      target: at(one.target),
      parameter,
      share: Math.fround((one.weights?.[n] ?? 1) * one.inverse),
    };
    losses.push(rowLoss(loss.kind, row));
    bars.push(...rowAdjoint(loss.kind, row));
  }
  const weighted = losses.map((value, n) => (one.weights?.[n] ?? 1) * value);
  const label = `${loss.kind} ${rows}×${columns}${one.labels ? ' labels' : ''} ${parameter}`;
  const faults = [
    ...differingBits(`row losses, ${label}`, executable.view('rowLosses'), losses),
    ...differingBits(`z̄, ${label}`, executable.view('logitsBar'), bars),
    ...differingBits(
      `loss, ${label}`,
      [scalarOf(executable.scalars, 'loss')],
      [blockSum(weighted)],
    ),
  ];
  executable.close();
  return faults;
}

function draw(draws: Draws, kind: LossKind, rows: number, columns: number): LossCase {
  const entropy = isCrossEntropy(kind);
  const loss: Loss = {
    kind,
    labelSmoothing: entropy && draws.chance(0.5) ? draws.uniform(0, 0.5) : 0,
    delta: kind === 'huber' ? draws.uniform(0.1, 3) : 1,
    quantile: kind === 'pinball' ? draws.uniform(0.01, 0.99) : 0.5,
  };
  const labels = Int32Array.from({ length: rows }, () => draws.integer(0, columns - 1));
  const hot = new Float32Array(rows * columns);
  labels.forEach((label, n) => {
    hot[n * columns + label] = 1;
  });
  const target = entropy ? hot.map(() => draws.uniform()) : numbers(draws, hot.length);
  const weights = Float32Array.from({ length: rows }, () => draws.uniform(0, 2));
  const usesLabels = kind === 'softmax-cross-entropy' && draws.chance(0.5);
  return {
    loss,
    rows,
    columns,
    logits: numbers(draws, hot.length),
    target: usesLabels ? hot : target,
    inverse: 1 / draws.uniform(1, 100),
    ...(usesLabels && { labels }),
    ...(draws.chance(0.5) && { weights }),
  };
}

describe('loss and lossAdjoint', () => {
  for (const kind of LOSS_KINDS) {
    it(`of ${kind} have the twin's bits for every number of outputs`, () => {
      const draws = new Draws(kind.length);
      const faults = SIZES.flatMap((columns) =>
        [1, 2, 7].flatMap((rows) => faultsOf(draw(draws, kind, rows, columns))),
      );
      expect(faults.slice(0, 5)).toEqual([]);
    });
  }

  it('sum rows in blocks of 4,096', () => {
    const draws = new Draws(4096);
    const faults = [4095, 4096, 4097, 8201].flatMap((rows) =>
      faultsOf(draw(draws, 'mse', rows, 1)),
    );
    expect(faults).toEqual([]);
  });

  it('give NaN for a NaN', () => {
    const draws = new Draws(13);
    for (const kind of LOSS_KINDS) {
      const one = draw(draws, kind, 1, 5);
      for (let c = 0; c < 5; c++) {
        const logits = one.logits.slice();
        logits[c] = Number.NaN;
        const executable = run({ ...one, logits });
        expect(scalarOf(executable.scalars, 'loss'), `${kind}, output ${c}`).toBeNaN();
        executable.close();
      }
    }
  });
});

describe('output', () => {
  it("has the twin's bits for every number of outputs", () => {
    const draws = new Draws(4);
    const faults = SIZES.flatMap((columns) => {
      const logits = numbers(draws, 3 * columns);
      const apply = (name: 'softmax' | 'sigmoid'): Float64Array =>
        resultsOf(
          wasmBackend,
          {
            rows: 3,
            tensors: {
              logits: { shape: ['N', columns], values: logits },
              y: { shape: ['N', columns] },
            },
            ops: (tensor) => [
              { kind: 'output', out: tensor('y'), logits: tensor('logits'), function: name },
            ],
          },
          ['y'],
        )[0]!;
      const rows = [0, 1, 2].map((n) => logits.slice(n * columns, (n + 1) * columns));
      return [
        ...differingBits(
          `softmax of ${columns}`,
          apply('softmax'),
          rows.flatMap((z) => [...softmaxRow(z).y]),
        ),
        ...differingBits(`sigmoid of ${columns}`, apply('sigmoid'), logits.map(sigmoid)),
      ];
    });
    expect(faults).toEqual([]);
  });

  it('gives NaN for a row with NaN, and right numbers for its neighbours', () => {
    const logits = Float32Array.of(1, 2, Number.NaN, 4, 1e38, -3e38, 3e38, 0);
    const [y] = resultsOf(
      wasmBackend,
      {
        rows: 2,
        tensors: { logits: { shape: ['N', 4], values: logits }, y: { shape: ['N', 4] } },
        ops: (tensor) => [
          { kind: 'output', out: tensor('y'), logits: tensor('logits'), function: 'softmax' },
        ],
      },
      ['y'],
    );
    expect([...y!]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN, 0, 0, 1, 0]);
  });
});
