/**
 * The spec of a network: everything that is needed to build it again, as plain JSON. No weights, no memory,
 * no methods. Its reading and its checks are in `read-spec.ts`.
 */
import type { OutputFunction } from '../losses/loss.ts';
import type { Layer } from './layers/kinds.ts';

export type NetworkDtype = 'float32' | 'float64';

/** What `network(…)` takes, and `net.spec` gives back in full. */
export interface NetworkOptions {
  /** Columns of x. */
  readonly inputs: number;
  readonly layers: readonly Layer[];
  /** What `predict` applies to the logits; `fit` sets it from the loss where it is absent. */
  readonly output?: OutputFunction;
  /** Seed of the initial weights; a non-negative safe integer. Default 0. */
  readonly seed?: number;
  /** The type of the parameters. `'float64'` runs on the reference backend only. */
  readonly dtype?: NetworkDtype;
}

export interface NetworkSpec {
  readonly inputs: number;
  readonly layers: readonly Layer[];
  readonly output?: OutputFunction;
  readonly seed: number;
  readonly dtype: NetworkDtype;
}

/** The spec with its output function set, its fields in their usual order, so that JSON has one form. */
export function withOutput(spec: NetworkSpec, output: OutputFunction): NetworkSpec {
  const { inputs, layers, ...others } = spec;
  return Object.freeze({ inputs, layers, output, ...others });
}
