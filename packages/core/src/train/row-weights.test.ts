import { describe, expect, it } from 'vitest';
import { rowWeights, sampleWeightsOf } from '../arrays/sample-weights.ts';
import { readTargets, type Targets } from '../arrays/targets.ts';
import { DataError } from '../words/errors.ts';
import type { LossKind } from '../losses/loss.ts';
import { classIndices, readClassWeights } from './row-weights.ts';

function targetsOf(
  y: readonly number[] | readonly number[][],
  loss: LossKind,
  outputs: number,
): Targets {
  return readTargets('test', y, { loss, outputs, rows: y.length });
}

const LABELS = targetsOf([0, 0, 0, 2], 'softmax-cross-entropy', 3);
const SOFT = targetsOf(
  [
    [1, 0, 0],
    [0.5, 0.5, 0],
  ],
  'softmax-cross-entropy',
  3,
);
const BINARY = targetsOf([1, 0, 0, 0], 'binary-cross-entropy', 1);

const forSoftmax = (given: unknown, targets = LABELS): Float64Array | undefined =>
  readClassWeights('fit', given, targets, 'softmax-cross-entropy', 3);

describe('readClassWeights', () => {
  it('takes an array, a typed array or a record, in which a missing class has weight 1', () => {
    expect(forSoftmax(undefined)).toBeUndefined();
    expect(forSoftmax([1, 2, 3])).toEqual(Float64Array.of(1, 2, 3));
    expect(forSoftmax(Float32Array.of(1, 2, 0))).toEqual(Float64Array.of(1, 2, 0));
    expect(forSoftmax({ 1: 5 })).toEqual(Float64Array.of(1, 5, 1));
    expect(forSoftmax({ '2': 0.5, '0': 2 })).toEqual(Float64Array.of(2, 1, 0.5));
    expect(forSoftmax({})).toEqual(Float64Array.of(1, 1, 1));
  });

  it("takes 'balanced' as rows / (classes · rows of the class), as in scikit-learn, and as 0 for a class without rows", () => {
    expect(forSoftmax('balanced')).toEqual(Float64Array.of(4 / 9, 0, 4 / 3));
    expect(forSoftmax('balanced', SOFT)).toEqual(Float64Array.of(2 / 4.5, 2 / 1.5, 0));
    expect(readClassWeights('fit', 'balanced', BINARY, 'binary-cross-entropy', 1)).toEqual(
      Float64Array.of(4 / 6, 4 / 2),
    );
  });

  it("counts only the given rows for 'balanced'", () => {
    const rows = Uint32Array.of(3, 0);
    const found = readClassWeights('fit', 'balanced', LABELS, 'softmax-cross-entropy', 3, rows);
    expect(found).toEqual(Float64Array.of(2 / 3, 0, 2 / 3));
  });

  it.each([
    ['balance', TypeError, "classWeights must be 'balanced', an array or a record"],
    [null, TypeError, 'got null'],
    [2, TypeError, 'got 2'],
    [new Map([[0, 2]]), TypeError, 'got a Map'],
    [[1, 2], RangeError, 'classWeights must have 3 factors, one a class; got 2'],
    [Float32Array.of(1), RangeError, 'classWeights must have 3 factors'],
    [{ 3: 1 }, RangeError, "classWeights must name classes from 0 to 2; got '3'"],
    [{ setosa: 1 }, RangeError, "got 'setosa'"],
    [{ '': 1 }, RangeError, 'classWeights must name classes'],
    [{ '-1': 1 }, RangeError, 'classWeights must name classes'],
    [{ '1.0': 1 }, RangeError, 'classWeights must name classes'],
    [[1, -1, 1], RangeError, 'classWeights[1] must be a finite number, at least 0'],
    [[1, NaN, 1], RangeError, 'classWeights[1] must be'],
    [[1, '2', 1], TypeError, 'classWeights[1] must be'],
  ])('refuses %o', (given, kind, text) => {
    expect(() => forSoftmax(given)).toThrow(kind);
    expect(() => forSoftmax(given)).toThrow(text);
  });

  it.each([
    ['mse', 1],
    ['huber', 3],
    ['binary-cross-entropy', 2],
  ] as const)('refuses %s with %i outputs, where a row is not of one class', (loss, outputs) => {
    expect(() => readClassWeights('fit', [1, 2], LABELS, loss, outputs)).toThrow(RangeError);
    expect(() => readClassWeights('fit', 'balanced', LABELS, loss, outputs)).toThrow(
      /classWeights must go with one class a row/,
    );
  });
});

