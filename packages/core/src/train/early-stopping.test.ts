import { describe, expect, it } from 'vitest';
import {
  readEarlyStopping,
  signOf,
  WATCH_ONLY,
  watchedValue,
  Watcher,
  type EarlyStopping,
} from './early-stopping.ts';
import { newLoopState } from './run-state.ts';

const DEFAULTS: EarlyStopping = {
  monitor: 'loss',
  patience: 10,
  minDelta: 0,
  best: 'beyond-delta',
  restoreBest: true,
};

describe('readEarlyStopping', () => {
  it('has the defaults of the public API', () => {
    expect(readEarlyStopping('fit', undefined, [])).toBeUndefined();
    expect(readEarlyStopping('fit', false, [])).toBeUndefined();
    expect(readEarlyStopping('fit', true, [])).toEqual(DEFAULTS);
    expect(readEarlyStopping('fit', {}, [])).toEqual(DEFAULTS);
    const own = {
      monitor: 'accuracy',
      patience: 0,
      minDelta: 0.1,
      best: 'any',
      restoreBest: false,
    };
    expect(readEarlyStopping('fit', own, ['accuracy'])).toEqual(own);
  });

  it.each([
    [null, TypeError, 'options must be an object'],
    [10, TypeError, 'options must be an object'],
    [{ patince: 3 }, TypeError, "Did you mean 'patience'?"],
    [{ monitor: 'val_loss' }, RangeError, 'earlyStopping.monitor'],
    [{ monitor: 'f1' }, RangeError, 'earlyStopping.monitor'],
    [{ patience: -1 }, RangeError, 'earlyStopping.patience must be'],
    [{ patience: 1.5 }, RangeError, 'earlyStopping.patience must be'],
    [{ minDelta: -0.1 }, RangeError, 'earlyStopping.minDelta must be'],
    [{ restoreBest: 1 }, TypeError, 'earlyStopping.restoreBest must be'],
  ])('refuses %o', (given, kind, text) => {
    expect(() => readEarlyStopping('fit', given, ['accuracy'])).toThrow(kind);
    expect(() => readEarlyStopping('fit', given, ['accuracy'])).toThrow(text);
  });
});

/** The epoch at which a run over these values stops, or 0, and the best epoch. */
function follow(options: Partial<EarlyStopping>, values: readonly number[]): [number, number] {
  const { watcher: state } = newLoopState({});
  const watcher = new Watcher({ ...DEFAULTS, ...options }, state);
  for (const [index, value] of values.entries()) {
    if (watcher.see(index + 1, value).stop) return [index + 1, state.bestEpoch];
  }
  return [0, state.bestEpoch];
}

describe('Watcher', () => {
  it.each([
    [{ patience: 2 }, [3, 2, 2, 2, 1], [4, 2]],
    [{ patience: 2 }, [3, 2, 2, 1, 1, 1], [6, 4]],
    [{ patience: 1 }, [1, 2], [2, 1]],
    [{ patience: 0 }, [1, 2], [2, 1]],
    [{ patience: 3 }, [5, 4, 3, 2, 1], [0, 5]],
    [{ patience: 9, minDelta: 0.5 }, [3, 2.6, 2.4, 2, 1.9], [0, 3]],
    [{ patience: 9, minDelta: 0.5 }, [3, 2.5], [0, 1]],
    // With 'any' every improvement changes the best value, and slow progress does not count as progress.
    [{ patience: 3, minDelta: 0.5, best: 'any' }, [3, 2.9, 2.8, 2.7, 2.6], [4, 4]],
    [{ patience: 3, minDelta: 0.5 }, [3, 2.9, 2.8, 2.7, 2.6], [4, 1]],
    [{ patience: 3, minDelta: 0.5, best: 'any' }, [3, 2.5, 2, 2.1, 2.1, 1.9], [6, 6]],
    [{ patience: 2, minDelta: 0, best: 'any' }, [1, 1, 1, 1], [0, 1]],
    [{ patience: 2, best: 'any' }, [NaN, NaN, 1], [2, 0]],
    [{ patience: 3, minDelta: 0.2, best: 'any', monitor: 'r2' }, [0, 0.1, 0.4, 0.5], [0, 4]],
    [{ patience: 2 }, [NaN, NaN, 1], [2, 0]],
    [{ patience: 3 }, [NaN, 5, NaN, 4, NaN, NaN, NaN], [7, 4]],
    [{ patience: 2 }, [Infinity, 3, NaN], [0, 2]],
    [{ patience: 2, monitor: 'accuracy' }, [0.1, 0.5, 0.5, 0.4], [4, 2]],
    [{ patience: 2, monitor: 'r2' }, [-3, -1, -2], [0, 2]],
    [{ patience: 2, monitor: 'mae' }, [3, 1, 2, 1], [4, 2]],
    [WATCH_ONLY, [3, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2], [0, 2]],
  ] as const)('under %o, %o gives [stop, best] %o', (options, values, expected) => {
    expect(follow(options, values)).toEqual(expected);
  });
});

describe('what is watched', () => {
  const record = {
    epoch: 1,
    loss: 2,
    metrics: { accuracy: 0.5 },
    validation: { loss: 3, metrics: { accuracy: 0.25 } },
    learningRate: 1,
    gradientNorm: 1,
    penalty: 0.5,
    seconds: 0,
  };

  it('is the validation if there is one, and for the objective the training loss with its penalty', () => {
    expect(watchedValue('loss', record)).toBe(3);
    expect(watchedValue('accuracy', record)).toBe(0.25);
    expect(watchedValue('objective', record)).toBe(2.5);
    expect([signOf('objective'), signOf('loss'), signOf('accuracy')]).toEqual([1, 1, -1]);
  });

  it('stops the run in the same epoch as scikit-learn for the same losses', () => {
    // Source: scikit-learn, MLPClassifier._update_no_improvement_count, written out.
    const losses = Array.from({ length: 200 }, (_, i) => 1 / (1 + 0.1 * i) + 0.002 * Math.sin(i));
    const tol = 1e-3;
    let best = Infinity;
    let stale = 0;
    let stop = 0;
    let bestEpoch = 0;
    for (const [i, loss] of losses.entries()) {
      stale = loss > best - tol ? stale + 1 : 0;
      if (loss < best) [best, bestEpoch] = [loss, i + 1];
      if (stale > 5) {
        stop = i + 1;
        break;
      }
    }
    expect(stop).toBeGreaterThan(0);
    expect(follow({ patience: 6, minDelta: tol, best: 'any' }, losses)).toEqual([stop, bestEpoch]);
    expect(follow({ patience: 6, minDelta: tol }, losses)).not.toEqual([stop, bestEpoch]);
  });
});
