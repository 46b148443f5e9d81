/**
 * What a split of rows must respect, read from the options `labels`, `groups` and `time`: classes keep their shares,
 * the rows of a group stay on one side, or the last rows in time are held out. Only one of groups and time can hold, because
 * the last rows need not be whole groups.
 */
import { dataError, mustBe, rangeError, typeError } from '../words/fault.ts';
import { encodeLabelsFor, findClassesFor, type LabelInput } from './labels.ts';
import { isList } from './matrix.ts';

/** A split by group or by time; both lists have an entry for each row. */
export interface SplitRoles {
  /** Which rows belong together: text, numbers or booleans, all of one type. */
  readonly groups?: LabelInput | undefined;
  /** When each row was, as a number such as that of `date.getTime()`; of equal times the row that comes first is the earlier one. */
  readonly time?: ArrayLike<number> | undefined;
}

/** A checked rule. All lists have an entry for each row. */
export interface SplitRule {
  /** The class of each row, to stratify by; it has no effect beside groups and times. */
  readonly classOf?: Int32Array | undefined;
  readonly groupOf?: Int32Array | undefined;
  readonly times?: Float64Array | undefined;
}

/**
 * The rule of `groups` and `time`.
 *
 * @param rows - how many there are
 * @throws {TypeError} when one is no list, or has entries of a wrong kind
 * @throws {RangeError} when both are given, or there is not one entry for each row
 * @throws {DataError} when an entry is missing
 */
export function readSplitRoles(
  where: string,
  { groups, time }: SplitRoles,
  rows: number,
): SplitRule {
  if (groups !== undefined && time !== undefined) {
    throw rangeError({
      where,
      subject: 'groups',
      rule: 'must not go with time, because the last rows need not be whole groups',
    });
  }
  if (groups !== undefined) {
    const groupOf = encodeLabelsFor(where, findClassesFor(where, groups), groups, rows);
    return { groupOf };
  }
  return time === undefined ? {} : { times: readTimes(where, time, rows) };
}

function readTimes(where: string, given: unknown, rows: number): Float64Array {
  if (!isList(given)) throw typeError(mustBe(where, 'time', 'an array of numbers', given));
  if (given.length !== rows) {
    throw rangeError({
      where,
      subject: 'time',
      rule: `must have one entry a row, ${rows}`,
      got: given.length,
    });
  }
  return Float64Array.from({ length: rows }, (_, row) => {
    const one = given[row];
    if (typeof one === 'number' && Number.isFinite(one)) return one;
    throw dataError(mustBe(where, `time[${row}]`, 'a finite number', one), {
      row: row + 1,
    });
  });
}

/**
 * Marks the held-out rows of a split by time: the last `count` rows. Rows of equal time are in the order of the data.
 *
 * @returns 1 for a held-out row, else 0
 */
export function lastInTime(times: Float64Array, count: number): Uint8Array {
  const order = orderInTime(times);
  const held = new Uint8Array(times.length);
  for (const row of order.subarray(times.length - count)) held[row] = 1;
  return held;
}

/** The rows from the earliest to the last; rows of equal time are in the order of the data. */
export function orderInTime(times: Float64Array): Uint32Array {
  const order = Uint32Array.from(times, (_, row) => row);
  return order.toSorted((a, b) => times[a]! - times[b]! || a - b);
}
