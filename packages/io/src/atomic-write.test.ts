import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replaceFile, writeFileAtomically } from './atomic-write.ts';

describe('writeFileAtomically', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vinculum-write-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('writes, replaces, and leaves nothing else', async () => {
    const path = join(folder, 'model');
    await writeFileAtomically(path, new Uint8Array([1, 2]));
    await writeFileAtomically(path, new Uint8Array([3]));
    expect([...(await readFile(path))]).toEqual([3]);
    expect(await readdir(folder)).toEqual(['model']);
  });

  it('always shows a reader a whole file', async () => {
    const path = join(folder, 'busy');
    const size = 1 << 20;
    await writeFileAtomically(path, new Uint8Array(size));
    const writing = (async () => {
      for (let i = 1; i <= 20; i++) await writeFileAtomically(path, new Uint8Array(size).fill(i));
    })();
    for (let i = 0; i < 40; i++) {
      const seen = await readFile(path);
      expect(seen.length).toBe(size);
      expect(seen.every((byte) => byte === seen[0])).toBe(true);
    }
    await writing;
  });

  it('leaves the old file and no temporary one when it fails', async () => {
    const target = join(folder, 'taken');
    await writeFile(join(folder, 'old'), 'old');
    await expect(
      writeFileAtomically(join(folder, 'none', 'file'), new Uint8Array(1)),
    ).rejects.toThrow(/^writeFileAtomically: '.*file' must be .*; there is no such folder\.$/);
    await rm(target, { force: true });
    await mkdir(join(target, 'inside'), { recursive: true });
    await expect(writeFileAtomically(target, new Uint8Array(1))).rejects.toThrow(
      /it is a folder|it is not permitted/,
    );
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect(await readFile(join(folder, 'old'), 'utf8')).toBe('old');
  });
});

describe('replaceFile', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vinculum-replace-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('shows the new content when it is whole, and nothing of what was abandoned', async () => {
    const path = join(folder, 'table');
    await writeFile(path, 'old');
    const given = await replaceFile(path);
    await given.write('never seen');
    await given.abandon();
    const file = await replaceFile(path);
    await file.write('new ');
    await file.write(new TextEncoder().encode('content'));
    expect(await readFile(path, 'utf8')).toBe('old');
    await file.finish();
    expect(await readFile(path, 'utf8')).toBe('new content');
    expect(await readdir(folder)).toEqual(['table']);
  });

  it.runIf(existsSync('/dev/null'))('writes to a device and does not replace it', async () => {
    const file = await replaceFile('/dev/null');
    await file.write('nobody reads this');
    await file.finish();
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
  });
});
