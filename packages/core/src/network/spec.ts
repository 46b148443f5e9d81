/**
 * The spec of a network: everything that is needed to build it again, as plain JSON. No weights, no memory,
 * no methods.
 */
import { mustBe, rangeError, typeError } from '../words/fault.ts';
import { OUTPUT_FUNCTIONS, type OutputFunction } from '../losses/loss.ts';
import { choiceOption, isRecord, numberOption, optional, readOptions } from '../words/options.ts';
import { MAX_UNITS, readLayer, type Layer } from './layer.ts';
import { layoutOf } from './layout.ts';

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

/** The largest parameter count: a float32 region of it still has byte offsets below 2³¹. */
const MAX_PARAMETERS = 0x1000_0000;

/**
 * The checked, complete spec, immutable.
 *
 * @throws {TypeError} when a field is unknown or of a wrong kind
 * @throws {RangeError} when a value is wrong, or no layer has parameters
 */
export function readSpec(where: string, value: unknown): NetworkSpec {
  if (!isRecord(value) || Array.isArray(value)) {
    throw typeError(
      mustBe(where, 'the spec', 'an object { inputs, layers, output, seed, dtype }', value),
    );
  }
  const spec = readOptions<NetworkSpec>(where, value, {
    inputs: numberOption({ integer: true, min: 1, max: MAX_UNITS }),
    layers: readLayers,
    output: optional(choiceOption(OUTPUT_FUNCTIONS)),
    seed: numberOption({ integer: true, min: 0 }, 0),
    dtype: choiceOption(['float32', 'float64'], 'float32'),
  });
  const { parameterCount } = layoutOf(spec);
  if (parameterCount > MAX_PARAMETERS) {
    throw rangeError({
      where,
      subject: 'the network',
      rule: `must have at most ${MAX_PARAMETERS} parameters`,
      got: parameterCount,
    });
  }
  return Object.freeze(spec);
}

function readLayers(where: string, name: string, given: unknown): readonly Layer[] {
  if (!Array.isArray(given)) {
    throw typeError(mustBe(where, name, 'an array of dense(…) and dropout(…)', given));
  }
  const layers = given.map((layer) => readLayer(where, layer));
  if (!layers.some(({ kind }) => kind === 'dense')) {
    throw rangeError({
      where,
      subject: 'layers',
      rule: 'must hold at least one dense layer',
      got: 'none',
    });
  }
  return Object.freeze(layers);
}

/** The spec with its output function set, its fields in their usual order, so that JSON has one form. */
export function withOutput(spec: NetworkSpec, output: OutputFunction): NetworkSpec {
  const { inputs, layers, ...others } = spec;
  return Object.freeze({ inputs, layers, output, ...others });
}
