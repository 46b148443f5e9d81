/**
 * The numbers of a column, and how each was spelt. Whether a column is numbers or text is only known at its end, and text
 * must come out as it was written: `007` and `1.50` stay so. To keep every spelling as a string would cost ten times the
 * memory of the numbers; two bytes a number are enough for nearly all.
 */
import { DecimalReader } from './decimal.ts';

/** Numbers in order; NaN if a cell has no number. */
export class NumberCells {
  length = 0;
  readonly #mark: string;
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

  /** @param mark - the usual decimal mark */
  constructor(mark: '.' | ',') {
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

  /** Whether the number that was added last has digits behind its mark. */
  hasPlaces(): boolean {
    return this.#places[this.length - 1]! > 0;
  }

  /** Adds a number in any spelling, or NaN. */
  push(value: number, spelling?: string): void {
    const row = this.#grow();
    this.#values[row] = value;
    if (spelling !== undefined) this.#spellings.set(row, spelling);
  }

  /** The number of a row in its original spelling; null if the row has no number. */
  spellingOf(row: number): string | null {
    const value = this.#values[row]!;
    if (Number.isNaN(value)) return null;
    const spelling = this.#spellings.get(row);
    if (spelling !== undefined) return spelling;
    const places = this.#places[row]!;
    const text = value.toFixed(places);
    const digits = BigInt(text.replace(/[-.]/g, ''));
    // The nearest integer with the known residue: the difference modulo 256, from −128 to 127.
    const off = ((this.#residues[row]! - Number(digits % 256n) + 128) & 255) - 128;
    const right = off === 0 ? text : spelled(digits + BigInt(off), places, value < 0);
    return this.#mark === '.' ? right : right.replace('.', this.#mark);
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
