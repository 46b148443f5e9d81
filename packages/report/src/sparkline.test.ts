import { describe, expect, test } from 'vitest';
import { sparkline } from './sparkline.ts';

describe('sparkline', () => {
  test('has a bar for each value, from the least to the most', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 20)).toBe('▁▂▃▄▅▆▇█');
  });

  test('is as wide as it may be, and a bar is then a mean', () => {
    expect(sparkline([0, 2, 6, 8], 2)).toBe('▁█');
    expect([
      ...sparkline(
        Array.from({ length: 1000 }, (_, i) => -i),
        40,
      ),
    ]).toHaveLength(40);
  });

  test('has a gap where there is no number, and is flat if all values are the same', () => {
    expect(sparkline([1, NaN, 1, Infinity], 9)).toBe('▁ ▁ ');
    expect(sparkline([], 9)).toBe('');
  });
});
