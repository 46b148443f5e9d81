/**
 * Checks that a path leads to a regular file. Reading a pipe could wait for ever, a device might never end, and data
 * written to a device could be lost.
 */
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';

/** `'a folder'`, `'a pipe'`, `'a device'`, `'a socket'`; undefined for a regular file. */
function irregularityOf(found: Stats): string | undefined {
  if (found.isFile()) return undefined;
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a pipe';
  return found.isSocket() ? 'a socket' : 'a device';
}

/** The same check for a path; undefined also if there is no file, or if it cannot be examined. */
export async function irregularityAt(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? undefined : irregularityOf(found);
}
