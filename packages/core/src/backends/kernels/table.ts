/**
 * The form in which the kernels read ops, and, with `fields.ts`, the only place that defines the numbers that TypeScript and C share. The
 * build of packages/kernels turns FIELDS, CODES and the slots of program/scalars.ts into C headers, so that a new op,
 * activation, loss or update rule gets its number only here.
 *
 * A table is a flat array of int32 for each phase: for each op its kind, its length in words (these two included), then its
 * fields in the order of FIELDS; the kind `end` closes it. A tensor is its place in the arena in units of four bytes, or -1
 * if it is absent. A size counts elements; a tensor whose first dimension is the rows of a run is used up to the scalar
 * `rows`. `parameter` and `epsilon` are a float64 in two words, low word first, and `embedded` and `categories` are lists after their
 * length, so each must be the last field of its op.
 */
import type { Numerics } from '../../program/numerics.ts';
import type { Op, Phase, Program, Tensor } from '../../program/program.ts';
import { dropoutThreshold, PURPOSES, purposeWord } from '../../random/streams.ts';
import {
  ACTIVATION_KINDS,
  byPhase,
  columnsOf,
  lossFacts,
  LOSS_KINDS,
  NUMERICS,
  OUTPUT_FUNCTIONS,
  SCALARS,
  SUM_BLOCK,
  tooLarge,
  UPDATE_RULES,
} from '../contract.ts';
import { FIELDS } from './fields.ts';

export { FIELDS };

/** The names that fields hold as codes, by the prefix that they have in C; the code of a name is its place in the list. */
export const CODES: Readonly<Record<string, readonly string[]>> = {
  PHI: ACTIVATION_KINDS,
  FUNCTION: OUTPUT_FUNCTIONS,
  LOSS_KIND: LOSS_KINDS,
  NUMERICS,
  RULE: UPDATE_RULES,
};

/** Other numbers of the Program that C needs, by their names in C. */
export const CONSTANTS: Readonly<Record<string, number>> = { SUM_BLOCK };

/**
 * A number that changes with the tables above, the 32-bit FNV-1a hash of their text. The native addon, which may be
 * prebuilt, says for which number it was compiled.
 */
