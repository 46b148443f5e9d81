/**
 * Rows that are read chunk by chunk, because there may be more of them than fit into the memory. The core only says what such a
 * stream is; `@vinculum/io` keeps one in a file. This file reads the chunks of a caller's stream and checks them like any other rows.
 */
import type { MatrixInput } from '../arrays/matrix.ts';
import type { TargetInput } from '../arrays/targets.ts';
import { mustBe, rangeError, typeError } from '../words/fault.ts';
import { checkNumber, isRecord } from '../words/options.ts';
import type { RowSet } from './data-set.ts';
import { readPair, weigh, type PairRules } from './row-set.ts';

/** The rows of one chunk of a stream. */
export interface RowChunk {
  /** Shape [rows of the chunk, inputs]. */
  readonly x: MatrixInput;
  readonly y: TargetInput;
  /** One for each row, non-negative; in all chunks of a stream or in none. */
  readonly sampleWeights?: ArrayLike<number> | undefined;
}

/**
 * Rows that `fit` reads chunk by chunk. At any time it uses one chunk of a stream: the last one that `read` returned.
 *
 * @example
 * const rows = { x: { data: new Float32Array(20), shape: [10, 2] }, y: new Float32Array(10) };
 * const stream = { rows: 40, chunkRows: 10, read: () => rows };
 */
export interface RowStream {
  /** Rows of all chunks together. */
  readonly rows: number;
  /** Rows of every chunk but the last, which has what is left. It decides the order of the rows, so it is part of the result's bits. */
  readonly chunkRows: number;
  /**
   * The rows of a chunk, counted from 0: at once, or later by a promise. It is called for each chunk once in an epoch, and must give the same
   * rows each time. It may return the same memory for every chunk if only one `fit` reads the stream.
   */
  read(chunk: number): RowChunk | Promise<RowChunk>;
}

/** Whether a caller's data are a stream and not rows in memory. */
export function isRowStream(data: unknown): data is RowStream {
  return isRecord(data) && 'read' in data;
}

/** How many chunks a stream has. */
function chunksOf({ rows, chunkRows }: Pick<RowStream, 'rows' | 'chunkRows'>): number {
  return -Math.floor(-rows / chunkRows);
}

/** The stream of rows that are in memory, as one chunk. */
export function streamOfChunk(rows: number, chunk: RowChunk): RowStream {
  return { rows, chunkRows: Math.max(rows, 1), read: () => chunk };
}

/** A caller's stream, whose chunks are checked when they are read. */
export class ChunkReader {
  readonly rows: number;
  readonly chunkRows: number;
  readonly chunks: number;
  /** The factor of each class, once they are known. */
  factors: Float64Array | undefined;
  readonly #rules: PairRules;
  readonly #stream: RowStream;
  #isWeighted: boolean | undefined;

  /**
   * @param rules - of a pair of x and y
   * @throws {TypeError} when it is no stream
   * @throws {RangeError} when its numbers of rows are no counts
   */
  constructor(rules: PairRules, stream: RowStream) {
    const { where, prefix = '' } = rules;
    const { read } = stream as { readonly read: unknown };
    if (typeof read !== 'function') {
      throw typeError(mustBe(where, `${prefix}read`, 'a function that returns a chunk', read));
    }
    const count = { integer: true, min: 1, max: 0xffff_ffff };
    this.rows = checkNumber(where, `${prefix}rows`, stream.rows, count);
    this.chunkRows = checkNumber(where, `${prefix}chunkRows`, stream.chunkRows, count);
    this.chunks = chunksOf(stream);
    this.#rules = rules;
    this.#stream = stream;
  }

  /** The first row of a chunk, and the row after its last one. */
  rowsOf(chunk: number): readonly [first: number, end: number] {
    const first = chunk * this.chunkRows;
    return [first, Math.min(first + this.chunkRows, this.rows)];
  }

  /** The rows of a chunk, checked, with their weights. */
  read(chunk: number): RowSet | Promise<RowSet> {
    const given = this.#stream.read(chunk);
    return given instanceof Promise
      ? given.then((later) => this.#checked(chunk, later))
      : this.#checked(chunk, given);
  }

  #checked(chunk: number, given: RowChunk): RowSet {
    const { where, prefix = '' } = this.#rules;
    const rules = { ...this.#rules, prefix: `${prefix}read(${chunk}).`, others: ['sampleWeights'] };
    const pair = readPair(rules, given);
    const [first, end] = this.rowsOf(chunk);
    if (pair.matrix.rows !== end - first) {
      throw rangeError({
        where,
        subject: `${rules.prefix}x`,
        rule: `must have ${end - first} rows, because the stream has ${this.rows} rows in chunks of ${this.chunkRows}`,
        got: pair.matrix.rows,
      });
    }
    const isWeighted = given.sampleWeights !== undefined;
    if (isWeighted !== (this.#isWeighted ??= isWeighted)) {
      throw typeError({
        where,
        subject: `${rules.prefix}sampleWeights`,
        rule: 'must be in all chunks of a stream or in none',
        got: isWeighted ? 'weights' : 'none',
      });
    }
    return weigh(rules, pair, this.factors, given.sampleWeights);
  }
}
