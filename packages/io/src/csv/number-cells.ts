/**
 * The numbers of a column, and how each was spelt. Whether a column is numbers or text is only known at its end, and text
 * must come out as it was written: `007` and `1.50` stay so. To keep every spelling as a string would cost ten times the
 * memory of the numbers; two bytes a number are enough for nearly all.
 */
import type { DecimalMark } from 'vinculum/internal';
import { DecimalReader } from './decimal.ts';

/** float64 keeps every number of so many digits apart from its neighbours, so its own digits are those of the cell. */
const EXACT_DIGITS = 15;

/** Numbers in order; NaN if a cell has no number. */
export class NumberCells {
  length = 0;
  readonly #mark: DecimalMark;
  readonly #markCode: number;
  readonly #decimal = new DecimalReader();
  #values = new Float64Array(64);
  /**
   * How a number is spelt: `value.toFixed(places)`, except for its last digits, which follow from the digits modulo 256: 18
   * digits are at most 111 units of the last place away from the float64 that is nearest to them.
   */
  #places = new Uint8Array(64);
  #residues = new Uint8Array(64);
  /** The spelling of the few that are spelt in another way, such as `007` or `1e3`. */
  #spellings = new Map<number, string>();
  /** Words for "missing", which a cell without a number has by its residue: the index of the word, from 1. */
  readonly #words: string[] = [];

  /** @param mark - the usual decimal mark */
  constructor(mark: DecimalMark) {
    this.#mark = mark;
    this.#markCode = mark.charCodeAt(0);
  }

  /** Adds the number that the bytes spell. If they do not spell a plain decimal, it adds nothing and returns false. */
  take(bytes: Uint8Array, start: number, end: number): boolean {
    const decimal = this.#decimal;
    if (!decimal.read(bytes, start, end, this.#markCode)) return false;
    const row = this.#grow();
    this.#values[row] = decimal.value;
    this.#places[row] = decimal.places;
    this.#residues[row] = decimal.residue;
    return true;
  }

  /** Adds a number in any spelling. */
  push(value: number, spelling: string): void {
    const row = this.#grow();
    this.#values[row] = value;
    this.#spellings.set(row, spelling);
  }

  /** Adds a number whose spelling nobody will ask for. */
  pushPlain(value: number): void {
    // The row first, because the memory of the values may be another one afterwards.
    const row = this.#grow();
    this.#values[row] = value;
  }

  /** Adds a cell without a number. */
  pushMissing(word: string): void {
    const row = this.#grow();
    this.#values[row] = NaN;
    this.#residues[row] = 0;
    this.#places[row] = 0;
    if (word === '') return;
    let index = this.#words.indexOf(word) + 1;
    if (index === 0) index = this.#words.push(word);
    if (index < 256) this.#residues[row] = index;
    else this.#spellings.set(row, word);
  }

  /** The cell of a row in its original spelling. */
  spellingOf(row: number): string {
    const value = this.#values[row]!;
    if (Number.isNaN(value)) {
      return this.#words[this.#residues[row]! - 1] ?? this.#spellings.get(row) ?? '';
    }
    const spelling = this.#spellings.get(row);
    if (spelling !== undefined) return spelling;
    const places = this.#places[row]!;
    const text = value.toFixed(places);
    if (text.length <= EXACT_DIGITS) return this.#marked(text);
    const digits = BigInt(text.replace(/[-.]/g, ''));
    // The nearest integer with the known residue: the difference modulo 256, from −128 to 127.
    const off = ((this.#residues[row]! - Number(digits % 256n) + 128) & 255) - 128;
    return this.#marked(off === 0 ? text : spelled(digits + BigInt(off), places, value < 0));
  }

  #marked(text: string): string {
    return this.#mark === '.' ? text : text.replace('.', this.#mark);
  }

  /**
   * The first row with a number that only the usual mark explains, and the first that may also be an integer in groups of
   * three digits (`3.881`); -1 if there is none.
   */
  marks(): { readonly only: number; readonly either: number; readonly count: number } {
    let only = -1;
    let either = -1;
    let count = 0;
    for (let row = 0; row < this.length; row++) {
      if (this.#places[row] === 0) continue;
      const size = Math.abs(this.#values[row]!);
      if (this.#places[row] !== 3 || size < 1 || size >= 1000) {
        if (only === -1) only = row;
        count++;
        // Where the point is usual, one such number decides, and the others need not be counted.
        if (this.#mark === '.') break;
      } else if (either === -1) either = row;
    }
    return { only, either, count };
  }

  /**
   * Whether some number does not print as its cell, in a column that may be classes: it has few distinct numbers, or codes.
   *
   * @param most - the number of distinct numbers that is still few
   */
  losesSpelling(most: number, isCode: (text: string) => boolean): boolean {
    for (const text of this.#spellings.values()) if (isCode(text)) return true;
    const texts = new Set<string>();
    const seen = new Set<number>();
    let lost = this.#spellings.size > 0;
    for (let row = 0; row < this.length; row++) {
      const places = this.#places[row]!;
      const value = this.#values[row]!;
      if (!seen.has(value)) {
        if (seen.size === most) return false;
        seen.add(value);
      }
      if (lost || places === 0) continue;
      const key = `${value} ${places}`;
      if (texts.has(key)) continue;
      texts.add(key);
      lost = this.spellingOf(row) !== String(value);
    }
    return lost;
  }

  /** The numbers, in new memory. */
  values(): Float64Array {
    return this.#values.slice(0, this.length);
  }

  /** Forgets all numbers. With `memory`, their memory too. */
  clear(memory: boolean): void {
    this.length = 0;
    this.#spellings = new Map();
    if (!memory) return;
    this.#values = new Float64Array(0);
    this.#places = new Uint8Array(0);
    this.#residues = new Uint8Array(0);
  }

  /** Allocates memory for one more number if needed, and returns its row. */
  #grow(): number {
    const row = this.length++;
    if (row >= this.#values.length) {
      const length = Math.max(64, row * 2);
      this.#values = enlarged(this.#values, new Float64Array(length));
      this.#places = enlarged(this.#places, new Uint8Array(length));
      this.#residues = enlarged(this.#residues, new Uint8Array(length));
    }
    return row;
  }
}

function enlarged<Memory extends Float64Array | Uint8Array>(from: Memory, to: Memory): Memory {
  to.set(from);
  return to;
}

/** Digits with a point before the last `places`. */
function spelled(digits: bigint, places: number, negative: boolean): string {
  const padded = String(digits).padStart(places + 1, '0');
  const whole = padded.slice(0, padded.length - places);
  return `${negative ? '-' : ''}${whole}.${padded.slice(padded.length - places)}`;
}
