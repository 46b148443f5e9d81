/**
 * Measures a gradient before it is used: ‖g‖² for clipping, eq. (30), and max |g|, which shows a NaN or an infinity
 * even if the sum of squares overflows.
 */
import type { SumOfSquaresOp } from '../../program/program.ts';
import type { Memory, Run } from './memory.ts';

export function sumOfSquares(op: SumOfSquaresOp, memory: Memory): Run {
  const { source } = memory.of(op);
  return () => {
    let sum = 0;
    let largest = 0;
    for (let j = 0; j < op.source.size; j++) {
      const g = source[j]!;
      sum += g * g;
      // Math.max keeps NaN.
      largest = Math.max(largest, Math.abs(g));
    }
    memory.setScalar('normSquared', sum);
    memory.setScalar('maxAbsolute', largest);
  };
}
