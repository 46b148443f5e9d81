/**
 * Dates and times as inputs of a network. What repeats, such as the hour or the day of the week, becomes a point on a circle,
 * sin 2πt and cos 2πt of the part t of its cycle, so that 23:59 is near 0:00; what does not repeat, such as the year and the
 * time that has passed, becomes a standardised number. A part that is the same in all training rows is left out.
 */
import { cosPi, sinPi } from '../elementary/index.ts';
import { DAY, dayAt, daysOf, HOUR, MINUTE } from './reading/calendar.ts';
import { fitColumnScaling, scaledNumber, UNSCALED, type ColumnScaling } from './column-scaling.ts';
import type { NumberRules } from './fit-numbers.ts';
import { median } from './scaling.ts';
import type { DateColumn } from './table.ts';

export type DatePartName =
  'elapsed' | 'year' | 'month' | 'day' | 'weekday' | 'dayOfYear' | 'hour' | 'minute';

/** A part of a date: a number without end, or a number in a cycle of known length. */
interface DatePart {
  /** The length of the cycle; absent if the part does not repeat. */
  readonly cycle?: number;
  /** The value at so many milliseconds since 1970-01-01 00:00. */
  of(time: number): number;
}

const fullDays = (time: number): number => Math.floor(time / DAY);
const inDay = (time: number): number => time - fullDays(time) * DAY;

/** The table of parts, in the order of their input columns. */
const DATE_PARTS: Readonly<Record<DatePartName, DatePart>> = {
  elapsed: { of: (time) => time / DAY },
  year: { of: (time) => dayAt(fullDays(time)).year },
  month: { cycle: 12, of: (time) => dayAt(fullDays(time)).month - 1 },
  day: { of: (time) => dayAt(fullDays(time)).day },
  weekday: { cycle: 7, of: (time) => (((fullDays(time) + 3) % 7) + 7) % 7 },
  dayOfYear: { cycle: 365.2425, of: dayOfYear },
  hour: { cycle: 24, of: (time) => inDay(time) / HOUR },
  minute: { cycle: 60, of: (time) => Math.floor(inDay(time) / MINUTE) % 60 },
};

/** The names of all parts. */
export const DATE_PART_NAMES: readonly DatePartName[] = Object.keys(DATE_PARTS) as DatePartName[];

function dayOfYear(time: number): number {
  const days = fullDays(time);
  return days - (daysOf({ year: dayAt(days).year, month: 1, day: 1 }) ?? 0);
}

/** A part that training rows vary in. A part of a cycle has mean 0 and scale 1, because its sine and cosine need none. */
export interface FittedDatePart extends ColumnScaling {
  readonly part: DatePartName;
}

/** The fitted form of a column of dates, without its name. */
export interface FittedDates {
  /** Milliseconds since 1970-01-01 00:00, for a missing date. */
  readonly fill: number;
  readonly parts: readonly FittedDatePart[];
  /** Whether a last input is 1 where the date is missing and 0 elsewhere. */
  readonly indicator?: true;
}

/** Finds the parts of a column; undefined if it has no value. */
export function fitDates(
  { values }: DateColumn,
  { standardize, scaling, addIndicator }: NumberRules,
): FittedDates | undefined {
  const present = values.filter((value) => !Number.isNaN(value));
  if (present.length === 0) return undefined;
  const fill = Math.floor(median(present));
  const filled = values.map((value) => (Number.isNaN(value) ? fill : value));
  const parts = DATE_PART_NAMES.flatMap((part): FittedDatePart[] => {
    const row = DATE_PARTS[part];
    const numbers = filled.map((time) => row.of(time));
    const first = numbers[0];
    if (numbers.every((value) => value === first)) return [];
    const unscaled = row.cycle !== undefined || !standardize;
    const fitted = unscaled ? UNSCALED : fitColumnScaling(Float64Array.from(numbers), scaling);
    return [{ part, ...fitted }];
  });
  const indicator = addIndicator && present.length < values.length;
  return { fill, parts, ...(indicator ? { indicator } : {}) };
}

/** What the inputs that dates become are called: `year`, `weekday (sin)`. */
export function datePartTitles(parts: readonly FittedDatePart[]): string[] {
  return parts.flatMap(({ part }) =>
    DATE_PARTS[part].cycle === undefined ? [part] : [`${part} (sin)`, `${part} (cos)`],
  );
}

/** The names of these inputs of a column: `day.year`, `day.weekday (sin)`. */
export function datePartNames(name: string, parts: readonly FittedDatePart[]): string[] {
  return datePartTitles(parts).map((title) => `${name}.${title}`);
}

/** The number of inputs of the parts. */
export function datePartWidth(parts: readonly FittedDatePart[]): number {
  return datePartTitles(parts).length;
}

/** Writes the inputs of one date from `data[at]` on. */
export function writeDate(
  { parts, fill, indicator }: FittedDates,
  time: number,
  data: Float32Array,
  at: number,
): void {
  const moment = Number.isNaN(time) ? fill : time;
  let place = at;
  for (const { part, ...scaling } of parts) {
    const row = DATE_PARTS[part];
    const value = row.of(moment);
    if (row.cycle === undefined) data[place++] = scaledNumber(scaling, value);
    else {
      data[place++] = sinPi((2 * value) / row.cycle);
      data[place++] = cosPi((2 * value) / row.cycle);
    }
  }
  if (indicator === true) data[place] = Number(Number.isNaN(time));
}
