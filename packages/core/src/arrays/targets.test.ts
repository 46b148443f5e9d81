import { describe, expect, it } from 'vitest';
import { DataError } from '../words/errors.ts';
import type { LossKind } from '../losses/loss.ts';
import { readTargets, type Targets } from './targets.ts';

const read = (y: unknown, loss: LossKind, outputs: number, rows: number): Targets =>
  readTargets('test', y, { loss, outputs, rows });
const SOFTMAX = 'softmax-cross-entropy';
const BINARY = 'binary-cross-entropy';

describe('readTargets', () => {
  it('reads class indices from arrays, typed arrays and columns', () => {
    const column = { data: new Float32Array([2, 0]), shape: [2, 1] };
    const flat = { data: new Uint8Array([2, 0]), shape: [2] };
    for (const y of [[2, 0], new Uint8Array([2, 0]), new Float64Array([2, 0]), column, flat]) {
      expect(read(y, SOFTMAX, 3, 2)).toEqual({
        kind: 'labels',
        rows: 2,
        labels: new Int32Array([2, 0]),
      });
    }
  });

  it('reads one-hot and soft rows', () => {
    expect(
      read(
        [
          [0, 1],
          [0.25, 0.75],
        ],
        SOFTMAX,
        2,
        2,
      ),
    ).toMatchObject({ kind: 'rows', columns: 2 });
    const bytes = { data: new Uint8Array([0, 255]), shape: [1, 2], scale: 1 / 255 };
    expect(read(bytes, SOFTMAX, 2, 1)).toMatchObject({ data: new Float32Array([0, 1]) });
    expect(read([[0.5, 0.500001]], SOFTMAX, 2, 1).kind).toBe('rows');
  });

  it('reads real targets: a vector for one output, rows for several', () => {
    for (const loss of ['mse', 'mae', 'huber'] as const) {
      expect(read([1.5, -2], loss, 1, 2)).toMatchObject({ columns: 1, rows: 2 });
      expect(
        read(
          [
            [1, 2],
            [3, 4],
          ],
          loss,
          2,
          2,
        ),
      ).toMatchObject({ columns: 2 });
    }
    const view = new Float32Array([1, 2]);
    expect(read(view, 'mse', 1, 2)).toMatchObject({ data: view });
  });

  it('reads 0 and 1 for one binary output and rows for several', () => {
    expect(read([0, 1, 0.5], BINARY, 1, 3)).toMatchObject({ columns: 1 });
    expect(read([[0, 1]], BINARY, 2, 1)).toMatchObject({ columns: 2 });
  });

  it('refuses real targets beyond float32 only if the network computes in float32', () => {
    const rules = { loss: 'mse', outputs: 1, rows: 2 } as const;
    expect(readTargets('test', [1, 1e39], rules).rows).toBe(2);
    expect(() => readTargets('test', [1, 1e39], { ...rules, float32: true })).toThrow(
      /y\[1\]\[0\] must be within the range of float32; got 1e\+39/,
    );
  });

  it('accepts targets without rows', () => {
    expect(read([], SOFTMAX, 3, 0).rows).toBe(0);
    expect(read([], 'mse', 4, 0)).toMatchObject({ rows: 0, columns: 4 });
  });

  it.each([
    [
      [0, 3],
      SOFTMAX,
      3,
      /y\[1\] must be an integer from 0 to 2, since the network has 3 outputs; got 3/,
    ],
    [[0, -1], SOFTMAX, 3, /got -1/],
    [[0, 1.5], SOFTMAX, 3, /got 1.5/],
    [[0, NaN], SOFTMAX, 3, /got NaN/],
    [[0, 'cat'], SOFTMAX, 3, /must be a class index; got 'cat'. Classifier takes text/],
    [
      [
        [1, 0],
        [-0.5, 1.5],
      ],
      SOFTMAX,
      2,
      /y\[1\]\[0\] must be a probability; got -0.5/,
    ],
    [
      [
        [1, 0],
        [0.5, 0.6],
      ],
      SOFTMAX,
      2,
      /y\[1\] must sum to 1 \(within 0.00001\); got 1.1/,
    ],
    [[0, 1.5], BINARY, 1, /y\[1\]\[0\] must be in \[0, 1\]/],
    [[0, Infinity], 'mse', 1, /y\[1\]\[0\] must be a finite number; got Infinity/],
  ] as const)('%o for %s is a DataError that names the row', (y, loss, outputs, message) => {
    let error: unknown;
    try {
      read(y, loss, outputs, 2);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(DataError);
    expect((error as DataError).message).toMatch(message);
    expect((error as DataError).row).toBe(2);
  });

  it('shows both shapes when they disagree', () => {
    expect(() => read([1, 2, 3], 'mse', 1, 2)).toThrow(/as many rows as x; got 3 for 2/);
    expect(() => read([1, 2], 'mse', 3, 2)).toThrow(/shape \[2, 3\] for 'mse'; got \[2\]/);
    expect(() => read([[1, 2]], 'mse', 3, 1)).toThrow(/shape \[rows, 3\]; got \[1, 2\]/);
    expect(() => read('abc', 'mse', 1, 3)).toThrow(TypeError);
    expect(() => read({ data: new Float32Array(3), shape: [2] }, 'mse', 1, 2)).toThrow(
      /must be \[rows\] or \[rows, columns\]/,
    );
  });
});

describe('vectors in other forms', () => {
  it('may be ndarray-likes with stride and offset, or columns', () => {
    const labels = { kind: 'labels', rows: 3, labels: Int32Array.of(0, 1, 2) };
    const data = [9, 0, 9, 1, 9, 2];
    for (const y of [
      { data: [0, 1, 2], shape: [3], stride: [1], offset: 0 },
      { data, shape: [3], stride: [2], offset: 1 },
      { data, shape: [3, 1], stride: [2, 1], offset: 1 },
      { data: Int32Array.of(2, 1, 0), shape: [3], stride: [-1], offset: 2 },
      [[0], [1], [2]],
    ]) {
      expect(read(y, SOFTMAX, 3, 3)).toEqual(labels);
    }
    const numbers = read({ data, shape: [3], stride: [2], offset: 1 }, 'mse', 1, 3);
    expect(numbers).toMatchObject({ kind: 'rows', columns: 1 });
    expect(Array.from(numbers.kind === 'rows' ? numbers.data : [])).toEqual([0, 1, 2]);
  });

  it('must have a stride that stays within the data', () => {
    const y = { data: [0, 1, 2], shape: [3], stride: [2], offset: 0 };
    expect(() => read(y, SOFTMAX, 3, 3)).toThrow(/must stay within its data of 3; reaches 4/);
    expect(() => read({ ...y, stride: [0.5] }, SOFTMAX, 3, 3)).toThrow(/y\.stride\[0\]/);
  });
});
