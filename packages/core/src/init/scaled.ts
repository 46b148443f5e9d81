/**
 * The initialisers whose variance k / n keeps the variance of activations or of adjoints the same from layer to
 * layer: uniform, W ~ U(−a, a) with a = √(3 k / n), or normal, W ~ N(0, k / n).
 *
 * - he: 2 / fanIn, eq. (33). He et al. 2015, section 2.2 and equation 10.
 * - xavier: 2 / (fanIn + fanOut), eq. (31). Glorot & Bengio 2010, equations 16 and 12.
 * - lecun: 1 / fanIn. LeCun et al. 1998, "Efficient BackProp", section 4.6; the assumption of selu (Klambauer
 *   et al. 2017).
 *
 * The notes write eq. (33) as U(−√(6/nᵢₙ), √(6/nₒᵤₜ)), whose mean is not 0 if nᵢₙ ≠ nₒᵤₜ; He et al. use one bound on
 * both sides, and so does this file (docs/errata.md). PyTorch's `Linear` defaults to the bound 1/√fanIn, which is
 * none of these; its `kaiming_uniform_` and Keras' `he_uniform` are the same as he-uniform. The normals are not cut,
 * as in PyTorch's `kaiming_normal_`; Keras' `he_normal` and similar initialisers cut at 2σ and use a larger σ to
 * compensate.
 */
import { initialNormalsInto } from '../random/normal.ts';
import { initialUniformsInto } from '../random/uniform.ts';
import { WEIGHT_TENSOR, type WeightPlace } from './place.ts';

export type ScaledRule = `${'he' | 'xavier' | 'lecun'}-${'uniform' | 'normal'}`;

/**
 * Fills a weight by a rule: eq. (31), (32), (33). A uniform w is (2u − 1)·a in float64, where u is a multiple of
 * 2^−24 in [0, 1), rounded once.
 *
 * @param place - the memory and the stream
 * @param rule - which variance and which distribution
 */
export function fillScaled(place: WeightPlace, rule: ScaledRule): void {
  const { out, fanOut, fanIn, seed, layer } = place;
  const k = rule.startsWith('lecun') ? 1 : 2;
  const n = rule.startsWith('xavier') ? fanIn + fanOut : fanIn;
  if (rule.endsWith('normal')) {
    initialNormalsInto(out, Math.sqrt(k / n), seed, layer, WEIGHT_TENSOR);
    return;
  }
  initialUniformsInto(out, Math.sqrt((3 * k) / n), seed, layer, WEIGHT_TENSOR);
}