export function tableVersion(): number {
  const text = JSON.stringify([FIELDS, CODES, CONSTANTS, SCALARS]);
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** A tensor's place counts units of four bytes, so that a table can address more than 4 GiB. */
const PLACE_BYTES = 4;
const ABSENT = -1;

/** The place that stands for rows in the caller's memory. */
const CALLERS_PLACE = 0xffff_fffe;

/** Places have 32 bits. The largest place means that there is no tensor, and the one before it the rows of the caller. */
const MAXIMUM_ARENA_BYTES = CALLERS_PLACE * PLACE_BYTES;

/** The largest size that the kernels can count. It leaves room because a loop over an int may go one block beyond the end. */
const MAXIMUM_SIZE = 0x7fff_0000;

const KINDS: readonly string[] = Object.keys(FIELDS);

type Field = (typeof FIELDS)[keyof typeof FIELDS][number];

/** Every field that some op has. */
type AnyOp = { readonly [Name in NameIn<Op>]?: ValueIn<Op, Name> | undefined };
type NameIn<Each> = Each extends unknown ? keyof Each : never;
type ValueIn<Each, Name> = Each extends { readonly [Known in Name & string]?: infer Value }
  ? Value
  : never;

/**
 * The tables of a program.
 *
 * @param maximumBytes - the largest arena that the backend can hold, at most the largest that a place can address
 * @throws {RangeError} when the program is too large for a table, because a number that wraps around would mean other memory
 */
export function encodeProgram(
  program: Program,
  maximumBytes: number = MAXIMUM_ARENA_BYTES,
): Readonly<Record<Phase, Int32Array>> {
  const { arenaBytes, capacity, numerics, phases } = program;
  if (arenaBytes > maximumBytes) {
    throw tooLarge(`at most ${maximumBytes} bytes`, `${arenaBytes} bytes`);
  }
  return byPhase((phase) => {
    for (const op of phases[phase]) checkSizes(op, capacity);
    return encodeOps(phases[phase], numerics);
  });
}

/**
 * The forward table of a prediction that reads the rows of x in the caller's memory, at the address in the scalar `callersRows`.
 *
 * @returns undefined if the program is no prediction in float32, or an op writes to x
 */
export function encodeForCaller(program: Program): Int32Array | undefined {
  const { phases, purpose, precision, numerics } = program;
  if (purpose !== 'predict' || precision !== 'float32') return undefined;
  if (phases.forward.some((op: AnyOp) => op.out?.name === 'x')) return undefined;
  const ops = phases.forward.map((op) => {
    const fields = Object.entries(op).map(([name, value]: [string, unknown]) => [
      name,
      isInput(value) ? { ...value, byteOffset: CALLERS_PLACE * PLACE_BYTES } : value,
    ]);
    return Object.fromEntries(fields) as Op;
  });
  return encodeOps(ops, numerics);
}

function isInput(value: unknown): value is Tensor {
  return typeof value === 'object' && value !== null && (value as Partial<Tensor>).name === 'x';
}

/** Checks the sizes of an op. For its tensors [N, …], rows and columns are checked separately, because their product may be larger. */
function checkSizes(op: Op, capacity: number): void {
  const words = FIELDS[kindOf(op)].flatMap((name: Field) =>
    SIZES.has(name) ? NUMBERS[name as 'size'](op) : [],
  );
  const largest = Math.max(capacity, ...words);
  if (largest > MAXIMUM_SIZE) {
    throw tooLarge(
      `one in which rows, columns and parameters are at most ${MAXIMUM_SIZE} each`,
      `${largest}`,
    );
  }
}

/** The fields that count elements. */
const SIZES: ReadonlySet<string> = new Set(['columns', 'fanIn', 'fanOut', 'size']);

/** The kind of op in the table: dropout and its adjoint are one kernel. */
function kindOf(op: Op): keyof typeof FIELDS {
  return op.kind === 'dropoutAdjoint' ? 'dropout' : op.kind;
}

/**
 * The table of one phase.
 *
 * @param ops - in the order they run
 * @param numerics - of the Program
 * @returns a new array that ends with the word 0
 */
export function encodeOps(ops: readonly Op[], numerics: Numerics = 'portable'): Int32Array {
  return Int32Array.from([...ops.flatMap((op) => encodeOp(op, numerics)), KINDS.indexOf('end')]);
}

/** Kind, length and fields. The value of a field is computed by {@link NUMBERS}, or else it is the op's property of that name. */
function encodeOp(op: Op, numerics: Numerics): number[] {
  const kind = kindOf(op);
  const names: readonly Field[] = FIELDS[kind];
  const fields = names.flatMap((name) =>
    name in NUMBERS
      ? NUMBERS[name as keyof typeof NUMBERS](op, numerics)
      : wordOf(name, (op as AnyOp)[name as OtherField]),
  );
  return [KINDS.indexOf(kind), fields.length + 2, ...fields];
}

type OtherField = Exclude<Field, keyof typeof NUMBERS>;

/** The words of the fields that are computed from an op; a name means the same in every op, except `size`. */
const NUMBERS = {
  activation: ({ activation }: AnyOp): number =>
    ACTIVATION_KINDS.indexOf(activation?.kind ?? 'identity'),
  /** 1: the source holds bytes, and `scale` applies to them. 0: the source holds words, which are copied. */
  bytes: ({ source }: AnyOp): number => Number(source!.type === 'uint8'),
  /** How many columns there are, and then for each which it is and its number of levels. */
  categories: ({ categories }: AnyOp): readonly number[] => [
    categories!.length,
    ...categories!.flatMap(({ column, levels }) => [column, levels]),
  ],
  columns: ({ out, logits, outBar }: AnyOp): number => columnsOf((out ?? logits ?? outBar)!),
  /** How many columns there are, and then which. */
  embedded: ({ embedded }: AnyOp): readonly number[] => [embedded!.length, ...embedded!],
  /** A float64. */
  epsilon: ({ epsilon }: AnyOp): readonly number[] => bitsOfDouble(epsilon!),
  /** The slot of a scalar. */
  factor: ({ factor }: AnyOp): number => SCALARS[factor!],
  fanIn: ({ weight, weightBar }: AnyOp): number => (weight ?? weightBar)!.shape[1] as number,
  fanOut: ({ weight, weightBar }: AnyOp): number => (weight ?? weightBar)!.shape[0] as number,
  frequencies: ({ frequency }: AnyOp): number => frequency!.shape[1] as number,
  function: (op: AnyOp): number => OUTPUT_FUNCTIONS.indexOf(op.function!),
  /** 1 − p, a float32. */
  keptShare: ({ rate }: AnyOp): number => bitsOf(1 - rate!),
  kind: ({ loss }: AnyOp): number => LOSS_KINDS.indexOf(loss!.kind),
  /** 1: the target holds a class index for each row. 0: it holds a row of reals. */
  labels: ({ target }: AnyOp): number => Number(target!.type === 'int32'),
  /** The parameter of an activation or of a loss, as its facts name it; 0 for none. */
  parameter: ({ activation, loss }: AnyOp): readonly number[] =>
    bitsOfDouble(
      loss === undefined
        ? (activation?.slope ?? activation?.alpha ?? 0)
        : loss[lossFacts(loss.kind).parameter ?? 'labelSmoothing'],
    ),
  /** A float64. */
  limit: ({ limit }: AnyOp): readonly number[] => bitsOfDouble(limit!),
  numerics: (_op: AnyOp, numerics: Numerics): number => NUMERICS.indexOf(numerics),
  rateFactor: ({ rateFactor = 1 }: AnyOp): number => bitsOf(rateFactor),
  rule: ({ rule }: AnyOp): number => UPDATE_RULES.indexOf(rule!),
  scale: ({ scale }: AnyOp): number => bitsOf(scale!),
  /** The learned numbers of a category, or else the elements of a tensor. */
  size: ({ size, out, parameters, source }: AnyOp): number =>
    size ?? (out ?? parameters ?? source)!.size,
  /** The last word of the counter: the purpose in the top 8 bits | the index of the dropout layer. */
  stream: ({ layer }: AnyOp): number => purposeWord(PURPOSES.dropout, layer!),
  /** A unit is kept iff the top 24 bits of its random word reach this. */
  threshold: ({ rate }: AnyOp): number => dropoutThreshold(rate!),
} as const;

/** The place of a tensor; or a whole number or a boolean, unchanged. The table would cut off the fraction of another number. */
function wordOf(name: string, value: Tensor | number | boolean | undefined): number {
  if (value === undefined) return ABSENT;
  if (typeof value === 'object') return value.byteOffset / PLACE_BYTES;
  if (Number.isInteger(Number(value))) return Number(value);
  throw new Error(
    `internal: the field '${name}' is no whole number, so it needs a row in NUMBERS.`,
  );
}

function bitsOf(value: number): number {
  return new Int32Array(Float32Array.of(value).buffer)[0]!;
}

/** Low word first, as WebAssembly and every machine that runs it store it. */
function bitsOfDouble(value: number): readonly number[] {
  return [...new Int32Array(Float64Array.of(value).buffer)];
}
