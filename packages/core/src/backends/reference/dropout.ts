/**
 * Dropout, eq. (34): h′ = mask ∘ h / (1 − p), and its adjoint h̄ = mask ∘ h̄′ / (1 − p), which is the same
 * map. The mask is never stored, because it is a function of (seed, step, layer, row in the global batch, unit), and
 * forward and backward compute the same bits.
 */
import type { DropoutOp } from '../../program/program.ts';
import { dropoutKeep } from '../../random/streams.ts';
import { columnsOf } from '../contract.ts';
import type { Memory, Run } from './memory.ts';

export function dropout(op: DropoutOp, memory: Memory): Run {
  const { out, input } = memory.of(op);
  const columns = columnsOf(op.out);
  const { layer, rate } = op;
  return () => {
    const seed = memory.scalar('seedHigh') * 2 ** 32 + memory.scalar('seedLow');
    const step = memory.scalar('step');
    for (let n = 0; n < memory.rows(); n++) {
      const row = memory.scalar('rowOffset') + n;
      for (let unit = 0; unit < columns; unit++) {
        const place = n * columns + unit;
        const kept = dropoutKeep(seed, step, layer, row, unit, rate);
        out[place] = kept ? input[place]! / (1 - rate) : 0;
      }
    }
  };
}
