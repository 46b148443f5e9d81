import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../words/errors.ts';
import { readMatrixFor, type Matrix } from './matrix.ts';
import { selectMatrixRows } from './select-rows.ts';

const read = (x: unknown, rules = {}): Matrix => readMatrixFor('test', x, rules);
const fault = (run: () => unknown): Error => {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
};

describe('readMatrix accepts its inputs: it', () => {
  it('views contiguous float32, float64 and bytes without a copy', () => {
    for (const data of [
      new Float32Array([1, 2, 3, 4]),
      new Float64Array(4),
      new Uint8Array([0, 1, 254, 255]),
    ]) {
      const matrix = read({ data, shape: [2, 2] });
      expect(matrix.data.buffer).toBe(data.buffer);
      expect(matrix).toMatchObject({ rows: 2, columns: 2, scale: 1 });
    }
  });

  it('keeps bytes with their scale and applies the scale to floats', () => {
    expect(read({ data: new Uint8Array([51]), shape: [1, 1], scale: 1 / 255 }).scale).toBe(1 / 255);
    const floats = read({ data: new Float32Array([2]), shape: [1, 1], scale: 0.5 });
    expect(floats).toMatchObject({ scale: 1, data: new Float32Array([1]) });
  });

  it('reads clamped bytes, as an image has them, as bytes', () => {
    const { data } = read({ data: new Uint8ClampedArray([7, 300]), shape: [1, 2] });
    expect(data).toEqual(new Uint8Array([7, 255]));
  });

  it('widens integers to a type that holds them exactly', () => {
    expect(read({ data: new Int16Array([-5]), shape: [1, 1] }).data).toEqual(
      new Float32Array([-5]),
    );
    const large = new Int32Array([2 ** 31 - 1]);
    expect(read({ data: large, shape: [1, 1] }).data).toEqual(new Float64Array([2 ** 31 - 1]));
  });

  it('reads arrays of rows: numbers as float64, typed rows in their type', () => {
    expect(read([[0.1, 2]]).data).toEqual(new Float64Array([0.1, 2]));
    const typed = read([new Uint8Array([1, 2]), new Uint8Array([3, 4])]);
    expect(typed.data).toEqual(new Uint8Array([1, 2, 3, 4]));
    const mixed = read([new Uint8Array([1, 2]), [0.5, 4]]);
    expect(mixed.data).toEqual(new Float64Array([1, 2, 0.5, 4]));
  });

  it('gives a matrix without rows the expected number of columns', () => {
    expect(read([], { columns: 3 })).toMatchObject({ rows: 0, columns: 3 });
    expect(read({ data: new Float32Array(0), shape: [0, 3] }, { columns: 3 }).rows).toBe(0);
  });

  it('reads an ndarray: any stride, offset and sign', () => {
    const data = Float64Array.from({ length: 24 }, (_, i) => i);
    const transposed = read({ data, shape: [3, 2], stride: [1, 3], offset: 0 });
    expect([...transposed.data]).toEqual([0, 3, 1, 4, 2, 5]);
    const flipped = read({ data, shape: [2, 2], stride: [-4, -1], offset: 23 });
    expect([...flipped.data]).toEqual([23, 22, 19, 18]);
    const view = read({ data, shape: [2, 3], stride: [3, 1], offset: 6 });
    expect(view.data.buffer).toBe(data.buffer);
    expect([...view.data]).toEqual([6, 7, 8, 9, 10, 11]);
  });

  it('agrees with plain indexing for every possible stride (property)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: -6, max: 6 }),
        fc.integer({ min: -3, max: 3 }),
        (rows, columns, rowStride, columnStride) => {
          const data = Float32Array.from({ length: 200 }, (_, i) => i);
          const x = {
            data,
            shape: [rows, columns],
            stride: [rowStride, columnStride],
            offset: 100,
          };
          const matrix = read(x);
          for (let row = 0; row < rows; row++) {
            for (let column = 0; column < columns; column++) {
              expect(matrix.data[row * columns + column]).toBe(
                100 + row * rowStride + column * columnStride,
              );
            }
          }
        },
      ),
    );
  });

  it('selects rows in the given order', () => {
    const matrix = read([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect([...selectMatrixRows(matrix, [2, 0]).data]).toEqual([5, 6, 1, 2]);
  });
});

