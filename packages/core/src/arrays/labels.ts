/**
 * Converts labels to class indices and back. The target of a classifier may be text, numbers or truth values, and its
 * predictions have the same type. Classes are kept in an array and found through a Map, so no label can
 * collide with a property name.
 */
import { dataError, mustBe, rangeError, typeError } from '../words/fault.ts';
import { checkWellFormed, showAll, show } from '../words/options.ts';
import { isList, type NumericArray } from './matrix.ts';

/** The name of a class. */
export type Label = string | number | boolean;

/** The classes of a classifier: numbers by value, text by code unit, false before true. */
export type Classes<One extends Label = Label> = readonly One[];

/** One label for each row: an array, or a typed array of numbers. */
export type LabelInput<One extends Label = Label> = readonly One[] | NumericArray;

/**
 * The distinct labels in their fixed order. All must be of one type; −0 counts as 0.
 *
 * @param labels - one for each row
 * @throws {TypeError} when `labels` is no array
 * @throws {DataError} when a label is missing, not finite, or of another type than the first
 * @example
 * findClasses(['dog', 'cat', 'dog']); // ['cat', 'dog']
 */
export function findClasses<One extends Label>(labels: LabelInput<One>): One[] {
  return findClassesFor('findClasses', labels);
}

/** {@link findClasses} on behalf of the public function `where`. */
export function findClassesFor<One extends Label>(where: string, labels: LabelInput<One>): One[] {
  const seen = new Set(checkLabels(where, labels)) as Set<One>;
  for (const one of seen) {
    if (typeof one === 'string') checkWellFormed(where, 'a label', one);
  }
  // The order is by code unit, because the locale differs between machines.
  return [...seen].toSorted((left, right) => (left < right ? -1 : 1));
}

/**
 * The index of each label in `classes`.
 *
 * @param classes - in the order of {@link findClasses}
 * @param labels - one for each row
 * @returns one index for each row, from 0
 * @throws {TypeError} when `classes` or `labels` is no array
 * @throws {DataError} when a label is missing, of another type, or not among the classes
 * @example
 * Array.from(encodeLabels(['cat', 'dog'], ['dog', 'cat', 'dog'])); // [1, 0, 1]
 */
export function encodeLabels<One extends Label>(
  classes: Classes<One>,
  labels: LabelInput<One>,
): Int32Array {
  return encodeLabelsFor('encodeLabels', classes, labels);
}

/**
 * {@link encodeLabels} on behalf of the public function `where`.
 *
 * @param rows - how many labels there must be; any number by default
 * @throws {RangeError} when the number of labels is not `rows`
 */
export function encodeLabelsFor<One extends Label>(
  where: string,
  classes: Classes<One>,
  labels: LabelInput<One>,
  rows?: number,
): Int32Array {
  if (rows !== undefined && labels.length !== rows) {
    throw rangeError({
      where,
      subject: 'labels',
      rule: 'must be one a row',
      got: `${labels.length} for ${rows} rows`,
    });
  }
  if (!Array.isArray(classes)) {
    throw typeError(mustBe(where, 'classes', 'an array of labels', classes));
  }
  const indexOf = new Map<Label, number>(classes.map((one, index) => [one, index]));
  return Int32Array.from(checkLabels(where, labels, classes[0]), (label, row) => {
    const index = indexOf.get(label);
    if (index !== undefined) return index;
    const rule = `one of the classes ${showAll(classes)}`;
    throw dataError(mustBe(where, `labels[${row}]`, rule, label), { row: row + 1 });
  });
}

/** The labels, checked to have the type of `sample` (by default the first label); −0 is read as 0. */
function checkLabels(where: string, labels: unknown, sample?: Label): Label[] {
  if (!isList(labels)) {
    throw typeError(mustBe(where, 'labels', 'an array of text, numbers or booleans', labels));
  }
  const kind = typeof (sample ?? labels[0]);
  return Array.from<unknown, Label>(labels, (label, row) => {
    if (isLabel(label) && typeof label === kind) return label === 0 ? 0 : label;
    const rule = `must all be of one type (${kind})`;
    const fault = isLabel(label)
      ? { where, subject: 'labels', rule, got: `${show(label)} in labels[${row}]` }
      : mustBe(where, `labels[${row}]`, 'text, a finite number or a boolean', label);
    throw dataError(fault, { row: row + 1 });
  });
}

/** Whether a value can be the name of a class. */
export function isLabel(value: unknown): value is Label {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}
