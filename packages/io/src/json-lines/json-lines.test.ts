import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellAt, DataError, type Table } from 'vinculum';
import { readTable, readTableBatches, type TableOptions } from '../tables.ts';

const read = (text: string, options: TableOptions = {}): Promise<Table> =>
  readTable(new TextEncoder().encode(text), { format: 'json-lines', ...options });
const contents = (table: Table): Record<string, unknown> =>
  Object.fromEntries(
    table.columns.map((column) => [
      column.name,
      [column.kind, ...Array.from({ length: table.rowCount }, (_, row) => cellAt(column, row))],
    ]),
  );
const fault = async (text: string, options: TableOptions = {}): Promise<unknown> =>
  read(text, options).catch((error: unknown) => error);

describe('JSON Lines', () => {
  const text =
    '{"age": 3, "kind": "cat"}\r\n\n{"kind":"7","age":null, "wild": false}\n{"wild":true,"age":4.5}';

  it('become a table, in which names are columns, values keep their kinds, and absent names and null are missing values', async () => {
    const expected = {
      age: ['number', 3, null, 4.5],
      kind: ['text', 'cat', '7', null],
      wild: ['boolean', null, false, true],
    };
    expect(contents(await read(text))).toEqual(expected);
    expect(contents(await readTable(gzipSync(`\uFEFF${text}`), { format: 'json-lines' }))).toEqual(
      expected,
    );
  });

  it('are recognised by their first bytes', async () => {
    expect((await readTable(Buffer.from('{"a":1}\n'))).columns[0]!.name).toBe('a');
  });

  it('are read in batches of the wanted columns, however the stream is cut (property)', async () => {
    const kinds = { wild: 'boolean', age: 'number' } as const;
    const whole = contents(await read(text));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30 }), async (size) => {
        async function* pieces(): AsyncGenerator<Uint8Array> {
          const all = Buffer.from(text);
          for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
        }
        const seen: Record<string, unknown[]> = { wild: ['boolean'], age: ['number'] };
        let next = 1;
        for await (const table of readTableBatches(pieces(), { kinds, format: 'json-lines' })) {
          expect(table.firstRow).toBe(next);
          next += table.rowCount;
          for (const [name, [, ...cells]] of Object.entries(contents(table)) as [
            string,
            unknown[],
          ][]) {
            seen[name]!.push(...cells);
          }
        }
        expect(seen).toEqual({ wild: whole['wild'], age: whole['age'] });
      }),
    );
  });

  it.each([
    ['{"a":1}\n\n{"a":{"b":2}}', /row 2 \(line 3\), column 'a' must be .* nested; got an object/],
    ['{"a":[1]}', /row 1 \(line 1\), column 'a' must be .* nested; got an array of 1/],
    ['{"a":1}\n{"a":"x"}', /row 2 \(line 2\), column 'a' must be a number, as .*; got 'x'/],
    ['{"a":"x"}\n{"a":true}', /must be text, as this column's other values; got true/],
    ['{"a":1e400}', /must be within the range of float64; got Infinity/],
  ])('refuse a value by row and column: %s', async (lines, message) => {
    const error = await fault(lines);
    expect(error).toBeInstanceOf(DataError);
    expect(error).toMatchObject({
      column: 'a',
      message: expect.stringMatching(message) as unknown,
    });
  });

  it.each([
    ['[1]', /line 1 must be one JSON object; got an array of 1/],
    ['{"a":1}\n{"a":', /line 2 must be one JSON object; got '\{/],
    ['{"a":1} {"a":2}', /line 1 must be one JSON object/],
    ['{"id":9007199254740993}', /integers that float64 rounds.*; got 9007199254740993/],
  ])('refuse a line: %s', async (lines, message) => {
    const error = await fault(lines);
    expect(error).toBeInstanceOf(DataError);
    expect((error as Error).message).toMatch(message);
  });

  it('keep long integers that are in quotes, and those that float64 represents exactly', async () => {
    const table = await read('{"id":"9007199254740993","n":9007199254740992,"\\"1":"a\\\\"}');
    expect(contents(table)).toMatchObject({
      id: ['text', '9007199254740993'],
      n: ['number', 2 ** 53],
    });
  });

  it('must have the columns whose kind is given, with values of that kind', async () => {
    expect(String(await fault('{"a":1}', { kinds: { b: 'number' } }))).toMatch(
      /must have a column 'b'; its columns are 'a'/,
    );
    expect(String(await fault('{"a":1}', { kinds: { a: 'text' } }))).toMatch(/must be text/);
    const batches = readTableBatches(Buffer.from('{"a":1}'), { kinds: { b: 'text' } });
    expect(contents((await batches.next()).value as Table)).toEqual({ b: ['text', null] });
    await expect(batches.next()).rejects.toThrow(/must have a column 'b'/);
  });

  it('keep names such as __proto__ as names', async () => {
    const table = await read('{"__proto__":1,"constructor":"x"}');
    expect(table.columns.map(({ name }) => name)).toEqual(['__proto__', 'constructor']);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('refuse options of CSV and a line without end', async () => {
    expect(String(await fault('{"a":1}', { delimiter: ';' }))).toMatch(
      /option 'delimiter' must be left off, because the data is a JSON Lines file/,
    );
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('{"a":"');
      for (;;) yield Buffer.alloc(1 << 20, 'x');
    }
    await expect(readTable(endless())).rejects.toThrow(/lines of at most 16777216 bytes; line 1/);
  });
});
