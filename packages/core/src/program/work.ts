/**
 * How much arithmetic a phase is, so that a backend can tell whether a second thread would pay.
 */
import type { Op } from './program.ts';

/** Floating point operations of a phase: for each row, and whatever the rows. */
export interface Work {
  readonly perRow: number;
  readonly fixed: number;
}

/** An update costs about as much as so many operations of a matrix product for each parameter. */
const OPERATIONS_PER_PARAMETER = 16;

/** The work of a phase; only what can grow large counts: matrix products, and the update of the parameters. */
export function workOf(ops: readonly Op[]): Work {
  let perRow = 0;
  let fixed = 0;
  for (const op of ops) {
    if (op.kind === 'dense' || op.kind === 'denseInputAdjoint') perRow += 2 * op.weight.size;
    else if (op.kind === 'denseWeightAdjoint') perRow += 2 * op.weightBar.size;
    else if (op.kind === 'update') fixed += OPERATIONS_PER_PARAMETER * op.parameters.size;
    else if (op.kind === 'packWeights') fixed += 2 * op.weight.size;
    else if (op.kind === 'sumOfSquares') fixed += 2 * op.source.size;
  }
  return { perRow, fixed };
}
