/**
 * Rows by which an export is compared with its model: cells that each column of the preparation may hold, missing and unknown
 * ones among them, the same in every call.
 */
import type { Column, ColumnPreparation, Table } from 'vinculum';
import { DAY } from 'vinculum/internal';
import type { RunTensor } from './tensor.ts';

/** Odd, so that no two cycles of cells run in step. */
const ROWS = 61;

/** Every so many rows a cell is missing. */
const GAP = 7;

/** The rows as a table for the model and as the inputs of the graph. */
export interface Probe {
  readonly table: Table;
  readonly inputs: ReadonlyMap<string, RunTensor>;
}

/** A number between −2 and 2 that looks random and is the same everywhere. */
function noise(row: number, column: number): number {
  return (((row + 1) * 0.618034 + column * 0.414214) % 1) * 4 - 2;
}

/** Rows for a preparation whose columns have inputs of their own. */
export function probeOf(columns: readonly ColumnPreparation[]): Probe {
  const used = columns.flatMap((column, index) =>
    column.kind === 'ignored' ? [] : [{ column, index }],
  );
  const made = used.map(({ column, index }) => columnOf(column, index));
  return {
    table: { rowCount: ROWS, columns: made },
    inputs: new Map(made.map((column) => [column.name, inputOf(column)])),
  };
}

/** Rows for inputs that are numbers of about 1. */
export function probeMatrix(columns: number): Float64Array {
  return Float64Array.from({ length: ROWS * columns }, (_, at) =>
    Math.fround(noise(Math.floor(at / columns), at % columns)),
  );
}

/** Rows of numbers for columns without names, which are never missing. */
export function probeNumbers(columns: readonly ColumnPreparation[]): Float64Array {
  return Float64Array.from({ length: ROWS * columns.length }, (_, at) => {
    const place = at % columns.length;
    const column = columns[place]!;
    return column.kind === 'number'
      ? column.mean + column.scale * noise(Math.floor(at / columns.length), place)
      : 0;
  });
}

function columnOf(column: Exclude<ColumnPreparation, { kind: 'ignored' }>, index: number): Column {
  const { name } = column;
  const cells = <Cell>(make: (row: number) => Cell, missing: Cell): Cell[] =>
    Array.from({ length: ROWS }, (_, row) => ((row + index) % GAP === 0 ? missing : make(row)));
  switch (column.kind) {
    case 'number': {
      const { mean, scale } = column;
      const values = cells((row) => mean + scale * noise(row, index), NaN);
      return { name, kind: 'number', values: Float64Array.from(values) };
    }
    case 'boolean':
      return { name, kind: 'boolean', values: cells<boolean | null>((row) => row % 3 === 0, null) };
    case 'text': {
      const known = [
        ...column.categories.filter((word) => word !== ''),
        `not ${column.categories[0]}`,
      ];
      return {
        name,
        kind: 'text',
        values: cells<string | null>((row) => known[row % known.length]!, null),
      };
    }
    case 'date': {
      const values = cells((row) => column.fill + noise(row, index) * 1000 * DAY, NaN);
      return { name, kind: 'date', values: Float64Array.from(values) };
    }
    default:
      return column satisfies never;
  }
}

/** A column as the input of a graph. */
function inputOf(column: Column): RunTensor {
  const dims = [ROWS, 1];
  switch (column.kind) {
    case 'text':
      return { element: 'string', dims, values: column.values.map((text) => text ?? '') };
    case 'boolean':
      return {
        element: 'double',
        dims,
        values: Float64Array.from(column.values, (one) => Number(one ?? NaN)),
      };
    case 'number':
    case 'date':
      return { element: 'double', dims, values: Float64Array.from(column.values) };
    default:
      return column satisfies never;
  }
}
