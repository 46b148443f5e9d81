import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import Papa from 'papaparse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataError, cellAt, type Column, type Table } from 'vinculum';
import { readTable, readTableBatches, type TableOptions as CsvOptions } from '../tables.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string, options: CsvOptions = {}): Promise<Table> =>
  readTable(bytes(text), options);
const cells = (column: Column): (string | number | boolean | null)[] =>
  Array.from({ length: column.values.length }, (_, row) => cellAt(column, row));
const contents = (table: Table): Record<string, unknown>[] =>
  table.columns.map((column) => ({ [column.name]: cells(column), kind: column.kind }));
const fault = async (text: string, options: CsvOptions = {}): Promise<DataError> => {
  try {
    await read(text, options);
  } catch (error) {
    expect(error).toBeInstanceOf(DataError);
    return error as DataError;
  }
  throw new Error('nothing was thrown');
};

const examples = fileURLToPath(new URL('../../../../examples/data/', import.meta.url));
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vinculum-io-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('readTable: the data of this repository', () => {
  it('reads the penguins with their missing values and text', async () => {
    const table = await readTable(join(examples, 'penguins.csv'));
    expect(table.rowCount).toBe(344);
    expect(table.columns.map((column) => [column.name, column.kind])).toEqual([
      ['species', 'text'],
      ['island', 'text'],
      ['bill_length_mm', 'number'],
      ['bill_depth_mm', 'number'],
      ['flipper_length_mm', 'number'],
      ['body_mass_g', 'number'],
      ['sex', 'text'],
      ['year', 'number'],
    ]);
    const missing = table.columns.map(
      (column) => cells(column).filter((cell) => cell === null).length,
    );
    expect(missing).toEqual([0, 0, 2, 2, 2, 2, 11, 0]);
  });

  it('reads the digits as numbers', async () => {
    const table = await readTable(join(examples, 'digits.csv'));
    expect(table.rowCount).toBe(1797);
    expect(table.columns.length).toBe(65);
    expect(table.columns.every((column) => column.kind === 'number')).toBe(true);
    const counts = Array.from({ length: 10 }, () => 0);
    for (const cell of cells(table.columns[64]!)) counts[cell as number]! += 1;
    // The counts of the testing set in UCI's description.
    expect(counts).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
  });
});

