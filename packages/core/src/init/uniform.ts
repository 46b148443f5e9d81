/**
 * Uniform initialisers W ~ U(−a, a), whose bound a keeps the variance of activations or of adjoints the same
 * from layer to layer. w = (2u − 1)·a in float64, for u on the grid of 2^−24 in [0, 1), rounded once.
 *
 * The notes write eq. (33) as U(−√(6/nᵢₙ), √(6/nₒᵤₜ)), which has a mean of its own wherever nᵢₙ ≠ nₒᵤₜ; He et
 * al. use one bound on both sides, and so does this (docs/errata.md).
 */
import { blockInto, PURPOSES, uniform } from '../random/streams.ts';
import { WEIGHT_TENSOR, type WeightPlace } from './place.ts';

export type UniformRule = 'he-uniform' | 'xavier-uniform' | 'lecun-uniform';

const WORDS: Uint32Array = new Uint32Array(4);

/**
 * The bound a of a rule.
 *
 * - he-uniform: a = √(6 / fanIn), eq. (33); variance 2 / fanIn. He et al. 2015, section 2.2.
 * - xavier-uniform: a = √(6 / (fanIn + fanOut)), eq. (31). Glorot & Bengio 2010, equation 16.
 * - lecun-uniform: a = √(3 / fanIn); variance 1 / fanIn. LeCun et al. 1998, "Efficient BackProp", section 4.6.
 *
 * PyTorch's `Linear` defaults to 1/√fanIn, which is none of these; its `kaiming_uniform_` and Keras'
 * `he_uniform` are the same as he-uniform.
 *
 * @param rule - which of the three
 * @param fanOut - rows of the weight
 * @param fanIn - columns of the weight
 */
function uniformBound(rule: UniformRule, fanOut: number, fanIn: number): number {
  switch (rule) {
    case 'he-uniform':
      return Math.sqrt(6 / fanIn);
    case 'xavier-uniform':
      return Math.sqrt(6 / (fanIn + fanOut));
    case 'lecun-uniform':
      return Math.sqrt(3 / fanIn);
    default:
      return rule satisfies never;
  }
}

/**
 * Fills a weight with W ~ U(−a, a): eq. (32), (33).
 *
 * @param place - the memory and the stream
 * @param rule - which bound
 */
export function fillUniform(place: WeightPlace, rule: UniformRule): void {
  const { out, fanOut, fanIn, seed, layer } = place;
  const bound = uniformBound(rule, fanOut, fanIn);
  for (let i = 0; i < out.length; i++) {
    if (i % 4 === 0) blockInto(WORDS, seed, PURPOSES.initialise, layer, i / 4, WEIGHT_TENSOR, 0);
    out[i] = (2 * uniform(WORDS[i & 3]!) - 1) * bound;
  }
}
