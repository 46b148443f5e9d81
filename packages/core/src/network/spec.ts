/**
 * The spec of a network: everything that is needed to build it again, as plain JSON, without weights, memory or
 * methods. `read-spec.ts` reads and checks it.
 */
import type { OutputFunction } from '../losses/loss.ts';
import type { Layer } from './layers/kinds.ts';

export type NetworkDtype = 'float32' | 'float64';

/** The options of `network(…)`; `net.spec` is the same record with every default written out. */
export interface NetworkOptions {
  /** Columns of x. */
  readonly inputs: number;
  readonly layers: readonly Layer[];
  /** The function that `predict` applies to the logits; if it is absent, `fit` sets it from the loss. */
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

/** The spec with its output function set. Its fields keep their usual order, so that its JSON has only one form. */
export function withOutput(spec: NetworkSpec, output: OutputFunction): NetworkSpec {
  const { inputs, layers, ...others } = spec;
  return Object.freeze({ inputs, layers, output, ...others });
}
