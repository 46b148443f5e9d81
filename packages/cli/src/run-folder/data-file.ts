/** The file that a run has learned from, identified by its content, because a file of the same name may change later. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dataSetOf } from '../data-sources.ts';

/** A file of data. */
export interface DataFile {
  /** The path as the user gave it, `stdin`, or the word of a data set. */
  readonly file: string;
  /** Hexadecimal; absent for what is no regular file, because it cannot be read twice. */
  readonly sha256?: string;
  readonly bytes?: number;
}

/** The record of DATA. It reads the whole file, in constant memory. */
export async function identifyData(data: string): Promise<DataFile> {
  if (data === '-') return { file: 'stdin' };
  if (dataSetOf(data) !== undefined) return { file: data };
  try {
    const { size } = await regularFile(data);
    const hash = createHash('sha256');
    for await (const piece of createReadStream(data, { highWaterMark: 1 << 20 })) {
      hash.update(piece as Uint8Array);
    }
    return { file: data, sha256: hash.digest('hex'), bytes: size };
  } catch {
    // A pipe that was read has no content any more, and a file may be gone by now. The run itself has its rows.
    return { file: data };
  }
}

/** The SHA-256 of bytes, hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function regularFile(path: string): Promise<{ readonly size: number }> {
  const found = await stat(path);
  if (!found.isFile()) throw new Error(`${path} is no regular file`);
  return found;
}
