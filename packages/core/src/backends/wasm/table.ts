/**
 * Ops as the kernels read them: a flat table of int32 for each phase. packages/kernels/src/table.h has the
 * same numbers (a test compares the two) and tells what the fields mean: an op is its kind, its length in
 * words, then the fields in the order listed here; `parameter` is a float64 in two words, low word first.
 */
import type { ActivationKind, Activation } from '../../activations/activation.ts';
import type { LossKind } from '../../losses/loss.ts';
import type { Op, Tensor } from '../../program/program.ts';
import { dropoutThreshold, PURPOSES, purposeWord } from '../../random/streams.ts';
import { SCALARS } from '../contract.ts';

/** OP_…: the kinds, in the order of their numbers; 0 ends a table. */
export const KINDS = [
  'end',
  'gather',
  'packWeights',
  'dense',
  'activation',
  'dropout',
  'output',
  'loss',
  'lossAdjoint',
  'denseWeightAdjoint',
  'denseInputAdjoint',
  'activationAdjoint',
  'sumOfSquares',
  'update',
  'scale',
] as const;

/** The fields of a kind, from word 2 on. */
export const FIELDS = {
  end: [],
  gather: ['out', 'source', 'rows', 'columns', 'bytes', 'scale'],
  packWeights: ['out', 'weight', 'fanIn', 'fanOut'],
  dense: [
    'out',
    'preActivation',
    'input',
    'packed',
    'bias',
    'fanIn',
    'fanOut',
    'activation',
    'parameter',
  ],
  activation: ['out', 'input', 'columns', 'activation', 'parameter'],
  dropout: ['out', 'input', 'columns', 'threshold', 'keptShare', 'stream'],
  output: ['out', 'logits', 'columns', 'function'],
  loss: [
    'kind',
    'logits',
    'probabilities',
    'rowLosses',
    'target',
    'labels',
    'rowWeights',
    'columns',
    'parameter',
  ],
  lossAdjoint: [
    'kind',
    'out',
    'logits',
    'probabilities',
    'target',
    'labels',
    'rowWeights',
    'columns',
    'parameter',
  ],
  denseWeightAdjoint: ['weightBar', 'biasBar', 'outBar', 'input', 'fanIn', 'fanOut'],
  denseInputAdjoint: [
    'inputBar',
    'outBar',
    'weight',
    'fanIn',
    'fanOut',
    'source',
    'activation',
    'parameter',
  ],
  activationAdjoint: ['out', 'input', 'source', 'columns', 'activation', 'parameter'],
  sumOfSquares: ['source', 'size'],
  update: [
    'rule',
    'parameters',
    'adjoints',
    'firstMoments',
    'secondMoments',
    'thirdMoments',
    'nesterov',
    'weightCount',
    'size',
  ],
  scale: ['out', 'input', 'factor', 'size'],
} as const;

/** PHI_…: codes of the activations. */
export const ACTIVATION_CODES: Readonly<Record<ActivationKind, number>> = {
  identity: 0,
  relu: 1,
  'leaky-relu': 2,
  elu: 3,
  selu: 4,
  gelu: 5,
  silu: 6,
  tanh: 7,
  sigmoid: 8,
  softplus: 9,
};

/** FUNCTION_…: codes of the output functions. */
export const FUNCTION_CODES = { softmax: 1, sigmoid: 2 } as const;

/** LOSS_KIND_…: codes of the losses. */
export const LOSS_CODES: Readonly<Record<LossKind, number>> = {
  'softmax-cross-entropy': 0,
  'binary-cross-entropy': 1,
  mse: 2,
  mae: 3,
  huber: 4,
};

/** RULE_…: codes of the update rules. */
export const RULE_CODES = { adam: 0, sgd: 1, rmsprop: 2, adagrad: 3 } as const;

/** A tensor's place counts units of four bytes, so that a table reaches past 2 GiB. */
const PLACE_BYTES = 4;
const ABSENT = -1;

type Kind = (typeof KINDS)[number];
type Field<K extends Kind> = (typeof FIELDS)[K][number];

/** The words of one op but for kind and length; `parameter` gives two. */
type Words<K extends Kind> = {
  readonly [Name in Field<K>]: Name extends 'parameter' ? readonly [number, number] : number;
};

/**
 * The table of one phase.
 *
 * @param ops - in the order they run
 * @returns a new array that ends with the word 0
 */
export function encodeOps(ops: readonly Op[]): Int32Array {
  return Int32Array.from([...ops.flatMap(encodeOp), KINDS.indexOf('end')]);
}

