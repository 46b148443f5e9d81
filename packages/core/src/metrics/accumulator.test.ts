import { describe, expect, it } from 'vitest';
import type { LossKind } from '../losses/loss.ts';
import { MetricAccumulator } from './accumulator.ts';
import { argmax } from './class-of-row.ts';
import {
  higherIsBetter,
  METRIC_NAMES,
  readMetrics,
  type MetricName,
  type MetricValues,
} from './registry.ts';

const CLASSES: MetricName[] = ['accuracy'];
const VALUES: MetricName[] = ['mse', 'rmse', 'mae', 'r2'];

function measure(
  names: readonly MetricName[],
  loss: LossKind,
  columns: number,
  output: readonly number[],
  target: readonly number[] | Int32Array,
  batch = 1000,
): MetricValues {
  const accumulator = new MetricAccumulator(names, loss, columns);
  const rows = output.length / columns;
  for (let start = 0; start < rows; start += batch) {
    const count = Math.min(batch, rows - start);
    const guesses = Float32Array.from(output.slice(start * columns, (start + count) * columns));
    const truths =
      target instanceof Int32Array
        ? target.slice(start, start + count)
        : Float64Array.from(target.slice(start * columns, (start + count) * columns));
    accumulator.add(guesses, truths, count);
  }
  return accumulator.results();
}

/** Rows whose largest value is that of the given class. */
function votes(classes: number, guesses: readonly number[]): number[] {
  return guesses.flatMap((guess) =>
    Array.from({ length: classes }, (_, k) => (k === guess ? 0.9 : 0.1 / classes)),
  );
}

describe('readMetrics', () => {
  it('gives accuracy for cross-entropies and nothing for other losses by default', () => {
    expect(readMetrics('fit', undefined, 'softmax-cross-entropy', 3)).toEqual(['accuracy']);
    expect(readMetrics('fit', undefined, 'binary-cross-entropy', 1)).toEqual(['accuracy']);
    for (const loss of ['mse', 'mae', 'huber'] as const) {
      expect(readMetrics('fit', undefined, loss, 1)).toEqual([]);
    }
    expect(readMetrics('fit', [], 'softmax-cross-entropy', 3)).toEqual([]);
    expect(readMetrics('fit', CLASSES, 'softmax-cross-entropy', 3)).toEqual(CLASSES);
    expect(readMetrics('fit', VALUES, 'huber', 1)).toEqual(VALUES);
    const ranked = ['rocAuc', 'logLoss'] as const;
    expect(readMetrics('fit', ranked, 'binary-cross-entropy', 3)).toEqual(ranked);
  });

  it.each([
    ['accuracy', 'softmax-cross-entropy', 3, TypeError, 'metrics must be an array of names'],
    [[3], 'mse', 1, TypeError, 'metrics must be a string'],
    [['acuracy'], 'softmax-cross-entropy', 3, RangeError, "Did you mean 'accuracy'?"],
    [
      ['accuracy'],
      'mse',
      1,
      RangeError,
      "fit: metric 'accuracy' needs a cross-entropy loss; the loss is 'mse'.",
    ],
    [
      ['r2'],
      'softmax-cross-entropy',
      3,
      RangeError,
      "metric 'r2' needs a loss of numbers ('mse', 'mae' or 'huber'); the loss is 'softmax-cross-entropy'.",
    ],
    [
      ['macroF1'],
      'binary-cross-entropy',
      2,
      RangeError,
      "metric 'macroF1' needs one class a row, so 'softmax-cross-entropy', or 'binary-cross-entropy' with one output; the loss is 'binary-cross-entropy' with 2 outputs.",
    ],
    [['f1'], 'softmax-cross-entropy', 3, RangeError, "metrics 'f1' is unknown"],
  ] as const)('refuses %o with %s', (given, loss, outputs, kind, text) => {
    expect(() => readMetrics('fit', given, loss, outputs)).toThrow(kind);
    expect(() => readMetrics('fit', given, loss, outputs)).toThrow(text);
  });

  it('knows for each metric whether higher values are better', () => {
    expect(METRIC_NAMES.filter((name) => !higherIsBetter(name))).toEqual([
      'logLoss',
      'mse',
      'rmse',
      'mae',
    ]);
    expect(higherIsBetter('loss')).toBe(false);
  });
});

