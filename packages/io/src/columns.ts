/**
 * Columns of a table by name: leaving some out, choosing some, reading the labels in one, and the kinds that a
 * fitted preparation asks a reader of files for.
 */
import {
  cellAt,
  classColumn,
  type Column,
  type ColumnKind,
  type ColumnReading,
  type Label,
  type Table,
  type TablePreparation,
} from 'vinculum';
import { columnOfTableFor, dataError, show } from 'vinculum/internal';
import type { KnownKind } from './table-format.ts';

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
 * The labels in a table's column, each row's. A label keeps the spelling of the file: `02138` is not `2138`, and in a column
 * of text `None` is a label.
 *
 * @throws {DataError} when one is missing, naming row and column
 * @example
 * labelsOfColumn(columnOfTable(table, 'fur')); // ['long', 'short', 'short']
 */
export function labelsOfColumn(column: Column, firstRow = 1): Label[] {
  const classes = classColumn(column);
  return Array.from({ length: classes.values.length }, (_, row) => {
    const label = cellAt(classes, row);
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
 * The kind of each column that predictions need, by name, or its reading if the training cells were not plain. A reader of
 * files needs these kinds.
 *
 * @example
 * columnKinds(fitPreparation(table)).get('fur'); // 'text'
 */
export function columnKinds(preparation: TablePreparation): Map<string, KnownKind> {
  return new Map(
    preparation.columns.flatMap(({ name, kind, reading }) =>
      kind === 'ignored' ? [] : [[name, knownKind(kind, reading)] as const],
    ),
  );
}

/**
 * The kind of each column of a table, or its reading, to read more rows in the same way.
 *
 * @example
 * tableKinds(table).get('fur'); // 'text'
 */
export function tableKinds(table: Table): Map<string, KnownKind> {
  return new Map(
    table.columns.map(({ name, kind, reading }) => [name, knownKind(kind, reading)] as const),
  );
}

function knownKind(kind: ColumnKind, reading: ColumnReading | undefined): KnownKind {
  return reading === undefined || reading.kind !== kind ? kind : reading;
}
