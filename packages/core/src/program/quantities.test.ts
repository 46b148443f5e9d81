import { describe, expect, it } from 'vitest';
import { namer, type Role } from './quantities.ts';

describe('namer', () => {
  it.each([
    ['weight', 0, 'W1', 'W⁽¹⁾', 1, 6],
    ['weight', 1, 'W2', 'W⁽²⁾', 3, 8],
    ['bias', 0, 'b1', 'b⁽¹⁾', 1, 6],
    ['weightBar', 1, 'W2Bar', 'W̄⁽²⁾', 14, 21],
    ['biasBar', 1, 'b2Bar', 'b̄⁽²⁾', 15, 22],
    ['weightBar', 0, 'W1Bar', 'W̄⁽¹⁾', 17, 24],
    ['biasBar', 0, 'b1Bar', 'b̄⁽¹⁾', 18, 25],
  ] as [Role, number, string, string, number, number][])(
    'calls the %s of layer %i of two %s, %s, eq. (%i) and (%i)',
    (role, index, name, symbol, point, batch) => {
      expect(namer(2, true)(role, index)).toMatchObject({ name, symbol, equation: point });
      expect(namer(2, false)(role, index)).toMatchObject({
        name,
        symbol,
        equation: batch,
      });
    },
  );

  it('writes small letters for a point and large ones for a batch', () => {
    expect(namer(2, true)('preActivation', 0)).toEqual({
      name: 'm1',
      symbol: 'm',
      latex: 'm',
      equation: 1,
    });
    expect(namer(2, false)('activation', 0)).toEqual({
      name: 'h1',
      symbol: 'H',
      latex: 'H',
      equation: 7,
    });
    expect(namer(2, false)('logitsBar', 1)).toMatchObject({
      name: 'zBar',
      symbol: 'Z̄',
      equation: 19,
    });
    expect(namer(2, true)('dropout', -1)).toMatchObject({
      name: 'xDropped',
      symbol: 'x′',
    });
  });

  it('numbers hidden layers where there are more than two', () => {
    const { symbol, latex } = namer(12, true)('activation', 10);
    expect([symbol, latex]).toEqual(['h⁽¹¹⁾', 'h^{(11)}']);
    expect(namer(3, true)('activation', 1234567889).symbol).toBe('h⁽¹²³⁴⁵⁶⁷⁸⁹⁰⁾');
  });
});
