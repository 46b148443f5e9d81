import { describe, expect, it } from 'vitest';
import { erfc as kernelErfc } from '../../elementary/index.ts';
import { erfc } from './erfc.ts';

describe('erfc of the reference', () => {
  it('agrees with Abramowitz & Stegun 1964, table 7.1', () => {
    // The table has erf(x) = 1 − erfc(x), to ten decimals.
    expect(1 - erfc(0.5)).toBeCloseTo(0.5204998778, 10);
    expect(1 - erfc(1)).toBeCloseTo(0.8427007929, 10);
    expect(1 - erfc(1.5)).toBeCloseTo(0.9661051465, 10);
    expect(1 - erfc(2)).toBeCloseTo(0.995322265, 9);
  });

  it('differs by less than 1e-14 from the implementation in elementary/', () => {
    const faults: number[] = [];
    for (let x = -6; x < 26; x += 0.0137) {
      if (!(Math.abs(erfc(x) / kernelErfc(x) - 1) <= 1e-14)) faults.push(x);
    }
    expect(faults).toEqual([]);
  });

  it('is exact at both ends of the range and keeps NaN', () => {
    expect([erfc(0), erfc(Infinity), erfc(-Infinity), erfc(NaN)]).toEqual([1, 0, 2, NaN]);
  });
});