describe('readTable: forms of CSV', () => {
  const expected = [
    { a: [1, 2.5], kind: 'number' },
    { b: ['x', 'y'], kind: 'text' },
  ];

  it.each([
    ['commas', 'a,b\n1,x\n2.5,y\n'],
    ['no last line end', 'a,b\n1,x\n2.5,y'],
    ['CRLF', 'a,b\r\n1,x\r\n2.5,y\r\n'],
    ['CR alone', 'a,b\r1,x\r2.5,y\r'],
    ['mixed line ends', 'a,b\r\n1,x\n2.5,y\r\n'],
    ['a byte-order mark', '\uFEFFa,b\n1,x\n2.5,y\n'],
    ['semicolons', 'a;b\n1;x\n2.5;y\n'],
    ['semicolons and decimal commas', 'a;b\n1;x\n2,5;y\n'],
    ['tabs', 'a\tb\n1\tx\n2.5\ty\n'],
    ['quotes', '"a","b"\r\n"1","x"\r\n"2.5","y"\r\n'],
    ['spaces', ' a , b \n 1 , x \n 2.5 , y \n'],
    ['blank lines', '\na,b\n\n1,x\n   \n2.5,y\n\n\n'],
    ['spaces after quotes', '"a" ,"b" \n"1" ,"x" \n"2.5","y"\n'],
  ])('%s', async (_, text) => {
    expect(contents(await read(text))).toEqual(expected);
  });

  it('reads UTF-16 with a byte order mark, other encodings by their name, and gzip', async () => {
    const utf16 = Buffer.from('\uFEFFa,b\n1,x\n2.5,y\n', 'utf16le');
    expect(contents(await readTable(utf16))).toEqual(expected);
    const latin = Buffer.from('stra\xdfe\nK\xf6ln\n', 'latin1');
    expect(contents(await readTable(latin, { encoding: 'windows-1252' }))).toEqual([
      { straße: ['Köln'], kind: 'text' },
    ]);
    expect(contents(await readTable(gzipSync('a,b\n1,x\n2.5,y\n')))).toEqual(expected);
    const path = join(folder, 'named-otherwise.csv');
    await writeFile(path, gzipSync('a,b\n1,x\n2.5,y\n'));
    expect(contents(await readTable(path))).toEqual(expected);
  });

  it('reads commas, line ends and quotes inside quotes', async () => {
    const table = await read('text,n\n"a, b",1\n"two\r\nlines",2\n"say ""hi""",3\n"",4\n');
    expect(contents(table)[0]).toEqual({
      text: ['a, b', 'two\r\nlines', 'say "hi"', null],
      kind: 'text',
    });
  });

  it('takes a semicolon file whose header has a comma in quotes', async () => {
    const table = await read('"price, EUR";name\n1,5;x\n2,5;y\n');
    expect(contents(table)[0]).toEqual({ 'price, EUR': [1.5, 2.5], kind: 'number' });
  });

  it('chooses the delimiter with which all rows have the same width', async () => {
    const table = await read('a,b;c\n1;x\n2;y\n');
    expect(table.columns.map((column) => column.name)).toEqual(['a,b', 'c']);
  });

  it('reads a single column, and a header without rows', async () => {
    expect(contents(await read('n\n1\n2\n'))).toEqual([{ n: [1, 2], kind: 'number' }]);
    expect(await read('a,b\n')).toMatchObject({ rowCount: 0 });
    expect(await read('a,b')).toMatchObject({ rowCount: 0 });
  });

  it('agrees with the parser on whole texts, cut anywhere (property)', async () => {
    const field = fc.string({
      unit: fc.constantFrom('a', '1', ',', '"', '\n', 'é', ' '),
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 9 }),
        async (rows, size) => {
          const text = Papa.unparse([['p', 'q'], ...rows], { newline: '\r\n', quotes: true });
          const pieces = async function* (): AsyncGenerator<Uint8Array> {
            const all = bytes(text);
            for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
          };
          const kinds = { p: 'text', q: 'text' } as const;
          const table = await readTable(pieces(), { kinds, missing: [] });
          expect(table.columns.map(cells)).toEqual([
            rows.map(([p]) => p.trim()),
            rows.map(([, q]) => q.trim()),
          ]);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('readTable: kinds of columns', () => {
  it('knows the usual spellings of missing', async () => {
    const words = ['', 'NA', 'N/A', 'NaN', 'nan', 'null', 'NULL', '?', 'None', '#N/A'];
    const table = await read(`n,t,b\n${words.map((w) => `${w},${w},${w}`).join('\n')}\n1,x,TRUE\n`);
    for (const column of table.columns) {
      expect(cells(column).slice(0, -1)).toEqual(words.map(() => null));
    }
    expect(table.columns.map((column) => column.kind)).toEqual(['number', 'text', 'boolean']);
  });

  it('takes the given spellings of missing instead', async () => {
    const table = await read('n,t\n-,NA\n1,x\n', { missing: ['-'] });
    expect(contents(table)).toEqual([
      { n: [null, 1], kind: 'number' },
      { t: ['NA', 'x'], kind: 'text' },
    ]);
  });

  it('reads numbers in all their usual forms', async () => {
    const words = ['1', '-2', '+3', '.5', '4.', '1e3', '1E-2', '007', '-0', '1e-400', ' 8 '];
    const table = await read(`n,x\n${words.map((word) => `${word},.`).join('\n')}\n`);
    expect([...(table.columns[0]!.values as Float64Array)]).toEqual(words.map(Number));
  });

  it('reads true and false in upper or lower case as booleans, unless the column has other words', async () => {
    const table = await read('b,t\ntrue,true\nFALSE,maybe\n');
    expect(contents(table)).toEqual([
      { b: [true, false], kind: 'boolean' },
      { t: ['true', 'maybe'], kind: 'text' },
    ]);
  });

  it('keeps the spelling of numbers in a text column (property)', async () => {
    const digits = fc.stringMatching(/^[+-]?\d{1,12}(\.\d{0,9})?(e-?\d)?$/);
    await fc.assert(
      fc.asyncProperty(fc.array(digits, { maxLength: 20 }), async (codes) => {
        const cellsIn = ['007', '1.50', '-0.00', '-0', '12', ...codes];
        const words = cellsIn.map((_, i) => `word ${i}`);
        const table = await read(`code\n${[...cellsIn, ...words].join('\n')}\n`);
        expect(contents(table)).toEqual([{ code: [...cellsIn, ...words], kind: 'text' }]);
      }),
    );
  });

  it('uses the given kinds', async () => {
    const kinds = new Map([['zip', 'text']] as const);
    const table = await read('zip,n\n01234,1\n99999,2\n', { kinds });
    expect(contents(table)[0]).toEqual({ zip: ['01234', '99999'], kind: 'text' });
    const booleans = await read('b\ntrue\nNA\n', { kinds: { b: 'boolean' } });
    expect(contents(booleans)).toEqual([{ b: [true, null], kind: 'boolean' }]);
  });

  it('reads a column without any value as numbers', async () => {
    expect(contents(await read('a,b\n,1\nNA,2\n'))[0]).toEqual({ a: [null, null], kind: 'number' });
  });
});

describe('readTable refuses', () => {
  it.each([
    ['1e400', /must be within the range of float64; got '1e400'/],
    ['-1e999', /range of float64/],
    ['Infinity', /must be a finite number; got 'Infinity'/],
    ['-inf', /must be a finite number/],
    ['0x10', /must be a decimal number; got '0x10'/],
    ['1_000', /must be a number without underscores/],
    ['"1,5"', /must be a number with a decimal point and no other mark; got '1,5'/],
    ['1.2.3', /decimal point and no other mark/],
    ['١٢', /must be a number in the digits 0–9/],
  ])('%s among numbers', async (word, message) => {
    const error = await fault(`age,x\n1,1\n${word},1\n3,1\n`);
    expect(error).toMatchObject({ code: 'data', row: 2, column: 'age' });
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/^readTable: the data row 2 \(line 3\), column 'age' must be/);
  });

  it('a stray word in a column of numbers, but not a column of words with numbers', async () => {
    const numbers = Array.from({ length: 30 }, (_, i) => String(i));
    const error = await fault(`age\n${[...numbers, 'old', ...numbers].join('\n')}\n`);
    expect(error).toMatchObject({ row: 31, column: 'age' });
    expect(error.message).toMatch(/line 32\), column 'age' must be a number; got 'old'/);
    const tickets = await read('ticket\nA5\n113803\n373450\n17463\n');
    expect(tickets.columns[0]!.kind).toBe('text');
  });

  it('decimal commas and points in one column', async () => {
    const error = await fault('p;q\n1,5;x\n2.34;y\n');
    expect(error).toMatchObject({ row: 2, column: 'p' });
    expect(error.message).toMatch(/one decimal mark, and '1,5' in row 1 has the other/);
  });

  it.each([
    [
      'a,b\n1,2\n3\n',
      2,
      'b',
      /row 2 \(line 3\) must have 2 fields as the header has; got 1: column 'b'/,
    ],
    ['a,b\n1,2\n\n"x\ny",3,4\n', 2, 2, /row 2 \(line 4\) must have 2 fields .* got 3: .* '4'/],
  ])('ragged rows: %j', async (text, row, column, message) => {
    const error = await fault(text);
    expect(error).toMatchObject({ row, column });
    expect(error.message).toMatch(message);
  });

  it.each([
    ['', /must begin with a line of column names; got no text/],
    ['\n\n  \n', /must begin with a line of column names/],
    ['a,,c\n1,2,3\n', /column 2 of 3 has no name/],
    ['a,\n0,1\n', /column 2 of 2 has no name/],
    ['a,b, a \n1,2,3\n', /columns 1 and 3 are both 'a'/],
    ['a,b\n1,"x\n2,y\n', /a closing quote .* record that begins on line 2/],
    ['a,b\n1,x\n2,"x"y\n', /quotes only around whole fields.* line 3/],
    ['a,b\n1,\u0000\n', /binary file/],
  ])('%j', async (text, message) => {
    expect((await fault(text)).message).toMatch(message);
  });

  it('a word in a column whose kind is given as number', async () => {
    const error = await fault('n\n1\nx\n', { kinds: { n: 'number' } });
    expect(error).toMatchObject({ row: 2, column: 'n' });
    expect((await fault('b\nyes\n', { kinds: { b: 'boolean' } })).message).toMatch(
      /must be true or false; got 'yes'/,
    );
    expect((await fault('a\n1\n', { kinds: { q: 'number' } })).message).toMatch(
      /must have a column 'q'; its columns are 'a'/,
    );
  });

  it('bytes that are not text, and damaged gzip', async () => {
    await expect(readTable(new Uint8Array([97, 10, 0xff, 0xfe, 0xfd]))).rejects.toThrow(
      /must be UTF-8 text/,
    );
    const zipped = gzipSync('a,b\n1,2\n'.repeat(1000));
    await expect(readTable(zipped.subarray(0, 40))).rejects.toThrow(/must be whole gzip data/);
  });

  it('bytes that are not text, and names their offset in the file', async () => {
    const long = Buffer.concat([
      bytes('a,b\n'),
      Buffer.alloc(600_000, '1,2\n'),
      Buffer.from([0xe4, 10]),
    ]);
    await expect(readTable(long)).rejects.toThrow(
      /must be UTF-8 text; got other bytes near offset 600004/,
    );
    await expect(readTable(Buffer.from('a\nstra\xdfe\n', 'latin1'))).rejects.toThrow(
      /near offset 6\./,
    );
  });

  it('files that do not exist', async () => {
    await expect(readTable(join(folder, 'none.csv'))).rejects.toThrow(/there is no such file/);
    await expect(readTable(folder)).rejects.toThrow(/it is a folder/);
    await expect(readTable(folder)).rejects.toBeInstanceOf(DataError);
  });

  it('unknown and wrong options', async () => {
    await expect(read('a\n1\n', { delimeter: ',' } as CsvOptions)).rejects.toThrow(
      "readTable: unknown option 'delimeter'. Did you mean 'delimiter'?",
    );
    await expect(read('a\n1\n', { delimiter: '"' })).rejects.toThrow(RangeError);
    await expect(read('a\n1\n', { decimal: ';' as ',' })).rejects.toThrow(RangeError);
    await expect(read('a\n1\n', { encoding: 'klingon' })).rejects.toThrow(RangeError);
  });

  it.each([
    [5, {}, 'source must be a path, bytes (Uint8Array) or a stream of bytes; got number.'],
    [null, {}, 'source must be a path, bytes (Uint8Array) or a stream of bytes; got null.'],
    ['a\n1\n', null, 'options must be an object; got null.'],
    ['a\n1\n', { missing: 'NA' }, "missing must be an array of strings; got 'NA'."],
    ['a\n1\n', { missing: [0] }, 'missing must be an array of strings; got [0].'],
    [
      'a\n1\n',
      { kinds: 'text' },
      "kinds must be a Map or a record of kinds by column; got 'text'.",
    ],
    [
      'a\n1\n',
      { kinds: { a: 'txt' } },
      "kinds of column 'a' must be 'number', 'text', 'boolean' or 'date'; got 'txt'.",
    ],
    [
      'a\n1\n',
      { kinds: new Map([['a', undefined]]) },
      "kinds of column 'a' must be 'number', 'text', 'boolean' or 'date'; got undefined.",
    ],
  ])('arguments of a wrong kind: %j, %j', async (source, options, message) => {
    const given = typeof source === 'string' ? new TextEncoder().encode(source) : source;
    const batches = readTableBatches(given as never, options as never);
    await expect(readTable(given as never, options as never)).rejects.toThrow(
      `readTable: ${message}`,
    );
    await expect(batches.next()).rejects.toThrow(`readTableBatches: ${message}`);
  });

  it('batches without kinds', async () => {
    const batches = readTableBatches(new Uint8Array(), undefined as never);
    await expect(batches.next()).rejects.toThrow(/kinds must be a Map or a record of kinds/);
  });

  it('no column with the name of a property, which is an ordinary name', async () => {
    const table = await read('__proto__,constructor,a.__proto__.x\n{"polluted":1},2,3\n');
    expect(table.columns.map((column) => column.name)).toEqual([
      '__proto__',
      'constructor',
      'a.__proto__.x',
    ]);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('readTable: files of one column', () => {
  it('keep a row whose only cell is empty in quotes, as pandas writes a missing value', async () => {
    const table = await read('a\n1.0\n""\n3.0\n-2.0\n');
    expect(contents(table)).toEqual([{ a: [1, null, 3, -2], kind: 'number' }]);
    // This includes the last line, although an empty last line would be ignored.
    expect((await read('a\n1\n""')).rowCount).toBe(2);
    expect((await read('a\n1\n""\n\n')).rowCount).toBe(2);
  });

  it('keep an empty line between rows, because a line is a cell in such files', async () => {
    expect(contents(await read('\na\n1\n\n\n2\n\n'))[0]).toEqual({
      a: [1, null, null, 2],
      kind: 'number',
    });
    expect(contents(await read('a\r\n\r\nx\r\n  \r\ny\r\n'))[0]).toEqual({
      a: [null, 'x', null, 'y'],
      kind: 'text',
    });
    const error = await fault('a\n1\n\n1e400\n');
    expect(error).toMatchObject({ row: 3, column: 'a' });
    expect(error.message).toMatch(/row 3 \(line 4\)/);
  });

  it('lose no row in batches either, wherever the stream is cut', async () => {
    const text = 'a\n1\n""\n\n4\n\n\n7\n\n';
    for (let cut = 1; cut < text.length; cut++) {
      async function* pieces(): AsyncGenerator<Uint8Array> {
        yield bytes(text.slice(0, cut));
        yield bytes(text.slice(cut));
      }
      const seen: unknown[] = [];
      for await (const batch of readTableBatches(pieces(), { kinds: { a: 'number' } })) {
        expect(batch.firstRow).toBe(seen.length + 1);
        seen.push(...cells(batch.columns[0]!));
      }
      expect(seen).toEqual([1, null, null, 4, null, null, 7]);
    }
  });

  it('differ from files of several columns, in which empty lines are ignored but empty cells are not', async () => {
    const table = await read('a,b\n\n1,2\n  \n"",\n,\n');
    expect(table.rowCount).toBe(3);
  });
});

describe('readTable: integers beyond 2^53', () => {
  const ids = ['9007199254740992', '9007199254740993', '9007199254740994'];

  it('make a column of identifiers text, so that they stay different', async () => {
    const table = await read(`id,n\n${ids.map((id, i) => `${id},${i}`).join('\n')}\n,3\n`);
    expect(contents(table)[0]).toEqual({ id: [...ids, null], kind: 'text' });
    const mixed = await read(`id\n-12\n007\n12345678901234567890\n`);
    expect(contents(mixed)[0]).toEqual({
      id: ['-12', '007', '12345678901234567890'],
      kind: 'text',
    });
  });

  it('among ordinary numbers are refused by row and column', async () => {
    const rows = Array.from({ length: 20 }, (_, i) => String(i));
    const error = await fault(`n\n${rows.join('\n')}\n9007199254740993\n`);
    expect(error).toMatchObject({ row: 21, column: 'n' });
    expect(error.message).toMatch(
      /must be an integer that float64 holds exactly.*'number' it is r/,
    );
  });

  it('are numbers if float64 represents them exactly, if they have a decimal point or exponent, and if the kind is given', async () => {
    const exact = await read('n\n9007199254740992\n1e300\n12345678901234567.5\n');
    expect(exact.columns[0]!.kind).toBe('number');
    const given = await read(`n\n${ids.join('\n')}\n`, { kinds: { n: 'number' } });
    expect(contents(given)[0]).toEqual({ n: ids.map(Number), kind: 'number' });
  });
});

describe('readTable: a stream', () => {
  const cutAt = async function* (all: Uint8Array, sizes: readonly number[]) {
    for (let at = 0, i = 0; at < all.length; i++) {
      const size = sizes[i % sizes.length]!;
      yield all.slice(at, at + size);
      at += size;
    }
  };
  const outcome = async (
    source: Parameters<typeof readTable>[0],
    options = {},
  ): Promise<string> => {
    try {
      return JSON.stringify(contents(await readTable(source, options)));
    } catch (error) {
      return String(error);
    }
  };

  it('gives the same table or the same error however it is cut (property)', async () => {
    const unit = fc.constantFrom(
      'a',
      '1',
      '2.5',
      ',',
      ';',
      '\t',
      '"',
      '\n',
      '\r',
      '\r\n',
      ' ',
      'é',
      '€',
      '😀',
    );
    const text = fc.array(unit, { maxLength: 40 }).map((parts) => bytes(parts.join('')));
    const lines = fc
      .array(fc.constantFrom('a,b', 'a;b', '1,2', '1;2', '1\t2', '"x\ny",2', '"', '', '1'), {
        maxLength: 20,
      })
      .chain((parts) =>
        fc.constantFrom('\n', '\r', '\r\n', '\r\r\n').map((end) => bytes(parts.join(end))),
      );
    const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 });
    const kinds = fc.constantFrom({}, { kinds: { a: 'number' } });
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, lines), sizes, kinds, async (all, cuts, options) => {
        expect(await outcome(cutAt(all, cuts), options)).toBe(await outcome(all, options));
      }),
      { numRuns: 3000 },
    );
  });

  it('of two delimiters is read by the right one, even if its first piece suggests the other', async () => {
    const all = bytes('a,b;c\r3;4\r5;6\r\n');
    expect(await outcome(cutAt(all, [6]))).toBe(await outcome(all));
    expect(await outcome(all)).toMatch(/"a,b":\[3,5\]/);
  });
});

describe('readTable: arbitrary input', () => {
  const outcome = async (source: Uint8Array): Promise<string> => {
    try {
      return typeof (await readTable(source)).rowCount;
    } catch (error) {
      return error instanceof DataError ? 'refused' : String(error);
    }
  };

  it('gives a table or a DataError, and no other error (property)', async () => {
    const unit = fc.constantFrom(
      'a',
      '1',
      '.',
      ',',
      ';',
      '\t',
      '"',
      '\n',
      '\r',
      ' ',
      'é',
      'NA',
      '-',
    );
    const text = fc.string({ unit, maxLength: 60 }).map(bytes);
    const any = fc.uint8Array({ maxLength: 60 });
    const zipped = any.map((data) => Uint8Array.from([0x1f, 0x8b, ...data]));
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, any, zipped), async (source) => {
        expect(['number', 'refused']).toContain(await outcome(source));
      }),
      { numRuns: 2000 },
    );
  });

  it('gives a table or a DataError for every change of one byte of a good file', async () => {
    const good = bytes('id,name;x,v\r\n1,"a, ""b""",2.5\r\n2,c,NA\r\n');
    for (let at = 0; at < good.length; at++) {
      for (const byte of [0, 10, 13, 34, 44, 59, 65, 0x80, 0xff]) {
        const changed = good.slice();
        changed[at] = byte;
        expect(['number', 'refused']).toContain(await outcome(changed));
      }
    }
  });
});

