import { describe, expect, it } from 'vitest';
import type { LossKind } from '../losses/loss.ts';
import { MetricAccumulator } from './accumulator.ts';
import { argmax } from './class-of-row.ts';
import { rowShape } from './metric.ts';
import {
  higherIsBetter,
  METRIC_NAMES,
  metricsFor,
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
      "metric 'r2' needs a loss of numbers ('mse', 'mae', 'huber', 'poisson' or 'pinball'); the loss is 'softmax-cross-entropy'.",
    ],
    [
      ['balancedAccuracy'],
      'binary-cross-entropy',
      2,
      RangeError,
      "metric 'balancedAccuracy' needs one class a row, so 'softmax-cross-entropy', or 'binary-cross-entropy' with one output; the loss is 'binary-cross-entropy' with 2 outputs.",
    ],
    [['f1'], 'softmax-cross-entropy', 3, RangeError, "metrics 'f1' is unknown"],
  ] as const)('refuses %o with %s', (given, loss, outputs, kind, text) => {
    expect(() => readMetrics('fit', given, loss, outputs)).toThrow(kind);
    expect(() => readMetrics('fit', given, loss, outputs)).toThrow(text);
  });

  it('knows for each metric whether higher values are better', () => {
    expect(METRIC_NAMES.filter((name) => !higherIsBetter(name))).toEqual([
      'logLoss',
      'brier',
      'mse',
      'rmse',
      'mae',
      'medianAbsoluteError',
      'mape',
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
    expect(measure(['r2'], 'mse', 1, [NaN, 5], [5, 5])['r2']).toBeNaN();
  });

  it('R² of one row is not defined, as in scikit-learn, however it is met', () => {
    expect(measure(['r2'], 'mse', 1, [5], [5])['r2']).toBeNaN();
    expect(measure(['r2'], 'mse', 2, [5, 6], [5, 7])['r2']).toBeNaN();
    expect(measure(['r2', 'mae'], 'mse', 1, [5], [6])['mae']).toBe(1);
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
  it.each([
    ['softmax-cross-entropy', 3],
    ['binary-cross-entropy', 1],
    ['binary-cross-entropy', 2],
    ['mse', 2],
  ] as const)('joins the rows of two passes with %s of %i outputs', (loss, columns) => {
    const names = metricsFor(rowShape(loss, columns));
    const numbers = (rows: number, of: (i: number) => number): Float64Array =>
      Float64Array.from({ length: rows * columns }, (_, i) => of(i));
    const sets = [0, 5, 1, 0, 4].map((rows, set) => {
      const share = (i: number): number => 0.5 + 0.49 * Math.sin(7 * i + set);
      const truth =
        loss === 'softmax-cross-entropy'
          ? Int32Array.from({ length: rows }, (_, i) => (i + set) % columns)
          : numbers(rows, (i) => (loss === 'mse' ? 1e3 + share(3 * i) : (i + set) % 2));
      return { rows, output: numbers(rows, share), truth };
    });
    const whole = new MetricAccumulator(names, loss, columns);
    const joined = new MetricAccumulator(names, loss, columns);
    for (const { rows, output, truth } of sets) {
      const part = new MetricAccumulator(names, loss, columns);
      for (const accumulator of [whole, part]) accumulator.add(output, truth, rows);
      joined.join(part);
    }
    expect(joined.rows).toBe(10);
    const expected = whole.results();
    for (const name of names) {
      expect(expected[name]).not.toBeNaN();
      const scale = Math.max(1, Math.abs(expected[name]!));
      expect(joined.results()[name]! / scale, name).toBeCloseTo(expected[name]! / scale, 12);
    }
    // Counts and scores are exact, so what depends on them alone has the same bits.
    for (const name of ['accuracy', 'macroF1', 'rocAuc'] as const) {
      expect(joined.results()[name]).toBe(expected[name]);
    }
  });

  it('keeps an R² of equal targets as it is when passes are joined', () => {
    const equal = new MetricAccumulator(['r2'], 'mse', 1);
    for (let i = 0; i < 3; i++) {
      const part = new MetricAccumulator(['r2'], 'mse', 1);
      part.add(Float64Array.of(0.1), Float64Array.of(0.3), 1);
      equal.join(part);
    }
    expect(equal.results().r2).toBe(0);
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
