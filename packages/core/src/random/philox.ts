/**
 * Philox4x32: random bits as a pure function of a counter and a key. Nothing is kept between calls, so element
 * i of a stream can be computed alone, in any order, on any thread, on any backend, with the same bits.
 *
 * The C kernels have the same function for dropout. NumPy's Philox is the 4x64 variant, so its streams are
 * different.
 *
 * Source: Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", section 3.3;
 * multipliers and Weyl constants of its table 2. BigCrush finds nothing from 7 rounds on; 10 is the default.
 */
import { typeError } from '../words/fault.ts';
import { checkNumber, show } from '../words/options.ts';

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;

/**
 * Four random 32-bit words for a counter and a key.
 *
 * @param counter - four 32-bit words
 * @param key - two 32-bit words
 * @param rounds - rounds of mixing, 0 to 16; default 10, as published
 * @returns four new words; the caller owns them
 * @throws {TypeError} when `counter` or `key` is no Uint32Array of length 4 or 2
 * @throws {RangeError} when `rounds` is not an integer from 0 to 16
 * @example
 * philox4x32(new Uint32Array(4), new Uint32Array(2)); // 6627e8d5 e169c58d bc57ac4c 9b00dbd8
 *
 * Source: Salmon et al. 2011, section 3.3.
 */
export function philox4x32(counter: Uint32Array, key: Uint32Array, rounds = 10): Uint32Array {
  checkWords('counter', counter, 4);
  checkWords('key', key, 2);
  checkNumber('philox4x32', 'rounds', rounds, { integer: true, min: 0, max: 16 });
  const out = new Uint32Array(4);
  philox4x32Into(out, counter[0]!, counter[1]!, counter[2]!, counter[3]!, key[0]!, key[1]!, rounds);
  return out;
}

/**
 * {@link philox4x32} into the caller's memory, without checks and without allocation.
 *
 * @param out - receives four words
 * @param c0 - word 0 of the counter; all words are taken modulo 2^32
 * @param c1 - word 1 of the counter
 * @param c2 - word 2 of the counter
 * @param c3 - word 3 of the counter
 * @param k0 - word 0 of the key
 * @param k1 - word 1 of the key
 * @param rounds - rounds of mixing; default 10
 */
export function philox4x32Into(
  out: Uint32Array,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
  rounds = 10,
): void {
  for (let round = 0; round < rounds; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/**
 * The upper 32 bits of the 64-bit product of two unsigned words, by 16-bit halves. `a * b` cannot be used, because it
 * has only 53 bits; for most operands even the lower word `(a * b) >>> 0` is wrong.
 */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  // Every product and every sum is below 2^32, so 32-bit arithmetic is exact. It is twice as fast as arithmetic on doubles.
  const middle = (Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16)) | 0;
  const other = (Math.imul(aLow, bHigh) + (middle & 0xffff)) | 0;
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (other >>> 16)) | 0;
}

function checkWords(name: string, words: unknown, length: number): void {
  if (words instanceof Uint32Array && words.length === length) return;
  const got = words instanceof Uint32Array ? `one of length ${words.length}` : show(words);
  throw typeError({
    where: 'philox4x32',
    subject: name,
    rule: `must be a Uint32Array of length ${length}`,
    got,
  });
}
