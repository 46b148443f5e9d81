import { describe, expect, it } from 'vitest';
import { cosPi, sinPi } from './half-turns.ts';

describe('sinPi and cosPi', () => {
  it('are exact at multiples of a quarter turn, however large', () => {
    for (const turns of [0, 1, 7, 2 ** 20, 2 ** 49]) {
      const x = 2 * turns;
      expect([sinPi(x), cosPi(x)]).toEqual([0, 1]);
      expect([sinPi(x + 0.5), cosPi(x + 0.5)]).toEqual([1, 0]);
      expect([sinPi(x + 1), cosPi(x + 1)]).toEqual([0, -1]);
      expect([sinPi(x + 1.5), cosPi(x + 1.5)]).toEqual([-1, 0]);
    }
    expect(sinPi(-0)).toBe(-0);
    expect(sinPi(-0.5)).toBe(-1);
    expect(cosPi(2 ** 1000)).toBe(1);
  });

  it('are NaN for a value that is no angle', () => {
    for (const x of [NaN, Infinity, -Infinity]) {
      expect(sinPi(x)).toBeNaN();
      expect(cosPi(x)).toBeNaN();
    }
  });

  it('agree with values computed in 50 digits', () => {
    // mpmath 1.3: mp.dps = 50, sinpi and cospi of the float64 nearest to the literal.
    const rows: [number, number, number][] = [
      [1e-9, 3.1415926535897936e-9, 1.0],
      [0.1, 0.30901699437494745, 0.9510565162951535],
      [0.2, 0.5877852522924731, 0.8090169943749475],
      [0.25, 0.7071067811865476, 0.7071067811865476],
      [0.3, 0.8090169943749475, 0.5877852522924731],
      [0.4999999, 0.9999999999999507, 3.14159265368008e-7],
      [0.6, 0.9510565162951536, -0.30901699437494734],
      [0.9, 0.30901699437494734, -0.9510565162951536],
      [0.99999, 3.141592653058724e-5, -0.9999999995065197],
      [1.1, -0.3090169943749477, -0.9510565162951535],
      [1.3, -0.8090169943749475, -0.587785252292473],
      [1.75, -0.7071067811865476, 0.7071067811865476],
      [1.9999, -0.00031415926019123195, 0.9999999506519784],
      [-0.7, -0.8090169943749475, -0.587785252292473],
      [123.456, -0.9904614256966525, -0.1377902906846285],
    ];
    for (const [x, sine, cosine] of rows) {
      expect(Math.abs(sinPi(x) - sine)).toBeLessThanOrEqual(3e-16 * Math.abs(sine));
      expect(Math.abs(cosPi(x) - cosine)).toBeLessThanOrEqual(3e-16 * Math.abs(cosine));
    }
  });

  it('lie on the unit circle and keep its symmetries', () => {
    for (let i = 0; i < 5_000; i++) {
      const x = i / 1_234;
      expect(Math.abs(sinPi(x) ** 2 + cosPi(x) ** 2 - 1)).toBeLessThanOrEqual(6e-16);
      expect(sinPi(-x)).toBe(-sinPi(x));
      expect(cosPi(-x)).toBe(cosPi(x));
    }
  });
});
