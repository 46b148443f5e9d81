/**
 * How much each row counts in the loss: its own weight times the factors of its classes.
 */
import { dataError, mustBe, rangeError, typeError } from '../words/fault.ts';
import { isList } from './matrix.ts';
import type { Targets } from './targets.ts';

/** Weights must be below 2^63, because they are stored in float32, where the product of two such weights is still finite. */
export const WEIGHT_RULE = { min: 0, below: 9223372036854775808 } as const;

/** How much of row `row` belongs to class `k`; one binary output represents the classes 0 and 1. */
export function membership(targets: Targets, row: number, k: number): number {
  if (targets.kind === 'labels') return targets.labels[row] === k ? 1 : 0;
  const value = targets.data[row * targets.columns + (targets.columns === 1 ? 0 : k)]!;
  return targets.columns === 1 && k === 0 ? 1 - value : value;
}

/**
 * The weights of all rows, or undefined if every weight is 1.
 *
 * @param factors - the factors of the classes; a soft target takes the mean of its classes' factors
 * @param sampleWeights - one for each row, checked
 */
export function rowWeights(
  targets: Targets,
  factors: Float64Array | undefined,
  sampleWeights: Float64Array | undefined,
): Float64Array | undefined {
  if (factors === undefined) return sampleWeights;
  const weights = new Float64Array(targets.rows);
  for (let row = 0; row < weights.length; row++) {
    let weight = 0;
    for (let k = 0; k < factors.length; k++) weight += membership(targets, row, k) * factors[k]!;
    weights[row] = weight * (sampleWeights?.[row] ?? 1);
  }
  return weights;
}

/**
 * The weights of rows, checked, in a copy; undefined if none are given.
 *
 * @param name - for messages
 * @param sampleWeights - one for each row, non-negative
 * @throws {TypeError} when sampleWeights is no array of numbers
 * @throws {RangeError} when its length is not the number of rows
 * @throws {DataError} when a weight is negative or not finite
 */
export function sampleWeightsOf(
  where: string,
  name: string,
  sampleWeights: unknown,
  rows: number,
): Float64Array | undefined {
  if (sampleWeights === undefined) return undefined;
  if (!isList(sampleWeights)) {
    throw typeError(mustBe(where, name, 'an array of numbers', sampleWeights));
  }
  if (sampleWeights.length !== rows) {
    throw rangeError({
      where,
      subject: name,
      rule: `must have one weight a row, ${rows}`,
      got: sampleWeights.length,
    });
  }
  return Float64Array.from({ length: rows }, (_, row) => {
    const weight = sampleWeights[row];
    if (typeof weight !== 'number' || !(weight >= 0 && weight < WEIGHT_RULE.below)) {
      const rule = 'a finite number, at least 0 and below 2^63';
      throw dataError(mustBe(where, `${name}[${row}]`, rule, weight), { row: row + 1 });
    }
    return weight;
  });
}
