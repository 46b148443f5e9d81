/**
 * Ops as the kernels read them: a flat table of int32 for each phase. packages/kernels/src/table.h has the
 * same numbers (a test compares the two) and tells what the fields mean: an op is its kind, its length in
 * words, then the fields in the order listed here; `parameter` is a float64 in two words, low word first.
 */
import type { ActivationKind } from '../../activations/activation.ts';
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
  sumOfSquares: ['source', 'blocks', 'size'],
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

type Field = (typeof FIELDS)[keyof typeof FIELDS][number];

/** Every field that some op has. */
type AnyOp = { readonly [Name in NameIn<Op>]?: ValueIn<Op, Name> | undefined };
type NameIn<Each> = Each extends unknown ? keyof Each : never;
type ValueIn<Each, Name> = Each extends { readonly [Known in Name & string]?: infer Value }
  ? Value
  : never;

/**
 * The table of one phase.
 *
 * @param ops - in the order they run
 * @returns a new array that ends with the word 0
 */
export function encodeOps(ops: readonly Op[]): Int32Array {
  return Int32Array.from([...ops.flatMap(encodeOp), KINDS.indexOf('end')]);
}

/** Kind, length and fields: what {@link NUMBERS} computes, and the places of tensors otherwise. */
function encodeOp(op: Op): number[] {
  const kind = op.kind === 'dropoutAdjoint' ? 'dropout' : op.kind;
  const names: readonly Field[] = FIELDS[kind];
  const fields = names.flatMap((name) =>
    name in NUMBERS
      ? NUMBERS[name as keyof typeof NUMBERS](op)
      : placeOf((op as AnyOp)[name as TensorField]),
  );
  return [KINDS.indexOf(kind), fields.length + 2, ...fields];
}

type TensorField = Exclude<Field, keyof typeof NUMBERS>;

/** The words of the fields that are not the place of a tensor; the same name means the same in every op. */
const NUMBERS = {
  activation: ({ activation }: AnyOp): number => ACTIVATION_CODES[activation?.kind ?? 'identity'],
  bytes: ({ source }: AnyOp): number => Number(source!.type === 'uint8'),
  columns: ({ out, logits }: AnyOp): number => columnsOf((out ?? logits)!),
  factor: ({ factor }: AnyOp): number => SCALARS[factor!],
  fanIn: ({ weight, weightBar }: AnyOp): number => (weight ?? weightBar)!.shape[1] as number,
  fanOut: ({ weight, weightBar }: AnyOp): number => (weight ?? weightBar)!.shape[0] as number,
  function: (op: AnyOp): number => FUNCTION_CODES[op.function!],
  keptShare: ({ rate }: AnyOp): number => bitsOf(1 - rate!),
  kind: ({ loss }: AnyOp): number => LOSS_CODES[loss!.kind],
  labels: ({ target }: AnyOp): number => Number(target!.type === 'int32'),
  nesterov: ({ nesterov }: AnyOp): number => Number(nesterov),
  parameter: ({ activation, loss }: AnyOp): readonly number[] =>
    bitsOfDouble(
      loss === undefined
        ? (activation?.slope ?? activation?.alpha ?? 0)
        : loss.kind === 'huber'
          ? loss.delta
          : loss.labelSmoothing,
    ),
  rule: ({ rule }: AnyOp): number => RULE_CODES[rule!],
  scale: ({ scale }: AnyOp): number => bitsOf(scale!),
  size: ({ out, parameters, source }: AnyOp): number => (out ?? parameters ?? source)!.size,
  stream: ({ layer }: AnyOp): number => purposeWord(PURPOSES.dropout, layer!),
  threshold: ({ rate }: AnyOp): number => dropoutThreshold(rate!),
  weightCount: ({ weightCount }: AnyOp): number => weightCount!,
} as const;

function placeOf(tensor: Tensor | undefined): number {
  return tensor === undefined ? ABSENT : tensor.byteOffset / PLACE_BYTES;
}

/** Elements of one row of a tensor [N, …]. */
function columnsOf({ shape }: Tensor): number {
  return shape.reduce<number>((product, extent) => product * (extent === 'N' ? 1 : extent), 1);
}

function bitsOf(value: number): number {
  return new Int32Array(Float32Array.of(value).buffer)[0]!;
}

/** Low word first, as WebAssembly and every machine that runs it store it. */
function bitsOfDouble(value: number): readonly number[] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value, true);
  return [view.getInt32(0, true), view.getInt32(4, true)];
}
