/**
 * Losses and their adjoints on a backend, eq. (5), (10), (12), (19): exact to two units in the last place of
 * float32, at any finite logits, with every kind of target.
 */
import { describe, expect, it } from 'vitest';
import type { Backend, Loss, LossKind } from 'vinculum';
import {
  isCrossEntropy,
  LOSS_KINDS,
  outputOfLoss,
  referenceBackend,
  SCALARS,
} from 'vinculum/internal';
import { Draws } from './draws.ts';
import { beyondBound, ulp32, ulp64 } from './faults.ts';
import { resultsOf, runOps, type OpCase } from './op-program.ts';

/** Units of float64 by which the elementary functions of two backends may differ; each term of a sum adds one. */
const EVALUATION_ULPS = 2;

interface LossCase {
  readonly loss: Loss;
  readonly columns: number;
  readonly logits: ArrayLike<number>;
  readonly target: ArrayLike<number>;
  readonly labels?: boolean;
  readonly weights?: ArrayLike<number>;
}

function opCaseOf({ loss, columns, logits, target, labels, weights }: LossCase): OpCase {
  const rows = logits.length / columns;
  const weightSum = weights === undefined ? rows : Array.from(weights).reduce((a, b) => a + b, 0);
  return {
    rows,
    scalars: { inverseWeightSum: weightSum === 0 ? 0 : 1 / weightSum },
    tensors: {
      logits: { shape: ['N', columns], values: logits },
      y: { shape: ['N', columns] },
      losses: { shape: ['N'], type: 'float64' },
      bar: { shape: ['N', columns] },
      target: labels
        ? { shape: ['N'], type: 'int32', values: target }
        : { shape: ['N', columns], values: target },
      weights: { shape: ['N'], values: weights ?? new Float64Array(rows) },
    },
    ops: (tensor) => {
      const shared = {
        loss,
        logits: tensor('logits'),
        target: tensor('target'),
        ...(outputOfLoss(loss.kind) !== 'identity' && { probabilities: tensor('y') }),
        ...(weights && { rowWeights: tensor('weights') }),
      };
      return [
        { kind: 'loss', rowLosses: tensor('losses'), ...shared },
        { kind: 'lossAdjoint', out: tensor('bar'), ...shared },
      ];
    },
  };
}

function describeLoss(kind: LossKind, labelSmoothing = 0, delta = 1): Loss {
  return { kind, labelSmoothing, delta, quantile: kind === 'pinball' ? 0.8 : 0.5 };
}

/** Row losses and adjoints of a case on a backend and on the reference. */
function lossFaults(backend: Backend, label: string, lossCase: LossCase): string[] {
  const opCase = opCaseOf(lossCase);
  const names = ['losses', 'bar'];
  const [losses, bar] = resultsOf(backend, opCase, names) as [Float64Array, Float64Array];
  const [expected, expectedBar] = resultsOf(referenceBackend, opCase, names) as [
    Float64Array,
    Float64Array,
  ];
  const unit = backend.precision === 'float32' ? 2 ** -24 : 2 ** -53;
  const terms = lossCase.columns + 12;
  const hasY = outputOfLoss(lossCase.loss.kind) !== 'identity';
  return [
    ...beyondBound(
      `${label}: loss`,
      losses,
      expected,
      (j) => (EVALUATION_ULPS + lossCase.columns) * ulp64(expected[j]!),
    ),
    ...beyondBound(
      `${label}: loss in float32`,
      losses.map(Math.fround),
      expected,
      (j) => 2 * ulp32(expected[j]!),
    ),
    // Each adjoint is (y − t)·r or similar. Here t is at most 1, and so is y where the two nearly cancel.
    ...beyondBound(
      `${label}: adjoint`,
      bar,
      expectedBar,
      (j) => terms * unit * Math.max(Math.abs(expectedBar[j]!), hasY ? 1 : 0) + 2 ** -149,
    ),
  ];
}

const EXTREMES = [0, 20, -20, 1e3, -1e3, 3e38, -3e38].map(Math.fround);

