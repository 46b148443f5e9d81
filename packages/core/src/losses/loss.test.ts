import { describe, expect, it } from 'vitest';
import { LOSS_KINDS, lossFormulas, outputOfLoss, readLoss } from './loss.ts';

describe('readLoss', () => {
  it('knows the names of the public API and their outputs', () => {
    expect(LOSS_KINDS.map((kind) => [kind, outputOfLoss(kind)])).toEqual([
      ['softmax-cross-entropy', 'softmax'],
      ['binary-cross-entropy', 'sigmoid'],
      ['mse', 'identity'],
      ['mae', 'identity'],
      ['huber', 'identity'],
      ['poisson', 'exp'],
      ['pinball', 'identity'],
    ]);
  });

  it.each(LOSS_KINDS)(
    'reads %s by name with labelSmoothing 0, delta 1 and quantile 0.5',
    (kind) => {
      const record = { kind, labelSmoothing: 0, delta: 1, quantile: 0.5 };
      expect(readLoss('fit', kind)).toEqual(record);
      expect(readLoss('fit', { kind })).toEqual(record);
      expect(lossFormulas(kind).loss).toMatch(/k/);
    },
  );

  it.each(LOSS_KINDS)('reads its own record of %s again', (kind) => {
    const record = readLoss('fit', kind);
    expect(readLoss('fit', JSON.parse(JSON.stringify(record)))).toEqual(record);
  });

  it('takes its parameters', () => {
    const smooth = { kind: 'softmax-cross-entropy', labelSmoothing: 0.1 };
    expect(readLoss('fit', smooth).labelSmoothing).toBe(0.1);
    expect(readLoss('fit', { kind: 'huber', delta: 2 }).delta).toBe(2);
    expect(readLoss('fit', { kind: 'pinball', quantile: 0.9 }).quantile).toBe(0.9);
  });

  it.each([
    [undefined, TypeError, 'loss must be one of'],
    [null, TypeError, 'loss must be one of'],
    [{}, TypeError, 'loss must be one of'],
    ['cross-entropy', RangeError, 'is unknown'],
    ['sofmax-cross-entropy', RangeError, "Did you mean 'softmax-cross-entropy'?"],
    ['MSE ', RangeError, "Did you mean 'mse'?"],
    [{ kind: 'mse', smoothing: 1 }, TypeError, "unknown option 'smoothing'"],
    [{ kind: 'mse', labelSmoothing: 0.1 }, RangeError, 'belongs to the cross-entropies'],
    [{ kind: 'mse', delta: 2 }, RangeError, "delta belongs to 'huber'"],
    [{ kind: 'huber', delta: 1e-50 }, RangeError, 'once rounded to float32'],
    [{ kind: 'mae', quantile: 0.9 }, RangeError, "quantile belongs to 'pinball'"],
    [{ kind: 'pinball', quantile: 1 }, RangeError, 'quantile must be a finite number'],
    [{ kind: 'huber', delta: 0 }, RangeError, 'delta must be a finite number, above 0'],
    [{ kind: 'binary-cross-entropy', labelSmoothing: 1 }, RangeError, 'below 1'],
    [{ kind: 'binary-cross-entropy', labelSmoothing: -0.1 }, RangeError, 'at least 0'],
    [{ kind: 'binary-cross-entropy', labelSmoothing: '0' }, TypeError, 'labelSmoothing must be'],
  ])('refuses %o', (option, kind, text) => {
    expect(() => readLoss('fit', option)).toThrow(kind);
    expect(() => readLoss('fit', option)).toThrow(text);
  });
});
