/**
 * Reads what is evaluated: targets, predictions, weights and how to resample. A fault is refused here, so that no figure is computed
 * from rows that are not what they seem.
 */
import { isList } from '../arrays/matrix.ts';
import type { RealArray } from '../metrics/metric.ts';
import { dataError, mustBe, rangeError, typeError } from '../words/fault.ts';
import { numberOption, readOptions } from '../words/options.ts';
import type { Resampling } from './figure.ts';

/** How intervals are found; all may be left out. */
export interface ResamplingOptions {
  /** How many resamples; 0 for no intervals. Default 1,000. */
  readonly resamples?: number;
  /** The share of the resamples between the bounds, above 0 and below 1. Default 0.95. */
  readonly level?: number;
  /** Of the draws. Default 0. */
  readonly seed?: number;
}

/** @throws {RangeError} when a value is out of range */
export function readResampling(where: string, options: ResamplingOptions): Resampling {
  const { resamples, level, seed } = options;
  return readOptions<Resampling>(
    where,
    { resamples, level, seed },
    {
      resamples: numberOption({ integer: true, min: 0, max: 1_000_000 }, 1000),
      level: numberOption({ above: 0, below: 1 }, 0.95),
      seed: numberOption({ integer: true, min: 0 }, 0),
    },
  );
}

/**
 * A list of finite numbers as a typed array; a typed array of reals stays what it is, because its precision matters.
 *
 * @param width - numbers of a row, for the message
 * @throws {TypeError} when it is no list of numbers
 * @throws {RangeError} when it has another length
 * @throws {DataError} when a number is not finite; with its row
 */
export function readNumbers(
  where: string,
  name: string,
  given: unknown,
  { length, width = 1 }: { readonly length?: number; readonly width?: number } = {},
): RealArray {
  if (!isList(given)) throw typeError(mustBe(where, name, 'an array of numbers', given));
  if (length !== undefined && given.length !== length) {
    throw rangeError({
      where,
      subject: name,
      rule: `must have ${length} numbers`,
      got: given.length,
    });
  }
  const numbers =
    given instanceof Float32Array || given instanceof Float64Array
      ? given
      : Float64Array.from(given as ArrayLike<unknown>, (one) =>
          typeof one === 'number' ? one : NaN,
        );
  const wrong = numbers.findIndex((one) => !Number.isFinite(one));
  if (wrong === -1) return numbers;
  const row = Math.floor(wrong / width) + 1;
  throw dataError(
    {
      where,
      subject: `${name} of row ${row}`,
      rule: 'must be finite numbers',
      got: String(given[wrong]),
    },
    { row },
  );
}

/**
 * The classes of rows.
 *
 * @throws {TypeError} when it is no list
 * @throws {DataError} when one is no index of a class; with its row
 */
export function readClassIndices(
  where: string,
  name: string,
  given: unknown,
  classes: number,
): Int32Array {
  if (!isList(given)) throw typeError(mustBe(where, name, 'an array of indices of classes', given));
  const list = given as ArrayLike<unknown>;
  for (let row = 0; row < list.length; row++) {
    const index = list[row];
    if (Number.isInteger(index) && (index as number) >= 0 && (index as number) < classes) continue;
    throw dataError(
      {
        where,
        subject: `${name}[${row}]`,
        rule: `must be the index of a class, from 0 to ${classes - 1}`,
        got: String(index),
        remedy: ' See encodeLabels.',
      },
      { row: row + 1 },
    );
  }
  return Int32Array.from(list as ArrayLike<number>);
}
