/**
 * A source of bytes: a path, bytes in memory or a stream such as stdin; plain or gzip, which the first two bytes
 * distinguish, not the name. Bytes are pulled piece by piece, so memory does not grow with the file. Only `close()` closes
 * a source: a `finally` in a generator would not be enough, because a generator that was never started does not run it.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createGunzip, type Gunzip } from 'node:zlib';
import { DataError } from 'vinculum';
import { dataError } from 'vinculum/internal';
import { readReason } from './system-reason.ts';

/** A path, the bytes themselves, or a stream of bytes. */
export type Source = string | Uint8Array | AsyncIterable<Uint8Array>;

/** How far the reading of a source has come. */
export interface ReadProgress {
  /** Bytes taken from the source so far, as they are stored: of a gzip file the packed ones. */
  readonly bytes: number;
  /** All bytes of the source; undefined for a stream, because its length is not known. */
  readonly totalBytes: number | undefined;
  /** Data rows read so far. */
  readonly rows: number;
}

/** Bytes in pieces, on demand. */
interface Pieces {
  /** The next bytes, at least one; undefined at the end. */
  next(): Promise<Uint8Array | undefined>;
  /** Closes the descriptor or the caller's stream. It may be called at any time, and more than once. */
  close(): Promise<void>;
}

/** An open source: its bytes with gzip undone, and how much of it was read. */
export interface OpenSource extends Pieces {
  /** The public function and the name of the data, for messages. */
  readonly where: string;
  readonly name: string;
  /** The first bytes with gzip undone, {@link HEAD_LENGTH} of them if there are as many; `next` gives them again. */
  readonly head: Uint8Array;
  readonly totalBytes: number | undefined;
  readonly bytesRead: () => number;
  /** Reads at any place; absent unless the source is a plain file that is not packed. */
  readonly readAt?: ReadAt | undefined;
}

/** Reads bytes at a place of a file: fewer than asked for only at its end. */
export type ReadAt = (start: number, length: number) => Promise<Uint8Array>;

/** So many bytes are looked at to recognise a format. */
const HEAD_LENGTH = 4;

/** Bytes of a file, or of an array in memory, that are taken at once. */
const PIECE_LENGTH = 1 << 18;

/**
 * Gzip packs at most about 1032 to 1. A table that unfolds to more than this many times its size is refused once it is
 * larger than {@link MAX_UNFOLDED_FREELY}: it is a trap, or text so repetitive that nothing can be learnt from it.
 */
export const MAX_RATIO: number = 200;
export const MAX_UNFOLDED_FREELY: number = 2 ** 28;

/** How a source is called in messages. */
export function nameOfSource(source: Source): string {
  return typeof source === 'string' ? `'${source}'` : 'the data';
}

/** Whether a value can be read from. */
export function isSource(value: unknown): value is Source {
  return (
    typeof value === 'string' ||
    value instanceof Uint8Array ||
    (typeof value === 'object' && value !== null && Symbol.asyncIterator in value)
  );
}

/**
 * Opens a source. Whoever opens it must close it, on every way out.
 *
 * @param where - the public function, for messages
 * @throws {DataError} when the file cannot be read or its gzip is damaged
 */
export async function openSource(where: string, source: Source): Promise<OpenSource> {
  const name = nameOfSource(source);
  const { pieces: raw, totalBytes, readAt } = await openRaw(where, source);
  let bytes = 0;
  const counted: Pieces = {
    async next() {
      const piece = await raw.next();
      bytes += piece?.length ?? 0;
      return piece;
    },
    close: () => raw.close(),
  };
  let plain: Pieces = counted;
  try {
    const packed = await withHead(counted, 2);
    const zipped = packed.head[0] === 0x1f && packed.head[1] === 0x8b;
    plain = zipped
      ? gunzip({ where, name, packed: packed.pieces, bytesRead: () => bytes })
      : packed.pieces;
    const { head, pieces } = await withHead(plain, HEAD_LENGTH);
    return {
      where,
      name,
      head: head.subarray(0, HEAD_LENGTH),
      totalBytes,
      bytesRead: () => bytes,
      readAt: zipped ? undefined : readAt,
      next: () => pieces.next(),
      close: () => pieces.close(),
    };
  } catch (error) {
    await plain.close();
    throw error;
  }
}

interface RawSource extends Pick<OpenSource, 'totalBytes' | 'readAt'> {
  readonly pieces: Pieces;
}

