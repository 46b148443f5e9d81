/**
 * Where the cells of a file are kept while their columns are not decided yet: blocks in memory while they are few, and all
 * of them in a scratch file once they are more, so that the memory does not grow with the rows.
 */
import { ScratchFile } from '../scratch-file.ts';

/** Cells of a block; a power of two. */
export const BLOCK_CELLS: number = 1 << 16;

/** The parts of a block, which belong to its cells in order. */
export interface Block {
  readonly values: Float64Array;
  readonly places: Uint8Array;
  readonly residues: Uint8Array;
}

/** A block of {@link BLOCK_CELLS} cells, wherever it is. */
export interface KeptBlock {
  /** Copies the values. */
  readonly valuesInto: (out: Float64Array) => void;
  readonly whole: () => Block;
}

/** Blocks take up to so many bytes of memory. */
const MOST_IN_MEMORY = 1 << 27;

const VALUE_BYTES = BLOCK_CELLS * 8;
const BLOCK_BYTES = VALUE_BYTES + 2 * BLOCK_CELLS;

/** A block that moves from the memory to the file. */
class StoredBlock implements KeptBlock {
  #block: Block | undefined;
  #file: ScratchFile | undefined;
  #place = 0;

  constructor(block: Block) {
    this.#block = block;
  }

  moveTo(file: ScratchFile): void {
    const { values, places, residues } = this.#block!;
    this.#place = file.append(bytesOf(values));
    file.append(places);
    file.append(residues);
    this.#file = file;
    this.#block = undefined;
  }

  valuesInto(out: Float64Array): void {
    if (this.#block === undefined) this.#file!.readInto(bytesOf(out), this.#place);
    else out.set(this.#block.values);
  }

  whole(): Block {
    if (this.#block !== undefined) return this.#block;
    const values = new Float64Array(BLOCK_CELLS);
    const rest = new Uint8Array(2 * BLOCK_CELLS);
    this.valuesInto(values);
    this.#file!.readInto(rest, this.#place + VALUE_BYTES);
    const places = rest.subarray(0, BLOCK_CELLS);
    return { values, places, residues: rest.subarray(BLOCK_CELLS) };
  }
}

/** The blocks of all columns of one file. */
export class CellStore {
  readonly #where: string;
  readonly #most: number;
  #inMemory: StoredBlock[] = [];
  #file: ScratchFile | undefined;

  /**
   * @param where - the public function, for messages
   * @param most - bytes that stay in memory; more go to the file
   */
  constructor(where: string, most: number = MOST_IN_MEMORY) {
    this.#where = where;
    this.#most = most;
  }

  /** Whether the blocks are in the file. */
  get isFull(): boolean {
    return this.#file !== undefined;
  }

  /** Keeps a block of {@link BLOCK_CELLS} cells, whose memory belongs to the store from now on. */
  put(block: Block): KeptBlock {
    const stored = new StoredBlock(block);
    if (this.#file === undefined) {
      this.#inMemory.push(stored);
      if (this.#inMemory.length * BLOCK_BYTES > this.#most) this.#moveAll();
    } else stored.moveTo(this.#file);
    return stored;
  }

  /** Gives the disk back. The columns of a table need the file for as long as they are used. */
  close(): void {
    this.#file?.close();
  }

  #moveAll(): void {
    const file = new ScratchFile(this.#where);
    this.#file = file;
    for (const block of this.#inMemory) block.moveTo(file);
    this.#inMemory = [];
  }
}

function bytesOf(values: Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
