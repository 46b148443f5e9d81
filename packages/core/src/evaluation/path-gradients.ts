/**
 * Integrated gradients of one network: the gradient of an output with respect to the inputs, averaged along the straight line from a
 * baseline to a row, times the way. It is computed in float64 by the reference backend.
 *
 * No layer gives the adjoint of the network's inputs, so a layer that copies its input, z = I x + 0, is put before the others: the
 * adjoint of its bias is that of the inputs, summed over the points of the line, which is the very sum that is needed. The loss is
 * chosen such that its adjoint at the logits is the derivative of the output.
 */
import { sigmoid, exp } from '../elementary/index.ts';
import { network, stateOf, type Network } from '../model/network.ts';
import { dense } from '../network/layers/dense.ts';
import type { Layer } from '../network/layers/kinds.ts';
import type { NetworkSpec } from '../network/spec.ts';
import type { OutputFunction } from '../losses/loss.ts';
import { backward, forward } from '../trace/inspect.ts';

/** What the inputs of a network contribute to an output. */
export interface PathGradients {
  /** The output for the row, and for the baseline. */
  readonly value: number;
  readonly baseline: number;
  /** For each input; their sum is about value − baseline. */
  readonly attributions: Float64Array;
}

/**
 * The contributions.
 *
 * @param row - the inputs of a row
 * @param baseline - the inputs of the row that it is compared with
 * @param output - the index of an output
 * @param steps - points of the line, in the middle of as many equal pieces
 *
 * Source: Sundararajan, Taly & Yan 2017, Axiomatic Attribution for Deep Networks, section 3, by the midpoint rule.
 */
export function pathGradients(
  net: Network,
  row: Float64Array,
  baseline: Float64Array,
  output: number,
  steps: number,
): PathGradients {
  const { embedding, sources } = embeddingOf(net.spec);
  const [to, from] = [row, baseline].map((x) => embedded(net, x, embedding)) as [
    Float64Array,
    Float64Array,
  ];
  const copied = copiedBehind(net, embedding, to.length);
  const outputs = stateOf('integratedGradients', copied).layout.outputs;
  const logitsOf = (x: Float64Array, rows: number): ArrayLike<number> =>
    copied.predict({ data: x, shape: [rows, to.length] }).data;
  const answer = outputOf(net.spec.output ?? 'identity', outputs, output);
  const points = new Float64Array(steps * to.length);
  for (let i = 0; i < points.length; i++) {
    const share = (Math.floor(i / to.length) + 0.5) / steps;
    const column = i % to.length;
    points[i] = from[column]! + share * (to[column]! - from[column]!);
  }
  const logits = logitsOf(points, steps);
  // The adjoint of the mean squared error is 2 (z − t) / (rows · outputs), so t = z − d/2 makes it d / (rows · outputs).
  const targets = new Float64Array(logits.length);
  const derivative = new Float64Array(outputs);
  for (let step = 0; step < steps; step++) {
    answer.derivativeInto(derivative, logits, step * outputs);
    for (let k = 0; k < outputs; k++) {
      targets[step * outputs + k] = logits[step * outputs + k]! - derivative[k]! / 2;
    }
  }
  const { gradients } = backward(
    copied,
    { data: points, shape: [steps, to.length] },
    { data: targets, shape: [steps, outputs] },
    { loss: 'mse', training: false },
  );
  const bias = gradients.get('layers.0.bias')!;
  const attributions = new Float64Array(row.length);
  for (const [i, source] of sources(row.length).entries()) {
    attributions[source]! += (to[i]! - from[i]!) * bias[i]! * outputs;
  }
  return {
    value: answer.value(logitsOf(to, 1)),
    baseline: answer.value(logitsOf(from, 1)),
    attributions,
  };
}

/** An output of a network as a function of its logits. */
interface Answer {
  value(logits: ArrayLike<number>): number;
  /** ∂ output / ∂ logits of the row that begins at `start`. */
  derivativeInto(out: Float64Array, logits: ArrayLike<number>, start: number): void;
}

