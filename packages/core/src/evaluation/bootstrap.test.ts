/** Intervals of figures: what they hold, what they depend on, and where there are none. */
import { describe, expect, it } from 'vitest';
import { philox4x32 } from '../random/philox.ts';
import { evaluateClasses } from './evaluate-classes.ts';
import { evaluateNumbers } from './evaluate-numbers.ts';
import type { ClassEvaluation } from './class-evaluation.ts';
import { quantileOf } from './bins.ts';

/** Rows of two classes, of which a share is predicted right. */
function evaluated(rows: number, right: number, options: object = {}): ClassEvaluation {
  const targets = Array.from({ length: rows }, (_, row) => row % 2);
  const probabilities = targets.flatMap((truth, row) => {
    const own = row < rows * right ? 0.8 : 0.3;
    return truth === 0 ? [own, 1 - own] : [1 - own, own];
  });
  return evaluateClasses({ targets, probabilities, classes: ['cat', 'dog'], ...options });
}

describe('the intervals of an evaluation', () => {
  it('of the accuracy are those of a binomial number of right rows', () => {
    const { low, high } = evaluated(200, 0.75, { resamples: 1000 }).intervals.accuracy!;
    // 1.96 √(0.75 · 0.25 / 200) = 0.060; a resampled bound is some hundredths off.
    expect(Math.abs(low - 0.69)).toBeLessThan(0.02);
    expect(Math.abs(high - 0.81)).toBeLessThan(0.02);
  });

  it('are the same for the same seed, and others for another', () => {
    const first = evaluated(60, 0.8, { seed: 3, resamples: 100 });
    expect(evaluated(60, 0.8, { seed: 3, resamples: 100 })).toEqual(first);
    const other = evaluated(60, 0.8, { seed: 4, resamples: 100 });
    expect(other.figures).toEqual(first.figures);
    expect(other.intervals.logLoss).not.toEqual(first.intervals.logLoss);
  });

  it('are narrower for a smaller level, and hold the figure', () => {
    const { figures, intervals } = evaluated(100, 0.7, { resamples: 400 });
    const narrow = evaluated(100, 0.7, { level: 0.5, resamples: 400 }).intervals;
    for (const name of ['accuracy', 'macroF1', 'mcc', 'logLoss', 'rocAuc'] as const) {
      expect(intervals[name]!.low).toBeLessThan(figures[name]!);
      expect(intervals[name]!.high).toBeGreaterThan(figures[name]!);
      expect(narrow[name]!.low).toBeGreaterThanOrEqual(intervals[name]!.low);
      expect(narrow[name]!.high).toBeLessThanOrEqual(intervals[name]!.high);
    }
  });

  it('are those of drawn rows measured one by one', () => {
    const targets = [3, 1, 4, 1, 5, 9, 2, 6];
    const predictions = [2, 1, 5, 1, 4, 6, 3, 6];
    const { intervals } = evaluateNumbers({ targets, predictions, resamples: 50, seed: 11 });
    const means: number[] = [];
    for (let resample = 0; resample < 50; resample++) {
      let sum = 0;
      for (let drawn = 0; drawn < 8; drawn++) {
        const counter = Uint32Array.of(drawn >> 2, 0, resample, 8 << 24);
        // 8 divides 2^32, so no word is skipped.
        const row = philox4x32(counter, Uint32Array.of(11, 0))[drawn & 3]! % 8;
        sum += Math.abs(predictions[row]! - targets[row]!);
      }
      means.push(sum / 8);
    }
    const ordered = means.toSorted((a, b) => a - b);
    expect(intervals.mae!.low).toBeCloseTo(quantileOf(ordered, 0.025), 12);
    expect(intervals.mae!.high).toBeCloseTo(quantileOf(ordered, 0.975), 12);
  });

  it('leave out a figure that most draws do not define, and are absent without resamples or rows', () => {
    const alone = evaluateClasses({
      targets: [0, 0, 0, 0, 0, 0, 0, 0],
      probabilities: Array.from({ length: 16 }, () => 0.5),
      classes: ['cat', 'dog'],
    });
    expect(alone.figures.rocAuc).toBeNull();
    expect(Object.keys(alone.intervals)).not.toContain('rocAuc');
    expect(alone.intervals.accuracy).toEqual({ low: 1, high: 1 });
    expect(evaluated(10, 0.5, { resamples: 0 }).intervals).toEqual({});
    const none = evaluateNumbers({ targets: [], predictions: [] });
    expect(none.intervals).toEqual({});
    expect(none.figures.r2).toBeNull();
  });
});
