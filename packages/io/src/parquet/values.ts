/**
 * The types of Parquet: what a stored value is in a table, and how it is spelt. A type is a row of {@link TYPES}; what has no
 * row cannot be read, and its column is refused by name. The values come as they are stored (integers, bytes), because a
 * decimal or a long integer must not pass through a rounding on its way.
 *
 * Source: Apache Parquet format 2.11, LogicalTypes.md (of the converted types too).
 */
import { isUtf8 } from 'node:buffer';
import type { SchemaElement } from 'hyparquet';
import type { ColumnKind } from 'vinculum';
import { DAY } from 'vinculum/internal';

/** A value as it is stored. Nulls are not among them. */
export type Stored = number | bigint | boolean | Uint8Array;

/** How the values of a type are read. */
export interface ValueType {
  readonly kind: ColumnKind;
  /** The cell of a table; undefined if the value is none that a table can hold. */
  readonly value: (stored: Stored) => number | string | boolean | undefined;
  /** The value as a CSV file spells it. */
  readonly spelling: (stored: Stored) => string;
  /** What each value must be, without "must be"; for those that have no cell. */
  readonly rule: string;
  /** Whether the type holds integers only, so that its spelling may be text. */
  readonly integers?: boolean;
}

/** A row of the table: how a schema element is read, or undefined if it is of another type. */
type TypeRow = (element: SchemaElement, annotation: string) => ValueType | undefined;

const TYPES: readonly TypeRow[] = [
  booleans,
  nulls,
  decimals,
  dates,
  times,
  timestamps,
  integers,
  floats,
  texts,
  uuids,
];

/** How the values of a column are read; undefined if a table has no place for them. */
export function valueTypeOf(element: SchemaElement): ValueType | undefined {
  const annotation = element.logical_type?.type ?? element.converted_type ?? '';
  if (!isStoredAs(annotation, element.type)) return undefined;
  for (const row of TYPES) {
    const type = row(element, annotation);
    if (type !== undefined) return type;
  }
  return undefined;
}

/** The physical types of the annotations that do not say it themselves. */
const STORED_AS: Readonly<Record<string, readonly string[]>> = {
  DECIMAL: ['INT32', 'INT64', 'BYTE_ARRAY', 'FIXED_LEN_BYTE_ARRAY'],
  DATE: ['INT32'],
  TIME: ['INT32', 'INT64'],
  TIME_MILLIS: ['INT32'],
  TIME_MICROS: ['INT64'],
  TIMESTAMP: ['INT64'],
  TIMESTAMP_MILLIS: ['INT64'],
  TIMESTAMP_MICROS: ['INT64'],
  FLOAT16: ['FIXED_LEN_BYTE_ARRAY'],
  UUID: ['FIXED_LEN_BYTE_ARRAY'],
};

function isStoredAs(annotation: string, type: string | undefined): boolean {
  return STORED_AS[annotation]?.includes(String(type)) ?? true;
}

/** What people call the type of a column that cannot be read. */
export function titleOfType({ type, logical_type, converted_type }: SchemaElement): string {
  const annotation = logical_type?.type ?? converted_type;
  return annotation === undefined ? `${type}` : `${type} (${annotation})`;
}

function booleans({ type }: SchemaElement): ValueType | undefined {
  if (type !== 'BOOLEAN') return undefined;
  return { kind: 'boolean', value: Boolean, spelling: String, rule: 'true or false' };
}

/** A column without any value, to which its writer gave no other type. */
function nulls(_element: SchemaElement, annotation: string): ValueType | undefined {
  return annotation === 'NULL' ? numbers(Number, String, 'a number') : undefined;
}

function numbers(
  value: (stored: Stored) => number,
  spelling: (stored: Stored) => string,
  rule: string,
): ValueType {
  const finite = (stored: Stored): number | undefined => {
    const number = value(stored);
    return number === Infinity || number === -Infinity ? undefined : number;
  };
  return { kind: 'number', value: finite, spelling, rule };
}

function integers(
  { type, logical_type }: SchemaElement,
  annotation: string,
): ValueType | undefined {
  if (type !== 'INT32' && type !== 'INT64') return undefined;
  const plain = ['', 'INTEGER'].includes(annotation) || /^U?INT_\d+$/.test(annotation);
  if (!plain) return undefined;
  const unsigned =
    annotation.startsWith('UINT') || (logical_type?.type === 'INTEGER' && !logical_type.isSigned);
  const read = (stored: Stored): number | bigint => {
    if (typeof stored === 'bigint') return unsigned ? BigInt.asUintN(64, stored) : stored;
    return unsigned ? Number(stored) >>> 0 : Number(stored);
  };
  const spelling = (stored: Stored): string => String(read(stored));
  return { ...numbers((stored) => Number(read(stored)), spelling, 'an integer'), integers: true };
}

function floats({ type }: SchemaElement, annotation: string): ValueType | undefined {
  if (type === 'FLOAT' || type === 'DOUBLE') return numbers(Number, String, 'a finite number');
  if (annotation !== 'FLOAT16') return undefined;
  return numbers(halfOf, (stored) => String(halfOf(stored)), 'a finite number');
}

/** float16, little-endian. Source: IEEE 754-2019, binary16. */
function halfOf(stored: Stored): number {
  const [low = 0, high = 0] = stored as Uint8Array;
  const sign = high & 0x80 ? -1 : 1;
  const exponent = (high >> 2) & 0x1f;
  const fraction = ((high & 3) << 8) | low;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0
    ? sign * 2 ** -14 * (fraction / 1024)
    : sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}