async function openRaw(where: string, source: Source): Promise<RawSource> {
  if (source instanceof Uint8Array) {
    return { pieces: piecesOfArray(source), totalBytes: source.length };
  }
  if (typeof source !== 'string') return { pieces: piecesOfStream(source), totalBytes: undefined };
  let file: FileHandle | undefined;
  try {
    file = await open(source, 'r');
    const status = await file.stat();
    // Devices and pipes have no meaningful size.
    const totalBytes = status.size > 0 ? status.size : undefined;
    const pieces = piecesOfFile(where, source, file);
    return {
      pieces,
      totalBytes,
      readAt: status.isFile() ? readerAt(where, source, file) : undefined,
    };
  } catch (error) {
    await file?.close();
    throw unreadable(where, source, error);
  }
}

function piecesOfArray(bytes: Uint8Array): Pieces {
  let at = 0;
  return {
    next() {
      const piece = bytes.subarray(at, at + PIECE_LENGTH);
      at += piece.length;
      return Promise.resolve(piece.length === 0 ? undefined : piece);
    },
    close: () => Promise.resolve(),
  };
}

function piecesOfStream(stream: AsyncIterable<Uint8Array>): Pieces {
  const iterator = stream[Symbol.asyncIterator]();
  return {
    async next() {
      for (;;) {
        const { done, value } = await iterator.next();
        if (done === true) return undefined;
        if (value.length > 0) return value;
      }
    },
    async close() {
      await iterator.return?.();
    },
  };
}

function piecesOfFile(where: string, path: string, file: FileHandle): Pieces {
  let held = true;
  return {
    async next() {
      try {
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(PIECE_LENGTH));
        return bytesRead === 0 ? undefined : buffer.subarray(0, bytesRead);
      } catch (error) {
        throw unreadable(where, path, error);
      }
    },
    async close() {
      if (held) await file.close();
      held = false;
    },
  };
}

function readerAt(where: string, path: string, file: FileHandle): ReadAt {
  return async (start, length) => {
    const bytes = new Uint8Array(length);
    let count = 0;
    try {
      while (count < length) {
        const { bytesRead } = await file.read(bytes, count, length - count, start + count);
        if (bytesRead === 0) break;
        count += bytesRead;
      }
    } catch (error) {
      throw unreadable(where, path, error);
    }
    return bytes.subarray(0, count);
  };
}

interface Packed {
  readonly where: string;
  readonly name: string;
  readonly packed: Pieces;
  readonly bytesRead: () => number;
}

/** Undoes gzip, within {@link MAX_RATIO}. */
function gunzip({ where, name, packed, bytesRead }: Packed): Pieces {
  const unfolded: Gunzip = createGunzip({ chunkSize: PIECE_LENGTH });
  let fault: Error | null = null;
  pipeline(Readable.from(drain(packed)), unfolded, (error) => {
    fault = error ?? null;
  });
  const iterator = unfolded[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  let length = 0;
  return {
    async next() {
      let piece: Uint8Array | undefined;
      try {
        const result = await iterator.next();
        piece = result.done === true ? undefined : result.value;
      } catch (error) {
        const cause = fault ?? error;
        if (cause instanceof DataError) throw cause;
        throw dataError({
          where,
          subject: name,
          rule: 'must be whole gzip data',
          got: messageOf(cause),
          remedy: ' Bring the file here again, because a part of it is missing or damaged.',
        });
      }
      length += piece?.length ?? 0;
      if (length > MAX_UNFOLDED_FREELY && length > MAX_RATIO * bytesRead()) {
        throw dataError({
          where,
          subject: name,
          rule: `must not unfold to more than ${MAX_RATIO} times its gzip size`,
          got: `${length} bytes from ${bytesRead()} so far`,
          remedy: ' If this is meant, unpack it with gunzip and give the plain file.',
        });
      }
      return piece;
    },
    async close() {
      unfolded.destroy();
      await packed.close();
    },
  };
}

async function* drain(pieces: Pieces): AsyncGenerator<Uint8Array> {
  for (let piece = await pieces.next(); piece !== undefined; piece = await pieces.next()) {
    yield piece;
  }
}

/** Reads until there are `count` bytes, or the end; `pieces` gives all of them again. */
async function withHead(
  pieces: Pieces,
  count: number,
): Promise<{ readonly head: Uint8Array; readonly pieces: Pieces }> {
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < count) {
    const piece = await pieces.next();
    if (piece === undefined) break;
    head = head.length === 0 ? piece : Buffer.concat([head, piece]);
  }
  let held: Uint8Array | undefined = head.length === 0 ? undefined : head;
  const again: Pieces = {
    next() {
      const first = held;
      held = undefined;
      return first === undefined ? pieces.next() : Promise.resolve(first);
    },
    close: () => pieces.close(),
  };
  return { head, pieces: again };
}

/** The error of a file that cannot be read, in words. */
export function unreadable(where: string, path: string, error: unknown): DataError {
  const rule = `must be a readable file; ${readReason(error)}`;
  return dataError({ where, subject: `'${path}'`, rule });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
