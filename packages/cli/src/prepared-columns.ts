/**
 * The names of the columns that a preparation gives the network.
 */
import type { ColumnPreparation, IgnoredPreparation, TablePreparation } from 'vinculum';
import { datePartNames } from 'vinculum/internal';

/**
 * The names of the matrix's columns: `age`, `sex=male`, `sex=(missing)`, or `city` if its categories are embedded.
 *
 * @returns one name a column of the prepared matrix, in order
 * @example
 * preparedNames(fitPreparation(table)); // ['weight', 'fur=long', 'fur=short']
 */
export function preparedNames(preparation: TablePreparation): string[] {
  return preparation.columns.flatMap((column) => {
    if (column.kind === 'ignored') return [];
    const names = namesOf(column);
    const missing =
      column.kind === 'text' ? column.missing && !column.embedded : (column.indicator ?? false);
    return missing ? [...names, `${column.name}=(missing)`] : names;
  });
}

/** The names without the one for missing values. */
function namesOf(column: Exclude<ColumnPreparation, IgnoredPreparation>): string[] {
  if (column.kind === 'date') return datePartNames(column.name, column.parts);
  if (column.kind !== 'text' || column.embedded === true) return [column.name];
  return column.categories.map((category) => `${column.name}=${category}`);
}
