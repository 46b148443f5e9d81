/**
 * The bits of a float64, read and written through one buffer that is allocated once.
 *
 * The elementary functions take the integer n of x = n ln 2 + r from the bits of x + 1.5 · 2^52 and build 2^n
 * from its exponent, because a conversion from float to integer behaves differently outside its range
 * on different instruction sets. For the byte order in files, use DataView instead.
 */

const VALUE: Float64Array = new Float64Array(1);
const WORDS: Uint32Array = new Uint32Array(VALUE.buffer);

/** Index of the word with sign and exponent: 1 on little-endian machines, 0 on big-endian machines. */
export const HIGH: number = new Uint32Array(new Float64Array([1]).buffer)[1] === 0 ? 0 : 1;
const LOW: number = 1 - HIGH;

/** x + ROUNDING_SHIFT rounds x to an integer. The low bits of the sum are the low bits of that integer. */
export const ROUNDING_SHIFT = 6755399441055744;

/**
 * The upper 32 bits of a float64: sign, exponent and the first 20 bits of the fraction.
 *
 * @param x - any number
 * @returns an unsigned 32-bit integer
 */
export function highWord(x: number): number {
  VALUE[0] = x;
  return WORDS[HIGH]!;
}

/**
 * The lower 32 bits of a float64.
 *
 * @param x - any number
 * @returns an unsigned 32-bit integer
 */
export function lowWord(x: number): number {
  VALUE[0] = x;
  return WORDS[LOW]!;
}

/**
 * The float64 with the given halves.
 *
 * @param high - upper word; taken modulo 2^32
 * @param low - lower word; taken modulo 2^32
 * @returns the number with these bits
 */
export function fromWords(high: number, low: number): number {
  WORDS[HIGH] = high;
  WORDS[LOW] = low;
  return VALUE[0]!;
}

/**
 * value · 2^n for a normal value and a normal result, by adding n to the exponent bits.
 *
 * @param value - a normal float64
 * @param shifted - n + ROUNDING_SHIFT, for an integer n
 * @returns value · 2^n, exact
 */
export function scaleByPowerOfTwo(value: number, shifted: number): number {
  VALUE[0] = shifted;
  const exponent = WORDS[LOW]! << 20;
  VALUE[0] = value;
  WORDS[HIGH] = WORDS[HIGH]! + exponent;
  return VALUE[0];
}