function weightsOf(
  targets: Targets,
  factors: Float64Array | undefined,
  given: unknown,
): Float64Array | undefined {
  const own = sampleWeightsOf('fit', 'sampleWeights', given, targets.rows);
  return rowWeights(targets, factors, own);
}

describe('rowWeights', () => {
  it('multiplies class and sample weights, and takes the mean over the classes of a soft target', () => {
    expect(weightsOf(LABELS, undefined, undefined)).toBeUndefined();
    const factors = Float64Array.of(2, 1, 5);
    expect(weightsOf(LABELS, factors, [1, 2, 0, 0.5])).toEqual(Float64Array.of(2, 4, 0, 2.5));
    expect(weightsOf(SOFT, factors, undefined)).toEqual(Float64Array.of(2, 1.5));
    const binary = weightsOf(BINARY, Float64Array.of(1, 3), undefined);
    expect(binary).toEqual(Float64Array.of(3, 1, 1, 1));
    expect(weightsOf(LABELS, undefined, Uint8Array.of(1, 2, 3, 4))).toEqual(
      Float64Array.of(1, 2, 3, 4),
    );
  });

  it.each([
    [[1, 2], RangeError, 'sampleWeights must have one weight a row, 4; got 2'],
    [3, TypeError, 'sampleWeights must be an array of numbers'],
    ['1111', TypeError, 'sampleWeights must be an array of numbers'],
    [new Map(), TypeError, 'sampleWeights must be an array of numbers'],
    [[1, -1, 1, 1], DataError, 'sampleWeights[1] must be a finite number, at least 0'],
    [[1, 1, NaN, 1], DataError, 'sampleWeights[2]'],
    [[1, 1, 1, Infinity], DataError, 'sampleWeights[3]'],
    [[1, 1, 1, '1'], DataError, "got '1'"],
  ])('refuses %o', (given, kind, text) => {
    const run = (): unknown => weightsOf(LABELS, undefined, given);
    expect(run).toThrow(kind);
    expect(run).toThrow(text);
  });

  it('names the row of a wrong weight, counted from 1', () => {
    const run = (): unknown => weightsOf(LABELS, undefined, [1, 1, -2, 1]);
    expect(run).toThrow(expect.objectContaining({ code: 'data', row: 3 }) as Error);
  });
});

describe('classIndices', () => {
  it('finds the one class of each row, or none', () => {
    expect(classIndices(LABELS, 'softmax-cross-entropy')).toEqual(Int32Array.of(0, 0, 0, 2));
    expect(classIndices(BINARY, 'binary-cross-entropy')).toEqual(Int32Array.of(1, 0, 0, 0));
    expect(classIndices(SOFT, 'softmax-cross-entropy')).toBeUndefined();
    const oneHot = targetsOf(
      [
        [0, 1, 0],
        [0, 0, 1],
      ],
      'softmax-cross-entropy',
      3,
    );
    expect(classIndices(oneHot, 'softmax-cross-entropy')).toEqual(Int32Array.of(1, 2));
    const real = targetsOf([1, 0, 0], 'mse', 1);
    expect(classIndices(real, 'mse')).toBeUndefined();
    const smooth = targetsOf([0.9, 0.1], 'binary-cross-entropy', 1);
    expect(classIndices(smooth, 'binary-cross-entropy')).toBeUndefined();
    const many = targetsOf([[1, 0]], 'binary-cross-entropy', 2);
    expect(classIndices(many, 'binary-cross-entropy')).toBeUndefined();
  });
});
