/**
 * The initial parameters of a network, each filled by its layer. They are a pure function of the spec: the same seed
 * gives the same bits everywhere.
 */
import type { Layout } from './layout.ts';
import type { NetworkSpec } from './spec.ts';

/** Fills `flat`, the parameters in the order of the layout. */
export function initialiseParameters(
  { seed }: NetworkSpec,
  { parameters }: Layout,
  flat: Float32Array | Float64Array,
): void {
  for (const { initialise, offset, size, layer } of parameters) {
    initialise(flat.subarray(offset, offset + size), seed, layer);
  }
}
