/**
 * The first parameters of a network: each weight by its layer's initialiser, eq. (31)–(33), biases 0. A pure
 * function of the spec: the same seed gives the same bits everywhere.
 */
import { initialise } from '../init/initialiser.ts';
import type { Layout } from './layout.ts';
import type { NetworkSpec } from './spec.ts';

/** Fills `flat` (all weights, then all biases) for a spec. */
export function initialiseParameters(
  spec: NetworkSpec,
  layout: Layout,
  flat: Float32Array | Float64Array,
): void {
  for (const { layer, weight, index, fanIn, fanOut } of layout.dense) {
    const out = flat.subarray(weight.offset, weight.offset + weight.size);
    initialise(layer.init, { out, fanOut, fanIn, seed: spec.seed, layer: index });
  }
  flat.fill(0, layout.weightCount);
}