function encodeOp(op: Op): number[] {
  switch (op.kind) {
    case 'gather':
      return words('gather', {
        out: placeOf(op.out),
        source: placeOf(op.source),
        rows: placeOf(op.rows),
        columns: columnsOf(op.out),
        bytes: op.source.type === 'uint8' ? 1 : 0,
        scale: bitsOf(op.scale),
      });
    case 'packWeights':
      return words('packWeights', {
        out: placeOf(op.out),
        weight: placeOf(op.weight),
        fanIn: fanInOf(op.weight),
        fanOut: fanOutOf(op.weight),
      });
    case 'dense':
      return words('dense', {
        out: placeOf(op.out),
        preActivation: placeOf(op.preActivation),
        input: placeOf(op.input),
        packed: placeOf(op.packed),
        bias: placeOf(op.bias),
        fanIn: fanInOf(op.weight),
        fanOut: fanOutOf(op.weight),
        ...activationWords(op.activation),
      });
    case 'activation':
      return words('activation', {
        out: placeOf(op.out),
        input: placeOf(op.input),
        columns: columnsOf(op.out),
        ...activationWords(op.activation),
      });
    case 'dropout':
    case 'dropoutAdjoint':
      return words('dropout', {
        out: placeOf(op.out),
        input: placeOf(op.input),
        columns: columnsOf(op.out),
        threshold: dropoutThreshold(op.rate),
        keptShare: bitsOf(1 - op.rate),
        stream: purposeWord(PURPOSES.dropout, op.layer),
      });
    case 'output':
      return words('output', {
        out: placeOf(op.out),
        logits: placeOf(op.logits),
        columns: columnsOf(op.logits),
        function: FUNCTION_CODES[op.function],
      });
    case 'loss':
      return words('loss', { rowLosses: placeOf(op.rowLosses), ...lossWords(op) });
    case 'lossAdjoint':
      return words('lossAdjoint', { out: placeOf(op.out), ...lossWords(op) });
    case 'denseWeightAdjoint':
      return words('denseWeightAdjoint', {
        weightBar: placeOf(op.weightBar),
        biasBar: placeOf(op.biasBar),
        outBar: placeOf(op.outBar),
        input: placeOf(op.input),
        fanIn: fanInOf(op.weightBar),
        fanOut: fanOutOf(op.weightBar),
      });
    case 'denseInputAdjoint':
      return words('denseInputAdjoint', {
        inputBar: placeOf(op.inputBar),
        outBar: placeOf(op.outBar),
        weight: placeOf(op.weight),
        fanIn: fanInOf(op.weight),
        fanOut: fanOutOf(op.weight),
        source: placeOf(op.activationSource),
        ...activationWords(op.activation ?? { kind: 'identity' }),
      });
    case 'activationAdjoint':
      return words('activationAdjoint', {
        out: placeOf(op.out),
        input: placeOf(op.input),
        source: placeOf(op.source),
        columns: columnsOf(op.out),
        ...activationWords(op.activation),
      });
    case 'sumOfSquares':
      return words('sumOfSquares', { source: placeOf(op.source), size: op.source.size });
    case 'update':
      return words('update', {
        rule: RULE_CODES[op.rule],
        parameters: placeOf(op.parameters),
        adjoints: placeOf(op.adjoints),
        firstMoments: placeOf(op.firstMoments),
        secondMoments: placeOf(op.secondMoments),
        thirdMoments: placeOf(op.thirdMoments),
        nesterov: op.nesterov ? 1 : 0,
        weightCount: op.weightCount,
        size: op.parameters.size,
      });
    case 'scale':
      return words('scale', {
        out: placeOf(op.out),
        input: placeOf(op.input),
        factor: SCALARS[op.factor],
        size: op.out.size,
      });
    default:
      return op satisfies never;
  }
}

/** Kind, length and fields, in the order of {@link FIELDS}. */
function words<K extends Kind>(kind: K, values: Words<K>): number[] {
  const names: readonly Field<K>[] = FIELDS[kind];
  const fields = names.flatMap((name) => values[name]);
  return [KINDS.indexOf(kind), fields.length + 2, ...fields];
}

function lossWords(
  op: Extract<Op, { kind: 'loss' | 'lossAdjoint' }>,
): Omit<Words<'loss'>, 'rowLosses'> {
  const { loss } = op;
  return {
    kind: LOSS_CODES[loss.kind],
    logits: placeOf(op.logits),
    probabilities: placeOf(op.probabilities),
    target: placeOf(op.target),
    labels: op.target.type === 'int32' ? 1 : 0,
    rowWeights: placeOf(op.rowWeights),
    columns: columnsOf(op.logits),
    parameter: bitsOfDouble(loss.kind === 'huber' ? loss.delta : loss.labelSmoothing),
  };
}

function activationWords({
  kind,
  slope,
  alpha,
}: Activation): Pick<Words<'activation'>, 'activation' | 'parameter'> {
  return {
    activation: ACTIVATION_CODES[kind],
    parameter: bitsOfDouble(slope ?? alpha ?? 0),
  };
}

function placeOf(tensor: Tensor | undefined): number {
  return tensor === undefined ? ABSENT : tensor.byteOffset / PLACE_BYTES;
}

/** Elements of one row of a tensor [N, …]. */
function columnsOf(tensor: Tensor): number {
  return tensor.shape.reduce<number>(
    (product, extent) => product * (extent === 'N' ? 1 : extent),
    1,
  );
}

function fanOutOf(weight: Tensor): number {
  return weight.shape[0] as number;
}

function fanInOf(weight: Tensor): number {
  return weight.shape[1] as number;
}

function bitsOf(value: number): number {
  return new Int32Array(Float32Array.of(value).buffer)[0]!;
}

/** Low word first, as WebAssembly and every machine that runs it store it. */
function bitsOfDouble(value: number): readonly [number, number] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value, true);
  return [view.getInt32(0, true), view.getInt32(4, true)];
}
