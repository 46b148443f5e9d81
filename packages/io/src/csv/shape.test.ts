/** CSV files whose shape is not just a header and rows: preambles, comments, totals, indices, empty columns, no header. */
import { describe, expect, it } from 'vitest';
import { cellAt, type DataError, type Table } from 'vinculum';
import { readTable, readTableBatches, type TableOptions } from '../index.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const table = (text: string, options: TableOptions = {}): Promise<Table> =>
  readTable(bytes(text), options);
const contents = ({ columns, rowCount }: Table): Record<string, unknown[]> =>
  Object.fromEntries(
    columns.map((column) => [
      column.name,
      Array.from({ length: rowCount }, (_, row) => cellAt(column, row)),
    ]),
  );
const refusal = async (text: string | Uint8Array, options: TableOptions = {}): Promise<string> =>
  readTable(typeof text === 'string' ? bytes(text) : text, options).then(
    () => 'nothing was refused',
    (error: unknown) => (error as DataError).message,
  );

describe('delimiters', () => {
  it.each([
    ['|', 'a|b\n1|x, y\n2|z\n'],
    ['several spaces', 'a   b\n 1 "x, y"  \n2\tz\n', 'space'],
  ])('%s', async (_, text, delimiter = 'auto') => {
    expect(contents(await table(text, { delimiter }))).toEqual({ a: [1, 2], b: ['x, y', 'z'] });
  });
});

describe('columns that nobody named', () => {
  it.each([
    [',a\n0,5\n1,6\n', 'an index from 0'],
    ['"",a\n"1",5\n"2",6\n', 'an index from 1 in quotes'],
    [',a\nfirst,5\nsecond,6\n', 'names of rows'],
    ['Unnamed: 0,a\n0,5\n1,6\n', 'an index that pandas read back'],
  ])('%j: %s is left out with a note', async (text) => {
    const { notes, ...read } = await table(text);
    expect(contents(read)).toEqual({ a: [5, 6] });
    expect(notes).toMatchObject([{ code: 'index' }]);
  });

  it.each(['a,b,\n1,2,\n3,4,\n', 'a,,b\n1,,2\n3,,4\n'])(
    '%j: empty ones are left out with a note',
    async (text) => {
      const { notes, ...read } = await table(text);
      expect(contents(read)).toEqual({ a: [1, 3], b: [2, 4] });
      expect(notes).toMatchObject([{ code: 'unnamed-empty' }]);
    },
  );

  it('delimiters at the end of rows alone are no column, in batches either', async () => {
    const text = 'a,b\n1,2,\n3,4\n5,6,\n';
    expect(contents(await table(text))).toEqual({ a: [1, 3, 5], b: [2, 4, 6] });
    const seen: unknown[] = [];
    for await (const batch of readTableBatches(bytes(text), { kinds: { b: 'number' } })) {
      seen.push(...contents(batch)['b']!);
    }
    expect(seen).toEqual([2, 4, 6]);
  });

  it('with values are refused, and the names that would do are told', async () => {
    const text = 'a,,b\n1,2,3\n4,5,7\n';
    expect(await refusal(text)).toMatch(/column 2 of 3 has no name.*\["a","column_2","b"\]/);
    const named = await table(text, { names: ['a', 'column_2', 'b'] });
    expect(contents(named)).toEqual({ a: [1, 4], column_2: [2, 5], b: [3, 7] });
  });

  it('names that are equal are refused with names that are not', async () => {
    expect(await refusal('a,b,a,a\n1,2,3,4\n')).toMatch(/\["a","b","a_2","a_3"\]/);
    expect(await refusal('a,b\n1,2\n', { names: ['a'] })).toMatch(/names must be one for each/);
  });
});

