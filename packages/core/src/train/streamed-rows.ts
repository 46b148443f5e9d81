/**
 * The rows of a run that reads them chunk by chunk. The chunks come in an order that is a function of (seed, epoch), and the rows of a chunk
 * in an order that is a function of (seed, epoch, chunk). A batch takes the next rows, whichever chunk they are in, and is
 * copied to the window of the Program; so only one chunk is needed at a time.
 */
import { range } from '../arrays/split.ts';
import type { Ending } from '../model/runner.ts';
import { shuffleRows } from '../random/shuffle.ts';
import { DataSet, type RowSet } from './data-set.ts';
import type { EpochRows, OrderRules } from './epoch-rows.ts';
import type { ChunkReader } from './row-stream.ts';
import type { RowSums } from './row-sums.ts';
import type { ShardedRunner } from './sharded-runner.ts';

/** Some rows of a stream: all, those that are marked as held out, or those that are not. */
export interface StreamPart {
  readonly reader: ChunkReader;
  /** For each row of the stream 1 if it is held out; absent if none is. */
  readonly held?: Uint8Array | undefined;
  /** Whether this part is the rows that are held out. */
  readonly takesHeld: boolean;
}

/** Rows that are read from a stream. */
export class StreamedRows implements EpochRows {
  readonly data: DataSet;
  readonly order: Uint32Array;
  readonly place = 0;
  readonly #rules: OrderRules;
  readonly #training: Feed;
  readonly #validation: Feed | undefined;

