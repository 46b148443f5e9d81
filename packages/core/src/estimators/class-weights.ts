/** The option `classWeight`: how it is read, and its factors by the index of a class. */
import type { Classes, Label } from '../arrays/labels.ts';
import type { ClassWeights } from '../train/row-weights.ts';
import { mustBe, rangeError, typeError } from '../words/fault.ts';
import { checkNumber, isRecord, show, suggestion } from '../words/options.ts';
import type { PlannedClassWeights } from './plan.ts';

/** The forms of the option `classWeight`. */
export type ClassWeight =
  'balanced' | Readonly<Record<string, number>> | readonly (readonly [Label, number])[];

/** Reads the option. @throws {TypeError} when it has none of the forms; {RangeError} when a factor is below 0 */
export function readClassWeight(
  where: string,
  name: string,
  given: unknown,
): PlannedClassWeights | undefined {
  if (given === undefined || given === 'balanced') return given;
  const pairs: unknown[] = Array.isArray(given)
    ? given
    : isRecord(given)
      ? Object.entries(given)
      : [0];
  const factors = pairs.map((pair): [string, number] => {
    if (Array.isArray(pair) && pair.length === 2) {
      const label = String(pair[0]);
      return [label, checkNumber(where, `${name}.${label}`, pair[1], { min: 0 })];
    }
    const rule = "'balanced', a record by label or pairs [label, factor]";
    throw typeError(mustBe(where, name, rule, given));
  });
  // If a label is named twice, its last factor counts.
  return [...new Map(factors)];
}

/** The plan's class weights by the index of the class. */
export function classFactors(
  where: string,
  planned: PlannedClassWeights | undefined,
  classes: Classes,
): ClassWeights | undefined {
  if (planned === undefined || planned === 'balanced') return planned;
  const factors = new Map(planned.map(([label, factor]) => [String(label), factor]));
  const names = classes.map(String);
  for (const name of factors.keys()) {
    if (names.includes(name)) continue;
    const remedy = suggestion(name, names, 'The classes are');
    throw rangeError({
      where,
      subject: 'classWeight',
      rule: 'must name classes',
      got: show(name),
      remedy,
    });
  }
  return names.map((name) => factors.get(name) ?? 1);
}