describe('no header', () => {
  it('a line of numbers is asked about, with both ways on', async () => {
    const text = '4.8,-3,x\n5,-2.5,y\n';
    const message = await refusal(text);
    expect(message).toMatch(/this line looks like data; got '4.8'.*noHeader: true.*names: \["4.8"/);
    expect(contents(await table(text, { noHeader: true }))).toEqual({
      0: [4.8, 5],
      1: [-3, -2.5],
      2: ['x', 'y'],
    });
  });

  it.each(['0,1,2\n5,6,7\n', 'year,1990,2000,2010\n5,6,7,8\n', 'a,b,3.5\n1,2,3\n'])(
    '%j is a header',
    async (text) => {
      expect((await table(text)).rowCount).toBe(1);
    },
  );

  it('gives the rows in order, also in pieces', async () => {
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (const byte of bytes('1,a\n2,b\n3,c')) yield Uint8Array.of(byte);
    }
    const read = await readTable(pieces(), { noHeader: true });
    expect(contents(read)).toEqual({ 0: [1, 2, 3], 1: ['a', 'b', 'c'] });
  });
});

describe('lines around the table', () => {
  const report = 'Account:,secret\r\nFrom:,May\r\n\r\na,b,c\r\n1,2,3\r\n4,5,6\r\n';

  it('above it: refused with the line where it begins, and passed over', async () => {
    expect(await refusal(report)).toMatch(/skipRows: '3' begins at line 4/);
    expect(contents(await table(report, { skipRows: 3 }))).toEqual({
      a: [1, 4],
      b: [2, 5],
      c: [3, 6],
    });
  });

  it('comments: refused with their mark, and passed over, but not inside quotes', async () => {
    const text = '# made today\na,b\n# more\n1,"x\n# y"\n2,z\n';
    expect(await refusal(text)).toMatch(/comment: '#' leaves such lines out/);
    expect(contents(await table(text, { comment: '#' }))).toEqual({
      a: [1, 2],
      b: ['x\n# y', 'z'],
    });
    const column = '#c\na\n1\n#c\n2\n';
    expect(contents(await table(column, { comment: '#' }))).toEqual({ a: [1, 2] });
  });

  it('a total below it', async () => {
    const text = 'a,b,c\n1,2,3\nTotal,5\n';
    expect(await refusal(text)).toMatch(/comment: 'Total' leaves the last line out/);
    expect((await table(text, { comment: 'Total' })).rowCount).toBe(1);
    expect(await refusal('a,b,c\n1,2,3\n4,5\n')).not.toMatch(/comment/);
  });

  it('keep the numbers of lines in messages', async () => {
    const wrong = report.replace('4,5,6', '4,5,1e400');
    expect(await refusal(wrong, { skipRows: 3 })).toMatch(/row 2 \(line 6\), column 'c'/);
  });

  it('do not depend on how the text is cut', async () => {
    const text = '#1\r\n#2\r\na b\r\n1  2\r\n#x\r\n3 "# 4"\r\n';
    for (let cut = 1; cut < text.length; cut++) {
      async function* pieces(): AsyncGenerator<Uint8Array> {
        yield bytes(text.slice(0, cut));
        yield bytes(text.slice(cut));
      }
      const read = await readTable(pieces(), { skipRows: 2, comment: '#', delimiter: 'space' });
      expect(contents(read)).toEqual({ a: [1, 3], b: ['2', '# 4'] });
    }
  });
});

describe('encodings', () => {
  it('UTF-16 without its mark is named as such', async () => {
    const text = Buffer.from('a,b\n1,2\n', 'utf16le');
    expect(await refusal(text)).toMatch(/UTF-16 without a byte-order mark.*encoding: 'utf-16le'/);
    expect((await readTable(text, { encoding: 'utf-16le' })).rowCount).toBe(1);
    expect(await refusal(Buffer.from('a\nstra\xdfe\n', 'latin1'))).toMatch(/'windows-1252'/);
  });
});

describe('options of a wrong kind', () => {
  it.each([
    [{ skipRows: -1 }, /skipRows must be an integer, at least 0; got -1/],
    [{ comment: '' }, /comment must be a text that is not empty/],
    [{ noHeader: 1 }, /noHeader must be true or false/],
    [{ names: 'a' }, /names must be an array of strings/],
    [{ thousands: 'x' }, /thousands must be/],
    [{ thousands: ',', decimal: ',' }, /not the decimal mark/],
  ])('%j', async (options, message) => {
    expect(await refusal('a\n1\n', options as TableOptions)).toMatch(message);
  });
});
