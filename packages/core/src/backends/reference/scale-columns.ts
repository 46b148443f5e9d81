/**
 * A factor for each column, and a shift: forward, eq. (35), and the adjoints of both, eq. (36). The adjoint of the
 * input, eq. (37), is the same map without a shift. Letters: n a row of the batch, c a column.
 */
import type { ScaleColumnsOp, ScaleColumnsWeightAdjointOp } from '../../program/program.ts';
import { columnsOf } from '../contract.ts';
import type { Memory, Run } from './memory.ts';

/** out = s ∘ input + b, row by row: eq. (35), (37). */
export function scaleColumns(op: ScaleColumnsOp, memory: Memory): Run {
  const { out, input, weight, bias } = memory.of(op);
  const columns = columnsOf(op.out);
  return () => {
    for (let n = 0; n < memory.rows(); n++) {
      for (let c = 0; c < columns; c++) {
        out[n * columns + c] = input[n * columns + c]! * weight[c]! + (bias?.[c] ?? 0);
      }
    }
  };
}

/** s̄ = Σₙ h̄ₙ ∘ xₙ and b̄ = Σₙ h̄ₙ: eq. (36). Overwrites. */
export function scaleColumnsWeightAdjoint(op: ScaleColumnsWeightAdjointOp, memory: Memory): Run {
  const { weightBar, biasBar, outBar, input } = memory.of(op);
  const columns = columnsOf(op.outBar);
  return () => {
    for (let c = 0; c < columns; c++) {
      let products = 0;
      let sum = 0;
      for (let n = 0; n < memory.rows(); n++) {
        products += outBar[n * columns + c]! * input[n * columns + c]!;
        sum += outBar[n * columns + c]!;
      }
      weightBar[c] = products;
      if (biasBar !== undefined) biasBar[c] = sum;
    }
  };
}
