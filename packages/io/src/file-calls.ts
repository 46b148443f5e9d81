/**
 * The calls to the file system that replacing a file consists of. They are an interface, so that a test can record their
 * order and let any of them fail: that a file was synchronised cannot be seen in any other way, short of a power failure.
 */
import { open, readdir, readlink, realpath, rename, stat, unlink } from 'node:fs/promises';

/** What replacing needs of an open file. */
export interface OpenFile {
  writeFile(content: string | Uint8Array): Promise<void>;
  chown(uid: number, gid: number): Promise<void>;
  chmod(mode: number): Promise<void>;
  /** fsync: resolves when content and size are on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** What replacing needs to know of a path. */
export interface FileStatus {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeMs: number;
  isFile(): boolean;
}

/** Each as the function of this name in `node:fs/promises`. */
export interface FileCalls {
  open(path: string, flags: string, mode?: number): Promise<OpenFile>;
  stat(path: string): Promise<FileStatus>;
  readlink(path: string): Promise<string>;
  realpath(path: string): Promise<string>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  readdir(path: string): Promise<string[]>;
}

/** The file system itself. */
export const DISK: FileCalls = {
  open: (path, flags, mode) => open(path, flags, mode),
  stat: (path) => stat(path),
  readlink: (path) => readlink(path),
  realpath: (path) => realpath(path),
  rename: (from, to) => rename(from, to),
  unlink: (path) => unlink(path),
  readdir: (path) => readdir(path),
};

/** The code of a system error, such as `ENOENT`; undefined for any other value. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
