/**
 * A file for data that are too large for the memory: it belongs to this process alone and does not outlive it. Where the
 * system allows it, its name is removed as soon as it is open, so nothing is left behind even if the process is killed;
 * elsewhere it is removed when it is closed, or by {@link removeTemporaryFiles} if the program ends early.
 */
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RowStorage } from 'vinculum';
import { dataError } from 'vinculum/internal';
import { systemReason } from './system-reason.ts';
import { forgetTemporaryFile, temporaryPath } from './temporary-files.ts';

/** Closes the files of tables that nobody uses any more. */
const forgotten = new FinalizationRegistry<number>((descriptor) => closeSync(descriptor));

/**
 * A storage on the disk, in the folder for temporary files of the system, for the option `storage` of estimators.
 *
 * @throws {DataError} when no file can be made there
 * @example
 * const storage = scratchStorage();
 * storage.append(Uint8Array.of(1, 2, 3)); // 0
 * storage.close();
 */
export function scratchStorage(): RowStorage {
  return new ScratchFile('scratchStorage');
}

/** Bytes that were put away. The calls block, because what they move is mostly in the memory of the system. */
export class ScratchFile implements RowStorage {
  /** Bytes written so far. */
  length = 0;
  readonly #where: string;
  readonly #path: string;
  #descriptor: number | undefined;
  #named = true;

  /**
   * @param where - the public function, for messages
   * @throws {DataError} when no file can be made in the folder for temporary files
   */
  constructor(where: string) {
    this.#where = where;
    this.#path = temporaryPath(join(tmpdir(), 'table'));
    this.#descriptor = this.#attempt(() => openSync(this.#path, 'wx+', 0o600));
    forgotten.register(this, this.#descriptor, this);
    this.#removeName();
  }

  /** Adds bytes at the end, and returns the place of their first one. @throws {DataError} when the disk is full */
  append(bytes: Uint8Array): number {
    const start = this.length;
    const descriptor = this.#open();
    for (let at = 0; at < bytes.length;) {
      at += this.#attempt(() => writeSync(descriptor, bytes, at, bytes.length - at, start + at));
    }
    this.length += bytes.length;
    return start;
  }

  /** Fills `out` with the bytes from a place on. */
  readInto(out: Uint8Array, start: number): void {
    const descriptor = this.#open();
    for (let at = 0; at < out.length;) {
      const count = this.#attempt(() => readSync(descriptor, out, at, out.length - at, start + at));
      if (count === 0) throw new Error('internal: read behind the end of a temporary file');
      at += count;
    }
  }

  /** Gives the disk back. It may be called more than once. */
  close(): void {
    const descriptor = this.#descriptor;
    if (descriptor === undefined) return;
    this.#descriptor = undefined;
    forgotten.unregister(this);
    closeSync(descriptor);
    this.#removeName();
  }

  #open(): number {
    if (this.#descriptor !== undefined) return this.#descriptor;
    throw new Error('internal: a temporary file was used after it was closed');
  }

  /** Some systems keep the name of an open file; then it is removed after the file is closed. */
  #removeName(): void {
    if (!this.#named) return;
    try {
      unlinkSync(this.#path);
      this.#named = false;
      forgetTemporaryFile(this.#path);
    } catch {
      // It stays in the list of files that are removed when the program ends.
    }
  }

  #attempt<Result>(call: () => Result): Result {
    try {
      return call();
    } catch (error) {
      throw dataError({
        where: this.#where,
        subject: `a temporary file in '${tmpdir()}'`,
        rule: `must be writable, because the data are too large for the memory; ${systemReason(error)}`,
        remedy: ' Set the environment variable TMPDIR to a folder with more room.',
      });
    }
  }
}
