/**
 * Rows of a matrix by their indices, and the check of such indices, which tables share.
 */
import { mustBe, rangeError, typeError } from '../words/fault.ts';
import { checkNumber, isRecord } from '../words/options.ts';
import { copyType, isList, isNumericArray, type Matrix } from './matrix.ts';

/**
 * The rows of a matrix at the given indices, in their order, in new memory of the same type.
 *
 * @param matrix - where the rows come from
 * @param indices - row indices from 0; each must be within the matrix
 * @throws {TypeError} when an argument is of a wrong kind
 * @throws {RangeError} when the matrix has no such row
 */
export function selectMatrixRows(matrix: Matrix, indices: ArrayLike<number>): Matrix {
  const where = 'selectMatrixRows';
  if (!isRecord(matrix) || !isNumericArray(matrix.data)) {
    throw typeError(mustBe(where, 'matrix', 'a matrix, as readMatrix makes it', matrix));
  }
  const { rows, columns, scale } = matrix;
  checkNumber(where, 'matrix.columns', columns, { integer: true, min: 0 });
  checkNumber(where, 'matrix.rows', rows, { integer: true, min: 0 });
  checkRowIndices(where, indices, rows);
  const data = copyType(matrix.data, indices.length * columns);
  for (let i = 0; i < indices.length; i++) {
    const start = indices[i]! * columns;
    data.set(matrix.data.subarray(start, start + columns), i * columns);
  }
  return { data, rows: indices.length, columns, scale };
}

/**
 * Refuses indices of rows that are not there.
 *
 * @param rows - how many rows there are
 * @throws {TypeError} when they are no array
 * @throws {RangeError} when one of them is no row
 */
export function checkRowIndices(where: string, indices: unknown, rows: number): void {
  if (!isList(indices)) {
    throw typeError(mustBe(where, 'indices', 'an array of row indices', indices));
  }
  for (let i = 0; i < indices.length; i++) {
    const row = indices[i];
    // The name of an index is made only for a message, because there may be millions of them.
    if (typeof row === 'number' && row >= 0 && row < rows && Number.isInteger(row)) continue;
    const rule = `an index of a row, of which there are ${rows}`;
    throw rangeError(mustBe(where, `indices[${i}]`, rule, row));
  }
}
