/**
 * The commit of a git repository, read from its files, because a process of git would take longer than a short training. Whether files
 * were changed since that commit is not looked at.
 *
 * Source: gitrepository-layout(5): HEAD, refs/, packed-refs, and `.git` as a file in a linked worktree.
 */
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

const COMMIT = /^[0-9a-f]{40,64}$/;

/** The commit that a folder is at; undefined if it is in no repository, or the repository cannot be read. */
export async function gitCommit(folder: string): Promise<string | undefined> {
  try {
    const repository = await repositoryOf(resolve(folder));
    if (repository === undefined) return undefined;
    const head = (await readFile(join(repository, 'HEAD'), 'utf8')).trim();
    const commit = head.startsWith('ref: ') ? await commitOf(head.slice(5), repository) : head;
    return commit !== undefined && COMMIT.test(commit) ? commit : undefined;
  } catch {
    return undefined;
  }
}

/** The folder with HEAD, of the folder or of one above it. */
async function repositoryOf(folder: string): Promise<string | undefined> {
  const path = join(folder, '.git');
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) return path;
  // In a linked worktree `.git` is a file that names the folder.
  if (found?.isFile() === true) {
    const [, there] = /^gitdir: (.+)$/m.exec(await readFile(path, 'utf8')) ?? [];
    return there === undefined ? undefined : resolve(folder, there);
  }
  const parent = dirname(folder);
  return parent === folder ? undefined : repositoryOf(parent);
}

/** The commit that a reference names: in a file of its own, or in the list of packed references. */
async function commitOf(reference: string, repository: string): Promise<string | undefined> {
  const common = await readFile(join(repository, 'commondir'), 'utf8').catch(() => '.');
  const shared = resolve(repository, common.trim());
  for (const place of [repository, shared]) {
    const own = await readFile(join(place, reference), 'utf8').catch(() => undefined);
    if (own !== undefined) return own.trim();
  }
  const packed = await readFile(join(shared, 'packed-refs'), 'utf8').catch(() => '');
  const line = packed.split('\n').find((one) => one.endsWith(` ${reference}`));
  return line?.split(' ')[0];
}
