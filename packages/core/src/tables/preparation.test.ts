import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../words/errors.ts';
import { readMatrix, type Matrix } from '../arrays/matrix.ts';
import { fitPreparation, type TablePreparation } from './preparation.ts';
import { prepare } from './prepare.ts';
import { readClasses, readPreparation, readTargetScaler } from './read-preparation.ts';
import { tableFromRows } from './table-from-rows.ts';
import { selectRows, type RowRecord, type Table } from './table.ts';

const PENGUINS: readonly RowRecord[] = [
  { island: 'Dream', bill: 39, sex: 'male', ringed: true },
  { island: 'Biscoe', bill: 41, sex: null, ringed: false },
  { island: 'Dream', bill: null, sex: 'female', ringed: null },
  { island: 'Torgersen', bill: 46, sex: 'male', ringed: true },
];

const rowsOf = (matrix: Matrix): number[][] =>
  Array.from({ length: matrix.rows }, (_, row) =>
    Array.from(matrix.data.slice(row * matrix.columns, (row + 1) * matrix.columns)),
  );

/** Random words may spell numbers that a reader refuses, such as `0o0`, or `1` beside `0%`; then there is no table to prepare. */
function tableUnlessRefused(rows: RowRecord[]): Table | undefined {
  try {
    return tableFromRows(rows);
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}

describe('fitPreparation and prepare', () => {
  const table = tableFromRows(PENGUINS);
  const preparation = fitPreparation(table, { standardize: false });

  it('fill the columns of the matrix', () => {
    expect(rowsOf(prepare(preparation, table))).toEqual([
      [0, 1, 0, 39, 0, 1, 0, 1],
      [1, 0, 0, 41, 0, 0, 1, 0],
      [0, 1, 0, 41, 1, 0, 0, 1],
      [0, 0, 1, 46, 0, 1, 0, 1],
    ]);
  });

  it('standardise to mean 0 and variance 1 after filling, and make a constant column 0', () => {
    const numbers = tableFromRows([
      { a: 1, b: 7 },
      { a: null, b: 7 },
      { a: 3, b: 7 },
    ]);
    const matrix = prepare(fitPreparation(numbers, { fill: 'mean' }), numbers);
    const expected = Math.fround(1 / Math.sqrt(2 / 3));
    expect(rowsOf(matrix)).toEqual([
      [-expected, 0],
      [0, 0],
      [expected, 0],
    ]);
  });

  it('bring the quartiles 1 apart and keep every number within 3, if the scaling is robust', () => {
    // The rows are in no order, as in a file.
    const places = Array.from({ length: 101 }, (_, i) => (i * 37) % 101);
    const tails = places.map((k) => ({ a: k === 100 ? 1e300 : k, b: k < 90 ? 0 : 5, c: 7 }));
    const source = tableFromRows(tails);
    const fitted = fitPreparation(source, { scaling: 'robust' });
    const smooth = (z: number): number => Math.fround(z / Math.sqrt(1 + (z / 3) ** 2));
    // The median is 50 and the quartiles are 25 and 75. Those of b agree, so half of its range is its unit, and c is constant.
    expect(fitted.columns).toMatchObject([
      { mean: 50, scale: 50, limit: 3 },
      { mean: 0, scale: 2.5, limit: 3 },
      { mean: 7, scale: 1, limit: 3 },
    ]);
    const rows = rowsOf(prepare(fitted, source));
    const rowOf = (k: number): number[] | undefined => rows[places.indexOf(k)];
    expect(rowOf(0)).toEqual([smooth(-1), 0, 0]);
    expect(rowOf(99)).toEqual([smooth(49 / 50), smooth(2), 0]);
    expect(rowOf(100)![0]).toBe(3);
    const again = readPreparation('test', 'preparation', JSON.parse(JSON.stringify(fitted)));
    expect(again).toEqual(fitted);
    // A matrix is prepared like the table.
    const matrix = readMatrix(tails.map(({ a, b, c }) => [a, b, c]));
    const asMatrix = prepare(fitPreparation(matrix, { scaling: 'robust' }), matrix);
    expect(rowsOf(asMatrix)).toEqual(rows);
  });

  it('make truth values ±1, if the scaling is robust', () => {
    const truths = tableFromRows([{ a: true }, { a: true }, { a: false }]);
    const rows = rowsOf(prepare(fitPreparation(truths, { scaling: 'robust' }), truths));
    expect(rows).toEqual([[1], [1], [-1]]);
  });

  it('say in an input of its own that a number, a truth value or a date is missing', () => {
    const gaps = tableFromRows([
      { a: 1, b: true, day: '1970-01-01', whole: 1 },
      { a: null, b: null, day: null, whole: 2 },
      { a: 3, b: true, day: '1972-11-07', whole: 3 },
    ]);
    const options = { standardize: false, addIndicator: true } as const;
    const fitted = fitPreparation(gaps, options);
    const without = fitPreparation(gaps, { standardize: false });
    expect(fitted.width).toBe(without.width + 3);
    const rows = rowsOf(prepare(fitted, gaps));
    expect(rows.map((row) => row.slice(0, 4))).toEqual([
      [1, 0, 1, 0],
      [2, 1, 1, 1],
      [3, 0, 1, 0],
    ]);
    // The last input of the date comes before `whole`, which has no missing value.
    expect(rows.map((row) => row.slice(-2))).toEqual([
      [0, 1],
      [1, 2],
      [0, 3],
    ]);
    expect(readPreparation('test', 'preparation', JSON.parse(JSON.stringify(fitted)))).toEqual(
      fitted,
    );
  });

  it('leave the indicator at 0 for a matrix, whose cells are all there', () => {
    const fitted = fitPreparation(tableFromRows([[1], [null], [3]]), {
      standardize: false,
      addIndicator: true,
    });
    expect(rowsOf(prepare(fitted, readMatrix([[5], [6]])))).toEqual([
      [5, 0],
      [6, 0],
    ]);
  });

  it('give zeros for an unknown category, and for a missing one if training had none', () => {
    const [row] = rowsOf(
      prepare(preparation, tableFromRows([{ island: 'Elba', bill: 1, sex: 'x', ringed: false }])),
    );
    expect(row).toEqual([0, 0, 0, 1, 0, 0, 0, 0]);
    const missing = tableFromRows([{ island: null, bill: 1, sex: 'male', ringed: true }]);
    expect(rowsOf(prepare(preparation, missing))[0]!.slice(0, 3)).toEqual([0, 0, 0]);
  });

  it('give the same whatever the order of the columns (property)', () => {
    const expected = rowsOf(prepare(preparation, table));
    fc.assert(
      fc.property(
        fc.shuffledSubarray(['island', 'bill', 'sex', 'ringed'], { minLength: 4 }),
        (order) => {
          const shuffled = PENGUINS.map((row) =>
            Object.fromEntries(order.map((name) => [name, row[name]])),
          );
          expect(rowsOf(prepare(preparation, tableFromRows(shuffled)))).toEqual(expected);
        },
      ),
    );
  });

  it('give the same bits after the preparation was written to JSON and read again (property)', () => {
    const cell = fc.option(fc.double({ noNaN: true, min: -1e30, max: 1e30 }), { nil: null });
    const word = fc.option(fc.string({ maxLength: 3 }), { nil: null });
    const record = fc.record({ number: cell, text: word, truth: fc.option(fc.boolean()) });
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 12 }), (rows) => {
        const source = tableUnlessRefused(rows);
        fc.pre(source !== undefined);
        fc.pre(
          source.columns.some((one) => one.kind !== 'number' || one.values.some((v) => v === v)),
        );
        const fitted = fitPreparation(source);
        const again = readPreparation('test', 'preparation', JSON.parse(JSON.stringify(fitted)));
        expect(again).toEqual(fitted);
        expect(prepare(again, source)).toEqual(prepare(fitted, source));
        expect(prepare(fitted, source).data.every(Number.isFinite)).toBe(true);
      }),
    );
  });

  it.each([
    ['0o0', 'a decimal number'],
    ['1_0', 'a number without underscores'],
  ])('refuse a column of %s, which is nearly a number', (text, rule) => {
    expect(() => tableFromRows([{ text }, { text: null }])).toThrow(
      `column 'text' must be ${rule}; got '${text}' in row 1.`,
    );
  });

  it('accept columns and categories with the names of properties', () => {
    const rows = [
      JSON.parse('{"__proto__": "constructor", "toString": 1}') as RowRecord,
      JSON.parse('{"toString": 2, "__proto__": "__proto__"}') as RowRecord,
    ];
    const odd = tableFromRows(rows);
    const fitted = fitPreparation(odd, { standardize: false });
    expect(fitted.columns[0]).toMatchObject({ categories: ['__proto__', 'constructor'] });
    expect(rowsOf(prepare(fitted, odd))).toEqual([
      [0, 1, 1],
      [1, 0, 2],
    ]);
  });

  it('read a matrix column by column, with its scale', () => {
    const x = { data: new Uint8Array([0, 10, 255, 10]), shape: [2, 2], scale: 1 / 255 };
    const matrix = readMatrix(x);
    const fitted = fitPreparation(matrix);
    expect(fitted).toMatchObject({ named: false, width: 2 });
    expect(rowsOf(prepare(fitted, matrix))).toEqual([
      [-1, 0],
      [1, 0],
    ]);
  });
});

