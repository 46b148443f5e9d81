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
 * @param name - the name of the sample weights, for messages
 * @param factors - the factors of the classes; a soft target takes the mean of its classes' factors
 * @param sampleWeights - one for each row, non-negative
 * @throws {TypeError} when sampleWeights is no array of numbers
 * @throws {RangeError} when its length is not the number of rows
 * @throws {DataError} when a weight is negative or not finite
 */
export function rowWeights(
  where: string,
  name: string,
  targets: Targets,
  factors: Float64Array | undefined,
  sampleWeights: unknown,
): Float64Array | undefined {
  if (factors === undefined && sampleWeights === undefined) return undefined;
  const { rows } = targets;
  const weights = new Float64Array(rows).fill(1);
  if (factors !== undefined) {
    for (let row = 0; row < rows; row++) {
      let weight = 0;
      for (let k = 0; k < factors.length; k++) weight += membership(targets, row, k) * factors[k]!;
      weights[row] = weight;
    }
  }
  if (sampleWeights === undefined) return weights;
  const own = sampleWeightsOf(where, name, sampleWeights, rows);
  for (let row = 0; row < rows; row++) weights[row]! *= own[row]!;
  return weights;
}

/**
 * The weights of rows, checked, in a copy.
 *
 * @param name - for messages
 * @throws as {@link rowWeights}
 */
export function sampleWeightsOf(
  where: string,
  name: string,
  sampleWeights: unknown,
  rows: number,
): Float64Array {
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