describe('metrics of classes', () => {
  const truth = Int32Array.of(0, 0, 1, 1, 2);
  const guess = votes(3, [0, 1, 1, 1, 0]);

  it.each([1, 2, 5, 100])('count the rows with the right class, in batches of %i', (batch) => {
    const found = measure(CLASSES, 'softmax-cross-entropy', 3, guess, truth, batch);
    expect(found).toEqual({ accuracy: 3 / 5 });
  });

  it('read one-hot and soft rows by their largest value', () => {
    const rows = [...truth].flatMap((k) => [0, 1, 2].map((one) => (one === k ? 1 : 0)));
    const found = measure(CLASSES, 'softmax-cross-entropy', 3, guess, rows);
    expect(found).toEqual(measure(CLASSES, 'softmax-cross-entropy', 3, guess, truth));
  });

  it('count ties for the lowest index', () => {
    expect(argmax([1, 3, 3], 0, 3)).toBe(1);
    expect(argmax([9, 2, 2, 1], 1, 3)).toBe(0);
    const tied = [0.5, 0.5, 0.5, 0.5];
    expect(measure(['accuracy'], 'softmax-cross-entropy', 2, tied, Int32Array.of(0, 1))).toEqual({
      accuracy: 0.5,
    });
  });

  it('compare each binary output with 0.5', () => {
    const judge = (columns: number): MetricValues =>
      measure(CLASSES, 'binary-cross-entropy', columns, [0.5, 0.9, 0.2, 0.6], [1, 1, 1, 0]);
    expect(judge(1)).toEqual({ accuracy: 0.5 });
    expect(judge(2)).toEqual({ accuracy: 0.5 });
  });
});

describe('metrics of values', () => {
  it('are means over rows and outputs, but R² is a mean over outputs', () => {
    const output = [1, 10, 2, 20, 4, 30];
    const target = [1, 12, 3, 18, 3, 30];
    const found = measure(VALUES, 'mse', 2, output, target);
    expect(found['mse']).toBeCloseTo((0 + 4 + 1 + 4 + 1 + 0) / 6, 14);
    expect(found['rmse']).toBeCloseTo(Math.sqrt(10 / 6), 14);
    expect(found['mae']).toBeCloseTo((0 + 2 + 1 + 2 + 1 + 0) / 6, 14);
    const first = 1 - 2 / (8 / 3);
    const second = 1 - 8 / (64 + 4 + 100);
    expect(found['r2']).toBeCloseTo((first + second) / 2, 14);
  });

  it('give for a constant target an R² of 1 if it is predicted exactly and of 0 otherwise', () => {
    expect(measure(['r2'], 'mse', 1, [5, 5], [5, 5])['r2']).toBe(1);
    expect(measure(['r2'], 'mse', 1, [5, 6], [5, 5])['r2']).toBe(0);
    expect(measure(['r2'], 'mse', 1, [5], [5])['r2']).toBe(1);
    expect(measure(['r2'], 'mse', 1, [NaN], [5])['r2']).toBeNaN();
  });

  it('keep the digits of R² for targets with a large mean', () => {
    const target = [1e9, 1e9 + 1, 1e9 + 2, 1e9 + 3];
    const accumulator = new MetricAccumulator(['r2'], 'mse', 1);
    accumulator.add(
      Float64Array.from(target, (t, i) => t + (i === 0 ? 0.5 : 0)),
      Float64Array.from(target),
      4,
    );
    expect(accumulator.results()['r2']).toBeCloseTo(1 - 0.25 / 5, 12);
  });
});

describe('an accumulator', () => {
  it('forgets the rows that were added since a mark', () => {
    const accumulator = new MetricAccumulator(VALUES, 'mse', 1);
    const add = (output: number, target: number): void =>
      accumulator.add(Float64Array.of(output), Float64Array.of(target), 1);
    add(1, 2);
    add(4, 3);
    const before = accumulator.results();
    accumulator.mark();
    add(NaN, 5);
    expect(accumulator.results()['mse']).toBeNaN();
    accumulator.undo();
    expect(accumulator.results()).toEqual(before);
  });

  it('starts again after reset, and gives NaN without rows', () => {
    for (const [names, loss] of [
      [CLASSES, 'softmax-cross-entropy'],
      [VALUES, 'mse'],
    ] as const) {
      const accumulator = new MetricAccumulator(names, loss, 2);
      const once = (): MetricValues => {
        accumulator.add(Float32Array.of(1, 2, 5, 4), Float32Array.of(0, 1, 1, 0), 2);
        return accumulator.results();
      };
      const first = once();
      accumulator.reset();
      expect(once()).toEqual(first);
      accumulator.reset();
      const { accuracy = NaN, mse = NaN, r2 = NaN } = accumulator.results();
      expect([accuracy, mse, r2]).toEqual([NaN, NaN, NaN]);
    }
  });
});
