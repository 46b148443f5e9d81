import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cellAt } from 'vinculum';
import { DATA_FORMATS, formatOf, readTable, readTableBatches, runNameOf } from './tables.ts';

describe('formatOf', () => {
  it.each([
    ['digits.csv', 'csv'],
    ['data/DIGITS.TSV.GZ', 'csv'],
    ['events.ndjson', 'json-lines'],
    ['rows.jsonl.gz', 'json-lines'],
    ['rows.parquet', 'parquet'],
    ['t10k-images-idx3-ubyte', 'idx'],
    ['t10k-images-idx3-ubyte.gz', 'idx'],
    ['fashion-mnist', 'fashion-mnist'],
    ['-', undefined],
    ['data', undefined],
  ])('%s is %s', (data, name) => {
    expect(formatOf(data)?.name).toBe(name);
  });

  it('has different names and endings for all formats', () => {
    const names = DATA_FORMATS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const endings = DATA_FORMATS.flatMap((one) => (one.kind === 'table' ? one.endings : []));
    expect(new Set(endings).size).toBe(endings.length);
    expect(endings.every((ending) => ending === ending.toLowerCase())).toBe(true);
  });
});

describe('runNameOf', () => {
  it.each([
    ['examples/data/digits.csv.gz', 'digits'],
    ['a/Penguins.CSV', 'Penguins'],
    ['prices.2024.txt', 'prices.2024'],
    ['t10k-images-idx3-ubyte.gz', 't10k-images-idx3'],
    ['fashion-mnist', 'fashion-mnist'],
    ['.csv', 'model'],
    ['data', 'data'],
  ])('%s → %s', (data, name) => {
    expect(runNameOf(data)).toBe(name);
  });
});

describe('the formats of tables', () => {
  const images = Uint8Array.from([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6]);
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vinculum-tables-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('are recognised by the first bytes, whatever the name, also through gzip', async () => {
    const path = join(folder, 'unnamed');
    for (const content of [images, gzipSync(images)]) {
      await writeFile(path, content);
      for (const source of [path, content]) {
        const table = await readTable(source);
        expect(table.rowCount).toBe(2);
        expect(table.columns.map(({ name }) => name)).toEqual(['0', '1', '2']);
        expect(table.columns.map((column) => cellAt(column, 1))).toEqual([4, 5, 6]);
      }
    }
    await writeFile(path, 'a\n1\n');
    expect((await readTable(path)).columns[0]!.name).toBe('a');
  });

  it('are read in batches of the wanted columns', async () => {
    const many = Uint8Array.from([0, 0, 8, 2, 0, 0, 3, 0, 0, 0, 0, 2, ...Array(1536).keys()]);
    let next = 1;
    for await (const batch of readTableBatches(many, { kinds: { '1': 'number' } })) {
      expect(batch.firstRow).toBe(next);
      expect(batch.columns.map(({ name }) => name)).toEqual(['1']);
      expect(cellAt(batch.columns[0]!, 0)).toBe(((next - 1) * 2 + 1) % 256);
      next += batch.rowCount;
    }
    expect(next).toBe(769);
    await expect(readTableBatches(many, { kinds: { pixel: 'number' } }).next()).rejects.toThrow(
      /must have a column 'pixel'; its columns are '0', '1'/,
    );
  });

  it('can be given by name, and an unknown name is refused', async () => {
    await expect(readTable(images, { format: 'csv' })).rejects.toThrow(/must be text; got a bin/);
    await expect(readTable(images, { format: 'cvs' })).rejects.toThrow(
      "readTable: format must be a known format; got 'cvs'. Did you mean 'csv'?",
    );
  });
});