describe('readMatrix refuses wrong inputs: it', () => {
  it.each([
    [null, /x must be \{ data, shape/],
    [5, /x must be \{ data, shape/],
    [new Float32Array(3), /For one row give \[row\]/],
    [[1, 2], /x\[0\] must be a row of numbers; got 1. For one row give \[row\]/],
    [{ data: 'abc', shape: [1, 3] }, /x.data must be a typed array/],
    [{ data: new BigInt64Array(2), shape: [1, 2] }, /x.data must be a typed array/],
  ])('%s is a TypeError', (x, message) => {
    const error = fault(() => read(x));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(message);
  });

  it.each([
    [{ data: new Float32Array(5), shape: [2, 3] }, /shape \[2, 3\] needs 6 elements; got 5/],
    [{ data: new Float32Array(5), shape: [5] }, /shape must be \[rows, columns\]; got \[5\]/],
    [{ data: new Float32Array(5), shape: [-1, 5] }, /x.shape\[0\] must be an integer, at least 0/],
    [{ data: new Float32Array(5), shape: [1, 2.5] }, /x.shape\[1\] must be an integer/],
    [
      { data: new Float32Array(5), shape: [2, 2], stride: [3, 1], offset: 1 },
      /must stay within its data of 5; reaches 5/,
    ],
    [
      { data: new Float32Array(5), shape: [2, 2], stride: [-3, 1], offset: 1 },
      /must stay within its data of 5; reaches -2/,
    ],
    [{ data: new Float32Array(4), shape: [2, 2], stride: [1] }, /stride must have 2 steps/],
  ])('%o is a RangeError', (x, message) => {
    const error = fault(() => read(x));
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toMatch(message);
  });

  it('shows both shapes if the number of columns is wrong', () => {
    expect(fault(() => read([[1, 2]], { columns: 3 })).message).toBe(
      'test: x must have shape [rows, 3]; got [1, 2].',
    );
  });

  it('finds a number that is not finite at every place, in rows of every length', () => {
    for (const type of [Float32Array, Float64Array]) {
      for (const float32 of [false, true]) {
        for (let columns = 1; columns <= 9; columns++) {
          for (let place = 0; place < columns; place++) {
            const data = new type(columns).fill(-3e38);
            data[place] = -Infinity;
            const message = `test: x[0][${place}] must be a finite number; got -Infinity.`;
            expect(() => read({ data, shape: [1, columns] }, { float32 })).toThrow(message);
          }
        }
      }
    }
  });

  it('names row and column of a value that is no finite number', () => {
    for (const bad of [NaN, Infinity, -Infinity]) {
      const error = fault(() =>
        read([
          [1, 2],
          [3, bad],
        ]),
      ) as DataError;
      expect(error).toBeInstanceOf(DataError);
      expect(error).toMatchObject({ code: 'data', row: 2, column: 1 });
      expect(error.message).toBe(`test: x[1][1] must be a finite number; got ${bad}.`);
    }
    expect(fault(() => read([[1, '2']])).message).toMatch(/x\[0\]\[1\] must be a number; got '2'/);
    expect(fault(() => read([[1, null]]))).toMatchObject({ row: 1, column: 1 });
  });

  it('names a row whose length differs', () => {
    expect(fault(() => read([[1, 2], [3]]))).toMatchObject({ row: 2 });
    expect(
      fault(() =>
        read([
          [1, 2],
          [3, 4, 5],
        ]),
      ).message,
    ).toMatch(/x\[1\] must have 2 values as x\[0\] has; got 3/);
  });

  it('refuses numbers beyond float32 only if the network computes in float32', () => {
    const largest = 3.4028234663852886e38;
    expect(read([[1e39]]).data[0]).toBe(1e39);
    expect(read([[largest]], { float32: true }).rows).toBe(1);
    expect(Math.fround(3.4028235677973362e38)).toBe(largest);
    expect(read([[3.4028235677973362e38]], { float32: true }).rows).toBe(1);
    expect(Math.fround(3.4028235677973366e38)).toBe(Infinity);
    expect(fault(() => read([[3.4028235677973366e38]], { float32: true })).message).toMatch(
      /within the range of float32/,
    );
  });
});