describe('a matrix and a table of the same numbers', () => {
  it('are prepared to the same bits, whatever the number of columns', () => {
    for (const columns of [1, 31, 32, 33, 70]) {
      const rows = Array.from({ length: 9 }, (_, row) =>
        Array.from({ length: columns }, (_unused, column) => (row * 37 + column * 11) % 19),
      );
      const matrix = readMatrix(rows);
      const table = tableFromRows(rows);
      const [fromMatrix, fromTable] = [fitPreparation(matrix), fitPreparation(table)];
      expect(prepare(fromMatrix, matrix)).toEqual(prepare(fromTable, table));
      const names = (one: TablePreparation): string[] => one.columns.map((column) => column.name);
      expect(names(fromMatrix)).toEqual(names(fromTable));
    }
  });
});

describe('columns that cannot help', () => {
  const rows = Array.from({ length: 200 }, (_, i) => ({
    id: `row ${i}`,
    town: i < 100 ? `town ${i % 30}` : `village ${i}`,
    empty: null,
    x: i,
  }));
  const fitted = fitPreparation(tableFromRows(rows), { maxCategories: 40 });

  it('are left out if they are identifiers or empty', () => {
    expect(fitted.columns.map((column) => column.kind)).toEqual([
      'ignored',
      'text',
      'ignored',
      'number',
    ]);
    expect(fitted.width).toBe(31);
  });

  it('are not needed for predictions, but may be present', () => {
    expect(prepare(fitted, tableFromRows([{ town: 'town 3', x: 1 }])).rows).toBe(1);
    expect(prepare(fitted, tableFromRows(rows)).rows).toBe(200);
  });

  it('lose their rarest categories; equally frequent ones are ordered by code unit', () => {
    const towns = ['c', 'c', 'c', 'a', 'a', 'b', 'b', 'd'].map((town) => ({ town }));
    const few = fitPreparation(tableFromRows(towns), { maxCategories: 2 });
    expect(few.columns[0]).toMatchObject({ categories: ['a', 'c'], omitted: 2 });
  });

  it('are refused if there are no others', () => {
    expect(() => fitPreparation(tableFromRows([{ a: null }]))).toThrow(/only empty columns/);
    expect(() => fitPreparation(tableFromRows([{}]))).toThrow(/got none/);
    expect(() => fitPreparation(tableFromRows([]))).toThrow(/must have rows; got 0/);
  });
});