function decimals(element: SchemaElement, annotation: string): ValueType | undefined {
  if (annotation !== 'DECIMAL') return undefined;
  const { logical_type } = element;
  const scale = (logical_type?.type === 'DECIMAL' ? logical_type.scale : element.scale) ?? 0;
  const spelling = (stored: Stored): string => decimalText(unscaled(stored), scale);
  const type = numbers((stored) => Number(spelling(stored)), spelling, 'a finite number');
  return scale === 0 ? { ...type, integers: true } : type;
}

/** The integer of a decimal, from two's complement bytes with the highest first. */
function unscaled(stored: Stored): bigint {
  if (!(stored instanceof Uint8Array)) return BigInt(stored);
  const hex = Buffer.from(stored.buffer, stored.byteOffset, stored.length).toString('hex');
  return hex === '' ? 0n : BigInt.asIntN(stored.length * 8, BigInt(`0x${hex}`));
}

function decimalText(digits: bigint, scale: number): string {
  const sign = digits < 0n ? '-' : '';
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
  const whole = text.slice(0, text.length - scale);
  return scale === 0 ? `${sign}${whole}` : `${sign}${whole}.${text.slice(text.length - scale)}`;
}

/** The first moments of the years 0 and 10000: others are not spelt with four digits. */
const FIRST_DATE = -62_167_219_200_000;
const AFTER_LAST_DATE = 253_402_300_800_000;

function dates(_element: SchemaElement, annotation: string): ValueType | undefined {
  if (annotation !== 'DATE') return undefined;
  return {
    kind: 'date',
    value: momentOfDay,
    spelling: (stored) => isoText(momentOfDay(stored)).slice(0, 10),
    rule: 'a date from the year 0 to 9999',
  };
}

function momentOfDay(stored: Stored): number | undefined {
  return within(Number(stored) * DAY);
}

function within(milliseconds: number): number | undefined {
  return milliseconds >= FIRST_DATE && milliseconds < AFTER_LAST_DATE ? milliseconds : undefined;
}

function isoText(milliseconds: number | undefined): string {
  return milliseconds === undefined ? '' : new Date(milliseconds).toISOString();
}

/** Ticks of a second, by the unit of a time. */
const TICKS: Readonly<Record<string, bigint>> = {
  MILLIS: 1000n,
  MICROS: 1_000_000n,
  NANOS: 1_000_000_000n,
};

function unitOf({ logical_type, converted_type }: SchemaElement): string {
  return logical_type !== undefined && 'unit' in logical_type
    ? logical_type.unit
    : String(converted_type).replace(/^TIME(?:STAMP)?_/, '');
}

/** Times of the day have no type in a table: they are the text of which a CSV file makes times. */
function times(element: SchemaElement, annotation: string): ValueType | undefined {
  if (!/^TIME(?:_MILLIS|_MICROS)?$/.test(annotation)) return undefined;
  const ticks = TICKS[unitOf(element)];
  if (ticks === undefined) return undefined;
  const spelling = (stored: Stored): string => clockText(BigInt(stored as number | bigint), ticks);
  return { kind: 'text', value: spelling, spelling, rule: 'a time' };
}

function timestamps(element: SchemaElement, annotation: string): ValueType | undefined {
  const isOld = element.type === 'INT96' && annotation === '';
  if (!isOld && !annotation.startsWith('TIMESTAMP')) return undefined;
  const ticks = TICKS[isOld ? 'NANOS' : unitOf(element)];
  if (ticks === undefined) return undefined;
  const day = 86_400n * ticks;
  const moment = (stored: Stored): number | undefined =>
    within(Number(floorDivision(BigInt(stored as number | bigint), ticks / 1000n)));
  return {
    kind: 'date',
    value: moment,
    spelling(stored) {
      const time = BigInt(stored as number | bigint);
      const days = floorDivision(time, day);
      return `${isoText(within(Number(days) * DAY)).slice(0, 10)} ${clockText(time - days * day, ticks)}`;
    },
    rule: 'a time from the year 0 to 9999',
  };
}

function floorDivision(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return quotient * divisor > dividend ? quotient - 1n : quotient;
}

/** `12:30:00`, with a fraction only if there is one. */
function clockText(time: bigint, ticks: bigint): string {
  const seconds = Number(time / ticks);
  const rest = time % ticks;
  const whole = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  if (rest === 0n) return whole;
  const fraction = String(rest).padStart(String(ticks).length - 1, '0');
  return `${whole}.${fraction.replace(/0+$/, '')}`;
}

const WORDS = ['', 'UTF8', 'STRING', 'ENUM', 'JSON'];

/** Texts. Bytes without an annotation are texts too if they are UTF-8, because older writers leave it out. */
function texts({ type }: SchemaElement, annotation: string): ValueType | undefined {
  if (type !== 'BYTE_ARRAY' || !WORDS.includes(annotation)) return undefined;
  /** The values of a dictionary are the same objects in all rows. */
  const known = new WeakMap<Uint8Array, string>();
  const read = (stored: Stored): string | undefined => {
    const bytes = stored as Uint8Array;
    const before = known.get(bytes);
    if (before !== undefined) return before;
    if (!isUtf8(bytes)) return undefined;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
    known.set(bytes, text);
    return text;
  };
  return {
    kind: 'text',
    value: read,
    spelling: (stored) => read(stored) ?? '',
    rule: 'UTF-8 text',
  };
}

function uuids(_element: SchemaElement, annotation: string): ValueType | undefined {
  if (annotation !== 'UUID') return undefined;
  return { kind: 'text', value: uuidText, spelling: uuidText, rule: 'a UUID' };
}

function uuidText(stored: Stored): string {
  return Buffer.from(stored as Uint8Array)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
