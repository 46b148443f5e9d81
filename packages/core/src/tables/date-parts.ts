/**
 * Dates and times as inputs of a network. What repeats, such as the hour or the day of the week, becomes a point on a circle,
 * sin 2πt and cos 2πt of the part t of its cycle, so that 23:59 is near 0:00; what does not repeat, such as the year and the
 * time that has passed, becomes a standardised number. A part that is the same in all training rows is left out.
 */
import { cosPi, sinPi } from '../elementary/index.ts';
import { DAY, dayAt, daysOf, HOUR, MINUTE, type CalendarDay } from './reading/calendar.ts';
import { fitColumnScaling, scaledNumber, UNSCALED, type ColumnScaling } from './column-scaling.ts';
import type { NumberRules } from './fit-numbers.ts';
import {
  changed,
  numbersOfColumn,
  piecesOf,
  withoutMissing,
  type Numbers,
} from './number-source.ts';
import { median } from './scaling.ts';
import type { DateColumn } from './table.ts';

export type DatePartName =
  'elapsed' | 'year' | 'month' | 'day' | 'weekday' | 'dayOfYear' | 'hour' | 'minute';

/** A part of a date: a number without end, or a number in a cycle of known length. */
interface DatePart {
  /** The length of the cycle; absent if the part does not repeat. */
  readonly cycle?: number;
  readonly of: (moment: Moment) => number;
}

/** A date with all that its parts are computed from, so that the calendar is asked once for each date. */
interface Moment {
  /** Milliseconds since 1970-01-01 00:00, and those since the day began. */
  readonly time: number;
  readonly inDay: number;
  /** Days since 1970-01-01, and which day that is. */
  readonly days: number;
  readonly date: CalendarDay;
}

/** The moment of a date, or of `fill` if it is missing. */
function momentOf(date: number, fill: number): Moment {
  const time = Number.isNaN(date) ? fill : date;
  const days = Math.floor(time / DAY);
  return { time, inDay: time - days * DAY, days, date: dayAt(days) };
}

/** The table of parts, in the order of their input columns. */
const DATE_PARTS: Readonly<Record<DatePartName, DatePart>> = {
  elapsed: { of: ({ time }) => time / DAY },
  year: { of: ({ date }) => date.year },
  month: { cycle: 12, of: ({ date }) => date.month - 1 },
  day: { of: ({ date }) => date.day },
  weekday: { cycle: 7, of: ({ days }) => (((days + 3) % 7) + 7) % 7 },
  dayOfYear: { cycle: 365.2425, of: dayOfYear },
  hour: { cycle: 24, of: ({ inDay }) => inDay / HOUR },
  minute: { cycle: 60, of: ({ inDay }) => Math.floor(inDay / MINUTE) % 60 },
};

/** The length of the cycle of a part; undefined if the part does not repeat. */
export function datePartCycle(part: DatePartName): number | undefined {
  return DATE_PARTS[part].cycle;
}

/** The names of all parts. */
export const DATE_PART_NAMES: readonly DatePartName[] = Object.keys(DATE_PARTS) as DatePartName[];

function dayOfYear({ days, date }: Moment): number {
  return days - (daysOf({ year: date.year, month: 1, day: 1 }) ?? 0);
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
  column: DateColumn,
  { standardize, scaling, addIndicator }: NumberRules,
): FittedDates | undefined {
  const dates = numbersOfColumn(column);
  const known = withoutMissing(dates);
  if (known.length === 0) return undefined;
  const fill = Math.floor(median(known));
  // One part after another, because the numbers of all parts would take ten times the memory of the dates.
  const parts = DATE_PART_NAMES.flatMap((part): FittedDatePart[] => {
    const { cycle, of } = DATE_PARTS[part];
    const numbers = changed(dates, (piece) => piece.map((time) => of(momentOf(time, fill))));
    if (isConstant(numbers)) return [];
    const unscaled = cycle !== undefined || !standardize;
    return [{ part, ...(unscaled ? UNSCALED : fitColumnScaling(numbers, scaling)) }];
  });
  const indicator = addIndicator && known.length < dates.length;
  return { fill, parts, ...(indicator ? { indicator } : {}) };
}

function isConstant(numbers: Numbers): boolean {
  let first: number | undefined;
  for (const piece of piecesOf(numbers)) {
    first ??= piece[0];
    if (piece.some((value) => value !== first)) return false;
  }
  return true;
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
  const moment = momentOf(time, fill);
  let place = at;
  for (const fitted of parts) {
    const { cycle, of } = DATE_PARTS[fitted.part];
    const value = of(moment);
    if (cycle === undefined) data[place++] = scaledNumber(fitted, value);
    else {
      data[place++] = sinPi((2 * value) / cycle);
      data[place++] = cosPi((2 * value) / cycle);
    }
  }
  if (indicator === true) data[place] = Number(Number.isNaN(time));
}
