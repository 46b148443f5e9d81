import { describe, expect, it } from 'vitest';
import { barOf, marked, quantityWriter, type Mark, type Notation } from './notation.ts';

const DROPPED: Mark = { word: 'Dropped', suffix: ['′', "'"] };
const NORMALIZED: Mark = { word: 'Normalized', accent: ['\u0302', '\\hat'] };
const W1: Notation = { letter: 'W', number: 1, parameter: true };
const H1: Notation = { letter: 'h', number: 1 };

describe('quantityWriter', () => {
  it.each([
    [W1, 'W1', 'W⁽¹⁾', 'W⁽¹⁾', 'W^{(1)}'],
    [barOf({ ...W1, number: 2 }), 'W2Bar', 'W̄⁽²⁾', 'W̄⁽²⁾', '\\bar{W}^{(2)}'],
    [H1, 'h1', 'h', 'H', 'H'],
    [{ letter: 'm', number: 1 }, 'm1', 'm', 'M', 'M'],
    [barOf({ letter: 'z' }), 'zBar', 'z̄', 'Z̄', '\\bar{Z}'],
    [marked({ letter: 'x' }, DROPPED), 'xDropped', 'x′', 'X′', "X'"],
    [barOf(marked(H1, DROPPED)), 'hDropped1Bar', 'h̄′', 'H̄′', "\\bar{H}'"],
    [marked(marked(H1, DROPPED), DROPPED), 'hDroppedDropped1', 'h′′', 'H′′', "H''"],
    [barOf(marked(H1, NORMALIZED)), 'hNormalized1Bar', 'h\u0302̄', 'H\u0302̄', '\\bar{\\hat{H}}'],
    [
      barOf({ letter: 'gamma', glyph: ['γ', '\\gamma'], number: 2, parameter: true }),
      'gamma2Bar',
      'γ̄⁽²⁾',
      'γ̄⁽²⁾',
      '\\bar{\\gamma}^{(2)}',
    ],
  ] as [Notation, string, string, string, string][])(
    'writes %o as %s, %s for a point and %s for a batch',
    (notation, name, point, batch, latex) => {
      const description = { notation, equation: [1, 6] as const, formula: 'f' };
      expect(quantityWriter(false, true)(description)).toMatchObject({
        name,
        symbol: point,
        equation: 1,
        formula: 'f',
      });
      expect(quantityWriter(false, false)(description)).toEqual({
        name,
        symbol: batch,
        latex,
        equation: 6,
        formula: 'f',
      });
    },
  );

  it('gives an equation with one number this number for a point and a batch, and no formula if there is none', () => {
    const found = [true, false].map((point) =>
      quantityWriter(false, point)({ notation: H1, equation: 34 }),
    );
    expect(found.map(({ equation, formula }) => [equation, formula])).toEqual([
      [34, ''],
      [34, ''],
    ]);
  });

  it('numbers hidden values only if it is asked to', () => {
    const write = quantityWriter(true, true);
    const { symbol, latex } = write({ notation: { letter: 'h', number: 11 }, equation: 2 });
    expect([symbol, latex]).toEqual(['h⁽¹¹⁾', 'h^{(11)}']);
    expect(write({ notation: { letter: 'h', number: 1234567890 }, equation: 2 }).symbol).toBe(
      'h⁽¹²³⁴⁵⁶⁷⁸⁹⁰⁾',
    );
    expect(write({ notation: { letter: 'z' }, equation: 3 }).symbol).toBe('z');
  });
});
