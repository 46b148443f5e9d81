/**
 * The bytes of a source at any place, because a Parquet file has its directory at its end. A plain file is read where it
 * is. What comes as a stream, or packed, is first put away: in memory if it is small, else in a temporary file.
 */
import type { AsyncBuffer } from 'hyparquet';
import { ScratchFile } from '../scratch-file.ts';
import type { OpenSource } from '../source.ts';

/** A stream of up to so many bytes stays in memory. */
const MOST_IN_MEMORY = 1 << 26;

/** A source that can be read at any place; `close` gives the copy back, if there is one. */
export interface RandomAccess extends AsyncBuffer {
  close(): void;
}

/**
 * Random access to a source.
 *
 * @param most - a stream of more bytes is put into a file
 */
export async function randomAccess(
  source: OpenSource,
  most: number = MOST_IN_MEMORY,
): Promise<RandomAccess> {
  const { readAt, totalBytes } = source;
  if (readAt !== undefined && totalBytes !== undefined) {
    return {
      byteLength: totalBytes,
      slice: async (start, end = totalBytes) => {
        const length = Math.max(0, Math.min(end, totalBytes) - start);
        return bufferOf(await readAt(start, length));
      },
      close: () => undefined,
    };
  }
  const pieces: Uint8Array[] = [];
  let length = 0;
  let file: ScratchFile | undefined;
  try {
    for (let piece = await source.next(); piece !== undefined; piece = await source.next()) {
      length += piece.length;
      if (file === undefined && length > most) {
        file = new ScratchFile(source.where);
        for (const one of pieces.splice(0)) file.append(one);
      }
      if (file === undefined) pieces.push(piece);
      else file.append(piece);
    }
  } catch (error) {
    file?.close();
    throw error;
  }
  return file === undefined ? inMemory(Buffer.concat(pieces)) : inFile(file);
}

function inMemory(bytes: Uint8Array): RandomAccess {
  return {
    byteLength: bytes.length,
    slice: (start, end) => bufferOf(bytes.subarray(start, end)),
    close: () => undefined,
  };
}

function inFile(file: ScratchFile): RandomAccess {
  return {
    byteLength: file.length,
    slice(start, end = file.length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, file.length) - start));
      file.readInto(bytes, start);
      return bytes.buffer;
    },
    close: () => file.close(),
  };
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
