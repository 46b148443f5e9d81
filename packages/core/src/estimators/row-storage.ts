/**
 * Where prepared rows wait until a training reads them, chunk by chunk: in a storage that the caller gives, such as a scratch file, or in
 * memory if there is none.
 */
import type { RowChunk, RowStream } from '../train/row-stream.ts';

/** Bytes that are put away and read again, such as a file. `scratchStorage` of `@vinculum/io` makes one. */
export interface RowStorage {
  /** Adds bytes, and returns the place of their first one. */
  append(bytes: Uint8Array): number;
  /** Fills `out` with the bytes from a place on. */
  readInto(out: Uint8Array, place: number): void;
  /** Gives the room back; nothing is read afterwards. */
  close(): void;
}

/** A storage in memory. */
export class MemoryStorage implements RowStorage {
  #parts = new Map<number, Uint8Array>();
  #length = 0;

  append(bytes: Uint8Array): number {
    const place = this.#length;
    this.#parts.set(place, bytes.slice());
    this.#length += bytes.length;
    return place;
  }

  /** Fills `out` with bytes that were appended together. */
  readInto(out: Uint8Array, place: number): void {
    out.set(this.#parts.get(place)!);
  }

  close(): void {
    this.#parts = new Map();
  }
}

/** Targets of a chunk: class indices, or numbers as the network is trained on them. */
type StoredTargets = Int32Array | Float32Array;

/** Prepared rows as they are stored. */
export interface PreparedChunk {
  readonly x: Float32Array;
  readonly y: StoredTargets;
  readonly sampleWeights?: Float64Array | undefined;
}

/** What all chunks have. */
export interface StoredForm {
  readonly rows: number;
  readonly chunkRows: number;
  /** Inputs, and targets, of a row. */
  readonly width: number;
  readonly columns: number;
}

/** A stream of prepared rows that are in a storage. */
export class StoredRows implements RowStream {
  readonly rows: number;
  readonly chunkRows: number;
  readonly #form: StoredForm;
  readonly #storage: RowStorage;
  readonly #places: { readonly x: number; readonly y: number; readonly weights: number }[] = [];
  /** Whether targets are class indices, and whether rows have weights, as in the first chunk. */
  #areClasses = false;
  #areWeighted = false;

  constructor(form: StoredForm, storage: RowStorage) {
    this.rows = form.rows;
    this.chunkRows = form.chunkRows;
    this.#form = form;
    this.#storage = storage;
  }

  /** Puts the next chunk away. */
  add({ x, y, sampleWeights }: PreparedChunk): void {
    const storage = this.#storage;
    this.#areClasses = y instanceof Int32Array;
    this.#areWeighted = sampleWeights !== undefined;
    this.#places.push({
      x: storage.append(bytesOf(x)),
      y: storage.append(bytesOf(y)),
      weights: sampleWeights === undefined ? -1 : storage.append(bytesOf(sampleWeights)),
    });
  }

  /** A chunk, in new memory, because several networks may read the stream at the same time. */
  read(chunk: number): RowChunk {
    const { width, columns } = this.#form;
    const rows = Math.min(this.chunkRows, this.rows - chunk * this.chunkRows);
    const places = this.#places[chunk]!;
    const x = this.#filled(new Float32Array(rows * width), places.x);
    const numbers = rows * columns;
    const y = this.#areClasses
      ? this.#filled(new Int32Array(numbers), places.y)
      : this.#filled(new Float32Array(numbers), places.y);
    return {
      x: { data: x, shape: [rows, width] },
      y: { data: y, shape: [rows, columns] },
      ...(this.#areWeighted && {
        sampleWeights: this.#filled(new Float64Array(rows), places.weights),
      }),
    };
  }

  #filled<Numbers extends Stored>(out: Numbers, place: number): Numbers {
    this.#storage.readInto(bytesOf(out), place);
    return out;
  }
}

type Stored = Float32Array | Float64Array | Int32Array;

function bytesOf({ buffer, byteOffset, byteLength }: Stored): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
