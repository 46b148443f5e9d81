/**
 * Replacing a file as a whole: whoever reads it sees the old content or the new, never a mix, even if the
 * program or the machine stops half-way. The order is: new file beside the old (exclusive) → fsync → rename →
 * fsync of the folder.
 */
import { open, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemError } from 'vinculum/internal';
import { systemReason } from './system-reason.ts';
import { forgetTemporaryFile, removeStaleFiles, temporaryPath } from './temporary-files.ts';

/** New content of a file that grows beside the old one. One of `finish` and `abandon` ends it. */
export interface Replacement {
  write(content: string | Uint8Array): Promise<void>;
  /** Puts the new content in the place of the old. Where that fails, the old one is as it was. */
  finish(): Promise<void>;
  /** Leaves the old content, and nothing beside it. */
  abandon(): Promise<void>;
}

/**
 * Begins to replace a file, piece by piece. A device or a pipe, such as `/dev/stdout`, cannot be replaced: it is
 * written to.
 *
 * @param path - the file; its folder must exist
 * @throws {Error} when it cannot be written; `cause` is the system's error. So do `write` and `finish`
 * @example
 * const file = await replaceFile('table.csv');
 * await file.write('a,b\n');
 * await file.finish();
 */
export async function replaceFile(path: string): Promise<Replacement> {
  return replaceFileFor('replaceFile', path);
}

/** {@link replaceFile} on behalf of the public function `where`. */
async function replaceFileFor(where: string, path: string): Promise<Replacement> {
  const refuse = (error: unknown): never => {
    const rule = `must be a place to write to; ${systemReason(error)}`;
    throw systemError({ where, subject: `'${path}'`, rule }, { cause: error });
  };
  const folder = dirname(path);
  const found = await stat(path).catch(() => undefined);
  // Opening a folder to write gives the system's own error, before any work is done for it.
  const whole = found === undefined || found.isFile();
  if (whole) await removeStaleFiles(path);
  const place = whole ? temporaryPath(path) : path;
  const file = await open(place, whole ? 'wx' : 'w', 0o666).catch(refuse);
  const abandon = async (): Promise<void> => {
    await file.close().catch(() => undefined);
    if (whole) await unlink(place).catch(() => undefined);
    forgetTemporaryFile(place);
  };
  return {
    async write(content) {
      await file.writeFile(content).catch(refuse);
    },
    async finish() {
      if (!whole) {
        await file.close().catch(refuse);
        return;
      }
      try {
        await file.sync();
        await file.close();
        await rename(place, path);
        forgetTemporaryFile(place);
      } catch (error) {
        await abandon();
        refuse(error);
      }
      await syncFolder(folder).catch(refuse);
    },
    abandon,
  };
}

/**
 * Writes a file so that it is replaced whole or not at all.
 *
 * @param path - the file; its folder must exist
 * @param bytes - the whole content
 * @throws {Error} when it cannot be written, with the old file as it was and no temporary one left; `cause` is
 *   the system's error
 */
export async function writeFileAtomically(path: string, bytes: Uint8Array): Promise<void> {
  await writeFileAtomicallyFor('writeFileAtomically', path, bytes);
}

/** {@link writeFileAtomically} on behalf of the public function `where`. */
export async function writeFileAtomicallyFor(
  where: string,
  path: string,
  bytes: Uint8Array,
): Promise<void> {
  const file = await replaceFileFor(where, path);
  try {
    await file.write(bytes);
  } catch (error) {
    await file.abandon();
    throw error;
  }
  await file.finish();
}

/** Makes a rename durable. Some systems cannot open a folder (EISDIR, EPERM): there the rename has to do. */
async function syncFolder(folder: string): Promise<void> {
  let handle;
  try {
    handle = await open(folder, 'r');
    await handle.sync();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'EISDIR' && code !== 'EPERM' && code !== 'EINVAL' && code !== 'EACCES')
      throw error;
  } finally {
    await handle?.close();
  }
}
