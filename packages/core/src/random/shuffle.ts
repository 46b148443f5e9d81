/**
 * Permutations as a function of (seed, epoch): the order of rows in an epoch, of held-out rows and of a
 * stream's chunks. Fisher–Yates from the end, with draws by rejection: a remainder alone would favour small
 * numbers (Knuth, TAOCP vol. 2, section 3.4.2, algorithm P).
 */
import { blockInto, PURPOSES } from './streams.ts';

const TWO_TO_32 = 4294967296;
const WORDS: Uint32Array = new Uint32Array(4);

/**
 * A random integer below a bound from one random word, or −1 if the word must be skipped. The largest words are
 * skipped, because 2^32 is not always a multiple of the bound and some results would be more likely than others.
 *
 * @param word - 32 random bits
 * @param bound - from 1 to 2^32
 * @returns an integer in [0, bound), each equally likely among the accepted words, or −1
 */
export function boundedDraw(word: number, bound: number): number {
  // A quotient of integers below 2^53 is never rounded up to the next integer; `%` of numbers above 2^31 is a slow call.
  const remainder = word - Math.floor(word / bound) * bound;
  return word - remainder + bound <= TWO_TO_32 ? remainder : -1;
}

/**
 * Shuffles rows in place by a random permutation; every permutation is equally likely.
 *
 * The counter of block b is (b, part, epoch, purpose). The words of the blocks are used in order, and a word at or
 * above the largest multiple of the bound is skipped. Allocates nothing.
 *
 * @param rows - any numbers; they change places
 * @param seed - a non-negative safe integer
 * @param epoch - which permutation, below 2^32
 * @param purpose - which family of permutations; by default the family for the rows of an epoch
 * @param part - which part of the data, such as a chunk of a stream or a class; default 0
 * @example
 * const rows = Uint32Array.of(0, 1, 2, 3, 4);
 * shuffleRows(rows, 42, 0); // the same on every machine
 */
export function shuffleRows(
  rows: Uint32Array,
  seed: number,
  epoch: number,
  purpose: 'shuffle' | 'split' | 'stream' | 'permute' = 'shuffle',
  part = 0,
): void {
  const family = PURPOSES[purpose];
  let block = 0;
  let next = 4;
  let i = rows.length - 1;
  while (i > 0) {
    if (next === 4) {
      blockInto(WORDS, seed, family, 0, block++, part, epoch);
      next = 0;
    }
    const j = boundedDraw(WORDS[next++]!, i + 1);
    if (j < 0) continue;
    const kept = rows[i]!;
    rows[i] = rows[j]!;
    rows[j] = kept;
    i--;
  }
}
