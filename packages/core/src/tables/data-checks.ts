/**
 * Checks of a table for what makes a score worth less than it seems: a column that copies the target, numbers the rows or
 * never changes, and rows that occur twice. Each check of a column is a row of a table; none changes the data.
 */
import { show } from '../words/messages.ts';
import type { DataNote } from './reading/reading.ts';
import { cellAt, type Column, type Table } from './table.ts';

/** Finds what is suspicious in an input of a table whose target may be known. */
type ColumnCheck = (
  column: Column,
  table: Table,
  target: Column | undefined,
) => DataNote | undefined;

/** With fewer rows a pattern may be chance. */
const FEWEST_ROWS = 10;

/** The checks of a column, in the order of their sentences. */
const COLUMN_CHECKS: readonly ColumnCheck[] = [constant, rowNumbers, copy, telling];

/**
 * What a user should look at before a score is trusted.
 *
 * @param table - all rows, in the order of their source
 * @param targetName - the column to predict, if it is known
 */
export function checkData(table: Table, targetName?: string): DataNote[] {
  const given = table.columns.find(({ name }) => name === targetName);
  // The copy has its values in memory, where those of a stored column need not stay while others are read.
  const target = given && { ...given };
  // All checks of a column come before the next column, so that a stored column is loaded once.
  const found = table.columns
    .filter((column) => column !== given)
    .map((column) => COLUMN_CHECKS.map((check) => check(column, table, target)));
  const notes = COLUMN_CHECKS.flatMap((_, check) =>
    found.flatMap((ofColumn) => ofColumn[check] ?? []),
  );
  return [...notes, ...duplicates(table)];
}

function constant(column: Column, { rowCount }: Table): DataNote | undefined {
  if (rowCount < 2) return undefined;
  const keys: readonly unknown[] | Float64Array = column.values;
  const first = keys[0];
  for (let row = 1; row < keys.length; row++) if (!Object.is(keys[row], first)) return undefined;
  if (cellAt(column, 0) === null) return undefined;
  const message = `column ${show(column.name)} has the same value in every row, so it tells nothing`;
  return { code: 'constant', column: column.name, message };
}

function rowNumbers(column: Column, { rowCount }: Table): DataNote | undefined {
  if (rowCount < FEWEST_ROWS || column.kind !== 'number') return undefined;
  const first = column.values[0] ?? NaN;
  if (!column.values.every((value, row) => value === first + row)) return undefined;
  const message = `column ${show(column.name)} numbers the rows: if they are in some order, it tells the answer; --drop leaves it out`;
  return { code: 'row-numbers', column: column.name, message };
}

/** A column in which each value goes with one class, and each class with one value; or numbers that are the target on another scale. */
function copy(
  column: Column,
  { rowCount }: Table,
  target: Column | undefined,
): DataNote | undefined {
  if (target === undefined || rowCount < FEWEST_ROWS) return undefined;
  const isCopy =
    (column.kind === 'number' &&
      target.kind === 'number' &&
      isScaled(column.values, target.values)) ||
    isRenamed(column, target);
  if (!isCopy) return undefined;
  const message = `column ${show(column.name)} copies the target ${show(target.name)}: if it is not known beforehand, --drop leaves it out`;
  return { code: 'copied-target', column: column.name, message };
}

/** A target of more classes than this is none. */
const MOST_CLASSES = 256;

function isRenamed(column: Column, target: Column): boolean {
  const forward = new Map<unknown, unknown>();
  const backward = new Map<unknown, unknown>();
  const keys: readonly unknown[] | Float64Array = column.values;
  const classes: readonly unknown[] | Float64Array = target.values;
  for (let row = 0; row < keys.length; row++) {
    if (cellAt(target, row) === null) continue;
    const [key, one] = [keys[row], classes[row]];
    if (!forward.has(key)) forward.set(key, one);
    if (!backward.has(one)) backward.set(one, key);
    if (!Object.is(forward.get(key), one) || !Object.is(backward.get(one), key)) return false;
    if (forward.size > MOST_CLASSES) return false;
  }
  return forward.size > 1 && 4 * forward.size <= keys.length;
}

/** Whether one number is the other times a factor plus a constant, up to rounding. */
function isScaled(column: Float64Array, target: Float64Array): boolean {
  let from = -1;
  let slope = NaN;
  for (let row = 0; row < target.length; row++) {
    const [x, y] = [column[row]!, target[row]!];
    if (Number.isNaN(y)) continue;
    if (Number.isNaN(x)) return false;
    if (from === -1) from = row;
    else if (x !== column[from]) {
      slope = (y - target[from]!) / (x - column[from]!);
      break;
    }
  }
  if (from === -1 || Number.isNaN(slope) || slope === 0) return false;
  let largest = 0;
  for (const y of target) if (!Number.isNaN(y)) largest = Math.max(largest, Math.abs(y));
  const tolerance = 1e-6 * largest;
  return target.every(
    (y, row) =>
      Number.isNaN(y) ||
      Math.abs(target[from]! + slope * (column[row]! - column[from]!) - y) <= tolerance,
  );
}

/** A column whose missing cells alone tell one class from the others. */
function telling(
  column: Column,
  { rowCount }: Table,
  target: Column | undefined,
): DataNote | undefined {
  if (target === undefined || rowCount < FEWEST_ROWS || !hasGap(column)) return undefined;
  const classes: readonly unknown[] | Float64Array = target.values;
  const missing = new Set<unknown>();
  const present = new Set<unknown>();
  for (let row = 0; row < classes.length; row++) {
    if (cellAt(target, row) === null) continue;
    (cellAt(column, row) === null ? missing : present).add(classes[row]);
    if (missing.size > 1 && present.size > 1) return undefined;
  }
  const tells = missing.size === 1 || present.size === 1;
  const apart = [...missing].every((one) => !present.has(one));
  if (!tells || !apart || missing.size === 0 || present.size === 0) return undefined;
  const message = `column ${show(column.name)} is empty exactly where the target is ${missing.size === 1 ? show([...missing][0]) : `not ${show([...present][0])}`}: it may be filled in afterwards; --drop leaves it out`;
  return { code: 'telling-gaps', column: column.name, message };
}

/** Whether a cell is missing; most columns have none, and then nobody asks cell by cell. */
function hasGap({ values }: Column): boolean {
  return (
    (values as readonly unknown[]).includes(null) || (values as readonly unknown[]).includes(NaN)
  );
}

/** Larger tables are not searched for equal rows, because their keys would fill the memory. */
const MOST_ROWS = 200_000;

/** From this share of repeated rows on, they are worth a word. */
const REPEATED_SHARE = 0.05;

function duplicates(table: Table): DataNote[] {
  const count = table.rowCount - new Set(rowKeys(table)).size;
  if (table.rowCount > MOST_ROWS || count < REPEATED_SHARE * table.rowCount || count === 0)
    return [];
  const message = `${count} of ${table.rowCount} rows repeat another row: a model that only remembers is rewarded for those that are held out`;
  return [{ code: 'repeated-rows', count, message }];
}

/** A text for each row that is the same for equal rows; none for a large table. */
export function rowKeys({ columns, rowCount }: Table): string[] {
  if (rowCount > MOST_ROWS) return [];
  // All columns stay in memory, where the keys need as much: to read a stored one at each row may load it at each row.
  const cells = columns.map(({ values }) => values);
  // A missing number is NaN, which JSON writes as null, like every other missing cell.
  return Array.from({ length: rowCount }, (_, row) =>
    JSON.stringify(cells.map((values) => values[row])),
  );
}
