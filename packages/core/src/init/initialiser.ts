/**
 * The initialisers of weights as data: their names, their checks, and the one function that fills a weight. A weight
 * is a pure function of (initialiser, shape, seed, K), with the same bits on every machine. Biases start at 0 and
 * need no initialiser.
 */
import { mustBe, typeError } from '../words/fault.ts';
import { checkChoice, isRecord, numberOption, readOptions } from '../words/options.ts';
import { initialNormalsInto } from '../random/normal.ts';
import { fillOrthogonal } from './orthogonal.ts';
import { WEIGHT_TENSOR, type WeightPlace } from './place.ts';
import { fillScaled } from './scaled.ts';

/**
 * σ of 'truncated-normal' for every shape, and the cut in multiples of σ. After the cut the standard deviation
 * is 0.044. Keras' `TruncatedNormal()` is the same; PyTorch's `trunc_normal_` has σ = 1 by default.
 */
const TRUNCATED_DEVIATION = 0.05;
const TRUNCATED_CUT = 2;

/** The names a layer may give. */
export const INITIALISER_NAMES = [
  'he-uniform',
  'he-normal',
  'xavier-uniform',
  'xavier-normal',
  'lecun-uniform',
  'lecun-normal',
  'truncated-normal',
  'orthogonal',
  'zeros',
] as const;

export type InitialiserName = (typeof INITIALISER_NAMES)[number];

/** An initialiser: a name, or one number for all weights. Plain JSON. */
export type Initialiser = InitialiserName | { readonly constant: number };

/** What a layer accepts. */
export type InitialiserOption = Initialiser;

/**
 * The initialiser that a layer was given.
 *
 * @param where - the public function, for messages
 * @param option - a name of {@link INITIALISER_NAMES} or `{ constant }`
 * @returns the same initialiser, checked and without unknown fields
 * @throws {TypeError} when it is neither, or has an unknown field
 * @throws {RangeError} when the name is unknown or the constant is not finite
 */
export function readInitialiser(where: string, option: unknown): Initialiser {
  if (typeof option === 'string') return checkChoice(where, 'init', option, INITIALISER_NAMES);
  if (!isRecord(option) || !('constant' in option)) {
    throw typeError(mustBe(where, 'init', 'a name or { constant: number }', option));
  }
  const rules = { constant: numberOption({ float32: true }) };
  return readOptions<{ constant: number }>(where, option, rules, 'init.');
}

/**
 * Fills the weight of a layer.
 *
 * @param initialiser - which rule
 * @param place - the memory of the weight, its shape and its random stream; values are computed in float64 and, for a
 *   Float32Array, rounded once
 */
export function initialise(initialiser: Initialiser, place: WeightPlace): void {
  const { out, seed, layer } = place;
  if (typeof initialiser === 'object') out.fill(initialiser.constant);
  else if (initialiser === 'zeros') out.fill(0);
  else if (initialiser === 'orthogonal') fillOrthogonal(place);
  else if (initialiser === 'truncated-normal') {
    initialNormalsInto(out, TRUNCATED_DEVIATION, seed, layer, WEIGHT_TENSOR, TRUNCATED_CUT);
  } else fillScaled(place, initialiser);
}
