/**
 * Labels to class indices and back: the target of a classifier may be text, numbers or truth values, and its
 * predictions come back as the same. Also the rule by which a program chooses between classification and
 * regression. Classes are kept in an array and found through a Map, so no label can collide with a property.
 */
import { DataError } from '../errors.ts';
import { show } from '../options.ts';
import type { NumericArray } from './matrix.ts';
import { cellAt, checkWellFormed, type Column } from './table.ts';

/** What a class may be called. */
export type Label = string | number | boolean;

/** The classes of a classifier: numbers by value, text by code unit, false before true. */
export type Classes<One extends Label = Label> = readonly One[];

/** Labels a row: an array, or a typed array of numbers. */
export type LabelInput<One extends Label = Label> = readonly One[] | NumericArray;

/**
 * The distinct labels in their fixed order. All must be of one type; −0 counts as 0.
 *
 * @param labels - one a row
 * @param where - the public function, for messages
 * @throws {TypeError} when `labels` is no array
 * @throws {DataError} when a label is missing, not finite, or of another type than the first
 * @example
 * findClasses(['dog', 'cat', 'dog']); // ['cat', 'dog']
 */
export function findClasses<One extends Label>(
  labels: LabelInput<One>,
  where = 'findClasses',
): One[] {
  const seen = new Set<One>();
  const list = labelArray(where, labels);
  const kind = typeof list[0];
  for (let row = 0; row < list.length; row++)
    seen.add(checkLabel(where, list[row], row, kind) as One);
  for (const one of seen) {
    if (typeof one === 'string') checkWellFormed(where, 'a label', one);
  }
  return [...seen].toSorted(compareLabels);
}

/**
 * The index of each label in `classes`.
 *
 * @returns one index a row, from 0
 * @throws {DataError} when a label is missing, of another type, or not among the classes
 * @example
 * Array.from(encodeLabels(['cat', 'dog'], ['dog', 'cat', 'dog'])); // [1, 0, 1]
 */
export function encodeLabels<One extends Label>(
  classes: Classes<One>,
  labels: LabelInput<One>,
  where = 'encodeLabels',
): Int32Array {
  const indexOf = new Map<Label, number>(classes.map((one, index) => [one, index]));
  const kind = typeof classes[0];
  const list = labelArray(where, labels);
  return Int32Array.from({ length: list.length }, (_, row) => {
    const label = checkLabel(where, list[row], row, kind);
    const index = indexOf.get(label);
    if (index !== undefined) return index;
    const known = classes.slice(0, 12).map((one) => show(one));
    throw new DataError(
      `${where}: labels[${row}] must be one of the classes ${known.join(', ')}${classes.length > known.length ? ', …' : ''}; got ${show(label)}.`,
      { row: row + 1 },
    );
  });
}

/** How many rows each class has; `classes` is their number. */
export function countClasses(labels: Int32Array, classes: number): Uint32Array {
  const counts = new Uint32Array(classes);
  for (const label of labels) counts[label]! += 1;
  return counts;
}

/**
 * The labels in a table's column, each row's.
 *
 * @throws {DataError} when one is missing, naming row and column
 * @example
 * labelsOfColumn(columnOfTable(table, 'fur')); // ['long', 'short', 'short']
 */
export function labelsOfColumn(column: Column, firstRow = 1, where = 'labelsOfColumn'): Label[] {
  return Array.from({ length: column.values.length }, (_, row) => {
    const label = cellAt(column, row);
    if (label !== null) return label;
    throw new DataError(
      `${where}: the target ${show(column.name)} must have a value in every row; row ${row + firstRow} has none.`,
      { row: row + firstRow, column: column.name },
    );
  });
}

/** What kind of question a target asks. */
export type Task = 'classification' | 'regression';

/** The largest number of distinct integers that is still read as class names. */
const MAX_INTEGER_CLASSES = 20;

/**
 * The task that a target column asks for: text and truth values are classes, so are integers with at most 20
 * distinct values; other numbers are quantities.
 *
 * @returns the task and the reason in words, for the user
 * @example
 * inferTask(columnOfTable(table, 'fur')).task; // 'classification'
 */
export function inferTask(column: Column): { readonly task: Task; readonly reason: string } {
  if (column.kind !== 'number') {
    const kind = column.kind === 'text' ? 'text' : 'true or false';
    return { task: 'classification', reason: `the target is ${kind}` };
  }
  const distinct = new Set<number>();
  for (const value of column.values) {
    if (Number.isNaN(value)) continue;
    if (!Number.isInteger(value)) return { task: 'regression', reason: 'the target has fractions' };
    distinct.add(value);
    if (distinct.size > MAX_INTEGER_CLASSES) {
      return {
        task: 'regression',
        reason: `the target has more than ${MAX_INTEGER_CLASSES} distinct integers`,
      };
    }
  }
  return {
    task: 'classification',
    reason: `the target has ${distinct.size} distinct ${distinct.size === 1 ? 'integer' : 'integers'}`,
  };
}

/** Numbers by value, text by code unit (not by locale, which differs between machines), false before true. */
function compareLabels(left: Label, right: Label): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function labelArray(where: string, labels: unknown): ArrayLike<unknown> {
  if (Array.isArray(labels)) return labels;
  if (ArrayBuffer.isView(labels) && !(labels instanceof DataView)) {
    return labels as unknown as ArrayLike<unknown>;
  }
  throw new TypeError(
    `${where}: labels must be an array of text, numbers or booleans; got ${show(labels)}.`,
  );
}

function checkLabel(where: string, label: unknown, row: number, kind: string): Label {
  const known =
    typeof label === 'string' || typeof label === 'number' || typeof label === 'boolean';
  const finite = typeof label !== 'number' || Number.isFinite(label);
  if (!known || !finite) {
    throw new DataError(
      `${where}: labels[${row}] must be text, a finite number or a boolean; got ${show(label)}.`,
      { row: row + 1 },
    );
  }
  if (typeof label !== kind) {
    throw new DataError(
      `${where}: labels must all be of one type (${kind}); got ${show(label)} in labels[${row}].`,
      { row: row + 1 },
    );
  }
  return label === 0 ? 0 : label;
}
