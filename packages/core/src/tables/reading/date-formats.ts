/**
 * The table of date formats. A column has one format, which its cells decide together: `03/04/2031` alone may be a day in
 * March or in April. To add a format, add a row: its name, what people call it, and the pattern of its day.
 */
import { daysOf, DAY, HOUR, MINUTE, SECOND, type CalendarDay } from './calendar.ts';

/** The order of day and month, and how they are written. */
export type DateFormatName =
  'ymd' | 'ym' | 'dmy' | 'mdy' | 'day-month-name' | 'month-name-day' | 'time';

/** A row of the table. */
export interface DateFormat {
  readonly name: DateFormatName;
  /** For messages: `day/month/year`. */
  readonly title: string;
  /** The day part of a cell, whole. */
  readonly pattern: RegExp;
  /** The day, from the groups of the pattern. */
  readonly day: (groups: readonly (string | undefined)[]) => CalendarDay;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH_NAME = `(${MONTHS.join('|')})[a-z]*\\.?`;

function yearOf(text = ''): number {
  const year = Number(text);
  if (text.length > 2) return year;
  // As POSIX reads two digits: 69 to 99 are of the twentieth century.
  return year < 69 ? 2000 + year : 1900 + year;
}

function monthOf(name = ''): number {
  return MONTHS.indexOf(name.toLowerCase()) + 1;
}

/** In the order in which they are preferred when several read every cell. */
export const DATE_FORMATS: readonly DateFormat[] = [
  {
    name: 'ymd',
    title: 'year-month-day',
    pattern: /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/,
    day: ([, year, , month, day]) => ({
      year: Number(year),
      month: Number(month),
      day: Number(day),
    }),
  },
  {
    name: 'ym',
    title: 'year-month',
    pattern: /^(\d{4})[-/](\d{1,2})$/,
    day: ([, year, month]) => ({ year: Number(year), month: Number(month), day: 1 }),
  },
  {
    name: 'dmy',
    title: 'day/month/year',
    pattern: /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})$/,
    day: ([, day, , month, year]) => ({
      year: yearOf(year),
      month: Number(month),
      day: Number(day),
    }),
  },
  {
    name: 'mdy',
    title: 'month/day/year',
    // Where points are written, the day comes first.
    pattern: /^(\d{1,2})([-/])(\d{1,2})\2(\d{4}|\d{2})$/,
    day: ([, month, , day, year]) => ({
      year: yearOf(year),
      month: Number(month),
      day: Number(day),
    }),
  },
  {
    name: 'day-month-name',
    title: 'day month year',
    pattern: new RegExp(`^(\\d{1,2})[ -]${MONTH_NAME}[ ,-]+(\\d{4}|\\d{2})$`, 'i'),
    day: ([, day, month, year]) => ({
      year: yearOf(year),
      month: monthOf(month),
      day: Number(day),
    }),
  },
  {
    name: 'month-name-day',
    title: 'month day, year',
    pattern: new RegExp(`^${MONTH_NAME} (\\d{1,2}),? +(\\d{4})$`, 'i'),
    day: ([, month, day, year]) => ({
      year: yearOf(year),
      month: monthOf(month),
      day: Number(day),
    }),
  },
  {
    name: 'time',
    title: 'hours:minutes',
    pattern: /^$/,
    day: () => ({ year: 1970, month: 1, day: 1 }),
  },
];

const TIME =
  /(?:^|[T ]\s*)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:\s*([ap])\.?m\.?)?(?:\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?))?$/i;

/** No date is longer. */
const LONGEST = 48;

/**
 * The moment that a cell names in a format.
 *
 * @returns milliseconds since 1970-01-01 00:00; undefined if the cell is no date of this format
 * @example
 * readDate('2031-03-01 00:10', DATE_FORMATS[0]!); // 1930090200000
 */
export function readDate(text: string, { pattern, day }: DateFormat): number | undefined {
  if (text.length > LONGEST) return undefined;
  const time = TIME.exec(text);
  const dayText = time === null ? text : text.slice(0, time.index);
  if (dayText === '' && time === null) return undefined;
  const groups = pattern.exec(dayText);
  if (groups === null) return undefined;
  const days = daysOf(day(groups));
  const clock = time === null ? 0 : clockOf(time);
  return days === undefined || clock === undefined ? undefined : days * DAY + clock;
}

function clockOf([
  ,
  hours,
  minutes,
  seconds = '0',
  fraction = '',
  half,
  zone = '',
]: RegExpExecArray): number | undefined {
  let hour = Number(hours);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  }
  if (hour > 24 || Number(minutes) > 59 || Number(seconds) > 60) return undefined;
  const milliseconds = Math.floor(Number(`0.${fraction || '0'}`) * SECOND);
  const clock = hour * HOUR + Number(minutes) * MINUTE + Number(seconds) * SECOND + milliseconds;
  const offset = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (offset === null) return clock;
  const shift = Number(offset[2]) * HOUR + Number(offset[3] ?? 0) * MINUTE;
  return offset[1] === '-' ? clock + shift : clock - shift;
}

/** The row of a name. */
export function dateFormat(name: DateFormatName): DateFormat {
  return DATE_FORMATS.find((format) => format.name === name)!;
}
