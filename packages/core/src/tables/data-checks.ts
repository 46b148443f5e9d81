/**
 * Checks of a table for what makes a score worth less than it seems: a column that copies the target, numbers the rows or
 * never changes, and rows that occur twice. Each check is a row of a table and gives sentences; none changes the data.
 */
import { show } from '../words/messages.ts';
import type { DataNote } from './reading/reading.ts';
import { cellAt, type Column, type Table } from './table.ts';

/** Finds what is suspicious in a table whose target may be known. */
type DataCheck = (table: Table, target: Column | undefined) => DataNote[];

/** With fewer rows a pattern may be chance. */
const FEWEST_ROWS = 10;

/** The checks, in the order of their sentences. */
const DATA_CHECKS: readonly DataCheck[] = [constants, rowNumbers, copies, telling, duplicates];

/**
 * What a user should look at before a score is trusted.
 *
 * @param table - all rows, in the order of their source
 * @param targetName - the column to predict, if it is known
 */
export function checkData(table: Table, targetName?: string): DataNote[] {
  const target = table.columns.find(({ name }) => name === targetName);
  return DATA_CHECKS.flatMap((check) => check(table, target));
}

function inputsOf({ columns }: Table, target: Column | undefined): Column[] {
  return columns.filter((column) => column !== target);
}

function constants(table: Table, target: Column | undefined): DataNote[] {
  if (table.rowCount < 2) return [];
  return inputsOf(table, target).flatMap((column): DataNote[] => {
    const keys: readonly unknown[] | Float64Array = column.values;
    const first = keys[0];
    for (let row = 1; row < keys.length; row++) if (!Object.is(keys[row], first)) return [];
    if (cellAt(column, 0) === null) return [];
    const message = `column ${show(column.name)} has the same value in every row, so it tells nothing`;
    return [{ code: 'constant', column: column.name, message }];
  });
}

function rowNumbers(table: Table, target: Column | undefined): DataNote[] {
  if (table.rowCount < FEWEST_ROWS) return [];
  return inputsOf(table, target).flatMap((column): DataNote[] => {
    if (column.kind !== 'number') return [];
    const first = column.values[0] ?? NaN;
    if (!column.values.every((value, row) => value === first + row)) return [];
    const message = `column ${show(column.name)} numbers the rows: if they are in some order, it tells the answer; --drop leaves it out`;
    return [{ code: 'row-numbers', column: column.name, message }];
  });
}

/** Columns in which each value goes with one class, and each class with one value; or numbers that are the target on another scale. */
function copies(table: Table, target: Column | undefined): DataNote[] {
  if (target === undefined || table.rowCount < FEWEST_ROWS) return [];
  return inputsOf(table, target).flatMap((column): DataNote[] => {
    const isCopy =
      (column.kind === 'number' &&
        target.kind === 'number' &&
        isScaled(column.values, target.values)) ||
      isRenamed(column, target);
    if (!isCopy) return [];
    const message = `column ${show(column.name)} copies the target ${show(target.name)}: if it is not known beforehand, --drop leaves it out`;
    return [{ code: 'copied-target', column: column.name, message }];
  });
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

/** Columns whose missing cells alone tell one class from the others. */
function telling(table: Table, target: Column | undefined): DataNote[] {
  if (target === undefined || table.rowCount < FEWEST_ROWS) return [];
  const classes: readonly unknown[] | Float64Array = target.values;
  return inputsOf(table, target).flatMap((column): DataNote[] => {
    if (!hasGap(column)) return [];
    const missing = new Set<unknown>();
    const present = new Set<unknown>();
    for (let row = 0; row < classes.length; row++) {
      if (cellAt(target, row) === null) continue;
      (cellAt(column, row) === null ? missing : present).add(classes[row]);
      if (missing.size > 1 && present.size > 1) return [];
    }
    const tells = missing.size === 1 || present.size === 1;
    const apart = [...missing].every((one) => !present.has(one));
    if (!tells || !apart || missing.size === 0 || present.size === 0) return [];
    const message = `column ${show(column.name)} is empty exactly where the target is ${missing.size === 1 ? show([...missing][0]) : `not ${show([...present][0])}`}: it may be filled in afterwards; --drop leaves it out`;
    return [{ code: 'telling-gaps', column: column.name, message }];
  });
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
  // A missing number is NaN, which JSON writes as null, like every other missing cell.
  return Array.from({ length: rowCount }, (_, row) =>
    JSON.stringify(columns.map(({ values }) => values[row])),
  );
}
