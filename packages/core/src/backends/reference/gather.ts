/**
 * Rows of the data window become a batch: out[i] = source[rows[i]], scaled if the types differ (pixels
 * of 0–255 become reals). Labels and rows that already have the batch's type are copied unchanged.
 */
import type { GatherOp } from '../../program/program.ts';
import { columnsOf } from '../contract.ts';
import type { Memory, Run } from './memory.ts';

export function gather(op: GatherOp, memory: Memory): Run {
  const { out, source, rows } = memory.of(op);
  const columns = columnsOf(op.out);
  const scale = op.out.type === op.source.type ? 1 : op.scale;
  return () => {
    for (let n = 0; n < memory.rows(); n++) {
      for (let d = 0; d < columns; d++) {
        out[n * columns + d] = source[rows[n]! * columns + d]! * scale;
      }
    }
  };
}
