/**
 * Gradient clipping as data, and the factor of one step: eq. (30). It acts on all parameters together, after
 * the adjoints of all rows are merged and before l1, l2 and decay; the norm is taken in float64.
 *
 * The notes write g ← η g / ‖g‖, which scales small gradients up; this form is the option `normalize`. Clipping by norm
 * as in Pascanu et al. changes only gradients that are longer than η.
 *
 * Source: Pascanu, Mikolov & Bengio 2013, "On the difficulty of training recurrent neural networks",
 * Algorithm 1; the notes, eq. (30).
 */
import { mustBe, typeError } from '../words/fault.ts';
import {
  isRecord,
  numberOption,
  optional,
  readOptions,
  type OptionRules,
} from '../words/options.ts';

/** The option `clip` of `fit`: exactly one of three forms. */
export type ClipOption =
  { readonly globalNorm: number } | { readonly value: number } | { readonly normalize: number };

/** The checked option. */
export interface Clip {
  readonly kind: 'globalNorm' | 'value' | 'normalize';
  /** η, or the bound c of every element. */
  readonly value: number;
}

type ClipValues = { readonly [Kind in Clip['kind']]?: number };

/** 2^127: a larger factor would be infinite once rounded to float32. */
const LARGEST_SCALE = 1.7014118346046923e38;

/**
 * The clipping that was asked for.
 *
 * @param where - the public function, for messages
 * @param option - `{ globalNorm: η }`, `{ value: c }` or `{ normalize: η }`, above 0; undefined for none
 * @throws {TypeError} when it is none of them, or more than one
 * @throws {RangeError} when the number is not above 0
 */
export function readClip(where: string, option: unknown): Clip | undefined {
  if (option === undefined) return undefined;
  const rule = optional(numberOption({ above: 0, float32: true }));
  const rules: OptionRules<ClipValues> = { globalNorm: rule, value: rule, normalize: rule };
  const given = isRecord(option)
    ? Object.entries<number>(readOptions<ClipValues>(where, option, rules, 'clip.'))
    : [];
  if (given.length !== 1) {
    throw typeError(
      mustBe(where, 'clip', 'one of { globalNorm }, { value } and { normalize }', option),
    );
  }
  const [kind, value] = given[0]!;
  return { kind: kind as Clip['kind'], value };
}

/**
 * s of g ← s·g: min(1, η / ‖g‖) for `globalNorm`, η / ‖g‖ for `normalize`, 1 otherwise.
 *
 * The comparison is strict and nothing is added to the norm, so gradients of norm η or less keep every bit;
 * PyTorch scales by η / (‖g‖ + 1e-6) even at equality. Under `normalize` a zero gradient stays zero, and a gradient
 * that is so small that no float32 factor brings it to η is scaled by 2^127.
 *
 * @param clip - the checked option
 * @param norm - ‖g‖ over all parameters
 */
export function clipScale(clip: Clip | undefined, norm: number): number {
  if (clip?.kind === 'globalNorm' && norm > clip.value) return clip.value / norm;
  if (clip?.kind === 'normalize' && norm > 0) return Math.min(clip.value / norm, LARGEST_SCALE);
  return 1;
}

/**
 * c of g ← max(−c, min(c, g)), element by element; Infinity without clipping by value.
 *
 * @param clip - the checked option
 */
export function clipLimit(clip: Clip | undefined): number {
  return clip?.kind === 'value' ? clip.value : Infinity;
}
