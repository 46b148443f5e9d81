/**
 * Columns of a table by name: leaving some out, choosing some, reading the labels in one, and the kinds that a
 * fitted preparation asks a reader of files for.
 */
import {
  cellAt,
  type Column,
  type ColumnKind,
  type Label,
  type Table,
  type TablePreparation,
} from 'vinculum';
import { columnOfTableFor, dataError, show } from 'vinculum/internal';

/**
 * The names of the columns, in order.
 *
 * @example
 * columnNames(table); // ['weight', 'fur']
 */
export function columnNames(table: Table): string[] {
  return table.columns.map((column) => column.name);
}

/**
 * The table without some columns.
 *
 * @throws {DataError} when a name is no column
 * @example
 * columnNames(dropColumns(table, ['fur'])); // ['weight']
 */
export function dropColumns(table: Table, names: readonly string[]): Table {
  const dropped = new Set(findColumns('dropColumns', table, names));
  return { ...table, columns: table.columns.filter((column) => !dropped.has(column)) };
}

/**
 * Some columns of a table, in the order asked for.
 *
 * @throws {DataError} when a name is no column
 * @example
 * columnNames(selectColumns(table, ['fur', 'weight'])); // ['fur', 'weight']
 */
export function selectColumns(table: Table, names: readonly string[]): Table {
  return { ...table, columns: findColumns('selectColumns', table, names) };
}

/** The columns of some names. Through a map, because a scan for each name is quadratic in the columns. */
function findColumns(where: string, table: Table, names: readonly string[]): Column[] {
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  return names.map((name) => byName.get(name) ?? columnOfTableFor(where, table, name));
}

/**
 * The labels in a table's column, each row's.
 *
 * @throws {DataError} when one is missing, naming row and column
 * @example
 * labelsOfColumn(columnOfTable(table, 'fur')); // ['long', 'short', 'short']
 */
export function labelsOfColumn(column: Column, firstRow = 1): Label[] {
  return Array.from({ length: column.values.length }, (_, row) => {
    const label = cellAt(column, row);
    if (label !== null) return label;
    throw dataError(
      {
        where: 'labelsOfColumn',
        subject: `the target ${show(column.name)}`,
        rule: `must have a value in every row; row ${row + firstRow} has none`,
      },
      { row: row + firstRow, column: column.name },
    );
  });
}

/**
 * The kind of each column that predictions need, by name. A reader of files needs these kinds.
 *
 * @example
 * columnKinds(fitPreparation(table)).get('fur'); // 'text'
 */
export function columnKinds(preparation: TablePreparation): Map<string, ColumnKind> {
  return new Map(
    preparation.columns.flatMap((column) =>
      column.kind === 'ignored' ? [] : [[column.name, column.kind] as const],
    ),
  );
}
