/**
 * Replaces a file as a whole: a reader sees either the old content or the new content, never a mixture, even if the program
 * or the machine stops half-way. The order is: new file beside the old (exclusive) → owner and permissions of the old → content →
 * fsync → rename → fsync of the folder.
 */
import { dirname } from 'node:path';
import { carrying } from 'vinculum/internal';
import { codeOf, DISK, type FileCalls, type FileStatus, type OpenFile } from './file-calls.ts';
import { followLinks } from './links.ts';
import { systemReason } from './system-reason.ts';
import { forgetTemporaryFile, removeStaleFiles, temporaryPath } from './temporary-files.ts';

/** New content of a file that grows beside the old one. One of `finish` and `abandon` ends it. */
export interface Replacement {
  /** @throws {ReplacementError} when it cannot be written; call `abandon` then */
  write(content: string | Uint8Array): Promise<void>;
  /**
   * Puts the new content in the place of the old.
   *
   * @throws {ReplacementError} when that fails: `replaced` says whether the path has the new content all the same
   */
  finish(): Promise<void>;
  /** Keeps the old content and removes the temporary file. */
  abandon(): Promise<void>;
}

/** A file could not be replaced, or not durably. `cause` is the system's error. */
export class ReplacementError extends Error {
  /**
   * False: the old content is as it was. True: the path has the new content, but the folder was not synchronised, so that
   * the old content may be back after a power failure.
   */
  readonly replaced: boolean;

  constructor(message: string, replaced: boolean, cause: unknown) {
    super(message, { cause });
    this.name = 'ReplacementError';
    this.replaced = replaced;
  }
}

/**
 * Begins to replace a file, piece by piece. The new file has the permissions of the old one, and its owner where the system
 * allows it. A symbolic link stays one: the file it leads to is replaced. A file that is read-only is replaced too,
 * because a rename needs the right to write to the folder and not to the file. A device or a pipe, such as
 * `/dev/stdout`, cannot be replaced: it is written to.
 *
 * @param path - the file; its folder must exist
 * @throws {ReplacementError} when it cannot be written; `cause` is the system's error. So do `write` and `finish`
 * @example
 * const file = await replaceFile('table.csv');
 * await file.write('a,b\n');
 * await file.finish();
 */
export function replaceFile(path: string): Promise<Replacement> {
  return beginReplacement('replaceFile', path, DISK);
}

/**
 * Writes a file so that it is replaced whole or not at all, as {@link replaceFile} does.
 *
 * @param path - the file; its folder must exist
 * @param bytes - the whole content
 * @throws {ReplacementError} when it cannot be written, with no temporary file left; `cause` is the system's error
 */
export function writeFileAtomically(path: string, bytes: Uint8Array): Promise<void> {
  return writeWhole('writeFileAtomically', path, bytes, DISK);
}

/** As {@link writeFileAtomically}, in the name of another function and through calls of the caller's. */
export async function writeWhole(
  where: string,
  path: string,
  bytes: Uint8Array,
  calls: FileCalls = DISK,
): Promise<void> {
  const file = await beginReplacement(where, path, calls);
  try {
    await file.write(bytes);
  } catch (error) {
    await file.abandon();
    throw error;
  }
  await file.finish();
}

/** As {@link replaceFile}, in the name of another function and through calls of the caller's. */
async function beginReplacement(
  where: string,
  path: string,
  calls: FileCalls,
): Promise<Replacement> {
  const refuse = (error: unknown): never => {
    const rule = `must be a place to write to; ${systemReason(error)}`;
    throw carrying({ where, subject: `'${path}'`, rule }, (message) => {
      return new ReplacementError(message, false, error);
    });
  };
  const target = await followLinks(path, calls).catch(refuse);
  const old = await calls.stat(target).catch(() => undefined);
  // Opening a folder to write gives the system's own error, before any work is done for it.
  if (old !== undefined && !old.isFile()) return writeInPlace(target, refuse, calls);
  await removeStaleFiles(target, calls);
  const place = temporaryPath(target);
  const file = await calls.open(place, 'wx', permissionsOf(old)).catch((error: unknown) => {
    forgetTemporaryFile(place);
    return refuse(error);
  });
  const abandon = async (): Promise<void> => {
    await file.close().catch(() => undefined);
    await calls.unlink(place).catch(() => undefined);
    forgetTemporaryFile(place);
  };
  try {
    if (old !== undefined) await makeAlike(file, old);
  } catch (error) {
    await abandon();
    refuse(error);
  }
  return {
    write: (content) => file.writeFile(content).catch(refuse),
    async finish() {
      try {
        await file.sync();
        await file.close();
        await calls.rename(place, target);
        forgetTemporaryFile(place);
      } catch (error) {
        await abandon();
        refuse(error);
      }
      await syncFolder(dirname(target), calls).catch((error: unknown) => {
        const rule = `has its new content, but its folder must be one that can be synchronised; ${systemReason(error)}`;
        const remedy = ' After a power failure the old content may be back.';
        throw carrying({ where, subject: `'${path}'`, rule, remedy }, (message) => {
          return new ReplacementError(message, true, error);
        });
      });
    },
    abandon,
  };
}

/** A file that a rename cannot replace, such as a device, is written directly. */
async function writeInPlace(
  path: string,
  refuse: (error: unknown) => never,
  calls: FileCalls,
): Promise<Replacement> {
  const file = await calls.open(path, 'w').catch(refuse);
  return {
    write: (content) => file.writeFile(content).catch(refuse),
    finish: () => file.close().catch(refuse),
    abandon: () => file.close().catch(() => undefined),
  };
}

/** The bits of a mode that are permissions. A new file has the bits of 0666 that the process's umask allows. */
function permissionsOf(old: FileStatus | undefined): number {
  return old === undefined ? 0o666 : old.mode & 0o777;
}

/** Gives a new file the owner and the permissions of the old one. Only root may give a file away: others keep theirs. */
async function makeAlike(file: OpenFile, old: FileStatus): Promise<void> {
  const { uid, gid } = old;
  await file.chown(uid, gid).catch(() => file.chown(process.getuid?.() ?? uid, gid).catch(ignore));
  // After the owner, because a change of owner clears bits, and beyond the umask, which narrowed them at opening.
  await file.chmod(permissionsOf(old));
}

function ignore(): void {}

/** Makes a rename durable. Some systems cannot open a folder, or not synchronise it: there the rename has to do. */
async function syncFolder(folder: string, calls: FileCalls): Promise<void> {
  let handle: OpenFile | undefined;
  try {
    handle = await calls.open(folder, 'r');
    await handle.sync();
  } catch (error) {
    if (!['EISDIR', 'EPERM', 'EINVAL', 'EACCES'].includes(codeOf(error) ?? '')) throw error;
  } finally {
    await handle?.close();
  }
}
