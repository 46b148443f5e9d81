/**
 * The places of a spec's parameters in one flat array: first all parameters that decay (the weights of dense layers),
 * then all others, without padding, each part in the order of the layers. Gradients and moments have the same order,
 * so an optimiser is one loop, a clipping norm is one sum and a checkpoint is one write.
 */
import { kindOf, type Layer } from './layers/kinds.ts';
import type { Parameter } from './layers/layer.ts';
import type { NetworkSpec } from './spec.ts';

/** One named parameter in the flat array; offsets and sizes count elements. */
export interface ParameterPlace extends Parameter {
  /** `layers.K.weight` or `layers.K.bias`, as in a torch state_dict. */
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  /** K: the index among the layers that have parameters, from 0. */
  readonly layer: number;
}

/** A layer with its place in the network. */
export interface LayerPlace {
  readonly layer: Layer;
  /** K of `layers.K.…`; for a layer without parameters, K of the next layer that has parameters. */
  readonly index: number;
  /** How many layers of the same kind come before it. */
  readonly ordinal: number;
  /** Whether its output is z, the logits; only layers that act in training only may come after it. */
  readonly isLast: boolean;
  /** Columns of its input and of its output. */
  readonly inputs: number;
  readonly outputs: number;
  readonly parameters: readonly ParameterPlace[];
}

/** The flat layout of a network's parameters. */
export interface Layout {
  /** Every layer of the spec, from the input up. */
  readonly layers: readonly LayerPlace[];
  /** In flat order. */
  readonly parameters: readonly ParameterPlace[];
  /** Elements of all parameters that decay; they come first. */
  readonly decayingCount: number;
  readonly parameterCount: number;
  /** Columns of the last layer's output. */
  readonly outputs: number;
}

/** The layout of a checked spec. */
export function layoutOf(spec: NetworkSpec): Layout {
  const { layers, outputs } = shapesOf(spec);
  const places = new Map<Parameter, ParameterPlace>();
  let offset = 0;
  const placeAll = (decays: boolean): void => {
    for (const { index, parameters } of layers) {
      for (const parameter of parameters) {
        if (parameter.decays !== decays) continue;
        const { role, shape, rateFactor, initialise } = parameter;
        const size = shape.reduce((product, extent) => product * extent);
        const name = `layers.${index}.${role}`;
        // The fields are copied one by one, because a spread takes most of the time for a network of thousands of layers.
        const place = {
          name,
          role,
          shape,
          offset,
          size,
          layer: index,
          decays,
          rateFactor,
          initialise,
        };
        places.set(parameter, place);
        offset += size;
      }
    }
  };
  placeAll(true);
  const decayingCount = offset;
  placeAll(false);
  return {
    layers: layers.map(({ parameters, ...shape }) => ({
      ...shape,
      parameters: parameters.map((parameter) => places.get(parameter)!),
    })),
    parameters: [...places.values()],
    decayingCount,
    parameterCount: offset,
    outputs,
  };
}

/** The shapes of all layers and of their parameters. */
function shapesOf(spec: NetworkSpec): {
  readonly layers: readonly (Omit<LayerPlace, 'parameters'> & {
    readonly parameters: readonly Parameter[];
  })[];
  readonly outputs: number;
} {
  let columns = spec.inputs;
  let index = 0;
  const last = spec.layers.findLastIndex((layer) => !kindOf(layer).trainingOnly);
  const seen = new Map<Layer['kind'], number>();
  const layers = spec.layers.map((layer, position) => {
    const kind = kindOf(layer);
    const ordinal = seen.get(layer.kind) ?? 0;
    seen.set(layer.kind, ordinal + 1);
    const inputs = columns;
    columns = kind.outputs(layer, inputs);
    const parameters = kind.parameters(layer, inputs);
    const isLast = position === last;
    const place = { layer, index, ordinal, isLast, inputs, outputs: columns, parameters };
    if (parameters.length > 0) index++;
    return place;
  });
  return { layers, outputs: columns };
}

/**
 * The parameter that holds an element of the flat array, for messages.
 *
 * @param layout - the layout of the network
 * @param index - the index of the element, below the parameter count
 */
export function parameterAt({ parameters }: Layout, index: number): ParameterPlace {
  // A binary search, because a check of gradients asks for many elements of a network that may have many layers.
  let [first, after] = [0, parameters.length];
  while (after - first > 1) {
    const middle = (first + after) >>> 1;
    if (parameters[middle]!.offset <= index) first = middle;
    else after = middle;
  }
  return parameters[first]!;
}

/** The largest factor of the learning rate that a parameter has; at least 1. */
export function fastestOf({ parameters }: Layout): number {
  return parameters.reduce((most, { rateFactor = 1 }) => Math.max(most, rateFactor), 1);
}

/** The layers that `predict` runs, that is, without the layers that act in training only. */
export function predictionLayers(layers: readonly Layer[]): readonly Layer[] {
  return layers.filter((layer) => !kindOf(layer).trainingOnly);
}
