/**
 * A model of vinculum as an ONNX model: a network alone, or an estimator with its preparation before and its labels or its
 * units behind the networks.
 */
import {
  fromSafetensors,
  readSafetensors,
  toSafetensors,
  type Label,
  type ModelFromFile,
  type Network,
  type SavableModel,
  type TargetScaler,
} from 'vinculum';
import {
  isRecord,
  layoutOf,
  LEAST_PROBABILITY,
  mustBe,
  networkWeights,
  outputSpan,
  typeError,
} from 'vinculum/internal';
import type { ElementName, ModelProto } from '../proto/messages.ts';
import { GraphBuilder, ML_DOMAIN, type Value } from './graph-builder.ts';
import { writeLayers } from './layers.ts';
import { writePreparation } from './preparation.ts';

/** The versions that we write; onnxruntime has read them since 1.13. */
const IR_VERSION = 8;
const OPSET = 17;
const ML_OPSET = 3;

/** The metadata entry with what a model file of ours holds beside its tensors, as JSON pairs. */
export const MODEL_ENTRY = 'vinculum.model';

/** The options of `toOnnx`. */
export interface OnnxOptions {
  /** The name of the graph. Default `'vinculum'`. */
  readonly name?: string;
  /** Whether the graph prepares a table: an input for each column. Without it, its input is the prepared matrix `x`. Default true. */
  readonly preparation?: boolean;
  /** Texts to keep with the model, such as the name of the target. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The messages of the model; see `toOnnx`. */
export function modelProto(
  where: string,
  model: SavableModel | Uint8Array,
  options: OnnxOptions,
): ModelProto {
  const { name = 'vinculum', preparation: prepares = true, metadata = {} } = options;
  const graph = new GraphBuilder();
  const file = savedForm(model, metadata);
  const saved = file.model;
  if (saved.kind === 'network') writeNetwork(graph, saved);
  else {
    const input = prepares
      ? writePreparation(graph, saved.preparation)
      : graph.input('x', 'float', saved.networks[0]!.spec.inputs);
    const members = saved.networks.map((net, index) =>
      writeOutputs(graph, net, input, saved.networks.length > 1 ? `members.${index}.` : ''),
    );
    const weights = networkWeights(saved.recipeWeights, members.length);
    if (saved.kind === 'classifier') writeClasses(graph, saved, members, weights);
    else writeNumbers(graph, scalerOf(where, file.texts), members, weights);
  }
  const entries = [
    [MODEL_ENTRY, JSON.stringify([...file.texts])] as const,
    ...Object.entries(metadata),
  ];
  return {
    irVersion: IR_VERSION,
    producerName: 'vinculum',
    producerVersion: '1',
    graph: graph.build(name),
    opsetImport: [
      { domain: '', version: OPSET },
      ...(graph.usesMl ? [{ domain: ML_DOMAIN, version: ML_OPSET }] : []),
    ],
    metadataProps: entries.map(([key, value]) => ({ key, value })),
  };
}

/** A model as its own file gives it back, and the texts of that file. */
function savedForm(
  model: SavableModel | Uint8Array,
  metadata: Readonly<Record<string, string>>,
): { readonly model: ModelFromFile; readonly texts: ReadonlyMap<string, string> } {
  const bytes = model instanceof Uint8Array ? model : toSafetensors(model, { metadata });
  return { model: fromSafetensors(bytes), texts: readSafetensors(bytes).metadata };
}

function writeNetwork(graph: GraphBuilder, net: Network): void {
  const output = writeOutputs(graph, net, graph.input('x', 'float', net.spec.inputs), '');
  graph.output('output', output, 'float', [layoutOf(net.spec).outputs]);
}

/** What `predict` of a network gives. */
function writeOutputs(graph: GraphBuilder, net: Network, input: Value, prefix: string): Value {
  const logits = writeLayers(graph, net, input, prefix);
  const { output = 'identity' } = net.spec;
  switch (output) {
    case 'identity':
      return logits;
    case 'softmax':
      return graph.node('Softmax', [logits], { axis: { i: -1 } });
    case 'sigmoid':
      return graph.node('Sigmoid', [logits]);
    case 'exp':
      return graph.node('Exp', [logits]);
    default:
      return output satisfies never;
  }
}

/** How much each member counts; undefined if all count the same. */
type Weights = readonly number[] | undefined;

/** The mean of the members by their weights. It is a sum, because runtimes have no mean of doubles. */
function meanOf(
  graph: GraphBuilder,
  members: readonly Value[],
  element: 'float' | 'double',
  weights: Weights,
): Value {
  if (members.length === 1) return members[0]!;
  if (weights === undefined) {
    const sum = graph.node('Sum', members);
    return graph.node('Div', [sum, graph.scalar(members.length, element)]);
  }
  const weighted = members.map((one, index) =>
    graph.node('Mul', [one, graph.scalar(weights[index]!, element)]),
  );
  return graph.node('Sum', weighted);
}

type FittedClassifier = Extract<ModelFromFile, { readonly kind: 'classifier' }>;

/** `label` and `probabilities`; of several labels a row `labels`, each true or false, and `probabilities`. */
function writeClasses(
  graph: GraphBuilder,
  model: FittedClassifier,
  members: readonly Value[],
  weights: Weights,
): void {
  const { classes, labels, calibration } = model;
  const { temperature = 1 } = calibration ?? {};
  const mean = meanOf(graph, members, 'float', weights);
  const probabilities = temperature === 1 ? mean : atTemperature(graph, mean, temperature);
  const count = classes.length;
  if (labels === undefined) {
    const { element, values } = labelConstant(classes);
    const best = graph.node('ArgMax', [probabilities], { axis: { i: 1 }, keepdims: { i: 0 } });
    const table = graph.constant('classes', { element, dims: [count], values });
    graph.output('label', graph.node('Gather', [table, best]), element, []);
  } else {
    const half = graph.scalar(0.5, 'float');
    const isTrue = graph.node('GreaterOrEqual', [probabilities, half]);
    const whole = labels === 'boolean' ? isTrue : graph.node('Cast', [isTrue], { to: { i: 7 } });
    graph.output('labels', whole, labels === 'boolean' ? 'bool' : 'int64', [count]);
  }
  graph.output('probabilities', probabilities, 'float', [count]);
}

/** softmax(log p / T), in double. */
function atTemperature(graph: GraphBuilder, probabilities: Value, temperature: number): Value {
  const exact = graph.node('Cast', [probabilities], { to: { i: 11 } });
  const above = graph.node('Max', [exact, graph.scalar(LEAST_PROBABILITY, 'double')]);
  const logits = graph.node('Div', [
    graph.node('Log', [above]),
    graph.scalar(temperature, 'double'),
  ]);
  const softmax = graph.node('Softmax', [logits], { axis: { i: -1 } });
  return graph.node('Cast', [softmax], { to: { i: 1 } });
}

/** Labels as a constant of the type that holds all of them; of several types as texts. */
function labelConstant(classes: readonly Label[]): {
  readonly element: ElementName;
  readonly values: Float64Array | readonly string[];
} {
  if (classes.every((one) => typeof one === 'boolean')) {
    return { element: 'bool', values: Float64Array.from(classes, Number) };
  }
  if (classes.every((one) => typeof one === 'number')) {
    const element = classes.every((one) => Number.isSafeInteger(one)) ? 'int64' : 'double';
    return { element, values: Float64Array.from(classes) };
  }
  return { element: 'string', values: classes.map(String) };
}

/** `prediction`: the mean of the members, each within the range of the targets, in the units of the targets. */
function writeNumbers(
  graph: GraphBuilder,
  scaler: TargetScaler,
  members: readonly Value[],
  weights: Weights,
): void {
  const columns = scaler.mean.length;
  const asDouble = (value: Value): Value => graph.node('Cast', [value], { to: { i: 11 } });
  const vector = (values: readonly number[]): Value => graph.shared('double', values, [columns]);
  const within = (value: Value, span: TargetScaler['span']): Value =>
    span === undefined
      ? value
      : graph.node('Min', [graph.node('Max', [value, vector(span.min)]), vector(span.max)]);
  const each = members.map((one) =>
    members.length === 1 ? asDouble(one) : within(asDouble(one), outputSpan(scaler)),
  );
  const scaled = graph.node('Mul', [meanOf(graph, each, 'double', weights), vector(scaler.scale)]);
  const shifted = graph.node('Add', [scaled, vector(scaler.mean)]);
  const prediction = graph.node('Cast', [within(shifted, scaler.span)], { to: { i: 1 } });
  graph.output('prediction', prediction, 'float', [columns]);
}

/** The scaler of a regressor, which its file holds and the fitted object does not show. */
function scalerOf(where: string, texts: ReadonlyMap<string, string>): TargetScaler {
  const scaler: unknown = JSON.parse(texts.get('targetScaler') ?? 'null');
  if (isRecord(scaler)) return scaler as unknown as TargetScaler;
  throw typeError(mustBe(where, 'model', 'a fitted regressor with its scaler', scaler));
}
