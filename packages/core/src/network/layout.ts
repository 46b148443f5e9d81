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
  const parameters: ParameterPlace[] = [];
  let offset = 0;
  const place = (layer: number, role: 'weight' | 'bias', shape: number[]): ParameterPlace => {
    const size = shape.reduce((product, extent) => product * extent);
    const added = { name: `layers.${layer}.${role}`, shape, offset, size, layer, role };
    parameters.push(added);
    offset += size;
    return added;
  };
  let outputs = spec.inputs;
  const weights = layers.map(({ units }, index) => {
    const fanIn = outputs;
    outputs = units;
    return { weight: place(index, 'weight', [units, fanIn]), fanIn };
  });
  const weightCount = offset;
  const dense = layers.map((layer, index) => ({
    layer,
    index,
    ...weights[index]!,
    fanOut: layer.units,
    bias: layer.bias ? place(index, 'bias', [layer.units]) : undefined,
  }));
  return { dense, parameters, weightCount, parameterCount: offset, outputs };
}

/**
 * The parameter that holds an element of the flat array, for messages.
 *
 * @param layout - of the network
 * @param index - of the element, below the parameter count
 */
export function parameterAt(layout: Layout, index: number): ParameterPlace {
  return layout.parameters.findLast(({ offset }) => offset <= index)!;
}
