/**
 * Numbers in rows and columns: small matrices whole, large ones by their corners.
 */
import { significant } from './numbers.ts';
import { pad } from './text.ts';

/** A dimension longer than this is shown by its ends. */
const MAX_EXTENT = 8;
const FIRST = 4;
const LAST = 2;

/**
 * Lines of a scalar, vector or matrix.
 *
 * @param shape - `[]`, `[columns]` or `[rows, columns]`
 * @param value - row-major
 * @param full - print everything, however large
 */
export function matrixLines(
  shape: readonly number[],
  value: ArrayLike<number>,
  full = false,
): string[] {
  if (shape.length === 0) return [significant(value[0] ?? NaN)];
  const columns = shape.at(-1) ?? 0;
  const rows = shape.length === 1 ? 1 : (shape[0] ?? 0);
  if (rows === 0 || columns === 0) return ['[ ]'];
  const rowIndices = shownIndices(rows, full);
  const columnIndices = shownIndices(columns, full);
  const cells = rowIndices.map((row) =>
    columnIndices.map((column) =>
      row === undefined || column === undefined
        ? '…'
        : significant((value[row * columns + column] ?? NaN) + 0, 5),
    ),
  );
  const widths = columnIndices.map((_, index) =>
    cells.reduce((width, row) => Math.max(width, row[index]?.length ?? 0), 0),
  );
  return cells.map(
    (row) => `[ ${row.map((cell, index) => pad(cell, widths[index] ?? 0, 'right')).join('  ')} ]`,
  );
}

/** Indices to show; undefined marks omitted indices. */
function shownIndices(extent: number, full: boolean): (number | undefined)[] {
  const all = Array.from({ length: extent }, (_, index) => index);
  if (full || extent <= MAX_EXTENT) return all;
  return [...all.slice(0, FIRST), undefined, ...all.slice(-LAST)];
}

/** `number`, `[64]`, `[10 × 64]`. */
export function shapeText(shape: readonly number[]): string {
  return shape.length === 0 ? 'number' : `[${shape.join(' × ')}]`;
}
