import { existsSync } from 'node:fs';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { replaceFile, ReplacementError, writeFileAtomically, writeWhole } from './atomic-write.ts';
import { DISK, type FileCalls, type OpenFile } from './file-calls.ts';

describe('writeFileAtomically', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vinculum-write-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('writes and replaces a file, and leaves no other file', async () => {
    const path = join(folder, 'model');
    await writeFileAtomically(path, new Uint8Array([1, 2]));
    await writeFileAtomically(path, new Uint8Array([3]));
    expect([...(await readFile(path))]).toEqual([3]);
    expect(await readdir(folder)).toEqual(['model']);
  });

  it('never shows a reader an incomplete file', async () => {
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

  it('leaves the old file and no temporary file if it fails', async () => {
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

  it('shows the new content when it is complete, and no content that was abandoned', async () => {
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

/** A file system that records its calls. The call that `fail` names fails. */
function recorded(fail?: string): { readonly calls: FileCalls; readonly record: string[] } {
  const record: string[] = [];
  const note = (call: string): void => {
    record.push(call);
    if (call === fail) throw Object.assign(new Error('i/o error'), { code: 'EIO' });
  };
  const named = (path: string): string =>
    basename(path).startsWith('.vinculum-') ? 'temporary' : basename(path);
  const calls: FileCalls = {
    ...DISK,
    async open(path, flags, mode) {
      note(`open ${named(path)} ${flags}`);
      const file = await DISK.open(path, flags, mode);
      const noted = (call: keyof OpenFile, run: () => Promise<void>): Promise<void> => {
        note(`${call} ${named(path)}`);
        return run();
      };
      return {
        writeFile: async (content) => noted('writeFile', () => file.writeFile(content)),
        chown: async (uid, gid) => noted('chown', () => file.chown(uid, gid)),
        chmod: async (permissions) => noted('chmod', () => file.chmod(permissions)),
        sync: async () => noted('sync', () => file.sync()),
        close: async () => noted('close', () => file.close()),
      };
    },
    async rename(from, to) {
      note(`rename ${named(from)} ${named(to)}`);
      await DISK.rename(from, to);
    },
    async unlink(path) {
      note(`unlink ${named(path)}`);
      await DISK.unlink(path);
    },
  };
  return { calls, record };
}

describe('the order of calls', () => {
  let folder = '';
  let path = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vinculum-order-'));
    path = join(folder, 'model');
  });
  afterEach(() => rm(folder, { recursive: true }));
  const name = (): string => basename(folder);
  const bytes = new Uint8Array([1, 2, 3]);

  it('of a new file: content, fsync, rename, fsync of the folder', async () => {
    const { calls, record } = recorded();
    await writeWhole('test', path, bytes, calls);
    expect(record).toEqual([
      'open temporary wx',
      'writeFile temporary',
      'sync temporary',
      'close temporary',
      'rename temporary model',
      `open ${name()} r`,
      `sync ${name()}`,
      `close ${name()}`,
    ]);
  });

  it('of an old file: owner and permissions before the content', async () => {
    await writeFile(path, 'old');
    const { calls, record } = recorded();
    await writeWhole('test', path, bytes, calls);
    expect(record.slice(0, 4)).toEqual([
      'open temporary wx',
      'chown temporary',
      'chmod temporary',
      'writeFile temporary',
    ]);
  });

  it.each(['chmod temporary', 'writeFile temporary', 'sync temporary', 'rename temporary model'])(
    'leaves the old file and nothing beside it if %s fails',
    async (call) => {
      await writeFile(path, 'old');
      const { calls } = recorded(call);
      const run = writeWhole('test', path, bytes, calls);
      await expect(run).rejects.toMatchObject({
        message: `test: '${path}' must be a place to write to; i/o error.`,
        replaced: false,
        cause: { code: 'EIO' },
      });
      expect(await readFile(path, 'utf8')).toBe('old');
      expect(await readdir(folder)).toEqual(['model']);
    },
  );

  it('says that the new content is in place if the fsync of the folder fails', async () => {
    await writeFile(path, 'old');
    const { calls, record } = recorded(`sync ${name()}`);
    const fault: unknown = await writeWhole('test', path, bytes, calls).catch(
      (error: unknown) => error,
    );
    expect(fault).toBeInstanceOf(ReplacementError);
    expect(fault).toMatchObject({ replaced: true, cause: { code: 'EIO' } });
    expect((fault as Error).message).toBe(
      `test: '${path}' has its new content, but its folder must be one that can be synchronised; i/o error. After a power failure the old content may be back.`,
    );
    expect([...(await readFile(path))]).toEqual([1, 2, 3]);
    expect(record.at(-1)).toBe(`close ${name()}`);
  });
});

describe.runIf(process.platform !== 'win32')('a replaced file keeps', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vinculum-keep-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

  it.each([0o600, 0o640, 0o664, 0o755, 0o444])('its permissions: %o', async (mode) => {
    const path = join(folder, 'private');
    await writeFile(path, 'old');
    await chmod(path, mode);
    const file = await replaceFile(path);
    const [temporary] = (await readdir(folder)).filter((one) => one.endsWith('.tmp'));
    expect(await modeOf(join(folder, temporary!))).toBe(mode);
    await file.write('new');
    await file.finish();
    expect(await modeOf(path)).toBe(mode);
    expect(await readFile(path, 'utf8')).toBe('new');
  });

  it.runIf(process.getuid?.() === 0)('its owner, if that is allowed', async () => {
    const path = join(folder, 'of another');
    await writeFile(path, 'old');
    await chown(path, 1234, 4321);
    await writeFileAtomically(path, new Uint8Array([1]));
    expect(await stat(path)).toMatchObject({ uid: 1234, gid: 4321 });
  });

  it('its permissions, but a new file gets those that the umask allows', async () => {
    const path = join(folder, 'new');
    await writeFileAtomically(path, new Uint8Array([1]));
    expect(await modeOf(path)).toBe(0o666 & ~process.umask());
  });

  it('a symbolic link to it, also a link to a link, or to a file that does not exist yet', async () => {
    await mkdir(join(folder, 'real'));
    await writeFile(join(folder, 'real', 'v1'), 'old');
    await symlink(join('real', 'v1'), join(folder, 'current'));
    await symlink('current', join(folder, 'latest'));
    await symlink(join('real', 'v2'), join(folder, 'next'));
    for (const [link, target] of [
      ['current', 'v1'],
      ['latest', 'v1'],
      ['next', 'v2'],
    ] as const) {
      const path = join(folder, link);
      const leads = await readlink(path);
      await writeFileAtomically(path, Buffer.from(link));
      expect((await lstat(path)).isSymbolicLink()).toBe(true);
      expect(await readlink(path)).toBe(leads);
      expect(await readFile(join(folder, 'real', target), 'utf8')).toBe(link);
    }
    expect(await readdir(join(folder, 'real'))).toEqual(['v1', 'v2']);
  });

  it('no circle of links, which is refused', async () => {
    await symlink('b', join(folder, 'a'));
    await symlink('a', join(folder, 'b'));
    await expect(writeFileAtomically(join(folder, 'a'), new Uint8Array(1))).rejects.toThrow(
      /the symbolic links lead in a circle/,
    );
  });

  it('a name of the greatest length', async () => {
    for (const length of [237, 238, 254, 255]) {
      const path = join(folder, 'n'.repeat(length));
      await writeFileAtomically(path, new Uint8Array([1]));
      expect((await stat(path)).size).toBe(1);
    }
    await expect(
      writeFileAtomically(join(folder, 'n'.repeat(256)), new Uint8Array([1])),
    ).rejects.toThrow(/the name is too long/);
    expect((await readdir(folder)).filter((one) => one.endsWith('.tmp'))).toEqual([]);
  });
});
