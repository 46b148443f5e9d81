/**
 * The numbers of a column, and how each was spelt. Whether a column is numbers or text is only known at its end, and text
 * must come out as it was written: `007` and `1.50` stay so. To keep every spelling as a string would cost ten times the
 * memory of the numbers; two bytes a number are enough for nearly all.
 */
import type { DecimalMark, Loader } from 'vinculum/internal';
import { BLOCK_CELLS, type Block, type CellStore, type KeptBlock } from './cell-store.ts';
import { DecimalReader } from './decimal.ts';

/** float64 keeps every number of so many digits apart from its neighbours, so its own digits are those of the cell. */
const EXACT_DIGITS = 15;

/** The block in which a column begins; it grows to {@link BLOCK_CELLS}. */
const FIRST_CELLS = 64;

/** The bits of a row that are its place in its block. */
const PLACE_BITS = BLOCK_CELLS - 1;

/** The bits of a row that are its place, counted. */
const BLOCK_SHIFT = 31 - Math.clz32(BLOCK_CELLS);

/** Numbers in order; NaN if a cell has no number. */
export class NumberCells {
  readonly #mark: DecimalMark;
  readonly #markCode: number;
  readonly #decimal = new DecimalReader();
  readonly #store: CellStore | undefined;
  /** The full blocks. */
  #blocks: KeptBlock[] = [];
  /** The values of the block that is filled at present. */
  #values = new Float64Array(FIRST_CELLS);
  /**
   * How a number is spelt: `value.toFixed(places)`, except for its last digits, which follow from the digits modulo 256: 18
   * digits are at most 111 units of the last place away from the float64 that is nearest to them.
   */
  #places = new Uint8Array(FIRST_CELLS);
  #residues = new Uint8Array(FIRST_CELLS);
  /** Its cells so far. */
  #used = 0;
  /** The block that was looked at last, and its index. */
  #seen: Block | undefined;
  #seenIndex = -1;
  /** The values of the block from which a range was read last. */
  #loaded: Float64Array | undefined;
  #loadedIndex = -1;
  /** The spelling of the few that are spelt in another way, such as `007` or `1e3`, by row. */
  #spellings = new Map<number, string>();
  /** Words for "missing", which a cell without a number has by its residue: the index of the word, from 1. */
  readonly #words: string[] = [];

  /**
   * @param mark - the usual decimal mark
   * @param store - keeps the full blocks of a whole file; absent for batches, which are small
   */
  constructor(mark: DecimalMark, store?: CellStore) {
    this.#mark = mark;
    this.#markCode = mark.charCodeAt(0);
    this.#store = store;
  }

  /** How many cells there are. */
  get length(): number {
    return this.#blocks.length * BLOCK_CELLS + this.#used;
  }

  /** Whether the cells are outside the memory, so that {@link values} reads them from a file. */
  get isStored(): boolean {
    return this.#store?.isFull === true && this.#blocks.length > 0;
  }

