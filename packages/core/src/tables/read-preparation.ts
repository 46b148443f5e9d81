/**
 * Reads a preparation, classes or a target scaler back from JSON of unknown origin, such as a model file. A record is
 * described by a rule for each of its fields, and every field is checked. The result is a new record with known fields
 * only. The reader of a file reports a value that breaks a rule as a fault of the file.
 */
import { mustBe, rangeError, typeError } from '../words/fault.ts';
import {
  booleanOption,
  choiceOption,
  isRecord,
  listOf,
  numberOption,
  optional,
  type OptionRule,
} from '../words/options.ts';
import { isLabel, type Label } from '../arrays/labels.ts';
import { DATE_PART_NAMES } from './date-parts.ts';
import { DATE_FORMATS } from './reading/date-formats.ts';
import type { ColumnReading, DataNote } from './reading/reading.ts';
import { widthOf, type ColumnPreparation, type TablePreparation } from './preparation.ts';
import type { TargetScaler, TargetSpan } from './scaling.ts';

/** A rule that accepts the values for which `fits` is true. */
function fitting<Value>(rule: string, fits: (value: unknown) => value is Value): OptionRule<Value> {
  return (where, name, value) => {
    if (fits(value)) return value;
    throw typeError(mustBe(where, name, rule, value));
  };
}

/** An object with unknown fields. */
export const OBJECT: OptionRule<object> = fitting(
  'an object',
  (value): value is object => isRecord(value) && !Array.isArray(value),
);
/** The only version that exists. */
export const VERSION: OptionRule<1> = fitting('1', (value): value is 1 => value === 1);
const TEXT = fitting('text', (value) => typeof value === 'string');
const NUMBER = numberOption({});
const TRUE = fitting('true', (value): value is true => value === true);
const POSITIVE = numberOption({ above: 0 });

/** A rule for an object, made of one rule for each field. Only own fields are read, so no value comes from a prototype. */
export function recordOf<Fields extends object>(rules: {
  readonly [Name in keyof Fields]: OptionRule<Fields[Name]>;
}): OptionRule<Fields> {
  return (where, name, value) => {
    const fields = new Map<string, unknown>(Object.entries(OBJECT(where, name, value)));
    const read = Object.entries<OptionRule<unknown>>(rules).map(([field, rule]) => [
      field,
      rule(where, `${name}.${field}`, fields.get(field)),
    ]);
    return Object.fromEntries(read) as Fields;
  };
}

/** A rule for labels of one type, in ascending order. */
function ascending<Item extends Label>(item: OptionRule<Item>): OptionRule<Item[]> {
  return (where, name, value) => {
    const list = listOf(item)(where, name, value);
    const fits = list.every(
      (one, i) => i === 0 || (typeof list[i - 1] === typeof one && list[i - 1]! < one),
    );
    if (fits && list.length > 0) return list;
    throw typeError(mustBe(where, name, 'labels of one type, ascending', list));
  };
}

const KIND = choiceOption(['number', 'boolean', 'text', 'date', 'ignored']);
const SCALING = { mean: NUMBER, scale: POSITIVE, limit: optional(POSITIVE) };
const SCALED = { fill: NUMBER, ...SCALING, indicator: optional(TRUE) };
const FIELDS = {
  number: SCALED,
  boolean: SCALED,
  text: {
    categories: ascending(TEXT),
    missing: booleanOption(),
    omitted: NUMBER,
    embedded: optional(TRUE),
  },
  date: {
    fill: NUMBER,
    parts: listOf((where, name, value) =>
      compact(recordOf({ part: choiceOption(DATE_PART_NAMES), ...SCALING })(where, name, value)),
    ),
    indicator: optional(TRUE),
  },
  ignored: { reason: choiceOption(['empty', 'identifiers', 'constant']) },
};

/** A record without the fields that are undefined. */
function compact<Fields extends object>(fields: Fields): Fields {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as Fields;
}

const READING: OptionRule<ColumnReading> = (where, name, value) =>
  compact(
    recordOf({
      kind: choiceOption(['number', 'text', 'boolean', 'date']),
      code: TEXT,
      why: TEXT,
      decimal: optional(choiceOption(['.', ','])),
      unit: optional(TEXT),
      format: optional(choiceOption(DATE_FORMATS.map((format) => format.name))),
    })(where, name, value),
  ) as ColumnReading;

const NOTE: OptionRule<DataNote> = (where, name, value) =>
  compact(
    recordOf({ code: TEXT, column: optional(TEXT), count: optional(NUMBER), message: TEXT })(
      where,
      name,
      value,
    ),
  ) as DataNote;

const readColumn: OptionRule<ColumnPreparation> = (where, name, value) => {
  const { kind } = recordOf({ kind: KIND })(where, name, value);
  const shape: Readonly<Record<string, OptionRule<unknown>>> = FIELDS[kind];
  const fields = { name: TEXT, kind: KIND, ...shape, reading: optional(READING) };
  return compact(recordOf(fields)(where, name, value)) as ColumnPreparation;
};

const readTable: OptionRule<TablePreparation> = (where, name, value) =>
  compact(
    recordOf({
      version: VERSION,
      named: booleanOption(),
      width: NUMBER,
      columns: listOf(readColumn),
      notes: optional(listOf(NOTE)),
    })(where, name, value),
  ) as TablePreparation;

/**
 * The preparation in a parsed JSON value.
 *
 * @param where - the public function, for messages
 * @param name - its name in messages
 * @throws {TypeError} when a field is missing or wrong, or the version is unknown
 * @throws {RangeError} when the fields do not fit each other
 */
export function readPreparation(where: string, name: string, value: unknown): TablePreparation {
  const preparation = readTable(where, name, value);
  const { columns } = preparation;
  const width = columns.reduce((sum, column) => sum + widthOf(column), 0);
  if (preparation.width !== width || width === 0) {
    const rule = `the columns' ${width}, above 0`;
    throw rangeError(mustBe(where, `${name}.width`, rule, preparation.width));
  }
  if (new Set(columns.map((column) => column.name)).size !== columns.length) {
    throw rangeError({ where, subject: `${name}.columns`, rule: 'must have names that differ' });
  }
  return preparation;
}

/**
 * The classes in a parsed JSON value: of one type, in ascending order.
 *
 * @throws {TypeError} when they are not
 */
export const readClasses: OptionRule<Label[]> = ascending(
  fitting('text, a finite number or a boolean', isLabel),
);

const SCALER = {
  mean: listOf(NUMBER),
  scale: listOf(POSITIVE),
  span: optional(recordOf<TargetSpan>({ min: listOf(NUMBER), max: listOf(NUMBER) })),
};

const readScaler: OptionRule<TargetScaler> = (where, name, value) =>
  compact(recordOf(SCALER)(where, name, value)) as TargetScaler;

/**
 * The target scaler in a parsed JSON value.
 *
 * @throws {TypeError} when it is none
 * @throws {RangeError} when there are not as many means as scales, or a span is empty or of another length
 */
export function readTargetScaler(where: string, name: string, value: unknown): TargetScaler {
  const scaler = readScaler(where, name, value);
  const { mean, scale, span = { min: mean, max: mean } } = scaler;
  if (mean.length !== scale.length) {
    throw rangeError({ where, subject: name, rule: 'must have as many means as scales' });
  }
  const { min, max } = span;
  const fits = [min, max].every((ends) => ends.length === mean.length);
  if (fits && min.every((low, column) => low <= max[column]!)) return scaler;
  const rule = 'must have a smallest and a largest target for each mean, the smallest first';
  throw rangeError({ where, subject: `${name}.span`, rule });
}
