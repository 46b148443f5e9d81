/**
 * Dropout, eq. (34): h′ = mask ∘ h / (1 − p), and its adjoint h̄ = mask ∘ h̄′ / (1 − p), which is the same
 * map. The mask is never stored: it is a function of (seed, step, layer, row in the global batch, unit), so
 * forward and backward agree by asking for the same bits.
 */
import type { DropoutOp } from '../../program/program.ts';
import { philox4x32 } from '../../random/philox.ts';
import { PURPOSES } from '../../random/streams.ts';
import { columnsOf, type Memory, type Run } from './memory.ts';

export function dropout(op: DropoutOp, memory: Memory): Run {
  const out = memory.of(op.out);
  const input = memory.of(op.input);
  const columns = columnsOf(op.out);
  const counter = new Uint32Array(4);
  const key = new Uint32Array(2);
  // u = (x >>> 8) · 2⁻²⁴ ≥ p, said in integers.
  const threshold = Math.ceil(op.rate * 2 ** 24);
  return () => {
    key[0] = memory.scalar('seedLow');
    key[1] = memory.scalar('seedHigh');
    for (let n = 0; n < memory.rows(); n++) {
      for (let unit = 0; unit < columns; unit++) {
        counter[0] = unit >>> 2;
        counter[1] = memory.scalar('rowOffset') + n;
        counter[2] = memory.scalar('step');
        counter[3] = ((PURPOSES.dropout << 24) | op.layer) >>> 0;
        const word = philox4x32(counter, key)[unit & 3]!;
        const kept = word >>> 8 >= threshold;
        const place = n * columns + unit;
        out[place] = kept ? input[place]! / (1 - op.rate) : 0;
      }
    }
  };
}
