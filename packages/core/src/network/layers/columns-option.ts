/** The option `columns` of the layers that act on some columns of their input: a list of indices, or all columns. */
import { mustBe, rangeError, typeError } from '../../words/fault.ts';
import { checkNumber } from '../../words/options.ts';
import { MAX_UNITS } from './layer.ts';

/**
 * The rule of the option.
 *
 * @throws {TypeError} when it is neither `'all'` nor an array of numbers
 * @throws {RangeError} when it is empty, or its indices are not ascending
 */
export function columnsOption(
  where: string,
  name: string,
  value: unknown = 'all',
): 'all' | readonly number[] {
  if (value === 'all') return value;
  const rule = "'all' or an array of column indices, ascending";
  if (!Array.isArray(value)) throw typeError(mustBe(where, name, rule, value));
  const columns = value.map((column: unknown, place) =>
    checkNumber(where, `${name}[${place}]`, column, { integer: true, min: 0, max: MAX_UNITS - 1 }),
  );
  if (!areAscending(columns)) throw rangeError(mustBe(where, name, rule, value));
  return Object.freeze(columns);
}

/** Whether there is a column, and each is beyond the one before it. */
export function areAscending(columns: readonly number[]): boolean {
  return (
    columns.length > 0 &&
    columns.every((column, place) => place === 0 || column > columns[place - 1]!)
  );
}