describe('readTable: hostile sizes', () => {
  async function* repeat(head: string, piece: string, times: number): AsyncGenerator<Uint8Array> {
    yield bytes(head);
    const more = bytes(piece);
    for (let i = 0; i < times; i++) yield more;
  }

  it('stops at the limit if a quote is never closed', async () => {
    const endless = repeat('a,b\n1,"', 'x'.repeat(1 << 16), 1 << 14);
    await expect(readTable(endless)).rejects.toThrow(/records of at most 16777216 bytes.*line 2/);
  });

  it('stops at the limit if a line never ends', async () => {
    await expect(readTable(repeat('a,b\n', ','.repeat(1 << 16), 1 << 14))).rejects.toThrow(
      /records of at most 16777216 bytes/,
    );
  });

  it('refuses a field beyond its limit and too many columns', async () => {
    await expect(read(`a,b\n1,${'x'.repeat((1 << 20) + 1)}\n`)).rejects.toThrow(
      /at most 1048576 characters/,
    );
    const wide = Array.from({ length: (1 << 16) + 1 }, (_, i) => `c${i}`).join(',');
    await expect(read(`${wide}\n`)).rejects.toThrow(/at most 65536 columns; got 65537/);
  });

  it('reads a cell of a million digits quickly, whether it is a number or not', async () => {
    // Patterns that try each way to split the digits would take minutes for one such cell.
    const digits = '1'.repeat((1 << 20) - 1);
    for (const cell of [
      `${digits}x`,
      `x${digits}`,
      `${digits}_`,
      `-${digits.replaceAll('1', '1,')}`,
    ]) {
      const length = Math.min(cell.length, 1 << 20);
      const table = await read(`a,y\n"${cell.slice(0, length)}",1\nb,2\n`);
      expect(table.columns[0]!.kind).toBe('text');
    }
    await expect(read(`a,y\n${digits},1\n`)).rejects.toThrow(/must be within the range of float64/);
  });

  it('refuses empty lines without end', async () => {
    await expect(readTable(repeat('a,b\n1,2\n', '\n'.repeat(1e5), 1e6))).rejects.toThrow(
      'readTable: the data must have at most 4194304 empty lines in succession',
    );
    const bomb = gzipSync('a,b\n1,2\n' + '\n'.repeat(5e6));
    await expect(readTable(bomb)).rejects.toThrow(/empty lines in succession/);
  });

  it('refuses gzip that decompresses to an endless stream', async () => {
    const member = gzipSync(`1${' '.repeat(1 << 16)}\n`.repeat(64));
    const bomb = Buffer.concat([gzipSync('a\n'), ...Array.from({ length: 80 }, () => member)]);
    await expect(
      (async () => {
        for await (const batch of readTableBatches(bomb, { kinds: { a: 'number' } })) {
          expect(batch.rowCount).toBeGreaterThan(0);
        }
      })(),
    ).rejects.toThrow(
      /must not unfold to more than 200 times its gzip size.*unpack it with gunzip/,
    );
  });

  it('ignores a million blank lines', async () => {
    const table = await readTable(repeat('a\n1\n', '\n'.repeat(1e5), 10));
    expect(table.rowCount).toBe(1);
  });
});

