/**
 * Names of the files that stand beside a target while its new content is written. A program that is killed leaves such a
 * file behind, as large as the output; its name says of which target it is and who wrote it, so that it can be found and
 * removed. The name does not hold the target's, because that may be as long as a name can be.
 */
import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DISK, type FileCalls } from './file-calls.ts';
import { followLinks } from './links.ts';

/** `.vinculum-<target>-<machine>-<process>-<random>.tmp` */
const TEMPORARY = /^\.vinculum-([\da-f]{12})-([\da-f]{8})-(\d+)-[\da-f]{12}\.tmp$/;

/** A file that nobody has written to for so long belongs to nobody who still runs. */
const ABANDONED_AFTER_MS = 24 * 3600 * 1000;

/** A new name beside a target. */
export function temporaryName(path: string): string {
  const random = randomBytes(6).toString('hex');
  return `.vinculum-${shortHash(basename(path), 12)}-${machine()}-${process.pid}-${random}.tmp`;
}

/**
 * Removes the temporary files of a target that killed programs left behind: those whose process no longer runs on this
 * machine, and those to which nobody has written for a day. A writer that is at work keeps its file.
 *
 * @param path - the target, as it was given to `replaceFile` or `saveModel`
 * @returns the paths that were removed; what cannot be removed stays, without an error
 * @example
 * await removeStaleTemporaries('runs/digits/model.safetensors'); // []
 */
export function removeStaleTemporaries(path: string): Promise<string[]> {
  return removeStale(path, DISK);
}

/** As {@link removeStaleTemporaries}, through calls of the caller's. */
export async function removeStale(path: string, calls: FileCalls): Promise<string[]> {
  const target = await followLinks(path, calls);
  const folder = dirname(target);
  const wanted = shortHash(basename(target), 12);
  const removed: string[] = [];
  for (const name of await calls.readdir(folder).catch((): string[] => [])) {
    const [, hash, host, process] = TEMPORARY.exec(name) ?? [];
    if (hash !== wanted) continue;
    const place = join(folder, name);
    try {
      const { mtimeMs } = await calls.stat(place);
      const gone = host === machine() && !isRunning(Number(process));
      if (!gone && Date.now() - mtimeMs < ABANDONED_AFTER_MS) continue;
      await calls.unlink(place);
      removed.push(place);
    } catch {
      // Another program removed it first, or may not be disturbed.
    }
  }
  return removed;
}

function shortHash(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}

function machine(): string {
  return shortHash(hostname(), 8);
}

/** Whether a process of this number runs; one that belongs to another user does. */
function isRunning(process_: number): boolean {
  try {
    process.kill(process_, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
