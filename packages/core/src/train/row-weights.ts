/**
 * The weight of each row: class weight × sample weight. The loss is Σ w ℓ / Σ w, so only the ratios of weights
 * matter; a row of weight 2 counts like the same row given twice.
 */
import { mustBe, rangeError, typeError } from '../words/fault.ts';
import { isList } from '../arrays/matrix.ts';
import { membership, WEIGHT_RULE } from '../arrays/sample-weights.ts';
import { range } from '../arrays/split.ts';
import type { Targets } from '../arrays/targets.ts';
import { classesOf, type LossKind } from '../losses/loss.ts';
import { checkNumber, isRecord, show } from '../words/options.ts';

/** Factors by class index; `'balanced'` is rows / (classes · rows of the class). */
export type ClassWeights = 'balanced' | readonly number[] | Readonly<Record<number, number>>;

/**
 * The factors of all classes, read from the caller's option.
 *
 * @param targets - the targets of all rows
 * @param loss - a cross-entropy
 * @param outputs - K; 1 for a binary cross-entropy, whose output represents the classes 0 and 1
 * @param rows - the rows that `'balanced'` counts; all by default
 * @throws {TypeError} when it is neither `'balanced'`, an array nor a record
 * @throws {RangeError} when a factor is negative, not finite or of no class, or the rows have no classes
 */
export function readClassWeights(
  where: string,
  given: unknown,
  targets: Targets,
  loss: LossKind,
  outputs: number,
  rows: Uint32Array = range(0, targets.rows),
): Float64Array | undefined {
  if (given === undefined) return undefined;
  const classes = classesOf(loss, outputs);
  if (classes === undefined) {
    throw rangeError({
      where,
      subject: 'classWeights',
      rule: "must go with one class a row, so with 'softmax-cross-entropy', or 'binary-cross-entropy' and one output",
      got: `'${loss}' and ${outputs} outputs`,
    });
  }
  const factors = new Float64Array(classes);
  if (given === 'balanced') {
    addClassCounts(factors, targets, rows);
    return balancedFactors(factors, rows.length);
  }
  if (!isRecord(given) || (!isList(given) && Symbol.iterator in given)) {
    const rule = "'balanced', an array or a record by class index";
    throw typeError(mustBe(where, 'classWeights', rule, given));
  }
  if (isList(given) && given.length !== classes) {
    throw rangeError({
      where,
      subject: 'classWeights',
      rule: `must have ${classes} factors, one a class`,
      got: given.length,
    });
  }
  factors.fill(1);
  for (const [key, value] of Object.entries(given)) {
    // The key must be the usual text of the index, so that neither '1.0' nor '' names a class.
    if (!factors.some((_, k) => String(k) === key)) {
      throw rangeError({
        where,
        subject: 'classWeights',
        rule: `must name classes from 0 to ${classes - 1}`,
        got: show(key),
      });
    }
    factors[Number(key)] = checkNumber(where, `classWeights[${key}]`, value, WEIGHT_RULE);
  }
  return factors;
}

/** Adds to the count of each class how much of the given rows belongs to it. */
export function addClassCounts(counts: Float64Array, targets: Targets, rows: Uint32Array): void {
  for (const row of rows) {
    for (let k = 0; k < counts.length; k++) counts[k]! += membership(targets, row, k);
  }
}

/** The factors `'balanced'` of classes, from how much of the rows belongs to each. */
export function balancedFactors(counts: Float64Array, rows: number): Float64Array {
  return counts.map((sum) => (sum === 0 ? 0 : rows / (counts.length * sum)));
}

/**
 * The class of each row, for a stratified split, if every row has exactly one class; undefined otherwise.
 *
 * @param loss - a cross-entropy has classes; one binary output represents the classes 0 and 1
 */
export function classIndices(targets: Targets, loss: LossKind): Int32Array | undefined {
  if (targets.kind === 'labels') return targets.labels;
  const { data, rows, columns } = targets;
  if (classesOf(loss, columns) === undefined) return undefined;
  const indices = new Int32Array(rows);
  for (let i = 0; i < data.length; i++) {
    if (data[i] !== 0 && data[i] !== 1) return undefined;
    if (data[i] === 1) indices[Math.floor(i / columns)] = columns === 1 ? 1 : i % columns;
  }
  return indices;
}
