import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTable, readTableBatches } from './tables.ts';

const KINDS = { a: 'number', b: 'number' } as const;
const GOOD = 'a,b\n1,2\n';

/** A good file, and files whose reading fails before their end. */
const CONTENTS: readonly (readonly [string, string | Uint8Array])[] = [
  ['a good file', GOOD],
  ['nothing', ''],
  ['a bad header', 'a,a\n1,2\n'],
  ['a header with an unnamed column', 'a,\n1,2\n'],
  ['a row with too few fields', 'a,b\n1\n'],
  ['a cell that is no number', 'a,b\n1,1e400\n'],
  ['a quote that is never closed', 'a,b\n1,"2\n'],
  ['a column that is missing', 'a,c\n1,2\n'],
  ['bytes that are no UTF-8', Uint8Array.of(97, 44, 98, 10, 0xe4, 44, 49, 10)],
  ['a binary file', Uint8Array.of(97, 44, 98, 10, 0, 44, 49, 10)],
  ['gzip that is cut off', gzipSync(GOOD.repeat(99)).subarray(0, 30)],
  ['a large file with a bad row', `${GOOD}${'1,2\n'.repeat(100_000)}1\n`],
  ['a Parquet file that is cut off', Buffer.from('PAR1 and no more')],
  ['a damaged IDX file', Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 9)],
];

const readWhole = async (source: Parameters<typeof readTable>[0]): Promise<void> => {
  await readTable(source, { kinds: KINDS }).catch(() => undefined);
};
/** Reads batches until they have so many rows, and then leaves the loop. */
const readBatches =
  (most: number) =>
  async (source: Parameters<typeof readTable>[0]): Promise<void> => {
    let rows = 0;
    try {
      for await (const table of readTableBatches(source, { kinds: KINDS })) {
        rows += table.rowCount;
        if (rows >= most) break;
      }
    } catch {
      // The content was refused. The tests only check that its source is closed.
    }
  };

const WAYS = [
  ['readTable', readWhole],
  ['the first of readTableBatches', readBatches(1)],
  ['all of readTableBatches', readBatches(Infinity)],
] as const;

describe('a source is closed', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vinculum-source-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const descriptors = async (): Promise<number> => (await readdir('/proc/self/fd')).length;

  for (const [way, read] of WAYS) {
    describe.runIf(process.platform === 'linux')(`when it is read by ${way}`, () => {
      it.each(CONTENTS)('and holds %s', async (what, content) => {
        const plain = join(folder, `${way} ${what}.csv`);
        const packed = join(folder, `${way} ${what}.csv.gz`);
        await writeFile(plain, content);
        await writeFile(packed, gzipSync(content));
        await read(plain);
        const before = await descriptors();
        for (let i = 0; i < 10; i++) {
          await read(plain);
          await read(packed);
        }
        // Other work of the process may open one or two descriptors; a leak would be ten or twenty.
        expect(await descriptors()).toBeLessThan(before + 5);
      });

      it.each(CONTENTS)("and is a caller's stream of %s", async (what, content) => {
        const path = join(folder, `${way} stream ${what}`);
        await writeFile(path, content);
        const stream = createReadStream(path);
        await read(stream);
        expect(stream.destroyed).toBe(true);
        let closed = false;
        async function* pieces(): AsyncGenerator<Uint8Array> {
          try {
            yield Buffer.from(content.slice(0, 5));
            yield Buffer.from(content.slice(5));
          } finally {
            closed = true;
          }
        }
        await read(pieces());
        expect(closed).toBe(true);
      });
    });
  }

  it('when an option does not fit the format that the first bytes say', async () => {
    const path = join(folder, 'an array');
    await writeFile(path, Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7));
    const stream = createReadStream(path);
    await expect(readTable(stream, { delimiter: ';' })).rejects.toThrow(
      "readTable: option 'delimiter' must be left off, because the data is an IDX file.",
    );
    expect(stream.destroyed).toBe(true);
  });
});

describe('onProgress', () => {
  it('is called with the stored bytes that were read, their total, and the rows', async () => {
    const bytes = Buffer.from(`a,b\n${'1,2\n'.repeat(500_000)}`);
    const seen: { bytes: number; totalBytes: number | undefined; rows: number }[] = [];
    const table = await readTable(bytes, { onProgress: (progress) => seen.push(progress) });
    expect(seen.length).toBeGreaterThan(3);
    expect(seen.at(-1)).toEqual({
      bytes: bytes.length,
      totalBytes: bytes.length,
      rows: table.rowCount,
    });
    const ascending = seen.every(
      (one, i) => i === 0 || (seen[i - 1]!.bytes <= one.bytes && seen[i - 1]!.rows <= one.rows),
    );
    expect(ascending).toBe(true);

    const packed = gzipSync(bytes);
    const last: { bytes: number }[] = [];
    await readTable(packed, { onProgress: (progress) => last.push(progress) });
    expect(last.at(-1)).toMatchObject({ bytes: packed.length, totalBytes: packed.length });
  });
});
