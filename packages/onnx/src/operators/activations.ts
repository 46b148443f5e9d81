/** Activations as operators of ONNX, opset 17. GELU and SiLU have no operator of their own there and are written as formulas. */
import { SELU_ALPHA, SELU_LAMBDA } from 'vinculum/internal';
import type { Activation, ActivationKind } from 'vinculum';
import type { GraphBuilder, Value } from '../out/graph-builder.ts';

type Writer = (graph: GraphBuilder, input: Value, activation: Activation) => Value;

const WRITERS: Readonly<Record<ActivationKind, Writer>> = {
  identity: (_, input) => input,
  relu: (graph, input) => graph.node('Relu', [input]),
  'leaky-relu': (graph, input, { slope = 0.01 }) =>
    graph.node('LeakyRelu', [input], { alpha: { f: slope } }),
  elu: (graph, input, { alpha = 1 }) => graph.node('Elu', [input], { alpha: { f: alpha } }),
  selu: (graph, input) =>
    graph.node('Selu', [input], { alpha: { f: SELU_ALPHA }, gamma: { f: SELU_LAMBDA } }),
  gelu(graph, input) {
    const scaled = graph.node('Mul', [input, graph.scalar(Math.SQRT1_2, 'float')]);
    const share = graph.node('Add', [graph.node('Erf', [scaled]), graph.scalar(1, 'float')]);
    const half = graph.node('Mul', [input, graph.scalar(0.5, 'float')]);
    return graph.node('Mul', [half, share]);
  },
  silu: (graph, input) => graph.node('Mul', [input, graph.node('Sigmoid', [input])]),
  tanh: (graph, input) => graph.node('Tanh', [input]),
  sigmoid: (graph, input) => graph.node('Sigmoid', [input]),
  softplus: (graph, input) => graph.node('Softplus', [input]),
};

/** φ of a value. */
export function writeActivation(graph: GraphBuilder, input: Value, activation: Activation): Value {
  return WRITERS[activation.kind](graph, input, activation);
}
