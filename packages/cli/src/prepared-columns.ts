/**
 * The names of the columns that a preparation gives the network.
 */
import type { TablePreparation } from 'vinculum';
import { datePartNames } from 'vinculum/internal';

/**
 * The names of the matrix's columns: `age`, `sex=male`, `sex=(missing)`.
 *
 * @returns one name a column of the prepared matrix, in order
 * @example
 * preparedNames(fitPreparation(table)); // ['weight', 'fur=long', 'fur=short']
 */
export function preparedNames(preparation: TablePreparation): string[] {
  return preparation.columns.flatMap((column) => {
    if (column.kind === 'ignored') return [];
    if (column.kind === 'date') return datePartNames(column.name, column.parts);
    if (column.kind !== 'text') return [column.name];
    const names = column.categories.map((category) => `${column.name}=${category}`);
    return column.missing ? [...names, `${column.name}=(missing)`] : names;
  });
}
