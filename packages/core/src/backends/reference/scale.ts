/**
 * out = input · scalar. It computes, only for the trace, quantities that a fused update never stores, such as the
 * clipped gradient of eq. (30) and m̂, v̂ of eq. (28).
 */
import type { ScaleOp } from '../../program/program.ts';
import type { Memory, Run } from './memory.ts';

export function scale(op: ScaleOp, memory: Memory): Run {
  const { out, input } = memory.of(op);
  return () => {
    const factor = memory.scalar(op.factor);
    for (let j = 0; j < op.out.size; j++) out[j] = input[j]! * factor;
  };
}
