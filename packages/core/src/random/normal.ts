/**
 * Standard normal numbers from random words, by Box & Muller's transform in float64 with our own logarithm,
 * sine and cosine, so that the bits are the same everywhere. There is no state: the caller says which block to use.
 *
 * Source: Box & Muller 1958, "A note on the generation of random normal deviates".
 */
import { cosPi, log, sinPi } from '../elementary/index.ts';
import { blockInto, PURPOSES, uniform } from './streams.ts';

const WORDS: Uint32Array = new Uint32Array(4);
const NORMALS: Float64Array = new Float64Array(4);
const RETRIED: Float64Array = new Float64Array(4);

/**
 * Four standard normals from the four words of a block: words (0, 1) give elements 0 and 1, words (2, 3) give
 * elements 2 and 3, as r cos 2πu and r sin 2πu with r = √(−2 ln(1 − u′)).
 *
 * The resolution of u′ bounds them: |x| ≤ √(48 ln 2) = 5.77.
 *
 * @param out - receives four numbers
 * @param words - four random words
 */
export function normalsInto(out: Float64Array, words: Uint32Array): void {
  for (let pair = 0; pair < 4; pair += 2) {
    const radius = Math.sqrt(-2 * log(1 - uniform(words[pair]!)));
    const halfTurns = 2 * uniform(words[pair + 1]!);
    out[pair] = radius * cosPi(halfTurns);
    out[pair + 1] = radius * sinPi(halfTurns);
  }
}

/**
 * Fills `out` with the normal numbers of an initialiser's stream, rounded once to the type of `out`.
 *
 * With a cut, an element whose draw falls outside ±cut takes the same element of the block that belongs to the next
 * attempt. Therefore it still depends on its place only.
 *
 * @param out - receives element i of the stream at place i
 * @param standardDeviation - factor of the standard normals; with a cut, the deviation before cutting
 * @param seed - a non-negative safe integer
 * @param layer - K, the index among the layers with parameters
 * @param tensor - which parameter of the layer: 0 for the weight, 1 for the bias, then others
 * @param cut - the limit of |x| for the standard normals; by default there is no limit
 */
export function initialNormalsInto(
  out: Float32Array | Float64Array,
  standardDeviation: number,
  seed: number,
  layer: number,
  tensor: number,
  cut: number = Infinity,
): void {
  const draw = (four: Float64Array, block: number, attempt: number): void => {
    blockInto(WORDS, seed, PURPOSES.initialise, layer, block, tensor, attempt);
    normalsInto(four, WORDS);
  };
  for (let i = 0; i < out.length; i++) {
    if (i % 4 === 0) draw(NORMALS, i / 4, 0);
    let normal = NORMALS[i & 3]!;
    // At a cut of 2 only one draw in 22 is repeated, so the loop ends soon.
    for (let attempt = 1; Math.abs(normal) > cut; attempt++) {
      draw(RETRIED, i >>> 2, attempt);
      normal = RETRIED[i & 3]!;
    }
    out[i] = normal * standardDeviation;
  }
}
