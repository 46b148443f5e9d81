/**
 * Uniform numbers of an initialiser's stream, in an interval around 0. Element i of a tensor depends on the seed, the layer
 * and its place only.
 */
import { blockInto, PURPOSES, uniform } from './streams.ts';

const WORDS: Uint32Array = new Uint32Array(4);

/**
 * Fills `out` with numbers (2u − 1) · bound, where u is a multiple of 2^−24 in [0, 1), in float64 and rounded once to the
 * type of `out`.
 *
 * @param out - receives element i of the stream at place i
 * @param bound - the numbers are in [−bound, bound)
 * @param seed - a non-negative safe integer
 * @param layer - K, the index among the layers with parameters
 * @param tensor - which parameter of the layer: 0 for the weight, 1 for the bias, then others
 */
export function initialUniformsInto(
  out: Float32Array | Float64Array,
  bound: number,
  seed: number,
  layer: number,
  tensor: number,
): void {
  for (let i = 0; i < out.length; i++) {
    if (i % 4 === 0) blockInto(WORDS, seed, PURPOSES.initialise, layer, i / 4, tensor, 0);
    out[i] = (2 * uniform(WORDS[i & 3]!) - 1) * bound;
  }
}
