/**
 * The part of a network that looking inside needs: its spec and copies of its parameters. The object with
 * methods is made in `model/network.ts`; what only reads a network asks for this and stays free of backends.
 */
import type { NetworkSpec } from './spec.ts';

/** Parameters by name, `layers.K.weight` [fanOut, fanIn] and `layers.K.bias` [fanOut], row-major. */
export type ParameterMap = Map<string, Float32Array | Float64Array>;

export interface ReadableNetwork {
  readonly spec: NetworkSpec;
  /** Copies; the caller owns them. */
  parameters(): ParameterMap;
}