describe('prepare refuses what does not fit', () => {
  const fitted = fitPreparation(tableFromRows(PENGUINS));
  const row = { island: 'Dream', bill: 39, sex: 'male', ringed: true };

  it.each([
    [
      [{ ...row, bill: 'long' }],
      { row: 1, column: 'bill' },
      /must hold numbers as in training; got 'long' in row 1/,
    ],
    [[row, { ...row, bill: 'long' }], { row: 2, column: 'bill' }, /got 'long' in row 2/],
    [[{ ...row, island: 3 }], { row: 1, column: 'island' }, /must hold text as in training; got 3/],
    [[{ ...row, ringed: 'yes' }], { row: 1, column: 'ringed' }, /must hold true or false/],
    [[{ ...row, bill: 1e300 }], { row: 1, column: 'bill' }, /range of float32/],
    [[{ ...row, extra: 1 }], { column: 'extra' }, /column 'extra' was not in the training data/],
    [[{ island: 'Dream', sex: 'male', ringed: true }], { column: 'bill' }, /no column 'bill'/],
    [[['Dream', 39, 'male', true]], { column: 'island' }, /no column 'island'/],
  ])('%o', (rows, site, message) => {
    const run = (): unknown => prepare(fitted, tableFromRows(rows));
    expect(run).toThrow(DataError);
    expect(run).toThrow(message);
    expect(run).toThrow(expect.objectContaining(site));
  });

  it('and counts the rows of a batch from its first row in the data', () => {
    const batch = { ...tableFromRows([{ ...row, bill: 'long' }]), firstRow: 501 };
    expect(() => prepare(fitted, batch)).toThrow(expect.objectContaining({ row: 501 }));
    const far = tableFromRows([row, row, { ...row, bill: 1e300 }]);
    expect(() => prepare(fitted, selectRows(far, [2]))).toThrow(
      expect.objectContaining({ row: 3 }),
    );
  });

  it('such as a matrix in place of named columns, or another width', () => {
    const matrix = readMatrix([[1, 2]]);
    expect(() => prepare(fitted, matrix)).toThrow(/must have the columns 'island', 'bill'/);
    const wide = fitPreparation(readMatrix([[1, 2, 3]]));
    expect(() => prepare(wide, matrix)).toThrow(/shape \[rows, 3\] as in training; got \[1, 2\]/);
  });

  it('but accepts data without rows', () => {
    expect(prepare(fitted, tableFromRows([]))).toMatchObject({ rows: 0, columns: fitted.width });
  });

  it('such as text that cannot be written to a file', () => {
    const cell = tableFromRows([{ a: 'x\udc00' }]);
    expect(() => fitPreparation(cell)).toThrow(/a cell of column 'a' must be well-formed text/);
    const name = tableFromRows([{ '\ud800': 1 }]);
    expect(() => fitPreparation(name)).toThrow(/a column name must be well-formed text/);
  });

  it('such as an unknown option', () => {
    const run = (): unknown =>
      fitPreparation(tableFromRows(PENGUINS), { standardise: true } as object);
    expect(run).toThrow(/unknown option 'standardise'. Did you mean 'standardize'/);
  });
});

