/**
 * The names and the life of temporary files, which hold new content until it replaces the old content. This process
 * remembers its own temporary files, so that it can remove them when it ends early. Temporary files of a killed process
 * are recognised by their names and removed by the next write to the same file. A name identifies the target, but does not
 * contain the target's name, because that may already have the maximum length.
 */
import { createHash, randomBytes } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { FileCalls } from './file-calls.ts';

/** Those that this process has made and neither renamed nor removed. */
const open = new Set<string>();

/** Stands for this machine, because a number of a process says nothing about the processes of another one. */
const MACHINE: string = shortHash(hostname(), 8);

/** `.vinculum-<target>-<machine>-<process>-<random>.tmp` */
const TEMPORARY = /^\.vinculum-([\da-f]{12})-([\da-f]{8})-(\d{1,10})-[\da-f]{12}\.tmp$/;

/** If a file was not written for this long, no running process owns it, on any machine. */
const ABANDONED_AFTER_MS = 24 * 3600 * 1000;

/**
 * The path of a new temporary file beside a file. It counts as this process's own until {@link forgetTemporaryFile}.
 */
export function temporaryPath(path: string): string {
  const mark = `${MACHINE}-${process.pid}-${randomBytes(6).toString('hex')}`;
  const name = `.vinculum-${shortHash(basename(path), 12)}-${mark}.tmp`;
  const temporary = join(dirname(path), name);
  open.add(temporary);
  return temporary;
}

/** Says that the file was removed, or has replaced its target. */
export function forgetTemporaryFile(path: string): void {
  open.delete(path);
}

/**
 * Removes, at once, every temporary file that this process has not finished. For the handler of a program's `exit`
 * event: what was to be replaced stays as it was.
 *
 * @example
 * process.once('exit', removeTemporaryFiles);
 */
export function removeTemporaryFiles(): void {
  for (const path of open) {
    try {
      unlinkSync(path);
    } catch {
      // The file was never made, or is already removed.
    }
  }
  open.clear();
}

/**
 * Removes what killed writers have left beside a file: those whose process no longer runs on this machine, and those to
 * which nobody has written for a day. A writer that is at work keeps its file. Never throws.
 */
export async function removeStaleFiles(path: string, calls: FileCalls): Promise<void> {
  const folder = dirname(path);
  const target = shortHash(basename(path), 12);
  for (const name of await calls.readdir(folder).catch((): string[] => [])) {
    const found = TEMPORARY.exec(name);
    if (found?.[1] !== target) continue;
    const place = join(folder, name);
    const ended = found[2] === MACHINE && !isRunning(Number(found[3]));
    if (ended || (await isAbandoned(place, calls)))
      await calls.unlink(place).catch(() => undefined);
  }
}

async function isAbandoned(path: string, calls: FileCalls): Promise<boolean> {
  const status = await calls.stat(path).catch(() => undefined);
  return status !== undefined && Date.now() - status.mtimeMs > ABANDONED_AFTER_MS;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, for another user.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

function shortHash(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}
