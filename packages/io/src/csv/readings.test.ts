/** Numbers, codes, dates and missing values as people write them in CSV files. */
import { describe, expect, it } from 'vitest';
import { cellAt, fitPreparation, type Column, type DataError, type Table } from 'vinculum';
import {
  columnKinds,
  labelsOfColumn,
  readTable,
  readTableBatches,
  type TableOptions as CsvOptions,
} from '../index.ts';

const read = (text: string, options: CsvOptions = {}): Promise<Table> =>
  readTable(new TextEncoder().encode(text), options);
const valuesOf = (column: Column | undefined): unknown[] =>
  Array.from({ length: column?.values.length ?? 0 }, (_, row) => cellAt(column!, row));
const column = async (cells: readonly string[], options: CsvOptions = {}): Promise<Column> =>
  (await read(`c;n\n${cells.map((cell) => `${cell};0.5`).join('\n')}\n`, options)).columns[0]!;
const fault = async (reading: Promise<unknown>): Promise<DataError> =>
  reading.then(
    () => {
      throw new Error('nothing was thrown');
    },
    (error: unknown) => error as DataError,
  );

describe('a class keeps the spelling of the file', () => {
  it.each([
    ['leading zeros', ['00501', '501', '10001']],
    ['a plus', ['+49', '49']],
    ['trailing zeros, as in versions', ['1.1', '1.10', '2.0']],
    ['an exponent', ['1e3', '1000']],
    ['integers beyond 2^53', ['900719925474099301', '900719925474099302']],
    ['capitals', ['TRUE', 'FALSE']],
    ['words that mean "missing" elsewhere', ['None', 'Low', 'NA', 'null', '?']],
    ['dates', ['2031-01-02', '2031-01-03']],
    ['prices', ['$1.50', '$2.00']],
  ])('%s', async (_, cells) => {
    expect(labelsOfColumn(await column(cells))).toEqual(cells);
  });

  it('numbers that print as their cells need no spelling', async () => {
    const plain = await column(['1', '-2', '3.5']);
    expect(plain.spellings).toBeUndefined();
    expect(labelsOfColumn(plain)).toEqual([1, -2, 3.5]);
  });

  it('words that were read as missing are told with their counts', async () => {
    const table = await read('a,b\nNA,x\n1,None\n,None\nNA,y\n');
    expect(table.notes).toEqual([
      {
        code: 'missing-words',
        column: 'a',
        count: 2,
        message: "column 'a': 'NA' (2) is read as missing",
      },
      {
        code: 'missing-words',
        column: 'b',
        count: 2,
        message: "column 'b': 'None' (2) is read as missing",
      },
    ]);
  });
});

describe('numbers as people write them', () => {
  it.each([
    ['percent', ['1.5%', '20 %', '-3%', '0'], [1.5, 20, -3, 0]],
    ['dollars', ['$1,173.38', '$9.00', '12', ''], [1173.38, 9, 12, null]],
    ['a currency behind', ['1.50 EUR', '20 EUR'], [1.5, 20]],
    ['losses in parentheses', ['(1,200.00)', '300.25'], [-1200, 300.25]],
    ['a unit', ['12 kg', '3.5 kg', '7kg'], [12, 3.5, 7]],
    ['groups of three', ['7,812', '950', '1,234,567'], [7812, 950, 1234567]],
  ])('%s', async (_, cells, values) => {
    const found = await column(cells);
    expect(found.kind).toBe('number');
    expect(valuesOf(found)).toEqual(values);
    expect(found.reading?.code).toBe('decorated-numbers');
    expect(found.reading?.why).toContain(`such as '`);
  });

  it.each(['7,812', '45,000'])('%s in quotes between commas is thousands', async (cell) => {
    const table = await read(`a,b\n"${cell}",1.5\n12,2.5\n`);
    expect(valuesOf(table.columns[0])).toEqual([Number(cell.replace(',', '')), 12]);
  });

  it('text with numbers in it stays text', async () => {
    for (const cells of [
      ['12 Main Street', '4 Oak Road'],
      ['3D', '2D'],
      ['A5', 'A6'],
      ['192.168.0.1', '10.0.0.7'],
      ['1st', '2nd', '3rd', '4th', '5th'],
    ]) {
      expect((await column(cells)).kind).toBe('text');
    }
  });

  it('two currencies in one column are refused with a way on', async () => {
    const error = await fault(column(['$5', '$6', '€7']));
    expect(error).toMatchObject({ row: 3, column: 'c' });
    expect(error.message).toMatch(
      /must be a number in '\$' as the other cells; got '€7'.*kinds: { "c": 'text' }/,
    );
  });

  it('0.5 among percents is refused, since it has two readings', async () => {
    expect((await fault(column(['5%', '7%', '0.5']))).message).toMatch(/a number in '%'/);
  });
});

