/** Layers as operators: for each kind a function that writes its nodes. A new kind is a row here. */
import type { Layer, Network } from 'vinculum';
import { layoutOf, type Layout } from 'vinculum/internal';
import { writeActivation } from '../operators/activations.ts';
import type { GraphBuilder, Value } from './graph-builder.ts';

/** What a layer is written with. */
interface LayerPlace {
  readonly graph: GraphBuilder;
  readonly input: Value;
  /** Columns of the input. */
  readonly inputs: number;
  /** A parameter of the layer as a constant. @param dims - its shape, if that of the parameter does not fit */
  readonly parameter: (role: string, dims?: readonly number[]) => Value;
}

type LayerWriters = {
  readonly [Kind in Layer['kind']]: (
    layer: Extract<Layer, { readonly kind: Kind }>,
    place: LayerPlace,
  ) => Value;
};

const WRITERS: LayerWriters = {
  dense({ activation, bias }, { graph, input, parameter }) {
    const inputs = [input, parameter('weight'), ...(bias ? [parameter('bias')] : [])];
    const sum = graph.node('Gemm', inputs, { transB: { i: 1 } });
    return writeActivation(graph, sum, activation);
  },
  // Dropout acts in training only.
  dropout: (_, { input }) => input,
  scaling: (_, { graph, input, parameter }) => graph.node('Mul', [input, parameter('weight')]),
  'layer-normalization'({ epsilon, affine }, { graph, input, inputs, parameter }) {
    const scale = affine
      ? [parameter('weight'), parameter('bias')]
      : [
          graph.shared(
            'float',
            Array.from({ length: inputs }, () => 1),
            [inputs],
          ),
        ];
    return graph.node('LayerNormalization', [input, ...scale], {
      axis: { i: -1 },
      epsilon: { f: epsilon },
    });
  },
  'periodic-embedding'(layer, { graph, input, inputs, parameter }) {
    const { frequencies, units } = layer;
    const columns =
      layer.columns === 'all'
        ? Array.from({ length: inputs }, (_, column) => column)
        : layer.columns;
    const count = columns.length;
    const frequency = parameter('frequency', [count, 1, frequencies]);
    // [N, count] → [count, N, 1], so that each column meets its own frequencies and its own rows of W.
    const chosen = graph.node('Gather', [input, graph.shared('int64', columns, [count])], {
      axis: { i: 1 },
    });
    const turned = graph.node('Transpose', [chosen], { perm: { ints: [1, 0] } });
    const each = graph.node('Unsqueeze', [turned, graph.shared('int64', [2], [1])]);
    const angular = graph.node('Mul', [frequency, graph.scalar(2 * Math.PI, 'float')]);
    const phase = parameter('phase', [count, 1, frequencies]);
    const angles = graph.node('Add', [graph.node('Mul', [each, angular]), phase]);
    const cosines = graph.node('Cos', [angles]);
    const weight = parameter('weight', [count, units, frequencies]);
    const across = graph.node('Transpose', [weight], { perm: { ints: [0, 2, 1] } });
    const sums = graph.node('MatMul', [cosines, across]);
    const byRow = graph.node('Transpose', [sums], { perm: { ints: [1, 0, 2] } });
    const flat = graph.node('Reshape', [byRow, graph.shared('int64', [-1, count * units], [2])]);
    const shifted = graph.node('Add', [flat, parameter('bias')]);
    return graph.node('Concat', [input, shifted], { axis: { i: 1 } });
  },
  'category-embedding'({ columns, size }, { graph, input, inputs, parameter }) {
    const embedded = new Set(columns.map(({ column }) => column));
    const others = Array.from({ length: inputs }, (_, column) => column).filter(
      (column) => !embedded.has(column),
    );
    const table = parameter('weight');
    let first = 0;
    const parts = columns.map(({ column, levels }) => {
      const cell = graph.node('Gather', [input, graph.shared('int64', [column], [1])], {
        axis: { i: 1 },
      });
      const level = graph.node('Cast', [cell], { to: { i: 7 } });
      const row = graph.node('Add', [level, graph.scalar(first, 'int64')]);
      first += levels;
      const found = graph.node('Gather', [table, row], { axis: { i: 0 } });
      return graph.node('Reshape', [found, graph.shared('int64', [-1, size], [2])]);
    });
    if (others.length > 0) {
      const kept = graph.shared('int64', others, [others.length]);
      parts.unshift(graph.node('Gather', [input, kept], { axis: { i: 1 } }));
    }
    return parts.length === 1 ? parts[0]! : graph.node('Concat', parts, { axis: { i: 1 } });
  },
};

/**
 * The logits of a network.
 *
 * @param input - float, shape [N, inputs of the network]
 * @param prefix - before the names of the parameters
 */
export function writeLayers(
  graph: GraphBuilder,
  net: Network,
  input: Value,
  prefix: string,
): Value {
  const layout: Layout = layoutOf(net.spec);
  const values = net.parameters();
  const shapes = new Map(layout.parameters.map(({ name, shape }) => [name, shape]));
  let value = input;
  for (const { layer, inputs, index } of layout.layers) {
    const nameOf = (role: string): string => `layers.${index}.${role}`;
    const place: LayerPlace = {
      graph,
      input: value,
      inputs,
      parameter(role, dims = shapes.get(nameOf(role))!) {
        const numbers = Float64Array.from(values.get(nameOf(role))!);
        return graph.constant(prefix + nameOf(role), { element: 'float', dims, values: numbers });
      },
    };
    value = writeLayer(layer, place);
  }
  return value;
}

function writeLayer<Kind extends Layer['kind']>(
  layer: Extract<Layer, { readonly kind: Kind }>,
  place: LayerPlace,
): Value {
  const write = WRITERS[layer.kind];
  return write(layer, place);
}
