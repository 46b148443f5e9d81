/**
 * Which random bits are used for which purpose. Every draw names its counter, so it depends only on
 * (seed, purpose, place), and not on the order of work, the batch split, the thread or the backend.
 *
 *     key     = (seed mod 2^32, floor(seed / 2^32))
 *     counter = (block, row or tensor, step or epoch, purpose in the top 8 bits | layer in the low 24)
 *
 * Element i of a stream is word i & 3 of block i >> 2. docs/numerics.md has the table of the counters, and
 * the dropout kernels in packages/kernels hold the same layout.
 */
import { philox4x32Into } from './philox.ts';

/** The top 8 bits of counter word 3. Part of the promise of same bits: never renumber. */
export const PURPOSES = {
  /** (i >> 2, the tensor of the layer: 0 weight | 1 bias | further ones, attempt, K of the layer among those with parameters). */
  initialise: 1,
  /** (unit >> 2, row in the global batch, step from 1, index among the dropout layers). */
  dropout: 2,
  /** (block, part, epoch, 0). */
  shuffle: 3,
  /** (block, part, 0, 0): which rows are held out. */
  split: 4,
  /** (block, part, epoch, 0): the order of a stream's chunks. */
  stream: 5,
  /** For tests only. */
  test: 6,
  /** (member, recipe, 0, 0): the seeds of the members of an ensemble. */
  member: 7,
  /** (block, 0, resample, 0): which rows a resample of an evaluation draws. */
  resample: 8,
  /** (block, column, repeat, 0): how a column is permuted to measure its importance. */
  permute: 9,
  /** (the FNV-1a code of an option, 0, 0, trial): the values that a search tries. */
  search: 10,
} as const;

export type Purpose = (typeof PURPOSES)[keyof typeof PURPOSES];

const TWO_TO_32 = 4294967296;
const TWO_TO_24 = 16777216;
const WORDS: Uint32Array = new Uint32Array(4);

/**
 * Word 0 of the key of a seed.
 *
 * @param seed - a non-negative safe integer
 */
export function seedLow(seed: number): number {
  return seed % TWO_TO_32;
}

/**
 * Word 1 of the key of a seed.
 *
 * @param seed - a non-negative safe integer
 */
export function seedHigh(seed: number): number {
  return Math.floor(seed / TWO_TO_32);
}

/**
 * Word 3 of a counter.
 *
 * @param purpose - one of {@link PURPOSES}
 * @param layer - below 2^24
 */
export function purposeWord(purpose: Purpose, layer: number): number {
  return ((purpose << 24) | layer) >>> 0;
}

/**
 * The four words of one block of a stream.
 *
 * @param out - receives the four words
 * @param seed - a non-negative safe integer
 * @param purpose - the purpose of the words
 * @param layer - the low 24 bits of counter word 3
 * @param block - counter word 0
 * @param row - counter word 1: a row or a tensor
 * @param step - counter word 2: a step, an epoch or an attempt
 */
export function blockInto(
  out: Uint32Array,
  seed: number,
  purpose: Purpose,
  layer: number,
  block: number,
  row: number,
  step: number,
): void {
  philox4x32Into(out, block, row, step, purposeWord(purpose, layer), seedLow(seed), seedHigh(seed));
}

/**
 * The uniform number u = (x >>> 8) · 2^−24 of a random word: one of 2^24 multiples of 2^−24 in [0, 1), exact
 * in float32.
 *
 * @param word - 32 random bits
 */
export function uniform(word: number): number {
  return (word >>> 8) / TWO_TO_24;
}

/**
 * The smallest x >>> 8 for which a unit is kept at drop rate p: ⌈p · 2^24⌉. This is the condition u ≥ p in integers.
 *
 * @param rate - p, the probability of a drop, in [0, 1]
 */
export function dropoutThreshold(rate: number): number {
  return Math.ceil(rate * TWO_TO_24);
}

/**
 * Whether dropout keeps a unit: the mask of eq. (34), a pure function of its arguments.
 *
 * @param seed - the run's seed, a non-negative safe integer
 * @param step - t, from 1
 * @param layer - index among the dropout layers, from 0
 * @param row - the row in the global batch, from 0
 * @param unit - the column, from 0
 * @param rate - p, the probability of a drop, in [0, 1]
 * @returns true if the unit is kept, which has probability 1 − p to within 2^−24
 */
export function dropoutKeep(
  seed: number,
  step: number,
  layer: number,
  row: number,
  unit: number,
  rate: number,
): boolean {
  blockInto(WORDS, seed, PURPOSES.dropout, layer, unit >>> 2, row, step);
  return WORDS[unit & 3]! >>> 8 >= dropoutThreshold(rate);
}
