import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clipTo,
  fitScaling,
  fitTargetScaler,
  median,
  outputSpan,
  scaleTargets,
  unscaleTargets,
  withSpan,
} from './scaling.ts';
import { readTargetScaler } from './read-preparation.ts';

describe('fitScaling', () => {
  it('gives mean and population standard deviation', () => {
    expect(fitScaling(new Float64Array([2, 4, 4, 4, 5, 5, 7, 9]))).toEqual({ mean: 5, scale: 2 });
  });

  it('gives a constant column scale 1 and its exact mean', () => {
    for (const value of [0, 0.1, -7, 1e308, 5e-324]) {
      const scaling = fitScaling(new Float64Array(1000).fill(value));
      expect(scaling).toEqual({ mean: value, scale: 1 });
    }
    expect(fitScaling(new Float64Array(0))).toEqual({ mean: 0, scale: 1 });
  });

  it('treats a column that is constant except for rounding as constant, as scikit-learn does', () => {
    const ratio = Float64Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 0.3 : 0.1 + 0.2));
    expect(fitScaling(ratio)).toEqual({ mean: expect.closeTo(0.3, 15) as number, scale: 1 });
    const huge = Float64Array.from({ length: 40 }, (_, i) =>
      i % 2 === 0 ? 0.3e200 : 0.1e200 + 0.2e200,
    );
    expect(fitScaling(huge).scale).toBe(1);
    // A deviation larger than the rounding is kept, however small it is compared with the mean.
    const near = Float64Array.from({ length: 40 }, (_, i) => 0.3 + (i % 2) * 1e-12);
    expect(fitScaling(near).scale).toBeCloseTo(5e-13, 15);
    expect(fitScaling(Float64Array.of(-1e200, 1e200)).scale).toBeCloseTo(1e200, -188);
  });

  it('keeps the digits of numbers far from 0', () => {
    const values = Float64Array.from([1, 2, 3, 4], (value) => value + 1e9);
    const { mean, scale } = fitScaling(values);
    expect(mean).toBe(1e9 + 2.5);
    expect(scale).toBe(Math.sqrt(1.25));
  });

  it('is right for numbers whose squares overflow or underflow', () => {
    const large = fitScaling(new Float64Array([-1.5e308, 1.5e308]));
    expect(large.mean).toBe(0);
    expect(large.scale / 1.5e308).toBeCloseTo(1, 12);
    const small = fitScaling(new Float64Array([1e-300, 3e-300]));
    expect(small.mean / 2e-300).toBeCloseTo(1, 12);
    expect(small.scale / 1e-300).toBeCloseTo(1, 12);
  });

  it('brings any column to mean 0 and variance 1 (property)', () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), {
      minLength: 2,
      maxLength: 50,
    });
    fc.assert(
      fc.property(values, (list) => {
        const spread = Math.max(...list) - Math.min(...list);
        fc.pre(spread > 1e-6);
        const { mean, scale } = fitScaling(Float64Array.from(list));
        const scaled = list.map((value) => (value - mean) / scale);
        const sum = scaled.reduce((total, z) => total + z, 0);
        const squares = scaled.reduce((total, z) => total + z * z, 0);
        // (x − μ)/σ cannot be closer to its ideal than the rounding of x and μ allows.
        const rounding = (1e6 / scale) * 1e-15 * list.length;
        expect(Math.abs(sum)).toBeLessThanOrEqual(1e-12 + rounding * 4);
        expect(Math.abs(squares / list.length - 1)).toBeLessThanOrEqual(1e-12 + rounding * 8);
      }),
    );
  });
});

