/** Operators that act on each column by constants: sums and products with numbers, batch normalisation, scalers. */
import type { ReadGraph, ReadNode } from '../in/graph.ts';
import type { Readers, Reading } from '../in/stage.ts';
import { activationOfProduct } from './read-activations.ts';

const ONE = Float64Array.of(1);
const ZERO = Float64Array.of(0);

function columns(from: string, factor: Float64Array, shift: Float64Array): Reading {
  return { from, stages: [{ kind: 'columns', factor, shift }] };
}

/** The two inputs of a node of which one is constant numbers, a number for all columns or one for each. */
function withConstant(
  node: ReadNode,
  graph: ReadGraph,
): { readonly from: string; readonly numbers: Float64Array; readonly isFirst: boolean } | string {
  const [left = '', right = ''] = node.inputs;
  const [first, second] = [graph.constant(left), graph.constant(right)];
  const constant = first ?? second;
  if (constant === undefined) return 'must have one constant input';
  const { dims, values } = constant;
  if (values.length !== 1 && dims.at(-1) !== values.length)
    return 'must have a constant with one number for each column';
  return {
    from: first === undefined ? left : right,
    numbers: values as Float64Array,
    isFirst: first !== undefined,
  };
}

export const COLUMN_READERS: Readers = {
  Add(node, graph) {
    const parts = withConstant(node, graph);
    return typeof parts === 'string' ? parts : columns(parts.from, ONE, parts.numbers);
  },
  Sub(node, graph) {
    const parts = withConstant(node, graph);
    if (typeof parts === 'string') return parts;
    const { from, numbers, isFirst } = parts;
    return isFirst
      ? columns(from, Float64Array.of(-1), numbers)
      : columns(
          from,
          ONE,
          numbers.map((one) => -one),
        );
  },
  Mul(node, graph) {
    const activation = activationOfProduct(node, graph);
    if (activation !== undefined) return activation;
    const parts = withConstant(node, graph);
    return typeof parts === 'string'
      ? 'must be a product with constants, or the form of a GELU or SiLU'
      : columns(parts.from, parts.numbers, ZERO);
  },
  Div(node, graph) {
    const parts = withConstant(node, graph);
    if (typeof parts === 'string') return parts;
    if (parts.isFirst) return 'must divide by a constant';
    return columns(
      parts.from,
      parts.numbers.map((one) => 1 / one),
      ZERO,
    );
  },
  Neg: (node) => columns(node.inputs[0]!, Float64Array.of(-1), ZERO),
  BatchNormalization(node, graph) {
    const [from = '', ...names] = node.inputs;
    const [scale, bias, mean, variance] = names.map((name) => graph.constant(name)?.values);
    if (scale === undefined || bias === undefined || mean === undefined || variance === undefined) {
      return 'must have constant statistics';
    }
    const epsilon = node.number('epsilon', 1e-5);
    const factor = Float64Array.from(scale as Float64Array, (one, column) => {
      return one / Math.sqrt((variance as Float64Array)[column]! + epsilon);
    });
    const shift = factor.map((one, column) => {
      return (bias as Float64Array)[column]! - one * (mean as Float64Array)[column]!;
    });
    return columns(from, factor, shift);
  },
  // Of ai.onnx.ml, from scikit-learn's StandardScaler and MinMaxScaler: (x − offset) · scale.
  Scaler(node) {
    const offset = Float64Array.from(node.attribute('offset')?.floats ?? [0]);
    const scale = Float64Array.from(node.attribute('scale')?.floats ?? [1]);
    const width = Math.max(offset.length, scale.length);
    const shift = Float64Array.from({ length: width }, (_, column) => {
      return -offset[column % offset.length]! * scale[column % scale.length]!;
    });
    return columns(node.inputs[0]!, scale, shift);
  },
  LayerNormalization(node, graph) {
    const axis = node.number('axis', -1);
    if (axis !== -1 && axis !== 1) return `must have the axis −1, and has ${axis}`;
    const [from = '', scale, shift] = node.inputs;
    const weight = graph.constant(scale)?.values as Float64Array | undefined;
    if (weight === undefined) return 'must have constant factors';
    const bias = graph.constant(shift)?.values as Float64Array | undefined;
    const epsilon = node.number('epsilon', 1e-5);
    return { from, stages: [{ kind: 'normalization', epsilon, weight, bias }] };
  },
};
