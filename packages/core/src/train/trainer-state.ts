/**
 * The state of a trainer as plain data: everything the next step depends on besides its batch and options.
 */
import { DataError } from '../errors.ts';
import type { Layout, ParameterPlace } from '../network/layout.ts';
import type { ParameterMap } from '../network/readable.ts';
import { checkNumber, show } from '../options.ts';

type RealArray = Float32Array | Float64Array;

/** Copies, by parameter name; a moment that the optimiser does not keep is an empty map. */
export interface TrainerState {
  /** t: steps done. */
  readonly step: number;
  readonly learningRate: number;
  readonly parameters: ParameterMap;
  /** adam: m of eq. (26); sgd, rmsprop: the momentum buffer. */
  readonly firstMoment: ParameterMap;
  /** adam, rmsprop: v of eq. (27); adagrad: the sum of squares. */
  readonly secondMoment: ParameterMap;
  /** adam with amsgrad: the largest v. */
  readonly thirdMoment: ParameterMap;
}

/** A flat region cut into copies by parameter. */
export function stateMap(layout: Layout, flat: RealArray): ParameterMap {
  return new Map(
    layout.parameters.map(({ name, offset, size }) => [name, flat.slice(offset, offset + size)]),
  );
}

interface Write {
  readonly flat: RealArray;
  readonly place: ParameterPlace;
  readonly values: RealArray;
}

const MOMENTS = [
  ['firstMoment', 'firstMoments'],
  ['secondMoment', 'secondMoments'],
  ['thirdMoment', 'thirdMoments'],
] as const;

/**
 * Checks a whole state before any of it is written.
 *
 * @throws {TypeError} when a field or a parameter is missing or of a wrong kind
 * @throws {RangeError} when a parameter has a wrong length
 * @throws {DataError} when a value is not finite
 */
export function readTrainerState(
  layout: Layout,
  state: TrainerState,
  momentsOf: (name: 'firstMoments' | 'secondMoments' | 'thirdMoments') => RealArray | undefined,
  parameters: RealArray,
): Write[] {
  const given: unknown = state;
  if (typeof given !== 'object' || given === null) {
    throw new TypeError(`restore: state must be what state() gave; got ${show(given)}.`);
  }
  checkNumber('restore', 'state.step', state.step, { integer: true, min: 0 });
  checkNumber('restore', 'state.learningRate', state.learningRate, { above: 0 });
  const writes = readMap(layout, 'parameters', state.parameters, parameters);
  for (const [field, region] of MOMENTS) {
    const flat = momentsOf(region);
    if (flat !== undefined) writes.push(...readMap(layout, field, state[field], flat));
    else checkEmpty(field, state[field]);
  }
  return writes;
}

function readMap(layout: Layout, field: string, map: unknown, flat: RealArray): Write[] {
  if (!(map instanceof Map)) {
    throw new TypeError(`restore: state.${field} must be a Map; got ${show(map)}.`);
  }
  return layout.parameters.map((place) => {
    const values: unknown = (map as Map<unknown, unknown>).get(place.name);
    if (!(values instanceof Float32Array || values instanceof Float64Array)) {
      throw new TypeError(`restore: state.${field} must hold ${place.name}; got ${show(values)}.`);
    }
    if (values.length !== place.size) {
      throw new RangeError(
        `restore: state.${field}: ${place.name} must have ${place.size} values; got ${values.length}.`,
      );
    }
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      throw new DataError(
        `restore: state.${field}: ${place.name}[${bad}] must be a finite number; got ${values[bad]}.`,
      );
    }
    return { flat, place, values };
  });
}

/** A moment that the optimiser does not keep. */
function checkEmpty(field: string, map: unknown): void {
  const size = map instanceof Map ? map.size : undefined;
  if (size === 0) return;
  throw new RangeError(
    `restore: state.${field} must be an empty Map for this optimiser; got ${size === undefined ? show(map) : `${size} entries`}.`,
  );
}
