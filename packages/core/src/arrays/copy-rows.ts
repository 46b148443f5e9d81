/**
 * Copies rows of a matrix into the memory of a Program, scaled in the same way as in the kernels.
 */
import type { Matrix } from './matrix.ts';

/**
 * Copies rows [first, first + rows) into `out` from element `to` on. A byte becomes f32(byte) · f32(scale), or stays a
 * byte if `out` holds bytes. Copying one row, or all rows, allocates nothing.
 */
export function copyRows(
  out: Float32Array | Float64Array | Uint8Array,
  to: number,
  matrix: Matrix,
  first: number,
  rows: number,
): void {
  const { data, columns } = matrix;
  const start = first * columns;
  const size = rows * columns;
  const single = out instanceof Float32Array;
  const scale = out instanceof Uint8Array ? 1 : single ? Math.fround(matrix.scale) : matrix.scale;
  if (rows > 1 && scale === 1) {
    out.set(size === data.length ? data : data.subarray(start, start + size), to);
  } else {
    for (let i = 0; i < size; i++) out[to + i] = data[start + i]! * scale;
  }
}
