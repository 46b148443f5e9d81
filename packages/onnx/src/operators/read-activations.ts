/** The operators of activations, and the formulas by which exporters write those without an operator. */
import type { ActivationOption } from 'vinculum';
import { readActivation } from 'vinculum/internal';
import type { ReadGraph, ReadNode } from '../in/graph.ts';
import type { Reader, Readers, Reading, Stage } from '../in/stage.ts';

function reading(from: string, option: ActivationOption): Reading {
  return { from, stages: [{ kind: 'activation', activation: readActivation('fromOnnx', option) }] };
}

function plain(option: ActivationOption): Reader {
  return (node) => reading(node.inputs[0]!, option);
}

const END: Readonly<Record<'softmax' | 'exp', Reader>> = {
  softmax(node) {
    const axis = node.number('axis', -1);
    if (axis !== -1 && axis !== 1) return `must have the axis 1, and has ${axis}`;
    return { from: node.inputs[0]!, stages: [{ kind: 'softmax' }] };
  },
  exp: (node) => ({ from: node.inputs[0]!, stages: [{ kind: 'exp' } satisfies Stage] }),
};

/** A number that a file holds as float32 is the constant that was meant. */
function isAbout(value: number | undefined, wanted: number): boolean {
  return value !== undefined && Math.abs(value - wanted) <= 1e-6 * Math.abs(wanted);
}

export const ACTIVATION_READERS: Readers = {
  Relu: plain('relu'),
  Tanh: plain('tanh'),
  Sigmoid: plain('sigmoid'),
  Softplus: plain('softplus'),
  LeakyRelu: (node) =>
    reading(node.inputs[0]!, { kind: 'leaky-relu', slope: node.number('alpha', 0.01) }),
  Elu: (node) => reading(node.inputs[0]!, { kind: 'elu', alpha: node.number('alpha', 1) }),
  Selu(node) {
    const isUsual =
      isAbout(node.number('alpha', 1.67326324), 1.67326324) &&
      isAbout(node.number('gamma', 1.05070098), 1.05070098);
    return isUsual ? reading(node.inputs[0]!, 'selu') : 'must have its usual constants';
  },
  Gelu(node) {
    const form = node.text('approximate', 'none');
    return form === 'none'
      ? reading(node.inputs[0]!, 'gelu')
      : `must be exact, and is approximated by ${form}`;
  },
  Swish(node) {
    const alpha = node.number('alpha', 1);
    return alpha === 1 ? reading(node.inputs[0]!, 'silu') : `must have alpha 1, and has ${alpha}`;
  },
  Softmax: END.softmax,
  Exp: END.exp,
  Where: softplusOfLarge,
};

/** Where(x > c, x, softplus(x)): softplus, whose value for a large x is x. */
function softplusOfLarge(node: ReadNode, graph: ReadGraph): Reading | string {
  const [condition = '', large = '', other = ''] = node.inputs;
  const test = graph.producer(condition);
  const softplus = graph.producer(other);
  const isLarge =
    test?.opType === 'Greater' &&
    test.inputs[0] === large &&
    (graph.scalar(test.inputs[1]) ?? 0) >= 15;
  return isLarge && softplus?.opType === 'Softplus' && softplus.inputs[0] === large
    ? reading(large, 'softplus')
    : 'must be the form of a softplus';
}

/** x · σ(x), or ½x · (1 + erf(x / √2)) in any order of its factors; undefined if the product is neither. */
export function activationOfProduct(node: ReadNode, graph: ReadGraph): Reading | undefined {
  const { number, values } = factorsOf(node, graph);
  if (values.length !== 2) return undefined;
  for (const [x, other] of [values, values.toReversed()] as [string, string][]) {
    const formula = graph.producer(other);
    if (formula?.opType === 'Sigmoid' && formula.inputs[0] === x && number === 1) {
      return reading(x, 'silu');
    }
    if (isAbout(number, 0.5) && isOnePlusErf(formula, x, graph)) return reading(x, 'gelu');
  }
  return undefined;
}

/** The factors of a product of products: the product of the constant numbers, and the other values. */
function factorsOf(
  node: ReadNode,
  graph: ReadGraph,
  depth = 0,
): { number: number; values: string[] } {
  let number = 1;
  const values: string[] = [];
  for (const input of node.inputs) {
    const scalar = graph.scalar(input);
    const inner = graph.producer(input);
    if (scalar !== undefined) number *= scalar;
    else if (inner?.opType === 'Mul' && depth < MOST_PRODUCTS) {
      const parts = factorsOf(inner, graph, depth + 1);
      number *= parts.number;
      values.push(...parts.values);
    } else values.push(input);
  }
  return { number, values };
}

/** A GELU is a product of two products. */
const MOST_PRODUCTS = 2;

function isOnePlusErf(sum: ReadNode | undefined, x: string, graph: ReadGraph): boolean {
  if (sum?.opType !== 'Add') return false;
  const [left = '', right = ''] = sum.inputs;
  const inner = graph.scalar(left) === 1 ? right : graph.scalar(right) === 1 ? left : '';
  const erf = graph.producer(inner);
  const scaled = erf?.opType === 'Erf' ? graph.producer(erf.inputs[0] ?? '') : undefined;
  if (scaled === undefined) return false;
  const [first = '', second = ''] = scaled.inputs;
  if (scaled.opType === 'Div') return first === x && isAbout(graph.scalar(second), Math.SQRT2);
  if (scaled.opType !== 'Mul') return false;
  const factor =
    first === x ? graph.scalar(second) : second === x ? graph.scalar(first) : undefined;
  return isAbout(factor, Math.SQRT1_2);
}
