/**
 * The model of an ONNX file. A file of ours holds the texts of our own model file, and the model is what they say, if the graph
 * is still the one that we wrote. Of any other graph its operators are read.
 */
import {
  toSafetensors,
  writeSafetensors,
  type Label,
  type Network,
  type SafetensorsTensor,
  type SavableModel,
} from 'vinculum';
import { formatError, isRecord, layoutOf, listed } from 'vinculum/internal';
import { READERS } from '../operators/readers.ts';
import { encode } from '../proto/codec.ts';
import { MODEL, type GraphProto, type ModelProto } from '../proto/messages.ts';
import { constantOf } from '../proto/tensor.ts';
import { MODEL_ENTRY, modelProto } from '../out/model.ts';
import { ReadGraph } from './graph.ts';
import { labelsOf } from './labels.ts';
import { networkOf } from './layers.ts';
import type { Stage } from './stage.ts';

/** The bytes of a model file with the model of a decoded ONNX file; see `onnxToSafetensors`. */
export function modelFileOf(where: string, proto: ModelProto): Uint8Array<ArrayBuffer> {
  const { graph: content } = proto;
  if (content === undefined)
    throw formatError({ where, subject: 'the file', rule: 'must have a graph' });
  return ownFile(where, proto) ?? toSafetensors(readModel(where, new ReadGraph(where, content)));
}

/** The model file that a graph of ours was made from; undefined if it is not ours, or something in it was changed. */
function ownFile(where: string, proto: ModelProto): Uint8Array<ArrayBuffer> | undefined {
  const entry = proto.metadataProps?.find(({ key }) => key === MODEL_ENTRY);
  if (entry?.value === undefined) return undefined;
  try {
    const texts = new Map(JSON.parse(entry.value) as [string, string][]);
    const file = writeSafetensors(tensorsOf(where, proto.graph ?? {}, texts), texts);
    return isWrittenFrom(where, file, proto) ? file : undefined;
  } catch {
    return undefined;
  }
}

/** The parameters under their names in a model file, in their own shapes, which the graph may have changed. */
function tensorsOf(
  where: string,
  { initializer = [] }: GraphProto,
  texts: ReadonlyMap<string, string>,
): Map<string, SafetensorsTensor> {
  const first = partOf(texts.get('network'));
  // Of a member the text has its whole spec, or its seed if all else is as in the first one.
  const members = (partOf(texts.get('members')) ?? [first]) as readonly unknown[];
  const tensors = new Map<string, SafetensorsTensor>();
  const constants = new Map(initializer.map((tensor) => [tensor.name ?? '', tensor]));
  for (const [index, member] of members.entries()) {
    const prefix = members.length === 1 ? '' : `members.${index}.`;
    const spec = (isRecord(member) ? member : first) as Network['spec'];
    for (const { name, shape } of layoutOf(spec).parameters) {
      const tensor = constants.get(prefix + name);
      if (tensor === undefined) continue;
      const data = Float32Array.from(constantOf(where, tensor).values as Float64Array);
      tensors.set(prefix + name, { dtype: 'F32', shape, data });
    }
  }
  return tensors;
}

/** A part of a model file; null if it has none. */
function partOf(text: string | undefined): unknown {
  return JSON.parse(text ?? 'null');
}

/** Whether writing a model, with or without its preparation, gives this very graph. */
function isWrittenFrom(where: string, file: Uint8Array, proto: ModelProto): boolean {
  const { name = '' } = proto.graph ?? {};
  const own = encode(MODEL, { graph: proto.graph });
  return [true, false].some((preparation) => {
    const { graph } = modelProto(where, file, { name, preparation });
    const again = encode(MODEL, { graph });
    return own.length === again.length && own.every((byte, place) => byte === again[place]);
  });
}

function readModel(where: string, graph: ReadGraph): SavableModel {
  const [input, ...others] = graph.inputs;
  if (input === undefined || others.length > 0) {
    const names = graph.inputs.map(({ name }) => `'${name}'`);
    throw formatError({
      where,
      subject: 'the graph',
      rule: 'must have one input, a matrix of rows',
      got: names.length === 0 ? 'none' : listed(names),
      remedy: ' Export the network without its preparation.',
    });
  }
  const output = outputOf(where, graph);
  const stages = stagesOf(where, graph, output, input.name);
  const net = networkOf(where, stages, input.columns);
  const labels = net.spec.output === 'softmax' ? labelsOf(graph, output) : undefined;
  return labels?.length === layoutOf(net.spec).outputs ? classifierOf(net, labels) : net;
}

/** The output with the numbers: of several that of which most is read. */
export function outputOf(where: string, graph: ReadGraph): string {
  const unread = (name: string): number =>
    graph
      .ancestors(name)
      .filter(({ opType }) => READERS[opType] === undefined && opType !== 'Constant').length;
  const [best] = graph.outputs
    .slice(0, MOST_OUTPUTS)
    .toSorted((left, right) => unread(left) - unread(right));
  if (best !== undefined) return best;
  throw formatError({ where, subject: 'the graph', rule: 'must have an output' });
}

/** The stages from the input to the output. @throws {ModelFormatError} that lists every node that is not read */
function stagesOf(where: string, graph: ReadGraph, output: string, input: string): Stage[] {
  const unknown = graph
    .ancestors(output)
    .filter(
      ({ opType }) => READERS[opType] === undefined && opType !== 'Constant' && !INNER.has(opType),
    );
  if (unknown.length > 0) {
    const titles = unknown.map(({ title }) => title).toReversed();
    const more = titles.length > MOST_LISTED ? [`${titles.length - MOST_LISTED} more`] : [];
    throw formatError({
      where,
      subject: 'the graph',
      rule: 'must be a multilayer perceptron of the operators that are read',
      got: listed([...titles.slice(0, MOST_LISTED), ...more]),
    });
  }
  const parts: (readonly Stage[])[] = [];
  let value = output;
  for (let steps = 0; value !== input; steps++) {
    const node = graph.producer(value);
    if (node === undefined || steps > MOST_STAGES) {
      const rule = `must lead from its input '${input}' to its output '${output}' in one line`;
      throw formatError({ where, subject: 'the graph', rule });
    }
    const reading = READERS[node.opType]?.(node, graph) ?? 'must stand inside another formula';
    if (typeof reading === 'string') {
      throw formatError({ where, subject: `the node ${node.title}`, rule: reading });
    }
    parts.push(reading.stages);
    value = reading.from;
  }
  return parts.toReversed().flat();
}

/** Operators that only stand inside the formulas of others. */
const INNER: ReadonlySet<string> = new Set(['Erf', 'Greater']);

const MOST_LISTED = 12;
/** A multilayer perceptron has labels, probabilities and perhaps their logits. */
const MOST_OUTPUTS = 16;
const MOST_STAGES = 100_000;

/** A classifier of rows of numbers that are taken as they are. */
function classifierOf(net: Network, labels: readonly Label[]): SavableModel {
  const columns = Array.from({ length: net.spec.inputs }, (_, column) => {
    return { name: String(column), kind: 'number', fill: 0, mean: 0, scale: 1 } as const;
  });
  const preparation = { version: 1, named: false, width: columns.length, columns } as const;
  return {
    kind: 'classifier',
    version: 1,
    options: {},
    preparation,
    classes: labels,
    network: net,
  };
}
