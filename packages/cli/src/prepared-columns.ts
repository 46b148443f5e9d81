/**
 * What a preparation did, in words: the names of the columns it gives the network, and what it left out.
 */
import type { TablePreparation } from 'vinculum';

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
    if (column.kind !== 'text') return [column.name];
    const names = column.categories.map((category) => `${column.name}=${category}`);
    return column.missing ? [...names, `${column.name}=(missing)`] : names;
  });
}

/**
 * What a user should know of a preparation, a sentence each: columns and categories left out.
 *
 * @example
 * preparationNotes(fitPreparation(table)); // []
 */
export function preparationNotes(preparation: TablePreparation): string[] {
  return preparation.columns.flatMap((column) => {
    if (column.kind === 'ignored') {
      return column.reason === 'empty'
        ? [`column '${column.name}' is left out: it has no values`]
        : [`column '${column.name}' is left out: nearly every row has its own text`];
    }
    return column.kind === 'text' && column.omitted > 0
      ? [`column '${column.name}': ${column.omitted} rare categories are read as unknown`]
      : [];
  });
}
