/** What stands beside the predictions of a batch: columns of DATA, and which rows have no value to predict from. */
import { cellAt, type Column, type Matrix, type Table } from 'vinculum';
import { columnOfTableFor } from 'vinculum/internal';
import type { PredictPlan } from './flags.ts';

/** What stands beside the predictions of a batch. */
export interface Beside {
  readonly names: readonly string[];
  /** The cells of a row as DATA spells them; null for an empty cell. */
  cells(row: number): (string | null)[];
  /** Indices of the rows in which every input is empty. */
  readonly empty: ReadonlySet<number>;
}

/** The names of `--keep`. */
export function keptNames(keep: readonly string[]): string[] {
  return keep.flatMap((word) => word.split(',').map((name) => name.trim()));
}

/**
 * The columns and the empty rows of a batch.
 *
 * @param needed - the names of the model's inputs
 */
export function besideOf(
  rows: Table | Matrix,
  needed: readonly string[],
  plan: PredictPlan,
): Beside {
  if ('data' in rows) return { names: [], cells: () => [], empty: new Set() };
  const names = plan.withInput ? rows.columns.map(({ name }) => name) : keptNames(plan.keep ?? []);
  const kept = names.map((name) => columnOfTableFor('predict', rows, name));
  const inputs = rows.columns.filter(({ name }) => needed.includes(name));
  const indices = Array.from({ length: inputs.length === 0 ? 0 : rows.rowCount }, (_, row) => row);
  const empty = indices.filter((row) => inputs.every((column) => cellAt(column, row) === null));
  return {
    names,
    cells: (row) => kept.map((column) => spellingAt(column, row)),
    empty: new Set(empty),
  };
}

function spellingAt(column: Column, row: number): string | null {
  if (column.spellings !== undefined) return column.spellings[row] ?? null;
  const cell = cellAt(column, row);
  return cell === null ? null : String(cell);
}
