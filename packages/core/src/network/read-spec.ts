/**
 * Reads a spec of unknown origin, such as the options of `network(…)` or a model file. Every field is checked once,
 * here, and the result is complete and immutable.
 */
import { mustBe, rangeError, typeError } from '../words/fault.ts';
import { OUTPUT_FUNCTIONS } from '../losses/loss.ts';
import { choiceOption, isRecord, numberOption, optional, readOptions } from '../words/options.ts';
import { kindOf, LAYER_USAGES, readLayer, type Layer } from './layers/kinds.ts';
import { MAX_UNITS } from './layers/layer.ts';
import { layoutOf } from './layout.ts';
import type { NetworkSpec } from './spec.ts';

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
  const { parameterCount, layers } = layoutOf(spec);
  if (parameterCount === 0) {
    throw rangeError({
      where,
      subject: 'layers',
      rule: 'must hold at least one dense layer, or another that has parameters',
      got: 'none',
    });
  }
  for (const [position, { layer, inputs }] of layers.entries()) {
    const { leastInputs, usage } = kindOf(layer);
    const least = leastInputs?.(layer) ?? 1;
    if (inputs < least) {
      throw rangeError({
        where,
        subject: `layers[${position}], ${usage},`,
        rule: `must have an input of at least ${least} columns`,
        got: inputs,
      });
    }
  }
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
    throw typeError(mustBe(where, name, `an array of layers, each made by ${LAYER_USAGES}`, given));
  }
  return Object.freeze(given.map((layer) => readLayer(where, layer)));
}
