/**
 * The losses and their adjoints: eq. (5), (10) and eq. (12), (19). Cross-entropies work from the logits z,
 * so that no finite logits give an infinite logarithm of a rounded probability. If a row has several outputs, its loss
 * is the mean over them. Rows are weighted, and the loss of a batch is Σ w ℓ / Σ w.
 */
import type { Loss, LossKind } from '../../losses/loss.ts';
import type { LossAdjointOp, LossOp } from '../../program/program.ts';
import { columnsOf, lossFacts, type TensorView } from '../contract.ts';
import type { Memory, Run } from './memory.ts';
import { firstMaximum, outputRow } from './output.ts';

/** Row losses ℓₙ, their weighted sum as the scalar `loss`, and y of the cross-entropies: eq. (5), (10). */
export function loss(op: LossOp, memory: Memory): Run {
  const { logits, probabilities, rowLosses, target, rowWeights } = memory.of(op);
  const columns = columnsOf(op.logits);
  const targetAt = targetReader(target, columns);
  return () => {
    let sum = 0;
    for (let n = 0; n < memory.rows(); n++) {
      const start = n * columns;
      if (probabilities !== undefined) {
        outputRow(lossFacts(op.loss.kind).output, probabilities, logits, start, columns);
      }
      const value = rowLoss(op.loss, logits, start, columns, (k) => targetAt(n, k));
      rowLosses[n] = value;
      sum += (rowWeights?.[n] ?? 1) * value;
    }
    memory.setScalar('loss', sum);
  };
}

/** z̄ of the batch: eq. (12), and eq. (19) with rₙ = wₙ / Σ w in the place of 1/N. */
export function lossAdjoint(op: LossAdjointOp, memory: Memory): Run {
  const { out, logits, probabilities, target, rowWeights } = memory.of(op);
  const columns = columnsOf(op.logits);
  const targetAt = targetReader(target, columns);
  return () => {
    for (let n = 0; n < memory.rows(); n++) {
      const weight = (rowWeights?.[n] ?? 1) * memory.scalar('inverseWeightSum');
      for (let k = 0; k < columns; k++) {
        const t = smoothed(op.loss, targetAt(n, k), columns);
        const place = n * columns + k;
        out[place] =
          elementAdjoint(op.loss, logits[place]!, probabilities?.[place], t, columns) * weight;
      }
    }
  };
}

/** ∂ℓ/∂zₖ, such as y − t. */
function elementAdjoint(
  { kind, delta, quantile }: Loss,
  z: number,
  y: number | undefined,
  t: number,
  columns: number,
): number {
  const difference = z - t;
  switch (kind) {
    case 'softmax-cross-entropy':
      return y! - t;
    case 'binary-cross-entropy':
      return (y! - t) / columns;
    case 'mse':
      return (2 * difference) / columns;
    case 'mae':
      return Math.sign(difference) / columns;
    case 'huber':
      return (Math.abs(difference) <= delta ? difference : delta * Math.sign(difference)) / columns;
    case 'poisson':
      return (y! - t) / columns;
    case 'pinball':
      return (Math.sign(difference) * (difference > 0 ? 1 - quantile : quantile)) / columns;
    default:
      return kind satisfies never;
  }
}

function rowLoss(
  description: Loss,
  logits: TensorView,
  start: number,
  columns: number,
  target: (k: number) => number,
): number {
  const { kind } = description;
  if (kind === 'softmax-cross-entropy') {
    return softmaxCrossEntropy(description, logits, start, columns, target);
  }
  let sum = 0;
  for (let k = 0; k < columns; k++) {
    const t = smoothed(description, target(k), columns);
    sum += elementLoss({ ...description, kind }, logits[start + k]!, t);
  }
  return sum / columns;
}

/**
 * −Σ tₖ log yₖ = Σ tₖ ((max − zₖ) + log1p(Σ′ exp(z − max))), Σ′ over all logits except the first maximum. log1p of
 * Σ′ keeps a loss of 2e-9 that log(1 + 2e-9) would lose. A target of 0 contributes 0, not 0·∞.
 */
function softmaxCrossEntropy(
  description: Loss,
  logits: TensorView,
  start: number,
  columns: number,
  target: (k: number) => number,
): number {
  const best = firstMaximum(logits, start, columns);
  const maximum = logits[start + best]!;
  let rest = 0;
  for (let k = 0; k < columns; k++) {
    if (k !== best) rest += Math.exp(logits[start + k]! - maximum);
  }
  const logarithm = Math.log1p(rest);
  let sum = 0;
  for (let k = 0; k < columns; k++) {
    const t = smoothed(description, target(k), columns);
    if (t !== 0) sum += t * (maximum - logits[start + k]! + logarithm);
  }
  // A NaN among the logits must give a NaN, even if its own target is 0.
  return Number.isNaN(maximum) ? Number.NaN : sum;
}

/** The loss of one output, for losses that are the mean over the outputs of a row. */
function elementLoss(
  { kind, delta, quantile }: Loss & { readonly kind: Exclude<LossKind, 'softmax-cross-entropy'> },
  z: number,
  t: number,
): number {
  const distance = Math.abs(z - t);
  switch (kind) {
    case 'binary-cross-entropy':
      // −t log σ(z) − (1 − t) log(1 − σ(z)), with max(z, 0) by comparison, so that NaN stays NaN.
      return (z < 0 ? 0 : z) - z * t + Math.log1p(Math.exp(-Math.abs(z)));
    case 'mse':
      return distance * distance;
    case 'mae':
      return distance;
    case 'huber':
      return distance <= delta ? (distance * distance) / 2 : delta * (distance - delta / 2);
    case 'poisson':
      return Math.exp(z) - t * z;
    case 'pinball':
      return (t > z ? quantile : 1 - quantile) * distance;
    default:
      return kind satisfies never;
  }
}

/** t′ of label smoothing e: (1 − e) t + e/K for softmax, t (1 − e) + e/2 for binary cross-entropy. */
function smoothed({ kind, labelSmoothing }: Loss, t: number, columns: number): number {
  if (labelSmoothing === 0) return t;
  const floor = kind === 'binary-cross-entropy' ? 1 / 2 : 1 / columns;
  return t * (1 - labelSmoothing) + labelSmoothing * floor;
}

/** t of row n and output k: from rows of numbers, or 1 at the class index and 0 elsewhere. */
function targetReader(target: TensorView, columns: number): (n: number, k: number) => number {
  if (target instanceof Int32Array) return (n, k) => (target[n] === k ? 1 : 0);
  return (n, k) => target[n * columns + k]!;
}
