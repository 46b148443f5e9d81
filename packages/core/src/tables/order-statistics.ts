/**
 * The numbers that would be at given places if numbers were sorted, without sorting them: each of four passes counts the numbers that are still in
 * question by the next 16 of their bits. The memory does not grow with the numbers, and the result is exact.
 *
 * Source: selection by radix; D. E. Knuth, TAOCP vol. 3, section 5.2.5.
 */
import { HIGH } from '../elementary/bits.ts';
import { piecesOf, type Numbers } from './number-source.ts';

/** A pass counts numbers by so many of their bits. */
const DIGIT_BITS = 16;
const DIGITS = 1 << DIGIT_BITS;
const DIGIT = DIGITS - 1;

/** Passes until all 64 bits of a number are known. */
const PASSES = 4;

/** Numbers that agree in all digits so far, and the places that lie among them. */
interface Group {
  /** The digits so far, the first one first. */
  readonly digits: readonly number[];
  /** How many numbers of the source are smaller than those of the group. */
  readonly before: number;
  readonly places: readonly number[];
}

/**
 * The numbers at some places, as if all were in ascending order; −0 comes before 0.
 *
 * @param source - finite numbers, more than the largest place says
 */
export function orderStatistics(source: Numbers, places: readonly number[]): number[] {
  let groups: Group[] = [{ digits: [], before: 0, places }];
  for (let pass = 0; pass < PASSES; pass++) groups = refined(source, groups, pass);
  const found = new Map<number, number>();
  for (const { digits, places: own } of groups) {
    const value = numberOf(digits);
    for (const place of own) found.set(place, value);
  }
  return places.map((place) => found.get(place)!);
}

/** The groups by one digit more. */
function refined(source: Numbers, groups: readonly Group[], pass: number): Group[] {
  const counts = groups.map(() => new Uint32Array(DIGITS));
  const heads = groups.map(({ digits }) => digits);
  for (const piece of piecesOf(source)) {
    const words = new Uint32Array(piece.buffer, piece.byteOffset, 2 * piece.length);
    for (let i = 0; i < words.length; i += 2) {
      const bits = words[i + HIGH]!;
      // Without its sign a larger number has larger bits; negative numbers come in the opposite order.
      const flip = bits >>> 31 === 1 ? 0xffff_ffff : 0;
      const high = (bits ^ (flip | 0x8000_0000)) >>> 0;
      const low = (words[i + 1 - HIGH]! ^ flip) >>> 0;
      const first = high >>> DIGIT_BITS;
      for (let group = 0; group < heads.length; group++) {
        const head = heads[group]!;
        if (pass > 0 && head[0] !== first) continue;
        if (pass > 1 && head[1] !== (high & DIGIT)) continue;
        if (pass > 2 && head[2] !== low >>> DIGIT_BITS) continue;
        const digit =
          pass === 0
            ? first
            : pass === 1
              ? high & DIGIT
              : pass === 2
                ? low >>> DIGIT_BITS
                : low & DIGIT;
        counts[group]![digit]! += 1;
      }
    }
  }
  return groups.flatMap((group, index) => divided(group, counts[index]!));
}

/** The parts of a group in which some place lies. */
function divided({ digits, before, places }: Group, counts: Uint32Array): Group[] {
  const parts: Group[] = [];
  let first = before;
  for (let digit = 0; digit < DIGITS; digit++) {
    if (counts[digit] === 0) continue;
    const end = first + counts[digit]!;
    const own = places.filter((place) => place >= first && place < end);
    if (own.length > 0) parts.push({ digits: [...digits, digit], before: first, places: own });
    first = end;
  }
  return parts;
}

/** The number of four digits. */
function numberOf([a, b, c, d]: readonly number[]): number {
  const out = new Float64Array(1);
  const words = new Uint32Array(out.buffer);
  const high = ((a! << DIGIT_BITS) | b!) >>> 0;
  const low = ((c! << DIGIT_BITS) | d!) >>> 0;
  const isPositive = high >>> 31 === 1;
  words[HIGH] = isPositive ? high ^ 0x8000_0000 : ~high;
  words[1 - HIGH] = isPositive ? low : ~low;
  return out[0]!;
}