describe('readTableBatches', () => {
  const kinds = { n: 'number', t: 'text' } as const;

  it('gives the same rows as readTable, with their row numbers', async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => `${i},word ${i % 7},skipped`);
    const source = bytes(`n,t,more\n${rows.join('\n')}\n`);
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < source.length; at += 100_000) yield source.slice(at, at + 100_000);
    }
    let next = 1;
    let batches = 0;
    for await (const table of readTableBatches(pieces(), { kinds })) {
      expect(table.firstRow).toBe(next);
      expect(table.columns.map((column) => column.name)).toEqual(['n', 't']);
      expect(cellAt(table.columns[0]!, 0)).toBe(next - 1);
      next += table.rowCount;
      batches++;
    }
    expect(next).toBe(60_001);
    expect(batches).toBeGreaterThan(5);
  });

  it('names row and line of a wrong cell in a later batch', async () => {
    const rows = Array.from({ length: 50_000 }, (_, i) => `${i === 40_000 ? 'x' : i},w`);
    const run = async (): Promise<void> => {
      for await (const table of readTableBatches(bytes(`n,t\n${rows.join('\n')}`), { kinds })) {
        expect(table.rowCount).toBeGreaterThan(0);
      }
    };
    await expect(run()).rejects.toThrow(/row 40001 \(line 40002\), column 'n' must be a number/);
  });

  it('gives each row immediately if the lines come one by one', async () => {
    const served: number[] = [];
    async function* lines(): AsyncGenerator<Uint8Array> {
      yield bytes('n,t\n1,a\n');
      yield bytes('2,b\n');
      expect(served).toEqual([1, 2]);
      yield bytes('3,c\n');
      expect(served).toEqual([1, 2, 3]);
    }
    for await (const table of readTableBatches(lines(), { kinds }))
      served.push(table.firstRow ?? 1);
    expect(served).toEqual([1, 2, 3]);
  });

  it('closes its source when the reader stops early', async () => {
    let closed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        yield bytes('n,t\n');
        for (;;) yield bytes('1,a\n');
      } finally {
        closed = true;
      }
    }
    for await (const table of readTableBatches(endless(), { kinds })) {
      expect(table.rowCount).toBe(1);
      break;
    }
    expect(closed).toBe(true);
  });
});
