/**
 * What a table holds, column by column, before anything is trained on it: the kind and why, what is missing, how the values
 * are spread, what a training would do with them, and what is suspicious.
 */
import { dataError } from '../words/fault.ts';
import { show } from '../words/messages.ts';
import { checkData } from './data-checks.ts';
import { datePartTitles } from './date-parts.ts';
import { present } from './number-source.ts';
import {
  fitColumn,
  PREPARATION_RULES,
  type ColumnPreparation,
  type IgnoredPreparation,
} from './preparation.ts';
import { readingNotes } from './preparation-notes.ts';
import { readOptions } from '../words/options.ts';
import type { DataNote } from './reading/reading.ts';
import { cellAt, checkTable, type Column, type ColumnKind, type Table } from './table.ts';

/** The spread of numbers; of dates in milliseconds since 1970-01-01 00:00. */
export interface NumberSpread {
  readonly min: number;
  readonly lowerQuartile: number;
  readonly median: number;
  readonly upperQuartile: number;
  readonly max: number;
  readonly mean: number;
  /** How many values lie in each tenth of the range from `min` to `max`. */
  readonly sketch: readonly number[];
}

/** One column. Plain JSON. */
export interface ColumnDescription {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Why it has this kind. */
  readonly why: string;
  /** Rows without a value. */
  readonly missing: number;
  /** Distinct values. */
  readonly levels: number;
  /** The most frequent values with their counts, of text and truth values. */
  readonly common?: readonly (readonly [value: string, count: number])[];
  /** Of numbers and dates. */
  readonly spread?: NumberSpread;
  /** What a training would do with it as an input. */
  readonly use: string;
}

/** A table. Plain JSON. */
export interface TableDescription {
  readonly rows: number;
  readonly columns: readonly ColumnDescription[];
  /** What the reader left out or read as something else than it seems. */
  readonly notes: readonly DataNote[];
  /** What makes a score worth less than it seems. */
  readonly warnings: readonly DataNote[];
}

/** The options of {@link describeTable}. */
export interface DescribeOptions {
  /** The column to predict: then columns that copy it are found, too. */
  readonly target?: string;
}

const REASONS: Readonly<Record<ColumnKind, string>> = {
  number: 'every cell is a number',
  text: 'its cells are words',
  boolean: 'every cell is true or false',
  date: 'every cell is a date',
};

const LEFT_OUT: Readonly<Record<IgnoredPreparation['reason'], string>> = {
  empty: 'no values',
  identifiers: 'an identifier, because nearly every row has its own',
  constant: 'one date in all rows',
};

const MOST_COMMON = 5;
const BINS = 10;

/**
 * Describes a table.
 *
 * @param table - from `readTable` or `tableFromRows`
 * @param options - `target`: the column to predict, if it is known
 * @throws {TypeError} when `table` is no table
 * @throws {DataError} when there is no column of the target's name
 * @example
 * describeTable(table).columns[0]?.kind; // 'number'
 */
export function describeTable(table: Table, options: DescribeOptions = {}): TableDescription {
  const where = 'describeTable';
  checkTable(where, 'table', table);
  const { target } = options;
  if (target !== undefined && !table.columns.some(({ name }) => name === target)) {
    throw dataError(
      { where, subject: 'target', rule: 'must be a column', got: show(target) },
      { column: target },
    );
  }
  return {
    rows: table.rowCount,
    columns: table.columns.map((column) => {
      const described = describeColumn(column);
      return column.name === target ? { ...described, use: 'the target' } : described;
    }),
    notes: [...(table.notes ?? []), ...table.columns.flatMap(readingNotes)],
    warnings: checkData(table, target),
  };
}

function describeColumn(column: Column): ColumnDescription {
  const counts = new Map<string | number | boolean, number>();
  let missing = 0;
  for (let row = 0; row < column.values.length; row++) {
    const cell = cellAt(column, row);
    if (cell === null) missing++;
    else counts.set(cell, (counts.get(cell) ?? 0) + 1);
  }
  const { name, kind, reading } = column;
  const why = counts.size === 0 ? 'it has no values' : (reading?.why ?? REASONS[kind]);
  const shared = { name, kind, why, missing, levels: counts.size, use: useOf(column) };
  if (kind === 'number' || kind === 'date') {
    const spread = spreadOf(column.values);
    return spread === undefined ? shared : { ...shared, spread };
  }
  const common = [...counts]
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, MOST_COMMON)
    .map(([value, count]) => [String(value), count] as const);
  return { ...shared, common };
}

function spreadOf(values: Float64Array): NumberSpread | undefined {
  const sorted = present(values).toSorted();
  const min = sorted[0];
  const max = sorted.at(-1);
  if (min === undefined || max === undefined) return undefined;
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1) + 0.5)]!;
  const sketch = Array.from({ length: BINS }, () => 0);
  let mean = 0;
  for (const value of sorted) {
    mean += value / sorted.length;
    // Halves, because the range of two large float64 may overflow.
    const share = max === min ? 0 : (value / 2 - min / 2) / (max / 2 - min / 2);
    sketch[Math.min(BINS - 1, Math.floor(BINS * share))]! += 1;
  }
  return {
    min,
    lowerQuartile: at(0.25),
    median: at(0.5),
    upperQuartile: at(0.75),
    max,
    mean,
    sketch,
  };
}

function useOf(column: Column): string {
  const fitted: ColumnPreparation = fitColumn(
    column,
    readOptions('describeTable', {}, PREPARATION_RULES),
  );
  switch (fitted.kind) {
    case 'number':
    case 'boolean':
      return 'a standardised number';
    case 'text': {
      const { categories, omitted, missing } = fitted;
      const rest = omitted > 0 ? `, ${omitted} rare ones as unknown` : '';
      return `an input for each of ${categories.length} categories${missing ? ' and for missing' : ''}${rest}`;
    }
    case 'date':
      return `inputs for ${datePartTitles(fitted.parts).join(', ')}`;
    case 'ignored':
      return `left out: ${LEFT_OUT[fitted.reason]}`;
    default:
      return fitted satisfies never;
  }
}
