/**
 * The reason why the system refused a file, in words instead of error codes.
 */
import { codeOf } from './file-calls.ts';

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such folder'],
  ['ENOTDIR', 'a part of the path is no folder'],
  ['EEXIST', 'a file of that name is in the way'],
  ['EISDIR', 'it is a folder'],
  ['EACCES', 'it is not permitted'],
  ['EPERM', 'it is not permitted'],
  ['EROFS', 'the file system is read-only'],
  ['ENOSPC', 'no space is left'],
  ['EMFILE', 'too many files are open'],
  ['ENAMETOOLONG', 'the name is too long'],
]);

/**
 * The reason of a failed write, such as `no space is left`, or the system's own words for other reasons.
 *
 * @param error - the error that a function of `node:fs` threw
 * @example
 * systemReason(Object.assign(new Error(), { code: 'ENOSPC' })); // 'no space is left'
 */
export function systemReason(error: unknown): string {
  return (
    REASONS.get(codeOf(error) ?? '') ?? (error instanceof Error ? error.message : String(error))
  );
}

/**
 * The reason of a failed read: that of {@link systemReason}, but a path that leads nowhere lacks the file.
 *
 * @param error - the error that a function of `node:fs` threw
 * @example
 * readReason(Object.assign(new Error(), { code: 'ENOENT' })); // 'there is no such file'
 */
export function readReason(error: unknown): string {
  return codeOf(error) === 'ENOENT' ? 'there is no such file' : systemReason(error);
}
