/** The colours of both themes have the contrast that the Web Content Accessibility Guidelines 2.2 ask for (1.4.3 and 1.4.11). */
import { describe, expect, test } from 'vitest';
import { DARK, LIGHT } from '../src/html/style/theme.ts';

/** The relative luminance of `#rrggbb`. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

describe.each([
  ['light', LIGHT],
  ['dark', DARK],
] as const)('the %s theme', (_, theme) => {
  test.each(['paper', 'raised', 'warning', 'wash'] as const)(
    'has readable text on %s',
    (ground) => {
      expect(contrast(theme.ink, theme[ground])).toBeGreaterThan(7);
    },
  );

  test.each(['quiet', 'model', 'wrong', 'right'] as const)('has readable %s on paper', (colour) => {
    expect(contrast(theme[colour], theme.paper)).toBeGreaterThan(4.5);
  });

  test('has names of series that can be read', () => {
    const least = Math.min(...theme.series.map((colour) => contrast(colour, theme.paper)));
    expect(least).toBeGreaterThan(3);
    expect(contrast(theme.train, theme.paper)).toBeGreaterThan(4);
  });
});
