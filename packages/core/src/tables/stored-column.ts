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
const MOST_LOADED = 1 << 27;

/** How each stored column is loaded. */
const loaders = new WeakMap<object, () => Float64Array>();

/** The values that are loaded, from the one that was read longest ago. */
const loaded = new Map<object, Float64Array>();
let loadedBytes = 0;

/**
 * A column that is loaded when its values are read.
 *
 * @param column - all but the values
 * @param load - gives all values, the same ones each time, in memory that nobody else writes
 */
export function storedColumn(column: Described, load: () => Float64Array): StoredColumn {
  const stored = Object.defineProperty({ ...column }, 'values', {
    get: () => valuesOf(stored),
    enumerable: true,
  }) as StoredColumn;
  loaders.set(stored, load);
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
  return storedColumn(described, () => {
    const { values } = column;
    const picked = new Float64Array(indices.length);
    for (let row = 0; row < picked.length; row++) picked[row] = values[indices[row]!]!;
    return picked;
  });
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
  const values = known ?? loaders.get(column)!();
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