  /** Adds the number that the bytes spell. If they do not spell a plain decimal, it adds nothing and returns false. */
  take(bytes: Uint8Array, start: number, end: number): boolean {
    const decimal = this.#decimal;
    if (!decimal.read(bytes, start, end, this.#markCode)) return false;
    const place = this.#next();
    this.#values[place] = decimal.value;
    this.#places[place] = decimal.places;
    this.#residues[place] = decimal.residue;
    return true;
  }

  /** Adds a number in any spelling. */
  push(value: number, spelling: string): void {
    this.pushPlain(value);
    this.#spellings.set(this.length - 1, spelling);
  }

  /** Adds a number whose spelling nobody will ask for. */
  pushPlain(value: number): void {
    // The place first, because the memory of the values may be another one afterwards.
    const place = this.#next();
    this.#values[place] = value;
    this.#places[place] = 0;
  }

  /** Adds a cell without a number. */
  pushMissing(word: string): void {
    const place = this.#next();
    this.#values[place] = NaN;
    this.#residues[place] = 0;
    this.#places[place] = 0;
    if (word === '') return;
    let index = this.#words.indexOf(word) + 1;
    if (index === 0) index = this.#words.push(word);
    if (index < 256) this.#residues[place] = index;
    else this.#spellings.set(this.length - 1, word);
  }

  /** The cell of a row in its original spelling. */
  spellingOf(row: number): string {
    const { values, places: allPlaces, residues } = this.#blockAt(row >>> BLOCK_SHIFT);
    const place = row & PLACE_BITS;
    const value = values[place]!;
    if (Number.isNaN(value)) {
      return this.#words[residues[place]! - 1] ?? this.#spellings.get(row) ?? '';
    }
    const spelling = this.#spellings.get(row);
    if (spelling !== undefined) return spelling;
    const places = allPlaces[place]!;
    const text = value.toFixed(places);
    if (text.length <= EXACT_DIGITS) return this.#marked(text);
    const digits = BigInt(text.replace(/[-.]/g, ''));
    // The nearest integer with the known residue: the difference modulo 256, from −128 to 127.
    const off = ((residues[place]! - Number(digits % 256n) + 128) & 255) - 128;
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
    for (let index = 0; index <= this.#blocks.length; index++) {
      const { values, places } = this.#blockAt(index);
      const first = index * BLOCK_CELLS;
      const cells = this.#cellsOf(index);
      for (let place = 0; place < cells; place++) {
        if (places[place] === 0) continue;
        const size = Math.abs(values[place]!);
        if (places[place] !== 3 || size < 1 || size >= 1000) {
          if (only === -1) only = first + place;
          count++;
          // Where the point is usual, one such number decides, and the others need not be counted.
          if (this.#mark === '.') return { only, either, count };
        } else if (either === -1) either = first + place;
      }
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
    for (let index = 0; index <= this.#blocks.length; index++) {
      const block = this.#blockAt(index);
      const cells = this.#cellsOf(index);
      for (let place = 0; place < cells; place++) {
        const places = block.places[place]!;
        const value = block.values[place]!;
        if (!seen.has(value)) {
          if (seen.size === most) return false;
          seen.add(value);
        }
        if (lost || places === 0) continue;
        const key = `${value} ${places}`;
        if (texts.has(key)) continue;
        texts.add(key);
        lost = this.spellingOf(index * BLOCK_CELLS + place) !== String(value);
      }
    }
    return lost;
  }

  /** How a stored column loads the numbers. */
  loader(): Loader {
    return {
      length: this.length,
      all: () => this.values(),
      range: (first, end) => this.range(first, end),
    };
  }

  /** The numbers, in new memory. */
  values(): Float64Array {
    const all = new Float64Array(this.length);
    for (const [index, block] of this.#blocks.entries()) {
      block.valuesInto(all.subarray(index * BLOCK_CELLS, (index + 1) * BLOCK_CELLS));
    }
    all.set(this.#values.subarray(0, this.#used), this.#blocks.length * BLOCK_CELLS);
    return all;
  }

  /** The numbers of rows [first, end), in new memory; only their blocks are read. */
  range(first: number, end: number): Float64Array {
    const out = new Float64Array(end - first);
    for (let row = first; row < end;) {
      const index = row >>> BLOCK_SHIFT;
      const start = index * BLOCK_CELLS;
      const some = Math.min(end, start + BLOCK_CELLS) - row;
      const values = this.#valuesOf(index);
      out.set(values.subarray(row - start, row - start + some), row - first);
      row += some;
    }
    return out;
  }

  /** The values of a block. The last block that was read stays, because ranges that follow one another often share a block. */
  #valuesOf(index: number): Float64Array {
    if (index === this.#blocks.length) return this.#values;
    if (index !== this.#loadedIndex) {
      this.#loaded ??= new Float64Array(BLOCK_CELLS);
      this.#blocks[index]!.valuesInto(this.#loaded);
      this.#loadedIndex = index;
    }
    return this.#loaded!;
  }

  /** Forgets all numbers. With `memory`, their memory too. */
  clear(memory: boolean): void {
    this.#used = 0;
    this.#blocks = [];
    this.#seen = undefined;
    this.#seenIndex = -1;
    this.#loaded = undefined;
    this.#loadedIndex = -1;
    this.#spellings = new Map();
    if (!memory) return;
    this.#values = new Float64Array(0);
    this.#places = new Uint8Array(0);
    this.#residues = new Uint8Array(0);
  }

  #blockAt(index: number): Block {
    if (index === this.#blocks.length) {
      return { values: this.#values, places: this.#places, residues: this.#residues };
    }
    if (index === this.#seenIndex) return this.#seen!;
    const block = this.#blocks[index]!.whole();
    this.#seen = block;
    this.#seenIndex = index;
    return block;
  }

  #cellsOf(index: number): number {
    return index === this.#blocks.length ? this.#used : BLOCK_CELLS;
  }

  /** The place of one cell more in the block that is filled at present. */
  #next(): number {
    if (this.#used === this.#values.length) this.#makeRoom();
    return this.#used++;
  }

  #makeRoom(): void {
    if (this.#used < BLOCK_CELLS) {
      const length = Math.max(FIRST_CELLS, this.#used * 2);
      this.#values = enlarged(this.#values, new Float64Array(length));
      this.#places = enlarged(this.#places, new Uint8Array(length));
      this.#residues = enlarged(this.#residues, new Uint8Array(length));
      return;
    }
    const block = { values: this.#values, places: this.#places, residues: this.#residues };
    this.#blocks.push(this.#store?.put(block) ?? inMemory(block));
    this.#values = new Float64Array(BLOCK_CELLS);
    this.#places = new Uint8Array(BLOCK_CELLS);
    this.#residues = new Uint8Array(BLOCK_CELLS);
    this.#used = 0;
  }
}

function inMemory(block: Block): KeptBlock {
  return { valuesInto: (out) => out.set(block.values), whole: () => block };
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
