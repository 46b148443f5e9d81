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

  it('has a relative error below 1e-14 against the other implementation of this repository', () => {
    const faults: number[] = [];
    for (let x = -6; x < 26; x += 0.0137) {
      if (!(Math.abs(erfc(x) / kernelErfc(x) - 1) <= 1e-14)) faults.push(x);
    }
    expect(faults).toEqual([]);
  });

  it('is exact at the ends and keeps NaN', () => {
    expect([erfc(0), erfc(Infinity), erfc(-Infinity), erfc(NaN)]).toEqual([1, 0, 2, NaN]);
  });
});
