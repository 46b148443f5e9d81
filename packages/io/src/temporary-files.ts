/**
 * The names and the fate of temporary files, which hold new content until it takes the place of the old. This process
 * keeps count of its own, so that it can remove them when it ends early; those of a process that was killed are
 * recognised by their names and removed by the next write to the same file.
 */
import { createHash, randomBytes } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { readdir, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** Those that this process has made and neither renamed nor removed. */
const open = new Set<string>();

/** Stands for this machine, because a number of a process says nothing about the processes of another one. */
const MACHINE = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/**
 * The path of a new temporary file beside a file, `.table.csv.<machine>-<process>-<random>.tmp`. It counts as this
 * process's own until {@link forgetTemporaryFile}.
 */
export function temporaryPath(path: string): string {
  const mark = `${MACHINE}-${process.pid}-${randomBytes(6).toString('hex')}`;
  const temporary = join(dirname(path), `.${basename(path)}.${mark}.tmp`);
  open.add(temporary);
  return temporary;
}

/** The file is gone, or has become the file that it was made for. */
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
      // It was never made, or is gone already.
    }
  }
  open.clear();
}

/** Removes what processes of this machine that no longer run have left beside a file. Never throws. */
export async function removeStaleFiles(path: string): Promise<void> {
  const folder = dirname(path);
  const start = `.${basename(path)}.${MACHINE}-`;
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names) {
    const found = name.startsWith(start)
      ? /^(\d+)-[0-9a-f]{12}\.tmp$/.exec(name.slice(start.length))
      : null;
    if (found === null || isRunning(Number(found[1]))) continue;
    await unlink(join(folder, name)).catch(() => undefined);
  }
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
