/**
 * The weight of each row: class weight × sample weight. The loss is Σ w ℓ / Σ w, so weights count relative
 * to each other; a weight of 2 equals the row given twice.
 */
import type { Targets } from '../data/targets.ts';
import { DataError } from '../errors.ts';
import { checkNumber, show } from '../options.ts';

/** Factors by class index; `'balanced'` is rows / (classes · rows of the class). */
export type ClassWeights = 'balanced' | readonly number[] | Readonly<Record<number, number>>;

/**
 * The factors of all classes, from what a caller gave.
 *
 * @param targets - the training targets, which `'balanced'` counts
 * @param classes - how many classes there are; 2 for one binary output
 * @throws {TypeError} when it is neither `'balanced'`, an array nor a record
 * @throws {RangeError} when a factor is negative, not finite or of no class
 */
export function readClassWeights(
  where: string,
  given: unknown,
  targets: Targets,
  classes: number,
): Float64Array | undefined {
  if (given === undefined) return undefined;
  if (given === 'balanced') return balanced(targets, classes);
  const factors = new Float64Array(classes).fill(1);
  if (typeof given !== 'object' || given === null) {
    throw new TypeError(
      `${where}: classWeights must be 'balanced', an array or a record by class index; got ${show(given)}.`,
    );
  }
  if (Array.isArray(given) && given.length !== classes) {
    throw new RangeError(
      `${where}: classWeights must have ${classes} factors, one a class; got ${given.length}.`,
    );
  }
  for (const [key, value] of Object.entries(given)) {
    const index = Number(key);
    if (!Number.isInteger(index) || index < 0 || index >= classes) {
      throw new RangeError(
        `${where}: classWeights must name classes from 0 to ${classes - 1}; got ${show(key)}.`,
      );
    }
    factors[index] = checkNumber(where, `classWeights[${key}]`, value, { min: 0 });
  }
  return factors;
}

function balanced(targets: Targets, classes: number): Float64Array {
  const mass = new Float64Array(classes);
  for (let row = 0; row < targets.rows; row++) {
    for (let k = 0; k < classes; k++) mass[k]! += membership(targets, row, k);
  }
  return mass.map((sum) => (sum === 0 ? 0 : targets.rows / (classes * sum)));
}

/** How much of row `row` belongs to class `k`; one binary output stands for the classes 0 and 1. */
function membership(targets: Targets, row: number, k: number): number {
  if (targets.kind === 'labels') return targets.labels[row] === k ? 1 : 0;
  const value = targets.data[row * targets.columns + (targets.columns === 1 ? 0 : k)]!;
  return targets.columns === 1 && k === 0 ? 1 - value : value;
}

/**
 * The weights of all rows, or undefined where every one is 1.
 *
 * @param factors - of the classes; a soft target takes the mean of its classes' factors
 * @param sampleWeights - one a row, non-negative
 * @throws {TypeError} when sampleWeights is no array of numbers
 * @throws {RangeError} when its length is not the number of rows
 * @throws {DataError} when a weight is negative or not finite
 */
export function rowWeights(
  where: string,
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
  const list =
    Array.isArray(sampleWeights) ||
    (ArrayBuffer.isView(sampleWeights) && !(sampleWeights instanceof DataView));
  if (!list) {
    throw new TypeError(
      `${where}: sampleWeights must be an array of numbers; got ${show(sampleWeights)}.`,
    );
  }
  const given = sampleWeights as unknown as ArrayLike<unknown>;
  if (given.length !== rows) {
    throw new RangeError(
      `${where}: sampleWeights must have one weight a row, ${rows}; got ${given.length}.`,
    );
  }
  for (let row = 0; row < rows; row++) {
    const weight = given[row];
    if (typeof weight !== 'number' || !(weight >= 0 && weight < MAX_WEIGHT)) {
      throw new DataError(
        `${where}: sampleWeights[${row}] must be a finite number, at least 0; got ${show(weight)}.`,
        { row: row + 1 },
      );
    }
    weights[row]! *= weight;
  }
  return weights;
}

/** Weights are stored in float32. */
const MAX_WEIGHT = 3.4e38;
