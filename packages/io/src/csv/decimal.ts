/**
 * Decimal text to float64, exactly as `Number(text)` rounds it, from bytes and without a string. It reads the forms that
 * nearly all cells have, `-12.50` and the like, and leaves every other form to its caller.
 *
 * Sources: W. D. Clinger 1990, *How to read floating point numbers accurately* (the fast path: an integer below 2⁵³ over
 * a power of ten up to 10²² is one correctly rounded division); T. J. Dekker 1971, *A floating-point technique for
 * extending the available precision* (the product of two float64 as a sum of two); A. Ziv 1991, *Fast evaluation of
 * elementary mathematical functions with correctly rounded last bit* (if both ends of the error interval round to the
 * same float64, so does the true value).
 */

/** 10⁰ … 10²²: the powers of ten that a float64 holds exactly. */
const POWERS: Float64Array = Float64Array.from({ length: 23 }, (_, exponent) =>
  Number(`1e${exponent}`),
);

/** More significant digits than this do not fit two exact parts, nor is their spelling found again. */
const MOST_DIGITS = 18;
/** So many of them go into the first part. */
const HEAD_DIGITS = 15;

const MINUS = 45;
const ZERO = 48;

/** Reads decimals. Its fields hold the result of the last success. */
export class DecimalReader {
  value = 0;
  /** Digits behind the mark; 0 for an integer. */
  places = 0;
  /** The digits as one integer, modulo 256. */
  residue = 0;

  /**
   * Reads a decimal that is spelled like `value.toFixed(places)`, except for its last digits: no `+`, no needless
   * zero before the first digit, digits on both sides of the mark, no exponent, not `-0`; an integer is below 2⁵³.
   *
   * @param mark - the code of the decimal mark
   * @returns false for any other text, with the fields unchanged or not
   */
  read(bytes: Uint8Array, start: number, end: number, mark: number): boolean {
    const negative = bytes[start] === MINUS;
    const first = negative ? start + 1 : start;
    let at = first;
    let digits = 0;
    for (; at < end; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      digits = digits * 10 + digit;
    }
    const whole = at - first;
    if (whole === 0 || (whole > 1 && bytes[first] === ZERO)) return false;
    let places = 0;
    if (at < end) {
      if (bytes[at] !== mark) return false;
      for (at++; at < end; at++, places++) {
        const digit = bytes[at]! - ZERO;
        if (digit < 0 || digit > 9) return false;
        digits = digits * 10 + digit;
      }
      if (places === 0 || places >= POWERS.length) return false;
    }
    if (digits > Number.MAX_SAFE_INTEGER) {
      return places > 0 && this.#readLong(bytes, first, end, places, mark, negative);
    }
    if (negative && digits === 0) return false;
    const value = places === 0 ? digits : digits / POWERS[places]!;
    this.value = negative ? -value : value;
    this.places = places;
    this.residue = digits % 256;
    return true;
  }

  /** Reads a decimal of up to 18 significant digits; its form has been checked. */
  #readLong(
    bytes: Uint8Array,
    start: number,
    end: number,
    places: number,
    mark: number,
    negative: boolean,
  ): boolean {
    let head = 0;
    let tail = 0;
    let count = 0;
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === mark) continue;
      if (count === 0 && byte === ZERO) continue;
      if (count < HEAD_DIGITS) head = head * 10 + byte - ZERO;
      else tail = tail * 10 + byte - ZERO;
      count++;
    }
    if (count > MOST_DIGITS) return false;
    const shift = POWERS[count - HEAD_DIGITS]!;
    const value = quotient(head, shift, tail, POWERS[places]!);
    if (value === undefined) return false;
    this.value = negative ? -value : value;
    this.places = places;
    this.residue = ((head % 256) * (shift % 256) + tail) % 256;
    return true;
  }
}

/** 2²⁷ + 1, which parts a float64 into two halves of 26 bits (Veltkamp). */
const SPLITTER = 134_217_729;

/** What a · b leaves out when it is rounded: exactly a·b − `product`. */
function errorOfProduct(a: number, b: number, product: number): number {
  const aHigh = a * SPLITTER - (a * SPLITTER - a);
  const bHigh = b * SPLITTER - (b * SPLITTER - b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/** (head · shift + tail) / divisor, correctly rounded; undefined if two float64 are not enough to decide the rounding. */
function quotient(head: number, shift: number, tail: number, divisor: number): number | undefined {
  const high = head * shift;
  const low = errorOfProduct(head, shift, high) + tail;
  const first = high / divisor;
  const product = first * divisor;
  const rest = high - product - errorOfProduct(first, divisor, product) + low;
  // The true quotient is first + second within a few rounding errors of second, far less than second · 2⁻⁵⁰.
  const second = rest / divisor;
  const slack = Math.abs(second) * 2 ** -50;
  const value = first + (second - slack);
  return value === first + (second + slack) ? value : undefined;
}
