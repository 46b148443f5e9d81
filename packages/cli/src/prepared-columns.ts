/**
 * The columns that a preparation gives the network: their names, and how they come from the columns of the table.
 */
import { significant } from '@vinculum/report';
import type {
  BooleanPreparation,
  ColumnPreparation,
  IgnoredPreparation,
  NumberPreparation,
  TablePreparation,
} from 'vinculum';
import { datePartNames, datePartTitles } from 'vinculum/internal';

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

/** How many inputs a column becomes. */
export function preparedWidth(column: ColumnPreparation): number {
  return preparedNames({ version: 1, named: true, width: 0, columns: [column] }).length;
}

/** The formula of a number's scaling. */
function scaledAs({ mean, scale, limit }: NumberPreparation | BooleanPreparation): string {
  const formula = `(x − ${significant(mean)}) / ${significant(scale)}`;
  return limit === undefined ? formula : `${formula}, smoothly within ±${limit}`;
}

const NOT_USED: Readonly<Record<IgnoredPreparation['reason'], string>> = {
  empty: 'not used: no values',
  identifiers: 'not used: every row its own text',
  constant: 'not used: the same date in all rows',
};

/** What an indicator adds to the filled value. */
function indicated({ indicator }: { readonly indicator?: true }): string {
  return indicator === true ? ' and an input that is 1' : '';
}

/** What a column becomes, in words and with the numbers that were learned. */
export function preparedAs(column: ColumnPreparation): string {
  switch (column.kind) {
    case 'number':
    case 'boolean':
      return `${scaledAs(column)}, missing: ${significant(column.fill)}${indicated(column)}`;
    case 'text': {
      const missing = column.missing ? ', missing' : '';
      const omitted = column.omitted > 0 ? `; ${column.omitted} rare ones as unknown` : '';
      if (column.embedded === true) {
        const rest = column.omitted > 0 ? `, ${column.omitted} rare ones` : '';
        return `learned numbers for each of ${column.categories.length} categories, and for missing${rest} or unknown`;
      }
      return `one of ${column.categories.join(', ')}${missing}${omitted}`;
    }
    case 'ignored':
      return NOT_USED[column.reason];
    case 'date':
      return `${datePartTitles(column.parts).join(', ')}; missing: ${new Date(column.fill).toISOString()}${indicated(column)}`;
    default:
      return column satisfies never;
  }
}