describe('one decimal mark a file', () => {
  it('a decimal comma in one column makes points in another mean thousands', async () => {
    const table = await read('w;n\n5,6;3.881\n4,7;111\n8,7;12.400\n');
    expect(valuesOf(table.columns[1])).toEqual([3881, 111, 12400]);
    expect(table.columns[1]!.reading).toMatchObject({ decimal: ',' });
    // As a class each is spelt as in the file.
    expect(labelsOfColumn(table.columns[1]!)).toEqual(['3.881', '111', '12.400']);
  });

  it('reads -20.999,41 and 1 250,30 €', async () => {
    const table = await read('a;b\n-20.999,41;1 250,30 €\n-11.924;9,00 €\n');
    expect(table.columns.map(valuesOf)).toEqual([
      [-20999.41, -11924],
      [1250.3, 9],
    ]);
  });

  it('a decimal point in one column keeps 3.881 in another a small number', async () => {
    const table = await read('w;n\n5.6;3.881\n4.7;1.250\n');
    expect(valuesOf(table.columns[1])).toEqual([3.881, 1.25]);
  });

  it('quoted decimal commas between commas, when most cells have them', async () => {
    const table = await read('a,b\n"1,5",2\n"22,25",3\n"0,125",4\n');
    expect(valuesOf(table.columns[0])).toEqual([1.5, 22.25, 0.125]);
  });

  it('marks that disagree are refused, with both cells', async () => {
    const error = await fault(read('a;b\n1,5;1\n2,5;2.75\n'));
    expect(error.message).toMatch(
      /row 2 \(line 3\), column 'b' must be written with one decimal mark, and '1,5' in row 1 of column 'a' has the other; got '2.75'/,
    );
  });

  it.each([
    ['n;x\n3.881;a\n12.400;b\n', '3.881', '3881'],
    ['n\tx\n7,812\ta\n1,250\tb\n', '7812', '7.812'],
    ['n|x\n7,812|a\n1,250|b\n', '7812', '7.812'],
  ])(
    'two readings are refused with both and the option that chooses: %j',
    async (text, point, comma) => {
      const delimiter = text.includes('|') ? { delimiter: '|' } : {};
      const { message } = await fault(read(text, delimiter));
      expect(message).toContain(`decimal: '.' reads ${point}. decimal: ',' reads ${comma}.`);
      for (const [decimal, value] of [
        ['.', point],
        [',', comma],
      ] as const) {
        const table = await read(text, { decimal, ...delimiter });
        expect(valuesOf(table.columns[0])[0]).toBe(Number(value));
      }
      const thousands = await read(text, { thousands: '.', ...delimiter });
      expect(valuesOf(thousands.columns[0])[0]).toBe(Number(comma));
    },
  );
});

describe('dates', () => {
  it.each([
    ['ymd', ['2031-03-01', '2031-03-12']],
    ['dmy', ['13/03/2031', '01/04/2031']],
    ['mdy', ['03/13/2031', '04/01/2031']],
    ['dmy', ['01.03.2031 10:00', '02.03.2031 11:30']],
    ['time', ['10:30', '23:59']],
  ])('%s', async (format, cells) => {
    const dates = await column(cells);
    expect(dates.kind).toBe('date');
    expect(dates.reading).toMatchObject({ code: 'date', format });
  });

  it('03/04 is flagged, and rows in order of time decide', async () => {
    const open = await column(['03/04/2031', '05/01/2031', '02/02/2031']);
    expect(open.reading).toMatchObject({ code: 'ambiguous-date', format: 'mdy' });
    const ordered = await column(['01/02/2031', '02/02/2031', '01/03/2031']);
    expect(ordered.reading).toMatchObject({ code: 'ambiguous-date', format: 'dmy' });
    const kinds = { c: { kind: 'date', format: 'dmy' } } as const;
    const given = await read('c\n03/04/2031\n', { kinds });
    expect(new Date(given.columns[0]!.values[0] as number).getUTCMonth()).toBe(3);
  });

  it('a stray word among dates is refused by row', async () => {
    const cells = Array.from(
      { length: 20 },
      (_, day) => `2031-01-${String(day + 1).padStart(2, '0')}`,
    );
    expect(await fault(column([...cells, 'soon']))).toMatchObject({ row: 21, column: 'c' });
  });
});

describe('batches read as the training was', () => {
  it('numbers and dates with their marks, also without them', async () => {
    const table = await read('d;p;q\n13/01/2031;1.250,50 €;3.881\n14/01/2031;9,00 €;12\n');
    const kinds = columnKinds(fitPreparation(table));
    const batches = readTableBatches(
      new TextEncoder().encode('d;p;q\n01/02/2031;1.000,25 €;4.100\n02/02/2031;7;3\n'),
      { kinds },
    );
    for await (const batch of batches) {
      expect(batch.columns.map((one) => valuesOf(one).at(-1))).toEqual([
        Date.UTC(2031, 1, 2),
        7,
        3,
      ]);
      expect(valuesOf(batch.columns[1])[0]).toBe(1000.25);
      expect(valuesOf(batch.columns[2])[0]).toBe(4100);
    }
    const wrong = readTableBatches(new TextEncoder().encode('d;p;q\n01/02/2031;$7;4\n'), { kinds });
    await expect(wrong.next()).rejects.toThrow(/column 'p' must be a number in '€'; got '\$7'/);
  });

  it('every row of a batch, also where the memory of a column grows', async () => {
    const text = `d;p\n${Array.from({ length: 600 }, (_, row) => `13/01/2031;${row + 1},00 €`).join('\n')}\n`;
    const kinds = columnKinds(fitPreparation(await read(text)));
    kinds.set('d', { kind: 'date', format: 'dmy' });
    const columns: unknown[][] = [[], []];
    for await (const batch of readTableBatches(new TextEncoder().encode(text), { kinds })) {
      batch.columns.forEach((one, index) => columns[index]!.push(...valuesOf(one)));
    }
    expect(new Set(columns[0])).toEqual(new Set([Date.UTC(2031, 0, 13)]));
    expect(columns[1]).toEqual(Array.from({ length: 600 }, (_, row) => row + 1));
  });
});
