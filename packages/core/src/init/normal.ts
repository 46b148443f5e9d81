/**
 * Normal initialisers W ~ N(0, σ²): the variances of the uniform ones, with tails. Also the truncated normal
 * of a fixed width.
 */
import { initialNormalsInto } from '../random/normal.ts';
import { WEIGHT_TENSOR, type WeightPlace } from './place.ts';

export type NormalRule = 'he-normal' | 'xavier-normal' | 'lecun-normal';

/** σ of 'truncated-normal' before the cut, as Keras' `TruncatedNormal` has it. */
const TRUNCATED_DEVIATION = 0.05;
/** Where it is cut, in σ. */
const TRUNCATED_CUT = 2;

/**
 * The standard deviation σ of a rule.
 *
 * - he-normal: σ = √(2 / fanIn). He et al. 2015, equation 10.
 * - xavier-normal: σ = √(2 / (fanIn + fanOut)). Glorot & Bengio 2010, equation 12.
 * - lecun-normal: σ = √(1 / fanIn). LeCun et al. 1998; the assumption of selu (Klambauer et al. 2017).
 *
 * None is cut, as in PyTorch's `kaiming_normal_`; Keras' `he_normal` and its kin cut at 2σ and widen σ to
 * make up for it.
 *
 * @param rule - which of the three
 * @param fanOut - rows of the weight
 * @param fanIn - columns of the weight
 */
function normalDeviation(rule: NormalRule, fanOut: number, fanIn: number): number {
  switch (rule) {
    case 'he-normal':
      return Math.sqrt(2 / fanIn);
    case 'xavier-normal':
      return Math.sqrt(2 / (fanIn + fanOut));
    case 'lecun-normal':
      return Math.sqrt(1 / fanIn);
    default:
      return rule satisfies never;
  }
}

/**
 * Fills a weight with W ~ N(0, σ²).
 *
 * @param place - the memory and the stream
 * @param rule - which σ
 */
export function fillNormal(place: WeightPlace, rule: NormalRule): void {
  const { out, fanOut, fanIn, seed, layer } = place;
  const deviation = normalDeviation(rule, fanOut, fanIn);
  initialNormalsInto(out, deviation, seed, layer, WEIGHT_TENSOR);
}

/**
 * Fills a weight with a normal of σ = 0.05 cut at ±0.1, whatever its shape; what is left has a standard
 * deviation of 0.044. Keras' `TruncatedNormal()` is the same; PyTorch's `trunc_normal_` has σ = 1 by default.
 *
 * @param place - the memory and the stream
 */
export function fillTruncatedNormal(place: WeightPlace): void {
  const { out, seed, layer } = place;
  initialNormalsInto(out, TRUNCATED_DEVIATION, seed, layer, WEIGHT_TENSOR, TRUNCATED_CUT);
}
