/**
 * Reading a preparation, classes or target scaler back from JSON of unknown origin, such as a model file. A
 * record is described by a reader for each of its fields; every field is checked, nothing is trusted, and what
 * does not fit is a `ModelFormatError`. The result is a new record with known fields only.
 */
import { ModelFormatError } from '../errors.ts';
import { isRecord, mustBe, show } from '../options.ts';
import { isLabel, type Label } from './labels.ts';
import { widthOf, type ColumnPreparation, type TablePreparation } from './preparation.ts';
import type { TargetScaler } from './scaling.ts';

/** Reads one value of JSON; `name` is its path in messages. @throws {ModelFormatError} when it does not fit */
export type Reader<Value> = (where: string, name: string, value: unknown) => Value;

/** A reader of what fits. */
function fitting<Value>(rule: string, fits: (value: unknown) => value is Value): Reader<Value> {
  return (where, name, value) => {
    if (fits(value)) return value;
    throw new ModelFormatError(mustBe(where, name, rule, value));
  };
}

/** A reader of an object whose fields nobody knows. */
export const OBJECT: Reader<object> = fitting(
  'an object',
  (value): value is object => isRecord(value) && !Array.isArray(value),
);
/** A reader of true and false. */
export const BOOLEAN: Reader<boolean> = fitting(
  'true or false',
  (value) => typeof value === 'boolean',
);
const TEXT = fitting('text', (value) => typeof value === 'string');
const NUMBER = fitting('a finite number', (value): value is number => Number.isFinite(value));
const POSITIVE = fitting(
  'a finite number above 0',
  (value): value is number => Number.isFinite(value) && Number(value) > 0,
);
const ARRAY = fitting<readonly unknown[]>('an array', (value) => Array.isArray(value));

/** A reader of some values only. */
export function oneOf<const Value>(...values: readonly Value[]): Reader<Value> {
  const known: readonly unknown[] = values;
  return fitting(values.map(show).join(' or '), (value): value is Value => known.includes(value));
}

/** A reader of an object's fields, each by its own; only own fields are read, so none reaches a prototype. */
export function recordOf<Fields extends object>(readers: {
  readonly [Name in keyof Fields]: Reader<Fields[Name]>;
}): Reader<Fields> {
  return (where, name, value) => {
    const fields = new Map<string, unknown>(Object.entries(OBJECT(where, name, value)));
    const read = Object.entries<Reader<unknown>>(readers).map(([field, reader]) => [
      field,
      reader(where, `${name}.${field}`, fields.get(field)),
    ]);
    return Object.fromEntries(read) as Fields;
  };
}

function listOf<Item>(item: Reader<Item>): Reader<Item[]> {
  return (where, name, value) =>
    ARRAY(where, name, value).map((one, index) => item(where, `${name}[${index}]`, one));
}

/** A reader of labels of one type, in ascending order. */
function ascending<Item extends Label>(item: Reader<Item>): Reader<Item[]> {
  return (where, name, value) => {
    const list = listOf(item)(where, name, value);
    const fits = list.every(
      (one, i) => i === 0 || (typeof list[i - 1] === typeof one && list[i - 1]! < one),
    );
    if (fits && list.length > 0) return list;
    throw new ModelFormatError(mustBe(where, name, 'labels of one type, ascending', list));
  };
}

const KIND = oneOf('number', 'boolean', 'text', 'ignored');
const SCALED = { fill: NUMBER, mean: NUMBER, scale: POSITIVE };
const FIELDS = {
  number: SCALED,
  boolean: SCALED,
  text: { categories: ascending(TEXT), missing: BOOLEAN, omitted: NUMBER },
  ignored: { reason: oneOf('empty', 'identifiers') },
};

const readColumn: Reader<ColumnPreparation> = (where, name, value) => {
  const { kind } = recordOf({ kind: KIND })(where, name, value);
  const shape: Readonly<Record<string, Reader<unknown>>> = FIELDS[kind];
  return recordOf({ name: TEXT, kind: KIND, ...shape })(where, name, value) as ColumnPreparation;
};

const readTable = recordOf<TablePreparation>({
  version: oneOf(1),
  named: BOOLEAN,
  width: NUMBER,
  columns: listOf(readColumn),
});

/**
 * The preparation in a parsed JSON value.
 *
 * @param where - the public function, for messages
 * @param name - its name in messages
 * @throws {ModelFormatError} when a field is missing or wrong, or the version is unknown
 */
export function readPreparation(where: string, name: string, value: unknown): TablePreparation {
  const preparation = readTable(where, name, value);
  const { columns } = preparation;
  const width = columns.reduce((sum, column) => sum + widthOf(column), 0);
  if (preparation.width !== width || width === 0) {
    const rule = `the columns' ${width}, above 0`;
    throw new ModelFormatError(mustBe(where, `${name}.width`, rule, preparation.width));
  }
  if (new Set(columns.map((column) => column.name)).size !== columns.length) {
    throw new ModelFormatError(`${where}: ${name}.columns must have names that differ.`);
  }
  return preparation;
}

/**
 * The classes in a parsed JSON value: of one type, in ascending order.
 *
 * @throws {ModelFormatError} when they are not
 */
export const readClasses: Reader<Label[]> = ascending(
  fitting('text, a finite number or a boolean', isLabel),
);

const readScaler = recordOf<TargetScaler>({ mean: listOf(NUMBER), scale: listOf(POSITIVE) });

/**
 * The target scaler in a parsed JSON value.
 *
 * @throws {ModelFormatError} when it is none
 */
export function readTargetScaler(where: string, name: string, value: unknown): TargetScaler {
  const scaler = readScaler(where, name, value);
  if (scaler.mean.length === scaler.scale.length) return scaler;
  throw new ModelFormatError(`${where}: ${name} must have as many means as scales.`);
}
