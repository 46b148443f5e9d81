/**
 * Where the parameters of a spec stand in one flat array: all weights first, then all biases, unpadded. The
 * same order serves gradients and moments, so an optimiser is one loop, a clipping norm one sum and a
 * checkpoint one write.
 */
import type { DenseLayer } from './layer.ts';
import type { NetworkSpec } from './spec.ts';

/** One named parameter in the flat array; offsets and sizes count elements. */
export interface ParameterPlace {
  /** `layers.K.weight` or `layers.K.bias`, as in a torch state_dict. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly size: number;
  /** K: the index among the layers that have parameters, from 0. */
  readonly layer: number;
  readonly role: 'weight' | 'bias';
}

/** A dense layer with its place in the network. */
export interface DensePlace {
  readonly layer: DenseLayer;
  /** K of `layers.K.weight`. */
  readonly index: number;
  readonly fanIn: number;
  readonly fanOut: number;
  readonly weight: ParameterPlace;
  readonly bias: ParameterPlace | undefined;
}

/** The flat layout of a network's parameters. */
export interface Layout {
  readonly dense: readonly DensePlace[];
  /** In flat order: every weight, then every bias. */
  readonly parameters: readonly ParameterPlace[];
  /** Elements of all weights; biases begin here. */
  readonly weightCount: number;
  readonly parameterCount: number;
  /** Columns of the last layer's output. */
  readonly outputs: number;
}

/** The layout of a checked spec. */
export function layoutOf(spec: NetworkSpec): Layout {
  const layers = spec.layers.filter((layer) => layer.kind === 'dense');
  const weights: ParameterPlace[] = [];
  let fanIn = spec.inputs;
  let offset = 0;
  layers.forEach((layer, index) => {
    const size = layer.units * fanIn;
    const shape = [layer.units, fanIn];
    weights.push({
      name: `layers.${index}.weight`,
      shape,
      offset,
      size,
      layer: index,
      role: 'weight',
    });
    offset += size;
    fanIn = layer.units;
  });
  const weightCount = offset;
  const biases = new Map<number, ParameterPlace>();
  layers.forEach((layer, index) => {
    if (!layer.bias) return;
    const size = layer.units;
    biases.set(index, {
      name: `layers.${index}.bias`,
      shape: [size],
      offset,
      size,
      layer: index,
      role: 'bias',
    });
    offset += size;
  });
  return {
    dense: layers.map((layer, index) => {
      const weight = weights[index]!;
      return {
        layer,
        index,
        fanIn: weight.shape[1]!,
        fanOut: layer.units,
        weight,
        bias: biases.get(index),
      };
    }),
    parameters: [...weights, ...biases.values()],
    weightCount,
    parameterCount: offset,
    outputs: fanIn,
  };
}

/** The parameter that holds element `index` of the flat array, for messages. */
export function parameterAt(layout: Layout, index: number): ParameterPlace {
  const found = layout.parameters.find(
    (place) => index >= place.offset && index < place.offset + place.size,
  );
  if (found === undefined) throw new Error(`internal: no parameter at flat index ${index}.`);
  return found;
}
