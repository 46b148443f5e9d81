import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it, vi } from 'vitest';
import { DataError } from 'vinculum';
import { ScratchFile } from './scratch-file.ts';

const ours = (): string[] =>
  readdirSync(tmpdir()).filter(
    (name) => name.startsWith('.vinculum-') && name.includes(`-${process.pid}-`),
  );

describe('a scratch file', () => {
  it('gives back what was written at any place', () => {
    const file = new ScratchFile('test');
    expect(file.append(Uint8Array.of(1, 2, 3))).toBe(0);
    expect(file.append(Uint8Array.of(4, 5))).toBe(3);
    const out = new Uint8Array(3);
    file.readInto(out, 2);
    expect([...out]).toEqual([3, 4, 5]);
    file.close();
    file.close();
    expect(() => file.append(out)).toThrow(/after it was closed/);
  });

  it.skipIf(process.platform === 'win32')(
    'has no name while it is open, so that nothing can stay behind',
    () => {
      const before = ours();
      const file = new ScratchFile('test');
      file.append(new Uint8Array(9));
      expect(ours()).toEqual(before);
      file.close();
    },
  );

  it('says which folder has no room, and how to name another', () => {
    vi.stubEnv('TMPDIR', '/nowhere');
    try {
      expect(() => new ScratchFile('readTable')).toThrow(DataError);
      expect(() => new ScratchFile('readTable')).toThrow(/'\/nowhere' must be writable.*TMPDIR/);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
