import { describe, expect, test } from 'vitest';
import {
  choiceReader,
  numberReader,
  readBar,
  readHidden,
  readSplit,
  rowRangeReader,
} from './readers.ts';
import { CommandFailure, EXIT } from '../failure.ts';

/** The failure that a reader throws for a word. */
function failureOf(read: () => unknown): CommandFailure {
  try {
    read();
  } catch (error) {
    if (error instanceof CommandFailure) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('numberReader', () => {
  const epochs = numberReader('--epochs', { integer: true, min: 1, example: '200' });

  test('reads numbers as people write them', () => {
    const rate = numberReader('--learning-rate', { above: 0, example: '0.001' });
    expect(['1', '+1', '1.', '.5', '1e-3', '2.5E2'].map(rate)).toEqual([1, 1, 1, 0.5, 1e-3, 250]);
    expect(epochs(' 12 ')).toBe(12);
  });

  test.each(['', ' ', 'abc', '0', '-1', '1.5', '1e400', 'Infinity', 'NaN', '0x10', '1_000', '1,5'])(
    'refuses %j with the rule and an example of a right word',
    (word) => {
      const failure = failureOf(() => epochs(word));
      expect(failure.exitCode).toBe(EXIT.usage);
      expect(failure.message).toBe(`--epochs must be an integer, at least 1; got '${word}'.`);
      expect(failure.replace).toEqual({ wrong: word, right: '200' });
    },
  );

  test('names every bound', () => {
    const between = numberReader('--x', { above: 0, below: 1, max: 5, example: '0.5' });
    expect(failureOf(() => between('1')).message).toBe(
      "--x must be a finite number, above 0, at most 5, below 1; got '1'.",
    );
  });
});

describe('choiceReader', () => {
  const read = choiceReader('--optimizer', ['adam', 'sgd']);

  test('takes a choice in upper or lower case', () => {
    expect(read('ADAM')).toBe('adam');
  });

  test('offers the nearest choice', () => {
    expect(failureOf(() => read('adma')).replace).toEqual({ wrong: 'adma', right: 'adam' });
    expect(failureOf(() => read('sdg')).replace).toEqual({ wrong: 'sdg', right: 'sgd' });
  });
});

describe('readHidden', () => {
  test('reads sizes, or none', () => {
    expect(readHidden('64,32')).toEqual([64, 32]);
    expect(readHidden(' 8 , 4 ')).toEqual([8, 4]);
    expect(readHidden('none')).toEqual([]);
    expect(readHidden('0')).toEqual([]);
  });

  test.each(['', '64,', '64,0', '64;32', '-4', '1.5', '1e9'])('refuses %j', (word) => {
    expect(failureOf(() => readHidden(word)).exitCode).toBe(EXIT.usage);
  });
});

describe('readSplit', () => {
  test('reads the test fraction, or three fractions', () => {
    expect(readSplit('0.25')).toEqual({ validation: undefined, test: 0.25 });
    const { validation, test: held } = readSplit('0.7/0.1/0.2');
    expect(validation).toBeCloseTo(0.125, 12);
    expect(held).toBe(0.2);
    expect(readSplit('0.8/0/0.2')).toEqual({ validation: 0, test: 0.2 });
  });

  test.each(['0', '1', '2', '-0.1', 'x', '0.7/0.3', '0.7/0.1/0.3', '0/0.5/0.5', '0.5/0.5/0', ''])(
    'refuses %j',
    (word) => {
      expect(failureOf(() => readSplit(word)).exitCode).toBe(EXIT.usage);
    },
  );
});

describe('rowRangeReader', () => {
  const read = rowRangeReader('--rows');

  test('reads a row or a range, from 1', () => {
    expect(read('7')).toEqual({ first: 7, last: 7 });
    expect(read(' 2 - 5 ')).toEqual({ first: 2, last: 5 });
  });

  test.each(['0', '-1', '5-2', '1.5', 'x', '', '1-', '99999999999999999999'])(
    'refuses %j',
    (word) => {
      expect(failureOf(() => read(word)).exitCode).toBe(EXIT.usage);
    },
  );
});

describe('readBar', () => {
  test('reads a metric and its bar, spaces or not', () => {
    expect(readBar('f1=0.5')).toEqual([{ metric: 'f1', value: 0.5 }]);
    expect(readBar('accuracy = 0.9')).toEqual([{ metric: 'accuracy', value: 0.9 }]);
  });

  test.each(['accuracy', 'accuracy=', '=0.9', 'accuracy=high', 'accuracy>0.9'])(
    'refuses %j',
    (word) => {
      expect(failureOf(() => readBar(word)).replace).toEqual({
        wrong: word,
        right: 'accuracy=0.9',
      });
    },
  );
});
