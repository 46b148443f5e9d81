import { describe, expect, it } from 'vitest';
import type { LossKind } from '../losses/loss.ts';
import {
  argmax,
  higherIsBetter,
  METRIC_NAMES,
  MetricAccumulator,
  readMetrics,
  type MetricName,
} from './metrics.ts';

const CLASSES: MetricName[] = ['accuracy', 'top-5-accuracy', 'precision', 'recall', 'f1'];
const VALUES: MetricName[] = ['mse', 'rmse', 'mae', 'r2'];

function measure(
  names: readonly MetricName[],
  loss: LossKind,
  columns: number,
  output: readonly number[],
  target: readonly number[] | Int32Array,
  batch = 1000,
): Record<string, number> {
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

/** Rows whose largest value stands at the given class. */
function votes(classes: number, guesses: readonly number[]): number[] {
  return guesses.flatMap((guess) =>
    Array.from({ length: classes }, (_, k) => (k === guess ? 0.9 : 0.1 / classes)),
  );
}

describe('readMetrics', () => {
  it('is accuracy for cross-entropies and nothing for the rest by default', () => {
    expect(readMetrics('fit', undefined, 'softmax-cross-entropy')).toEqual(['accuracy']);
    expect(readMetrics('fit', undefined, 'binary-cross-entropy')).toEqual(['accuracy']);
    for (const loss of ['mse', 'mae', 'huber'] as const) {
      expect(readMetrics('fit', undefined, loss)).toEqual([]);
    }
    expect(readMetrics('fit', [], 'softmax-cross-entropy')).toEqual([]);
    expect(readMetrics('fit', CLASSES, 'softmax-cross-entropy')).toEqual(CLASSES);
    expect(readMetrics('fit', VALUES, 'huber')).toEqual(VALUES);
  });

  it.each([
    ['accuracy', 'softmax-cross-entropy', TypeError, 'metrics must be an array of names'],
    [[3], 'mse', TypeError, 'metrics must be a string'],
    [['acuracy'], 'softmax-cross-entropy', RangeError, "Did you mean 'accuracy'?"],
    [['accuracy'], 'mse', RangeError, "metric 'accuracy' must go with its kind of loss"],
    [['r2'], 'softmax-cross-entropy', RangeError, "metric 'r2' must go with its kind of loss"],
    [['top-5-accuracy'], 'binary-cross-entropy', RangeError, "'top-5-accuracy' must go with"],
  ] as const)('refuses %o with %s', (given, loss, kind, text) => {
    expect(() => readMetrics('fit', given, loss)).toThrow(kind);
    expect(() => readMetrics('fit', given, loss)).toThrow(text);
  });

  it('knows which way is up', () => {
    expect(METRIC_NAMES.filter(higherIsBetter)).toEqual([...CLASSES, 'r2']);
    expect(higherIsBetter('loss')).toBe(false);
  });
});

describe('metrics of classes', () => {
  // Truth 0 0 1 1 2, guess 0 1 1 1 0: precision ½, ⅔, 0; recall ½, 1, 0; f1 ½, ⅘, 0.
  const truth = Int32Array.of(0, 0, 1, 1, 2);
  const guess = votes(3, [0, 1, 1, 1, 0]);

  it.each([1, 2, 5, 100])(
    'are those of scikit-learn, macro over classes, in batches of %i',
    (batch) => {
      const found = measure(CLASSES, 'softmax-cross-entropy', 3, guess, truth, batch);
      expect(found['accuracy']).toBe(3 / 5);
      expect(found['precision']).toBeCloseTo((1 / 2 + 2 / 3 + 0) / 3, 14);
      expect(found['recall']).toBeCloseTo((1 / 2 + 1 + 0) / 3, 14);
      expect(found['f1']).toBeCloseTo((1 / 2 + 4 / 5 + 0) / 3, 14);
      expect(found['top-5-accuracy']).toBe(1);
    },
  );

  it('read one-hot and soft rows by their largest value', () => {
    const rows = [...truth].flatMap((k) => [0, 1, 2].map((one) => (one === k ? 1 : 0)));
    const found = measure(CLASSES, 'softmax-cross-entropy', 3, guess, rows);
    expect(found).toEqual(measure(CLASSES, 'softmax-cross-entropy', 3, guess, truth));
  });

  it('leave out classes that do not occur', () => {
    const found = measure(
      ['precision'],
      'softmax-cross-entropy',
      9,
      votes(9, [4, 4]),
      Int32Array.of(4, 4),
    );
    expect(found['precision']).toBe(1);
  });

  it('count ties for the lowest index', () => {
    expect(argmax([1, 3, 3], 0, 3)).toBe(1);
    expect(argmax([9, 2, 2, 1], 1, 3)).toBe(0);
    const tied = [0.5, 0.5, 0.5, 0.5];
    expect(measure(['accuracy'], 'softmax-cross-entropy', 2, tied, Int32Array.of(0, 1))).toEqual({
      accuracy: 0.5,
    });
  });

  it('top-5 counts the five largest', () => {
    const row = [0.3, 0.25, 0.2, 0.1, 0.05, 0.05, 0.05];
    const at = (truthClass: number): number =>
      measure(['top-5-accuracy'], 'softmax-cross-entropy', 7, row, Int32Array.of(truthClass))[
        'top-5-accuracy'
      ]!;
    expect([0, 4, 5, 6].map(at)).toEqual([1, 1, 0, 0]);
  });

  it('of a binary output are judged by 0.5 and count class 1', () => {
    const output = [0.5, 0.9, 0.2, 0.6];
    const target = [1, 1, 1, 0];
    const names: MetricName[] = ['accuracy', 'precision', 'recall', 'f1'];
    const found = measure(names, 'binary-cross-entropy', 1, output, target);
    expect(found).toEqual({ accuracy: 0.5, precision: 2 / 3, recall: 2 / 3, f1: 2 / 3 });
    const none = measure(names, 'binary-cross-entropy', 1, [0.1], [0]);
    expect(none).toEqual({ accuracy: 1, precision: 0, recall: 0, f1: 0 });
  });
});

describe('metrics of values', () => {
  it('are means over rows and outputs, R² the mean over outputs', () => {
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

  it('R² of a constant target is 1 where it is met and 0 where it is missed', () => {
    expect(measure(['r2'], 'mse', 1, [5, 5], [5, 5])['r2']).toBe(1);
    expect(measure(['r2'], 'mse', 1, [5, 6], [5, 5])['r2']).toBe(0);
    expect(measure(['r2'], 'mse', 1, [5], [5])['r2']).toBe(1);
    expect(measure(['r2'], 'mse', 1, [NaN], [5])['r2']).toBeNaN();
  });

  it('R² keeps its digits for targets with a large mean', () => {
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
  it('begins anew after reset, and has NaN without rows', () => {
    for (const [names, loss] of [
      [CLASSES, 'softmax-cross-entropy'],
      [VALUES, 'mse'],
    ] as const) {
      const accumulator = new MetricAccumulator(names, loss, 2);
      const once = (): Record<string, number> => {
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
