import { describe, expect, test } from 'vitest';
import { sparkline } from './sparkline.ts';

describe('sparkline', () => {
  test('has a bar for each value, from the least to the most', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 20)).toBe('▁▂▃▄▅▆▇█');
  });

  test('is as wide as it may be, and a bar is then a mean', () => {
    expect(sparkline([0, 2, 6, 8], 2)).toBe('▁█');
    expect(sparkline([4, 3, 2, 1, 0, 0, 0, 0], 4)).toBe('█▄▁▁');
  });

  test('has a gap where there is no number, and is flat if all values are the same', () => {
    expect(sparkline([1, NaN, 1, Infinity], 9)).toBe('▁ ▁ ');
    expect(sparkline([], 9)).toBe('');
  });
});
