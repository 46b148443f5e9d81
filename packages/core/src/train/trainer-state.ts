/**
 * The state of a trainer as plain data: everything on which the next step depends, except its batch and options.
 */
import { mustBe, rangeError, typeError } from '../words/fault.ts';
import { readNumbers } from '../model/network.ts';
import type { ParameterMap } from '../network/readable.ts';
import type { RealArray } from '../program/memory.ts';
import { checkNumber, isRecord } from '../words/options.ts';
import { RATE } from './callbacks.ts';
import type { TrainingRun } from './run.ts';

/** Copies, by parameter name; a moment that the optimiser does not keep is an empty map. */
export interface TrainerState {
  /** t: steps done. */
  readonly step: number;
  readonly learningRate: number;
  readonly parameters: ParameterMap;
  /** m of eq. (26), or the velocity of a momentum. */
  readonly firstMoment: ParameterMap;
  /** v of eq. (27), or AdaGrad's sum of squares. */
  readonly secondMoment: ParameterMap;
  /** The largest v so far, of Adam with `amsgrad`. */
  readonly thirdMoment: ParameterMap;
}

/** The fields of a state and the regions that they copy. */
export const STATE_REGIONS = {
  parameters: 'parameters',
  firstMoment: 'firstMoments',
  secondMoment: 'secondMoments',
  thirdMoment: 'thirdMoments',
} as const;

/**
 * Puts a run into a state; the whole state is checked before any part is written.
 *
 * @throws {TypeError} when a field or a parameter is missing or of a wrong kind
 * @throws {RangeError} when a parameter has a wrong length
 * @throws {DataError} when a value is not finite in the run's type, or a square is negative
 */
export function restoreState(run: TrainingRun, state: TrainerState): void {
  const where = 'restore';
  if (!isRecord(state)) throw typeError(mustBe(where, 'state', 'what state() gave', state));
  checkNumber(where, 'state.step', state.step, { integer: true, min: 0 });
  RATE(where, 'state.learningRate', state.learningRate);
  const writes: [flat: RealArray, values: RealArray][] = [];
  for (const [field, region] of Object.entries(STATE_REGIONS)) {
    const flat = run.find(region);
    const map: unknown = state[field as keyof typeof STATE_REGIONS];
    const name = `state.${field}`;
    if (!(map instanceof Map)) throw typeError(mustBe(where, name, 'a Map', map));
    if (flat === undefined) {
      if (map.size === 0) continue;
      throw rangeError({
        where,
        subject: name,
        rule: 'must be an empty Map for this optimiser',
        got: `${map.size} entries`,
      });
    }
    const values = flat.slice();
    const least = field === 'secondMoment' || field === 'thirdMoment' ? 0 : -Infinity;
    for (const place of run.layout.parameters) {
      const part = values.subarray(place.offset, place.offset + place.size);
      const given = (map as Map<unknown, unknown>).get(place.name);
      readNumbers(where, `${name}: ${place.name}`, place, given, part, least);
    }
    writes.push([flat, values]);
  }
  for (const [flat, values] of writes) flat.set(values);
  run.progress.steps = state.step;
  run.progress.learningRate = state.learningRate;
  run.markChanged();
}
