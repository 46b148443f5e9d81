import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gitCommit } from './git-commit.ts';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
let folder = '';
const at = (...names: string[]): string => join(folder, ...names);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vinculum-git-'));
  await mkdir(at('.git', 'refs', 'heads'), { recursive: true });
  await mkdir(at('below', 'it'), { recursive: true });
});
afterAll(() => rm(folder, { recursive: true }));

test('is that of the branch, of the packed references, or of a detached head', async () => {
  await writeFile(at('.git', 'HEAD'), 'ref: refs/heads/main\n');
  expect(await gitCommit(folder)).toBeUndefined();
  await writeFile(at('.git', 'packed-refs'), `# pack-refs\n${COMMIT} refs/heads/main\n`);
  expect(await gitCommit(folder)).toBe(COMMIT);
  const newer = COMMIT.replace('0', 'f');
  await writeFile(at('.git', 'refs', 'heads', 'main'), `${newer}\n`);
  expect(await gitCommit(at('below', 'it'))).toBe(newer);
  await writeFile(at('.git', 'HEAD'), `${COMMIT}\n`);
  expect(await gitCommit(folder)).toBe(COMMIT);
});

test('of a linked worktree is that of its own head', async () => {
  await mkdir(at('.git', 'worktrees', 'other'), { recursive: true });
  await mkdir(at('other'));
  await writeFile(at('other', '.git'), `gitdir: ${at('.git', 'worktrees', 'other')}\n`);
  await writeFile(at('.git', 'worktrees', 'other', 'HEAD'), 'ref: refs/heads/topic\n');
  await writeFile(at('.git', 'worktrees', 'other', 'commondir'), '../..\n');
  await writeFile(at('.git', 'refs', 'heads', 'topic'), `${COMMIT}\n`);
  expect(await gitCommit(at('other'))).toBe(COMMIT);
});

test('is not known in a damaged repository', async () => {
  await writeFile(at('.git', 'HEAD'), 'nonsense\n');
  expect(await gitCommit(folder)).toBeUndefined();
});
