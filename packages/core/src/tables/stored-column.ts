/**
 * Columns whose values are not in memory: they are loaded when they are read, and the columns that were read last stay in
 * memory while there is room. To everyone else such a column is a column: `values` is a property that loads. Rows that are
 * selected from it are stored, too, because a copy of them would fill the memory that the column does not.
 */
import type { ColumnReading } from './reading/reading.ts';

/** A column of numbers or dates without its values; see table.ts. */
interface Described {
  readonly name: string;
  readonly kind: 'number' | 'date';
  readonly reading?: ColumnReading;
  readonly spellings?: readonly (string | null)[];
}

/** A column of numbers or dates. */
interface StoredColumn extends Described {
  readonly values: Float64Array;
}

/** Loaded values take up to so many bytes. The column that was read last stays, however large it is. */
const MOST_LOADED = 1 << 26;

/** How the values of a column are loaded. */
export interface Loader {
  /** How many values there are. */
  readonly length: number;
  /** All values, the same ones each time, in memory that nobody else writes. */
  all(): Float64Array;
  /** The values of rows [first, end), in new memory. */
  range(first: number, end: number): Float64Array;
}

/** How each stored column is loaded. */
const loaders = new WeakMap<object, Loader>();

/** The values that are loaded, from the one that was read longest ago. */
const loaded = new Map<object, Float64Array>();
let loadedBytes = 0;

/**
 * A column that is loaded when its values are read.
 *
 * @param column - all but the values
 * @param loader - reads them
 */
export function storedColumn(column: Described, loader: Loader): StoredColumn {
  const stored = Object.defineProperty({ ...column }, 'values', {
    get: () => valuesOf(stored),
    enumerable: true,
  }) as StoredColumn;
  loaders.set(stored, loader);
  return stored;
}

/** Some rows of a stored column, stored too; undefined if the column is in memory. */
export function selectStored(column: object, indices: ArrayLike<number>): StoredColumn | undefined {
  if (!isStored(column)) return undefined;
  const { name, kind, reading, spellings } = column;
  const described: Described = {
    name,
    kind,
    ...(reading && { reading }),
    ...(spellings && { spellings: Array.from(indices, (row) => spellings[row] ?? null) }),
  };
  return storedColumn(described, {
    length: indices.length,
    all: () => picked(column.values, indices, 0, indices.length, 0),
    range(first, end) {
      if (!isAscending(indices, first, end)) {
        return picked(column.values, indices, first, end, 0);
      }
      const low = indices[first]!;
      const values = loaders.get(column)!.range(low, indices[end - 1]! + 1);
      return picked(values, indices, first, end, low);
    },
  });
}

/** The values at the indices [first, end), less an offset. */
function picked(
  values: Float64Array,
  indices: ArrayLike<number>,
  first: number,
  end: number,
  offset: number,
): Float64Array {
  const out = new Float64Array(end - first);
  for (let row = 0; row < out.length; row++) out[row] = values[indices[first + row]! - offset]!;
  return out;
}

/** Whether rows come in the order of their source, as those of a split do; then they lie near one another. */
function isAscending(indices: ArrayLike<number>, first: number, end: number): boolean {
  for (let row = first + 1; row < end; row++) if (indices[row]! < indices[row - 1]!) return false;
  return first < end;
}

/** Rows [first, end) of a stored column, in memory; undefined if the column is in memory. */
export function storedRange(column: object, first: number, end: number): StoredColumn | undefined {
  if (!isStored(column)) return undefined;
  const { name, kind, reading } = column;
  const values = loaders.get(column)!.range(first, end);
  return { name, kind, values, ...(reading && { reading }) };
}

function isStored(column: object): column is StoredColumn {
  return loaders.has(column);
}

/** The column that was read last, and its values: a loop over cells asks for them again at every cell. */
let last: object | undefined;
let lastValues: Float64Array = new Float64Array(0);

function valuesOf(column: object): Float64Array {
  if (column === last) return lastValues;
  const known = loaded.get(column);
  const values = known ?? loaders.get(column)!.all();
  if (known === undefined) loadedBytes += values.byteLength;
  // Now it is the last one of the map.
  loaded.delete(column);
  loaded.set(column, values);
  last = column;
  lastValues = values;
  for (const [other, { byteLength }] of loaded) {
    if (loadedBytes <= MOST_LOADED || other === column) break;
    loaded.delete(other);
    loadedBytes -= byteLength;
  }
  return values;
}

/** The values of a stored column in pieces of some rows, each in new memory; undefined if the column is in memory. */
export function rangesOf(
  column: object,
  rows: number,
): { readonly length: number; pieces(): Generator<Float64Array> } | undefined {
  const loader = loaders.get(column);
  if (loader === undefined) return undefined;
  const { length } = loader;
  return {
    length,
    *pieces() {
      for (let first = 0; first < length; first += rows) {
        yield loader.range(first, Math.min(first + rows, length));
      }
    },
  };
}
