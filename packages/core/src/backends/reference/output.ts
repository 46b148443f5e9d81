/**
 * The output functions that `predict` applies: y = softmax(z), row by row, y = σ(z) or y = exp(z): eq. (4), (9).
 */
import type { OutputFunction } from '../../losses/loss.ts';
import type { OutputOp } from '../../program/program.ts';
import { sigmoid } from './activation.ts';
import { columnsOf, type TensorView } from '../contract.ts';
import type { Memory, Run } from './memory.ts';

export function output(op: OutputOp, memory: Memory): Run {
  const { out, logits } = memory.of(op);
  const columns = columnsOf(op.logits);
  return () => {
    for (let n = 0; n < memory.rows(); n++) {
      outputRow(op.function, out, logits, n * columns, columns);
    }
  };
}

/** The place of the first maximum of a row; a NaN counts as the maximum, so that it is not lost. */
export function firstMaximum(logits: TensorView, start: number, columns: number): number {
  let best = 0;
  for (let k = 1; k < columns; k++) {
    const value = logits[start + k]!;
    const known = logits[start + best]!;
    if (value > known || (Number.isNaN(value) && !Number.isNaN(known))) best = k;
  }
  return best;
}

/** yₖ = exp(zₖ − max) / Σ exp(zⱼ − max), eq. (4), (9): no exponential overflows, and one of them is 1. */
function softmaxRow(out: TensorView, logits: TensorView, start: number, columns: number): void {
  const maximum = logits[start + firstMaximum(logits, start, columns)]!;
  let sum = 0;
  for (let k = 0; k < columns; k++) sum += Math.exp(logits[start + k]! - maximum);
  for (let k = 0; k < columns; k++) {
    out[start + k] = Math.exp(logits[start + k]! - maximum) / sum;
  }
}

/** y of one row. */
export function outputRow(
  name: OutputFunction,
  out: TensorView,
  logits: TensorView,
  start: number,
  columns: number,
): void {
  if (name === 'softmax') return softmaxRow(out, logits, start, columns);
  const apply = ELEMENTWISE[name];
  for (let k = start; k < start + columns; k++) out[k] = apply(logits[k]!);
}

const ELEMENTWISE = {
  identity: (z: number): number => z,
  sigmoid,
  exp: Math.exp,
} as const satisfies Record<Exclude<OutputFunction, 'softmax'>, (z: number) => number>;