export function suiteOfLosses(backend: Backend): void {
  describe('losses, eq. (5), (10), (12), (19)', () => {
    it('row losses are within 2 ULP and adjoints within the rounding, for every loss and kind of target', () => {
      const draws = new Draws(5);
      const faults: string[] = [];
      for (let turn = 0; turn < 200; turn++) {
        const kind = LOSS_KINDS[turn % LOSS_KINDS.length]!;
        const [rows, columns] = [draws.integer(1, 20), draws.logInteger(1, 70)];
        const labels = kind === 'softmax-cross-entropy' && draws.chance(0.5);
        const scale = draws.choice([0.1, 1, 10]);
        const target = labels
          ? draws.array(rows, () => draws.integer(0, columns - 1))
          : draws.array(rows * columns, () => Math.fround(draws.uniform()));
        const weights = draws.array(rows, () => Math.fround(draws.uniform(0, 2)));
        const lossCase: LossCase = {
          loss: describeLoss(
            kind,
            isCrossEntropy(kind) ? draws.choice([0, 0.1]) : 0,
            draws.choice([1, 0.5]),
          ),
          columns,
          logits: draws.array(rows * columns, () => Math.fround(scale * draws.normal())),
          target,
          labels,
          ...(draws.chance(0.5) && { weights }),
        };
        faults.push(
          ...lossFaults(backend, `turn ${turn}, ${kind}, ${rows} × ${columns}`, lossCase),
        );
      }
      expect(faults).toEqual([]);
    });

    it('CE([20, 0], 0) is 2.06e-9, not 0', () => {
      const lossCase = {
        loss: describeLoss('softmax-cross-entropy'),
        columns: 2,
        logits: [20, 0],
        target: [0],
        labels: true,
      };
      const [losses] = resultsOf(backend, opCaseOf(lossCase), ['losses']);
      expect(losses![0]).toBeCloseTo(2.061153620314381e-9, 22);
    });

    it('CE([3e38, −3e38], 1) is about 6e38', () => {
      const logits = [3e38, -3e38].map(Math.fround);
      const lossCase = {
        loss: describeLoss('softmax-cross-entropy'),
        columns: 2,
        logits,
        target: [1],
        labels: true,
      };
      const [losses] = resultsOf(backend, opCaseOf(lossCase), ['losses']);
      expect(losses![0]).toBe(logits[0]! - logits[1]!);
    });

    it('no pair or triple of extreme logits gives a NaN in loss, probabilities or adjoint', () => {
      const faults: string[] = [];
      const triples = EXTREMES.flatMap((a) =>
        EXTREMES.flatMap((b) => EXTREMES.map((c) => [a, b, c])),
      );
      for (const kind of ['softmax-cross-entropy', 'binary-cross-entropy'] as const) {
        for (const smoothing of [0, 0.1]) {
          for (const hot of [0, 1, 2]) {
            const target = triples.flatMap(() => [0, 1, 2].map((k) => (k === hot ? 1 : 0)));
            faults.push(
              ...lossFaults(backend, `${kind}, smoothing ${smoothing}, target ${hot}`, {
                loss: describeLoss(kind, smoothing),
                columns: 3,
                logits: triples.flat(),
                target,
              }),
            );
          }
        }
      }
      const opCase = opCaseOf({
        loss: describeLoss('softmax-cross-entropy'),
        columns: 3,
        logits: triples.flat(),
        target: triples.map((_, n) => n % 3),
        labels: true,
      });
      for (const values of resultsOf(backend, opCase, ['y', 'losses', 'bar'])) {
        expect(values.every((value) => Number.isFinite(value))).toBe(true);
      }
      expect(faults).toEqual([]);
    });

    it('a row of y sums to 1 and a row of its adjoint to 0', () => {
      const draws = new Draws(9);
      const logits = draws.array(64 * 10, () => Math.fround(5 * draws.normal()));
      const target = Array.from({ length: 64 }, (_, n) => n % 10);
      const lossCase = {
        loss: describeLoss('softmax-cross-entropy'),
        columns: 10,
        logits,
        target,
        labels: true,
      };
      const [y, bar] = resultsOf(backend, opCaseOf(lossCase), ['y', 'bar']);
      for (let n = 0; n < 64; n++) {
        const sum = (values: Float64Array): number =>
          values.slice(n * 10, (n + 1) * 10).reduce((total, value) => total + value, 0);
        expect(Math.abs(sum(y!) - 1)).toBeLessThan(1e-6);
        expect(Math.abs(sum(bar!))).toBeLessThan(1e-7);
      }
    });

    it('adding up to 2^20 to every logit of a row changes its loss by no more than the rounding of z', () => {
      const base = [0.5, -1.25, 3, 0].map(Math.fround);
      for (const shift of [1, 1024, 2 ** 20]) {
        const logits = base.map((z) => Math.fround(z + shift));
        const lossOf = (values: number[]): number => {
          const lossCase = {
            loss: describeLoss('softmax-cross-entropy'),
            columns: 4,
            logits: values,
            target: [1],
            labels: true,
          };
          return resultsOf(backend, opCaseOf(lossCase), ['losses'])[0]![0]!;
        };
        expect(Math.abs(lossOf(logits) - lossOf(base))).toBeLessThanOrEqual(2 * ulp32(shift));
      }
    });

    it('the scalar is Σ w ℓ over the rows', () => {
      const draws = new Draws(31);
      const rows = 5000;
      const weights = draws.array(rows, () => Math.fround(draws.uniform()));
      const lossCase: LossCase = {
        loss: describeLoss('mse'),
        columns: 1,
        logits: draws.array(rows, () => Math.fround(draws.normal())),
        target: draws.array(rows, () => Math.fround(draws.normal())),
        weights,
      };
      const executable = runOps(backend, opCaseOf(lossCase));
      const losses = executable.view('losses');
      const expected = weights.reduce((sum, weight, n) => sum + weight * losses[n]!, 0);
      expect(Math.abs(executable.scalars[SCALARS.loss]! - expected)).toBeLessThan(
        1e-13 * expected * 10,
      );
      executable.close();
    });
  });
}
