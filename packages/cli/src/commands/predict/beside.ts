/** What stands beside the predictions of a batch: columns of DATA, and which rows have no value to predict from. */
import { columnNames, selectColumns } from '@vinculum/io';
import { cellAt, type Column, type Matrix, type Table } from 'vinculum';
import { namesIn } from '../../model-rows.ts';
import type { Beside } from '../../prediction-writers.ts';
import type { PredictPlan } from './flags.ts';

/** What decides the columns beside the predictions. */
export interface BesideRequest {
  /** The names of the model's inputs. */
  readonly inputs: ReadonlySet<string>;
  /** The columns that tell rows apart, for the model; DATA may be without them. */
  readonly ids: readonly string[];
  readonly plan: PredictPlan;
}

/** The names of the columns beside the predictions, for data with columns of the given names. */
export function namesBeside(
  columns: readonly string[],
  { ids, plan: { withInput, keep = [] } }: BesideRequest,
): string[] {
  if (withInput) return [...columns];
  const there = new Set(columns);
  return [...new Set([...ids.filter((name) => there.has(name)), ...namesIn(keep)])];
}

/** The columns and the empty rows of a batch. */
export function besideOf(rows: Table | Matrix, request: BesideRequest): Beside {
  if ('data' in rows) return { names: [], cells: () => [], empty: new Set() };
  const names = namesBeside(columnNames(rows), request);
  const kept = request.plan.withInput ? rows.columns : selectColumns(rows, names).columns;
  const inputs = rows.columns.filter(({ name }) => request.inputs.has(name));
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