  /**
   * @param batchRows - the most rows of a batch
   * @param form - a set of rows of each part, which say what form all chunks have
   */
  constructor(
    training: StreamPart,
    validation: StreamPart | undefined,
    { batchRows, form, ...rules }: OrderRules & { batchRows: number; form: readonly RowSet[] },
  ) {
    this.#rules = rules;
    this.#training = new Feed(training);
    this.#validation = validation && new Feed(validation);
    this.order = range(0, Math.min(batchRows, this.#training.rows));
    this.data = new DataSet([emptySet(form, this.order.length)], rules.backend.precision);
  }

  get training(): number {
    return this.#training.rows;
  }

  get validation(): number {
    return this.#validation?.rows ?? 0;
  }

  begin(epoch: number): void {
    const { shuffle, seed } = this.#rules;
    this.#training.begin(shuffle ? { seed, epoch } : undefined);
  }

  ready(start: number, count: number): Ending {
    return this.#training.fill(this.data, start, count);
  }

  *validate(run: ShardedRunner, tile: number, pass: RowSums): Generator<Ending, void> {
    const feed = this.#validation;
    if (feed === undefined) return;
    feed.begin(undefined);
    for (let start = 0; start < feed.rows; start += tile) {
      const count = Math.min(tile, feed.rows - start);
      yield feed.fill(this.data, start, count);
      yield* run.evaluate(this.order.subarray(0, count), tile, pass);
    }
  }
}

/** Gives the rows of a part one after another. */
class Feed {
  /** Rows of the part. */
  readonly rows: number;
  readonly #part: StreamPart;
  /** How many rows of each chunk belong to the part. */
  readonly #counts: Uint32Array;
  /** The chunks in their order. */
  readonly #chunks: Uint32Array;
  #shuffle: { readonly seed: number; readonly epoch: number } | undefined;
  /** The place in `#chunks` of the chunk that is in use, and the row of the part with which it begins. */
  #place = 0;
  #first = 0;
  #chunk: OpenChunk | undefined;

  constructor(part: StreamPart) {
    const { chunks } = part.reader;
    this.#part = part;
    this.#chunks = range(0, chunks);
    this.#counts = Uint32Array.from({ length: chunks }, (_, chunk) => sizeOfPart(part, chunk));
    this.rows = this.#counts.reduce((sum, count) => sum + count, 0);
  }

  /** Begins with the first row, in the order of the stream or in that of an epoch. */
  begin(shuffle: { readonly seed: number; readonly epoch: number } | undefined): void {
    this.#shuffle = shuffle;
    this.#place = this.#first = 0;
    this.#chunk = undefined;
    if (shuffle === undefined) return;
    const { seed, epoch } = shuffle;
    for (let chunk = 0; chunk < this.#chunks.length; chunk++) this.#chunks[chunk] = chunk;
    shuffleRows(this.#chunks, seed, epoch, 'stream');
  }

  /** Copies rows [start, start + count) of the part to the window of a data set. A start is never before the last one. */
  fill(data: DataSet, start: number, count: number): Ending {
    const chunk = this.#chunk;
    const from = start - this.#first;
    if (chunk === undefined || from + count > chunk.order.length) {
      return this.#fillAcross(data, start, count);
    }
    this.#copy(data, 0, chunk, from, count);
    return undefined;
  }

  async #fillAcross(data: DataSet, start: number, count: number): Promise<void> {
    for (let done = 0; done < count;) {
      const chunk = await this.#open(start + done);
      const from = start + done - this.#first;
      const some = Math.min(count - done, chunk.order.length - from);
      this.#copy(data, done, chunk, from, some);
      done += some;
    }
  }

  /** Copies rows of the chunk that is in use, and lets it go after its last row, so that there are never two. */
  #copy(
    data: DataSet,
    place: number,
    { set, order }: OpenChunk,
    from: number,
    count: number,
  ): void {
    data.fill(place, set, order, from, count);
    if (from + count === order.length) this.#chunk = undefined;
  }

  /** The chunk that has a row of the part. */
  async #open(row: number): Promise<OpenChunk> {
    for (;;) {
      const chunk = this.#chunks[this.#place]!;
      const size = this.#counts[chunk]!;
      if (row < this.#first + size) return (this.#chunk ??= await this.#read(chunk));
      this.#first += size;
      this.#place++;
    }
  }

  async #read(chunk: number): Promise<OpenChunk> {
    const set = await this.#part.reader.read(chunk);
    const order = rowsOfPart(this.#part, chunk, this.#counts[chunk]);
    if (this.#shuffle !== undefined) {
      const { seed, epoch } = this.#shuffle;
      shuffleRows(order, seed, epoch, 'shuffle', chunk);
    }
    return { set, order };
  }
}

/** A chunk that is in use. */
interface OpenChunk {
  readonly set: RowSet;
  /** The rows of the chunk that belong to the part, in their order. */
  readonly order: Uint32Array;
}

/** The rows of a chunk that belong to a part, from 0, ascending. */
export function rowsOfPart(
  part: StreamPart,
  chunk: number,
  count: number = sizeOfPart(part, chunk),
): Uint32Array {
  const { reader, held, takesHeld } = part;
  const [first, end] = reader.rowsOf(chunk);
  if (count === end - first) return range(0, count);
  const rows = new Uint32Array(count);
  let place = 0;
  for (let row = first; row < end; row++) {
    if ((held?.[row] === 1) === takesHeld) rows[place++] = row - first;
  }
  return rows;
}

/** How many rows of a chunk belong to a part. */
function sizeOfPart({ reader, held, takesHeld }: StreamPart, chunk: number): number {
  const [first, end] = reader.rowsOf(chunk);
  let count = 0;
  for (let row = first; row < end; row++) if ((held?.[row] === 1) === takesHeld) count++;
  return count;
}

/** Rows of zeros in the form that fits all of the given sets: a window for their rows. */
function emptySet(sets: readonly RowSet[], rows: number): RowSet {
  const { matrix } = sets[0]!;
  const { columns, scale } = matrix;
  const bytes = sets.every(
    ({ matrix: { data, scale: unit } }) => data instanceof Uint8Array && unit === scale,
  );
  const width = Math.max(
    ...sets.map(({ targets }) => (targets.kind === 'rows' ? targets.columns : 0)),
  );
  const numbers = rows * columns;
  return {
    matrix: {
      data: bytes ? new Uint8Array(numbers) : new Float32Array(numbers),
      rows,
      columns,
      scale: bytes ? scale : 1,
    },
    targets:
      width === 0
        ? { kind: 'labels', rows, labels: new Int32Array(rows) }
        : { kind: 'rows', rows, columns: width, data: new Float32Array(rows * width) },
    weights: sets.some(({ weights }) => weights !== undefined) ? new Float64Array(rows) : undefined,
    sampleWeights: sets.some(({ sampleWeights }) => sampleWeights !== undefined)
      ? new Float64Array(rows)
      : undefined,
  };
}
