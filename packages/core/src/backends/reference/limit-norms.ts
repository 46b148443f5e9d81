/**
 * Rows of a weight that are longer than the limit become as long as it: w ← w · c/‖w‖ if ‖w‖ > c. A row holds the weights of
 * all inputs of one unit. It comes after the step of the optimiser.
 */
import type { LimitNormsOp } from '../../program/program.ts';
import type { Memory, Run } from './memory.ts';

export function limitNorms(op: LimitNormsOp, memory: Memory): Run {
  const { weight } = memory.of(op);
  const [fanOut, fanIn] = op.weight.shape as readonly [number, number];
  return () => {
    for (let o = 0; o < fanOut; o++) {
      let squares = 0;
      for (let i = 0; i < fanIn; i++) squares += weight[o * fanIn + i]! * weight[o * fanIn + i]!;
      const norm = Math.sqrt(squares);
      if (!(norm > op.limit)) continue;
      for (let i = 0; i < fanIn; i++) weight[o * fanIn + i]! *= op.limit / norm;
    }
  };
}