function outputOf(kind: OutputFunction, outputs: number, output: number): Answer {
  const at =
    (slope: (z: number) => number): Answer['derivativeInto'] =>
    (out, logits, start) => {
      out.fill(0);
      out[output] = slope(logits[start + output]!);
    };
  switch (kind) {
    case 'identity':
      return { value: (z) => z[output]!, derivativeInto: at(() => 1) };
    case 'exp':
      return { value: (z) => exp(z[output]!), derivativeInto: at(exp) };
    case 'sigmoid':
      return {
        value: (z) => sigmoid(z[output]!),
        derivativeInto: at((z) => sigmoid(z) * sigmoid(-z)),
      };
    case 'softmax':
      return {
        value: (z) => softmax(z, 0, outputs)[output]!,
        derivativeInto(out, logits, start) {
          const p = softmax(logits, start, outputs);
          for (let k = 0; k < outputs; k++) out[k] = p[output]! * (Number(k === output) - p[k]!);
        },
      };
    default:
      return kind satisfies never;
  }
}

function softmax(logits: ArrayLike<number>, start: number, length: number): Float64Array {
  const own = Float64Array.from({ length }, (_, k) => logits[start + k]!);
  const most = own.reduce((best, one) => Math.max(best, one), -Infinity);
  const powers = own.map((one) => exp(one - most));
  const sum = powers.reduce((total, one) => total + one, 0);
  return powers.map((one) => one / sum);
}

/**
 * The layers at the beginning that must see the inputs as they are, because a part of a category is no category: up to the last
 * embedding of categories. The line then runs between the embedded rows.
 *
 * @returns how many layers they are, and for each of their outputs the input that it comes from
 */
function embeddingOf({ layers }: NetworkSpec): {
  readonly embedding: number;
  readonly sources: (inputs: number) => number[];
} {
  const embedding = layers.findLastIndex(({ kind }) => kind === 'category-embedding') + 1;
  return {
    embedding,
    sources: (inputs) =>
      layers.slice(0, embedding).reduce(
        sourcesAfter,
        Array.from({ length: inputs }, (_, i) => i),
      ),
  };
}

function sourcesAfter(sources: readonly number[], layer: Layer): number[] {
  if (layer.kind === 'periodic-embedding') {
    const { columns, units } = layer;
    const own = columns === 'all' ? sources : columns.map((column) => sources[column]!);
    return [...sources, ...own.flatMap((source) => Array.from({ length: units }, () => source))];
  }
  if (layer.kind === 'category-embedding') {
    const places = new Set(layer.columns.map(({ column }) => column));
    const plain = sources.filter((_, i) => !places.has(i));
    const own = layer.columns.map(({ column }) => sources[column]!);
    return [...plain, ...own.flatMap((source) => Array.from({ length: layer.size }, () => source))];
  }
  throw new Error(`internal: a layer '${layer.kind}' before an embedding of categories`);
}

/** A row behind the first layers. */
function embedded(net: Network, x: Float64Array, layers: number): Float64Array {
  if (layers === 0) return x;
  const { activations } = forward(net, { data: x, shape: [1, x.length] });
  return Float64Array.from(activations[layers - 1]!.data);
}

/** The network behind its first layers in float64, without its output function, and with a layer before it that copies its input. */
function copiedBehind(net: Network, layers: number, inputs: number): Network {
  const { spec } = net;
  const rest = spec.layers.slice(layers);
  const copied = network({ inputs, layers: [dense(inputs), ...rest], dtype: 'float64' });
  const known = net.parameters();
  const values = new Map<string, ArrayLike<number>>();
  for (const name of copied.parameters().keys()) {
    const [, layer = '', role = ''] = name.split('.');
    const before = Number(layer) - 1;
    const own = before === -1 ? undefined : known.get(`layers.${before + layers}.${role}`);
    values.set(name, own ?? copyOf(role, inputs));
  }
  copied.setParameters(values);
  return copied;
}

/** The weight or the bias of a layer that copies its input. */
function copyOf(role: string, inputs: number): Float64Array {
  if (role === 'bias') return new Float64Array(inputs);
  const weight = new Float64Array(inputs * inputs);
  for (let i = 0; i < inputs; i++) weight[i * (inputs + 1)] = 1;
  return weight;
}
