/**
 * A row minus its mean, over its standard deviation: eq. (38), (39), and the adjoint of its input: eq. (42). Letters: n a
 * row of the batch, c a column.
 */
import type { NormalizeRowsAdjointOp, NormalizeRowsOp } from '../../program/program.ts';
import { columnsOf } from '../contract.ts';
import type { Memory, Run } from './memory.ts';

/** μ = mean(x), r = 1/√(mean((x − μ)²) + ε), eq. (38); x̂ = (x − μ) r, eq. (39). */
export function normalizeRows(op: NormalizeRowsOp, memory: Memory): Run {
  const { out, means, inverseDeviations, input } = memory.of(op);
  const columns = columnsOf(op.out);
  return () => {
    for (let n = 0; n < memory.rows(); n++) {
      const start = n * columns;
      let sum = 0;
      for (let c = 0; c < columns; c++) sum += input[start + c]!;
      const mean = sum / columns;
      let squares = 0;
      for (let c = 0; c < columns; c++) squares += (input[start + c]! - mean) ** 2;
      const r = 1 / Math.sqrt(squares / columns + op.epsilon);
      for (let c = 0; c < columns; c++) out[start + c] = (input[start + c]! - mean) * r;
      if (means !== undefined) means[n] = mean;
      if (inverseDeviations !== undefined) inverseDeviations[n] = r;
    }
  };
}

/** x̄ = r (g − mean(g) − x̂ mean(g ∘ x̂)), with g the adjoint of x̂: eq. (42). May run in place of g. */
export function normalizeRowsAdjoint(op: NormalizeRowsAdjointOp, memory: Memory): Run {
  const { out, input, normalized, inverseDeviations } = memory.of(op);
  const columns = columnsOf(op.out);
  return () => {
    for (let n = 0; n < memory.rows(); n++) {
      const start = n * columns;
      let sum = 0;
      let products = 0;
      for (let c = 0; c < columns; c++) {
        sum += input[start + c]!;
        products += input[start + c]! * normalized[start + c]!;
      }
      for (let c = 0; c < columns; c++) {
        const centred = input[start + c]! - sum / columns;
        const along = normalized[start + c]! * (products / columns);
        out[start + c] = inverseDeviations[n]! * (centred - along);
      }
    }
  };
}
