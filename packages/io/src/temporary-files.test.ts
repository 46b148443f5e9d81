import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { replaceFile, writeFileAtomically } from './atomic-write.ts';
import { forgetTemporaryFile, removeTemporaryFiles, temporaryPath } from './temporary-files.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vinculum-temporary-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a file that is not finished is removed immediately, and the file that it should replace stays', async () => {
  const path = join(folder, 'stays.txt');
  await writeFile(path, 'old');
  const file = await replaceFile(path);
  await file.write('new');
  expect(await readdir(folder)).toHaveLength(2);
  removeTemporaryFiles();
  expect(await readdir(folder)).toEqual(['stays.txt']);
  await file.abandon();
});

test('a finished or abandoned file is no temporary file any more', async () => {
  const path = join(folder, 'finished.txt');
  await writeFileAtomically(path, Buffer.from('whole'));
  const abandoned = await replaceFile(path);
  await abandoned.abandon();
  removeTemporaryFiles();
  expect(existsSync(path)).toBe(true);
});

test('the next write removes the temporary files of a process that no longer runs, and no others', async () => {
  const path = join(folder, 'table.csv');
  // The process has certainly ended, and the system does not use its number again immediately.
  const ended = spawnSync(process.execPath, ['-e', '']).pid;
  const own = temporaryPath(path);
  const ofOther = temporaryPath(join(folder, 'other.csv'));
  for (const one of [own, ofOther]) forgetTemporaryFile(one);
  const ofProcess = (temporary: string, pid: number): string =>
    basename(temporary).replace(`-${process.pid}-`, `-${pid}-`);
  const stale = ofProcess(own, ended);
  const keep = [
    basename(own),
    ofProcess(own, process.ppid),
    ofProcess(ofOther, ended),
    stale.replace(/^(\.vinculum-[\da-f]{12}-)[\da-f]{8}/, '$100000000'),
    `.table.csv.backup.tmp`,
  ];
  for (const one of [...keep, stale]) await writeFile(join(folder, one), '');
  await writeFileAtomically(path, Buffer.from('a\n1\n'));
  const left = await readdir(folder);
  expect(left).toEqual(expect.arrayContaining([...keep, 'table.csv']));
  expect(left).not.toContain(stale);
});

test('the next write removes temporary files of any process that were not written for a day, also behind a link', async () => {
  const path = join(folder, 'model');
  await writeFile(path, 'old');
  await symlink('model', join(folder, 'link'));
  const own = temporaryPath(path);
  forgetTemporaryFile(own);
  const elsewhere = own.replace(/(-[\da-f]{12}-)[\da-f]{8}-/, '$100000000-');
  for (const place of [own, elsewhere]) await writeFile(place, 'x');
  await writeFileAtomically(path, Buffer.from('new'));
  expect([own, elsewhere].every((place) => existsSync(place))).toBe(true);
  const before = new Date(Date.now() - 25 * 3600 * 1000);
  for (const place of [own, elsewhere]) await utimes(place, before, before);
  await writeFileAtomically(join(folder, 'link'), Buffer.from('newer'));
  expect([own, elsewhere].some((place) => existsSync(place))).toBe(false);
});
