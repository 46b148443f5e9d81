/** The files are made by test/parquet/make.py with pyarrow, which names the values that are expected here. */
import { createReadStream, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { cellAt, DataError, type Table } from 'vinculum';
import { tableKinds } from '../columns.ts';
import { openSource } from '../source.ts';
import { readTable, readTableBatches, type TableOptions } from '../tables.ts';
import { randomAccess } from './random-access.ts';

const file = (name: string): string =>
  new URL(`../../test/parquet/${name}`, import.meta.url).pathname;
const contents = (table: Table): Record<string, unknown> =>
  Object.fromEntries(
    table.columns.map((column) => [
      column.name,
      [column.kind, ...Array.from({ length: table.rowCount }, (_, row) => cellAt(column, row))],
    ]),
  );
const fault = async (name: string, options: TableOptions = {}): Promise<unknown> =>
  readTable(file(name), options).catch((error: unknown) => error);
const batches = async (
  source: Parameters<typeof readTableBatches>[0],
  kinds: Parameters<typeof readTableBatches>[1]['kinds'],
): Promise<Table[]> => {
  const tables: Table[] = [];
  for await (const table of readTableBatches(source, { kinds })) tables.push(table);
  return tables;
};

describe('Parquet', () => {
  const TYPES = {
    flag: ['boolean', true, null, false],
    small: ['number', -7, 8, null],
    unsigned: ['number', 4_294_967_295, 0, 1],
    id: ['text', '9007199254740993', null, '-5'],
    huge: ['text', '18446744073709551615', '1', '2'],
    half: ['number', 0.5, null, -2],
    real: ['number', 0.1, null, 1e300],
    price: ['number', 1.5, -0.05, null],
    long: ['number', Number('12345678901234567890.25'), null, 0],
    day: ['date', Date.UTC(2024, 1, 29), null, Date.UTC(1969, 11, 31)],
    milli: ['date', 1_709_209_800_123, null, -1],
    micro: ['date', 1_709_209_800_123, null, -1],
    nano: ['date', 1_709_209_800_000, null, 0],
    time: ['date', 45_000_000, null, 1000],
    text: ['text', 'Åland', null, '007 x'],
    fur: ['text', 'long', null, 'short'],
    nothing: ['number', null, null, null],
  };

  it.each(['none', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4'])(
    'keeps the type of every column under compression: %s',
    async (codec) => {
      expect(contents(await readTable(file(`types-${codec}.parquet`)))).toEqual(TYPES);
    },
  );

  it('keeps them in other encodings and pages, whose timestamps have milliseconds', async () => {
    const table = await readTable(file('types-other-encodings.parquet'));
    expect(contents(table)).toEqual({ ...TYPES, micro: ['date', 1_709_209_800_123, null, 0] });
    const old = await readTable(file('int96.parquet'));
    expect(contents(old)).toEqual({ nano: TYPES.nano });
  });

  it('keeps the spelling of dates and of long integers, and says why', async () => {
    const { columns } = await readTable(file('types-none.parquet'));
    const column = (name: string): unknown => columns.find((one) => one.name === name);
    expect(column('micro')).toMatchObject({
      spellings: ['2024-02-29 12:30:00.123456', null, '1969-12-31 23:59:59.999999'],
      reading: { code: 'date', format: 'ymd' },
    });
    expect(column('id')).toMatchObject({ reading: { code: 'long-integers' } });
  });

  it('has the columns, kinds and readings of the same table as CSV', async () => {
    const [ours, csv] = [await readTable(file('shop.parquet')), await readTable(file('shop.csv'))];
    expect(contents(ours)).toEqual(contents(csv));
    expect(tableKinds(ours)).toEqual(tableKinds(csv));
  });

  it('is the same table from a path, a stream, gzip and bytes without a name', async () => {
    const path = file('shop.parquet');
    const bytes = readFileSync(path);
    const expected = contents(await readTable(path));
    for (const source of [createReadStream(path), bytes, gzipSync(bytes)]) {
      expect(contents(await readTable(source))).toEqual(expected);
    }
  });

  it('is read in batches of the wanted columns, whatever the groups of its rows', async () => {
    const whole = await readTable(file('shop.parquet'));
    const wanted = { kind: 'text', amount: 'number' } as const;
    const tables = await batches(createReadStream(file('shop.parquet')), wanted);
    expect(tables.map(({ firstRow, rowCount }) => [firstRow, rowCount])).toEqual([
      [1, 128],
      [129, 128],
      [257, 44],
    ]);
    const joined = tables.flatMap((table) => contents(table)['amount'] as unknown[]);
    const { amount } = contents(whole) as { amount: unknown[] };
    expect(joined.filter((cell) => cell !== 'number')).toEqual(amount.slice(1));
    expect(tables[0]!.columns.map(({ name }) => name)).toEqual(['amount', 'kind']);
  });

  it('reads the rows of a prediction by the kinds that a training found', async () => {
    const [table] = await batches(file('types-none.parquet'), {
      id: 'text',
      small: { kind: 'text', spelled: true },
      time: { kind: 'date', format: 'time' },
    });
    expect(contents(table!)).toEqual({
      small: ['text', '-7', '8', null],
      id: TYPES.id,
      time: TYPES.time,
    });
    await expect(batches(file('types-none.parquet'), { text: 'number' })).rejects.toThrow(
      /row 1, column 'text' must be a number; got 'Åland'/,
    );
    await expect(batches(file('types-none.parquet'), { half: 'boolean' })).rejects.toThrow(
      /row 1, column 'half' must be true or false; got 0.5/,
    );
    await expect(batches(file('types-none.parquet'), { age: 'number' })).rejects.toThrow(
      /must have a column 'age'; its columns are 'flag'/,
    );
  });

  it.each([
    ['nested.parquet', 'list', /must hold one value in each row, because .*\.drop\(columns=/],
    ['bytes.parquet', 'raw', /row 1, column 'raw' must be UTF-8 text/],
    ['infinite.parquet', 'a', /row 2, column 'a' must be a finite number; got 'Infinity'/],
  ])('refuses by column, with the way on: %s', async (name, column, message) => {
    const error = await fault(name);
    expect(error).toBeInstanceOf(DataError);
    expect(error).toMatchObject({ column, message: expect.stringMatching(message) as unknown });
  });

  it('passes over nested columns that nobody asks for', async () => {
    const [table] = await batches(file('nested.parquet'), { a: 'number' });
    expect(contents(table!)).toEqual({ a: ['number', 1, 2] });
  });

  it('leaves out the index of a pandas data frame, with a note', async () => {
    const table = await readTable(file('pandas-index.parquet'));
    expect(table.columns.map(({ name }) => name)).toEqual(['a']);
    expect(table.notes).toMatchObject([{ code: 'index' }]);
  });

  it('is refused when it is cut off anywhere, and when it is no Parquet file', async () => {
    const bytes = readFileSync(file('shop.parquet'));
    for (let length = 5; length < bytes.length; length += 97) {
      const error: unknown = await readTable(bytes.subarray(0, length)).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(DataError);
      expect(String(error)).toMatch(/must be a whole Parquet file/);
    }
    await expect(readTable(Buffer.from('a,b\n1,2\n'), { format: 'parquet' })).rejects.toThrow(
      /must be a whole Parquet file/,
    );
  });

  it.each(['types-none', 'types-snappy', 'types-other-encodings'])(
    'is a table or is refused, whichever byte of %s is damaged',
    async (name) => {
      const whole = readFileSync(file(`${name}.parquet`));
      for (let at = 4; at < whole.length; at += 23) {
        const bytes = Buffer.from(whole);
        bytes[at]! ^= at % 2 === 0 ? 1 : 0x80;
        const got: unknown = await readTable(bytes).catch((error: unknown) => error);
        expect(got instanceof DataError || (got as Table).rowCount >= 0).toBe(true);
      }
    },
  );

  it('is put into a temporary file if it comes as a large stream, with the same bytes', async () => {
    const bytes = readFileSync(file('shop.parquet'));
    const source = await openSource('readTable', createReadStream(file('shop.parquet')));
    const access = await randomAccess(source, 100);
    expect(access.byteLength).toBe(bytes.length);
    expect(Buffer.from(await access.slice(7, 1007))).toEqual(bytes.subarray(7, 1007));
    expect(Buffer.from(await access.slice(bytes.length - 4))).toEqual(bytes.subarray(-4));
    access.close();
    await source.close();
  });
});