describe('the span of targets', () => {
  const scaler = withSpan({ mean: [10, 0], scale: [2, 5] }, Float64Array.of(4, -1, 20, 3, 6, 0));

  it('is the smallest and the largest target of each column', () => {
    expect(scaler).toEqual({ mean: [10, 0], scale: [2, 5], span: { min: [4, -1], max: [20, 3] } });
    expect(outputSpan(scaler)).toEqual({ min: [-3, -0.2], max: [5, 0.6] });
    expect(outputSpan({ mean: [1], scale: [1] })).toBeUndefined();
    expect(outputSpan(undefined)).toBeUndefined();
  });

  it('bounds what comes back from the scale, but not what is not finite', () => {
    const outputs = Float64Array.of(-100, 0.2, 100, 100, NaN, -Infinity);
    expect([...unscaleTargets(scaler, outputs)]).toEqual([4, 1, 20, 3, NaN, -Infinity]);
    expect([...scaleTargets(scaler, [0, 50])]).toEqual([-5, 10]);
    expect(clipTo(undefined, 1e300, 0)).toBe(1e300);
  });

  it('is read back from JSON, and refused if it does not fit', () => {
    const read = (json: unknown): unknown => readTargetScaler('test', 'scaler', json);
    expect(read(JSON.parse(JSON.stringify(scaler)))).toEqual(scaler);
    expect('span' in (read({ mean: [1], scale: [1] }) as object)).toBe(false);
    for (const span of [
      { min: [1], max: [2] },
      { min: [4, 5], max: [20, 3] },
      { min: [], max: [] },
    ]) {
      expect(() => read({ ...scaler, span })).toThrow(
        /scaler.span must have a smallest and a largest/,
      );
    }
    expect(() => read({ ...scaler, span: [] })).toThrow(TypeError);
  });
});

describe('median', () => {
  it('is the middle, or the mean of the two middle ones', () => {
    expect(median(new Float64Array([3, 1, 2]))).toBe(2);
    expect(median(new Float64Array([4, 1, 3, 2]))).toBe(2.5);
    expect(median(new Float64Array([1.7e308, 1.7e308]))).toBe(1.7e308);
  });

  it('is that of the sorted values (property)', () => {
    // Eighths, whose halves and sums are exact.
    const eighths = fc.integer({ min: -20, max: 20 }).map((value) => value / 8);
    const values = fc.array(eighths, { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(values, (list) => {
        const sorted = list.toSorted((left, right) => left - right);
        const upper = sorted[Math.floor(list.length / 2)]!;
        const lower = sorted[Math.floor((list.length - 1) / 2)]!;
        expect(median(Float64Array.from(list)) + 0).toBe(lower / 2 + upper / 2 + 0);
      }),
    );
  });

  it('does not change its argument', () => {
    const values = new Float64Array([3, 1, 2]);
    median(values);
    expect([...values]).toEqual([3, 1, 2]);
  });
});

describe('target scaler', () => {
  it('scales each output separately and can undo it', () => {
    const data = new Float64Array([1, 100, 3, 300, 5, 500]);
    const scaler = fitTargetScaler(data, 2);
    expect(scaler.mean).toEqual([3, 300]);
    const scaled = scaleTargets(scaler, data);
    expect(scaled[0]).toBeCloseTo(scaled[1]!, 14);
    const back = unscaleTargets(scaler, scaled);
    back.forEach((value, i) => expect(value).toBeCloseTo(data[i]!, 10));
  });
});

describe('median', () => {
  const sortedMedian = (values: Float64Array): number => {
    const sorted = values.toSorted();
    const middle = sorted.length >> 1;
    return sorted.length % 2 === 1
      ? sorted[middle]!
      : sorted[middle - 1]! / 2 + sorted[middle]! / 2;
  };

  it('is that of the sorted values, which stay as they are (property)', () => {
    const few = fc.constantFrom(-1e308, -2, -0.5, 0, 1, 7, 1e308);
    const value = fc.oneof(few, fc.double({ noNaN: true, noDefaultInfinity: true }));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), (list) => {
        const values = Float64Array.from(list);
        expect(median(values) + 0).toBe(sortedMedian(values) + 0);
        expect([...values]).toEqual(list);
      }),
      { numRuns: 2000 },
    );
  });

  it('is found in columns that are sorted, constant, or rise and fall', () => {
    for (const length of [1000, 1001]) {
      for (const shape of [
        (i: number) => i,
        (i: number) => -i,
        () => 3,
        (i: number) => Math.min(i, length - i),
        (i: number) => i % 2,
        (i: number) => (i * 7919) % 613,
      ]) {
        const values = Float64Array.from({ length }, (_, i) => shape(i));
        expect(median(values)).toBe(sortedMedian(values));
      }
    }
  });
});
