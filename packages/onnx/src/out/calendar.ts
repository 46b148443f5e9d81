/**
 * The parts of dates as nodes: the day of a date in the Gregorian calendar by whole divisions alone, and what repeats as a
 * point on a circle.
 *
 * Source: H. Hinnant, “chrono-Compatible Low-Level Date Algorithms”, civil_from_days: years that begin in March, in eras of
 * 400 years with 146,097 days.
 */
import { DAY, HOUR, MINUTE, type FittedDatePart } from 'vinculum/internal';
import { arithmeticOf, type Arithmetic } from './arithmetic.ts';
import type { GraphBuilder, Value } from './graph-builder.ts';

/** From 0000-03-01, the first day of an era, to 1970-01-01. */
const DAYS_BEFORE_1970 = 719_468;
const DAYS_OF_ERA = 146_097;

/** The parts of a date as values of type double. */
export type DateParts = Readonly<Record<FittedDatePart['part'], Value>>;

/**
 * The parts of dates.
 *
 * @param time - double, milliseconds since 1970-01-01 00:00
 */
export function datePartsOf(graph: GraphBuilder, time: Value): DateParts {
  const { add, subtract, multiply, divide, wholes, rest } = arithmeticOf(graph);
  const days = wholes(time, DAY);
  const inDay = rest(time, DAY);
  const shifted = add(days, DAYS_BEFORE_1970);
  const era = wholes(shifted, DAYS_OF_ERA);
  const dayOfEra = rest(shifted, DAYS_OF_ERA);
  // Days without the leap days: each 4 years one more, each 100 years one less, each 400 years one more.
  const plain = add(
    subtract(dayOfEra, wholes(dayOfEra, 1460)),
    subtract(wholes(dayOfEra, 36_524), wholes(dayOfEra, 146_096)),
  );
  const yearOfEra = wholes(plain, 365);
  const dayFromMarch = subtract(
    dayOfEra,
    daysBefore(yearOfEra, { add, subtract, multiply, wholes }),
  );
  const monthFromMarch = wholes(add(multiply(dayFromMarch, 5), 2), 153);
  const daysOfMonths = wholes(add(multiply(monthFromMarch, 153), 2), 5);
  const isNextYear = wholes(monthFromMarch, 10);
  const year = add(add(yearOfEra, multiply(era, 400)), isNextYear);
  // January and February belong to the year that began in the March before.
  const month = subtract(add(monthFromMarch, 2), multiply(isNextYear, 12));
  const before = subtract(year, 1);
  const newYear = add(
    multiply(wholes(before, 400), DAYS_OF_ERA),
    add(daysBefore(rest(before, 400), { add, subtract, multiply, wholes }), 306 - DAYS_BEFORE_1970),
  );
  return {
    elapsed: divide(time, DAY),
    year,
    month,
    day: add(subtract(dayFromMarch, daysOfMonths), 1),
    weekday: rest(add(days, 3), 7),
    dayOfYear: subtract(days, newYear),
    hour: divide(inDay, HOUR),
    minute: rest(wholes(inDay, MINUTE), 60),
  };
}

/** The days of the years of an era before a year. */
function daysBefore(
  year: Value,
  { add, subtract, multiply, wholes }: Pick<Arithmetic, 'add' | 'subtract' | 'multiply' | 'wholes'>,
): Value {
  return add(multiply(year, 365), subtract(wholes(year, 4), wholes(year, 100)));
}

/** sin 2πt and cos 2πt of a part of a cycle. */
export function onCircle(
  graph: GraphBuilder,
  part: Value,
  cycle: number,
): [sine: Value, cosine: Value] {
  const { add, multiply } = arithmeticOf(graph);
  const angle = multiply(part, (2 * Math.PI) / cycle);
  // A cosine is a sine a quarter later; runtimes have the sine of doubles, but not all have the cosine.
  return [graph.node('Sin', [angle]), graph.node('Sin', [add(angle, Math.PI / 2)])];
}
