/**
 * Ops as the kernels read them: a flat table of int32 for each phase. packages/kernels/src/table.h has the
 * same numbers (a test compares the two) and tells what the fields mean: an op is its kind, its length in
 * words, then the fields in the order listed here; `parameter` is a float64 in two words, low word first.
 */
import type { Op, Tensor } from '../../program/program.ts';
import { dropoutThreshold, PURPOSES, purposeWord } from '../../random/streams.ts';
import {
  ACTIVATION_KINDS,
  columnsOf,
  LOSS_KINDS,
  OUTPUT_FUNCTIONS,
  SCALARS,
  UPDATE_RULES,
} from '../contract.ts';

/** OP_…: the kinds in the order of their numbers, with their fields from word 2 on; `end` closes a table. */
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

/** A tensor's place counts units of four bytes, so that a table reaches past 2 GiB. */
const PLACE_BYTES = 4;
const ABSENT = -1;

const KINDS: readonly string[] = Object.keys(FIELDS);

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

/** Kind, length and fields: what {@link NUMBERS} computes, and what the op has under the name otherwise. */
function encodeOp(op: Op): number[] {
  const kind = op.kind === 'dropoutAdjoint' ? 'dropout' : op.kind;
  const names: readonly Field[] = FIELDS[kind];
  const fields = names.flatMap((name) =>
    name in NUMBERS
      ? NUMBERS[name as keyof typeof NUMBERS](op)
      : wordOf((op as AnyOp)[name as OtherField]),
  );
  return [KINDS.indexOf(kind), fields.length + 2, ...fields];
}

type OtherField = Exclude<Field, keyof typeof NUMBERS>;

/** The words of the fields that are computed; the same name means the same in every op. */
const NUMBERS = {
  activation: ({ activation }: AnyOp): number =>
    ACTIVATION_KINDS.indexOf(activation?.kind ?? 'identity'),
  bytes: ({ source }: AnyOp): number => Number(source!.type === 'uint8'),
  columns: ({ out, logits }: AnyOp): number => columnsOf((out ?? logits)!),
  factor: ({ factor }: AnyOp): number => SCALARS[factor!],
  fanIn: ({ weight, weightBar }: AnyOp): number => (weight ?? weightBar)!.shape[1] as number,
  fanOut: ({ weight, weightBar }: AnyOp): number => (weight ?? weightBar)!.shape[0] as number,
  function: (op: AnyOp): number => OUTPUT_FUNCTIONS.indexOf(op.function!),
  keptShare: ({ rate }: AnyOp): number => bitsOf(1 - rate!),
  kind: ({ loss }: AnyOp): number => LOSS_KINDS.indexOf(loss!.kind),
  labels: ({ target }: AnyOp): number => Number(target!.type === 'int32'),
  parameter: ({ activation, loss }: AnyOp): readonly number[] =>
    bitsOfDouble(
      loss === undefined
        ? (activation?.slope ?? activation?.alpha ?? 0)
        : loss.kind === 'huber'
          ? loss.delta
          : loss.labelSmoothing,
    ),
  rule: ({ rule }: AnyOp): number => UPDATE_RULES.indexOf(rule!),
  scale: ({ scale }: AnyOp): number => bitsOf(scale!),
  size: ({ out, parameters, source }: AnyOp): number => (out ?? parameters ?? source)!.size,
  stream: ({ layer }: AnyOp): number => purposeWord(PURPOSES.dropout, layer!),
  threshold: ({ rate }: AnyOp): number => dropoutThreshold(rate!),
} as const;

/** The place of a tensor; a number or a boolean as it is. */
function wordOf(value: Tensor | number | boolean | undefined): number {
  if (value === undefined) return ABSENT;
  return typeof value === 'object' ? value.byteOffset / PLACE_BYTES : Number(value);
}

function bitsOf(value: number): number {
  return new Int32Array(Float32Array.of(value).buffer)[0]!;
}

/** Low word first, as WebAssembly and every machine that runs it store it. */
function bitsOfDouble(value: number): readonly number[] {
  return [...new Int32Array(Float64Array.of(value).buffer)];
}
