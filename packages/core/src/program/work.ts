/**
 * Counts the arithmetic of a phase, so that a backend can decide whether a second thread makes it faster.
 */
import type { Op } from './program.ts';

/** Floating point operations of a phase: those for each row, and those that do not depend on the number of rows. */
export interface Work {
  readonly perRow: number;
  readonly fixed: number;
}

/** For each parameter, an update takes about as long as this number of operations in a matrix product. */
const OPERATIONS_PER_PARAMETER = 16;

/** The work of a phase. Only ops that can take long are counted: matrix products, and the update of the parameters. */
export function workOf(ops: readonly Op[]): Work {
  let perRow = 0;
  let fixed = 0;
  for (const op of ops) {
    if (op.kind === 'dense' || op.kind === 'denseInputAdjoint') perRow += 2 * op.weight.size;
    else if (op.kind === 'denseWeightAdjoint') perRow += 2 * op.weightBar.size;
    else if (op.kind === 'update') fixed += OPERATIONS_PER_PARAMETER * op.parameters.size;
    else if (op.kind === 'limitNorms') fixed += 3 * op.weight.size;
    else if (op.kind === 'packWeights') fixed += 2 * op.weight.size;
    else if (op.kind === 'sumOfSquares') fixed += 2 * op.source.size;
  }
  return { perRow, fixed };
}
