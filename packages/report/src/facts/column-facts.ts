/**
 * Makes the facts of the columns from tables: each column in each part of the rows, with bins and values that are the same in
 * every part, so that the parts can be compared.
 */
import type { Column, Table } from 'vinculum';
import type {
  ColumnFacts,
  ColumnRole,
  ColumnSplit,
  Histogram,
  SplitName,
  SpreadFacts,
  ValueCount,
} from '../record/data-facts.ts';

/** Bins of a histogram of numbers. */
const BINS = 20;

/** A column of whole numbers with at most this many steps has a bin for each of them. */
const MOST_STEPS = 24;

/** The most values of a text column that are counted. */
const MOST_VALUES = 8;

/** The parts of the rows as tables with the same columns; a part without rows may be absent. */
export type SplitTables = Readonly<Partial<Record<SplitName, Table>>>;

/** What is known of a column beside its cells. */
export interface ColumnMeaning {
  readonly role: ColumnRole;
  /** What the preparation makes of it, in words. */
  readonly use: string;
}

/**
 * The facts of every column.
 *
 * @param tables - at least one part; inputs and targets side by side
 * @param meaningOf - the role and the use of a column, by its name
 * @returns the columns in the order of the first part
 */
export function describeColumns(
  tables: SplitTables,
  meaningOf: (name: string) => ColumnMeaning,
): ColumnFacts[] {
  const parts = Object.entries(tables) as [SplitName, Table][];
  const columns = parts[0]?.[1].columns ?? [];
  return columns.map(({ name, kind }, at) => {
    const cells = parts.map(([part, table]) => [part, cellsOf(table.columns[at])] as const);
    const all = cells.map(([, one]) => one);
    const isNumber = kind === 'number' || kind === 'date';
    const edges = isNumber ? edgesOf(all.map((one) => numbersOf(one))) : undefined;
    const values = isNumber ? undefined : commonValues(all);
    return {
      name,
      kind,
      ...meaningOf(name),
      splits: Object.fromEntries(cells.map(([part, one]) => [part, splitOf(one, edges, values)])),
    };
  });
}

type Cell = number | string | boolean | null;

function cellsOf(column: Column | undefined): readonly Cell[] {
  if (column === undefined) return [];
  if (column.kind === 'number' || column.kind === 'date') {
    return Array.from(column.values, (value) => (Number.isNaN(value) ? null : value));
  }
  return column.values;
}

function numbersOf(cells: readonly Cell[]): Float64Array {
  return Float64Array.from(
    cells.flatMap((cell) => (cell === null || typeof cell === 'string' ? [] : [Number(cell)])),
  ).toSorted();
}

function splitOf(
  cells: readonly Cell[],
  edges: readonly number[] | undefined,
  values: readonly string[] | undefined,
): ColumnSplit {
  const present = cells.filter((cell) => cell !== null);
  const numbers = numbersOf(cells);
  return {
    missing: cells.length - present.length,
    levels: new Set(present).size,
    ...(numbers.length === 0 ? {} : { spread: spreadOf(numbers) }),
    ...(edges === undefined ? {} : { histogram: histogramOf(numbers, edges) }),
    ...(values === undefined ? {} : { common: countsOf(present, values) }),
  };
}

/** @param sorted - ascending, at least one */
function spreadOf(sorted: Float64Array): SpreadFacts {
  const { length } = sorted;
  const mean = sorted.reduce((sum, value) => sum + value / length, 0);
  const variance = sorted.reduce((sum, value) => sum + (value - mean) ** 2 / length, 0);
  const middle = (length - 1) / 2;
  const [low, high] = [sorted[Math.floor(middle)] ?? NaN, sorted[Math.ceil(middle)] ?? NaN];
  return {
    min: sorted[0] ?? NaN,
    median: low / 2 + high / 2,
    max: sorted[length - 1] ?? NaN,
    mean,
    deviation: Math.sqrt(variance),
  };
}

/** The edges of bins for all parts of a column; undefined if it has no value. */
function edgesOf(parts: readonly Float64Array[]): number[] | undefined {
  const filled = parts.filter(({ length }) => length > 0);
  if (filled.length === 0) return undefined;
  const low = Math.min(...filled.map((part) => part[0] ?? NaN));
  const high = Math.max(...filled.map((part) => part[part.length - 1] ?? NaN));
  const isWhole = filled.every((part) => part.every(Number.isInteger));
  if (isWhole && high - low < MOST_STEPS) {
    return Array.from({ length: high - low + 2 }, (_, step) => low + step - 0.5);
  }
  return evenEdges(low, high, BINS);
}

/** Edges of bins of equal width. */
export function evenEdges(low: number, high: number, bins: number): number[] {
  return Array.from({ length: bins + 1 }, (_, at) =>
    at === bins ? high : low + (high / bins - low / bins) * at,
  );
}

/** Counts of ascending numbers between edges. */
export function histogramOf(sorted: ArrayLike<number>, edges: readonly number[]): Histogram {
  const counts = edges.slice(1).map(() => 0);
  let bin = 0;
  for (const value of Array.from(sorted)) {
    while (bin < counts.length - 1 && value >= (edges[bin + 1] ?? Infinity)) bin++;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { edges, counts };
}

/** The most frequent values of all parts together, the most frequent first. */
function commonValues(parts: readonly (readonly Cell[])[]): string[] {
  const counts = new Map<string, number>();
  for (const cell of parts.flat()) {
    if (cell !== null) counts.set(String(cell), (counts.get(String(cell)) ?? 0) + 1);
  }
  return [...counts]
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, MOST_VALUES)
    .map(([value]) => value);
}

function countsOf(cells: readonly Cell[], values: readonly string[]): ValueCount[] {
  const counts = new Map(values.map((value) => [value, 0]));
  for (const cell of cells) {
    const before = counts.get(String(cell));
    if (before !== undefined) counts.set(String(cell), before + 1);
  }
  return [...counts].map(([value, count]) => ({ value, count }));
}
