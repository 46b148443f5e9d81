/**
 * The file to which a path leads if its last part is a symbolic link. That file is replaced, and the link stays a link.
 */
import { dirname, resolve } from 'node:path';
import type { FileCalls } from './file-calls.ts';

/** The same number of links as Linux follows. */
const MOST_LINKS = 40;

/**
 * The path behind the links at the end of a path; the file there need not exist.
 *
 * @throws {Error} of code ELOOP when the links lead in a circle
 */
export async function followLinks(path: string, calls: FileCalls): Promise<string> {
  let place = path;
  for (let links = 0; links <= MOST_LINKS; links++) {
    // The path ends at anything that is not a link or does not exist.
    const target = await calls.readlink(place).catch(() => undefined);
    if (target === undefined) return place;
    // The real folder, because `..` in a link counts from there.
    place = resolve(await calls.realpath(dirname(place)), target);
  }
  throw Object.assign(new Error('the symbolic links lead in a circle'), { code: 'ELOOP' });
}
