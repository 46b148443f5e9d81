/**
 * The part of a network that the trace needs: its spec and copies of its parameters. The object with methods is made
 * in `model/network.ts`. Code that only reads a network takes this type, so that it need not import a backend.
 */
import type { NetworkSpec } from './spec.ts';

/** Parameters by name, `layers.K.weight` [fanOut, fanIn] and `layers.K.bias` [fanOut], row-major. */
export type ParameterMap = Map<string, Float32Array | Float64Array>;

export interface ReadableNetwork {
  readonly spec: NetworkSpec;
  /** Copies; the caller owns them. */
  parameters(): ParameterMap;
}