describe('readPreparation, readClasses, readTargetScaler', () => {
  const good = JSON.parse(
    JSON.stringify(fitPreparation(tableFromRows(PENGUINS))),
  ) as TablePreparation;
  const [island, bill] = good.columns;

  it.each([
    [null, /preparation must be an object/],
    [{ ...good, version: 2 }, /version must be 1; got 2/],
    [{ ...good, width: 3 }, /width must be the columns' 8/],
    [{ ...good, named: 1 }, /named must be true or false/],
    [{ ...good, columns: {} }, /columns must be an array/],
    [{ ...good, columns: [bill, bill], width: 2 }, /names that differ/],
    [
      { ...good, columns: [{ ...bill, scale: 0 }], width: 1 },
      /scale must be a finite number, above 0/,
    ],
    [{ ...good, columns: [{ ...bill, mean: null }], width: 1 }, /mean must be a finite number/],
    [
      { ...good, columns: [{ ...bill, kind: 'constructor' }], width: 1 },
      /kind 'constructor' is unknown/,
    ],
    [{ ...good, columns: [{ ...bill, name: 4 }], width: 1 }, /name must be text/],
    [{ ...good, columns: [{ ...island, categories: ['b', 'a'] }], width: 2 }, /ascending/],
    [
      { ...good, columns: [{ name: 'x', kind: 'ignored', reason: 'no' }], width: 0 },
      /reason 'no' is unknown/,
    ],
  ])('%o is refused', (value, message) => {
    expect(() => readPreparation('test', 'preparation', value)).toThrow(message);
  });

  it('accept classes of one type in ascending order', () => {
    expect(readClasses('test', 'classes', ['a', 'b'])).toEqual(['a', 'b']);
    expect(readClasses('test', 'classes', [false, true])).toEqual([false, true]);
    for (const bad of [[], ['b', 'a'], ['a', 'a'], [1, 'a'], [null], [1, null], 'ab']) {
      expect(() => readClasses('test', 'classes', bad)).toThrow(TypeError);
    }
  });

  it('accept target scalers', () => {
    expect(readTargetScaler('test', 'targetScaler', { mean: [1], scale: [2] })).toEqual({
      mean: [1],
      scale: [2],
    });
    for (const bad of [null, { mean: [1], scale: [] }, { mean: [1], scale: [0] }, { mean: [] }]) {
      expect(() => readTargetScaler('test', 'targetScaler', bad)).toThrow(/must/);
    }
  });
});
