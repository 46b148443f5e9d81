import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as coefficients from './coefficients.ts';
import {
  cosPi,
  erf,
  erfc,
  exp,
  expm1,
  log,
  log1p,
  sigmoid,
  sinPi,
  softplus,
  tanh,
} from './index.ts';

const FUNCTIONS = { exp, expm1, log, log1p, tanh, sigmoid, softplus, erf, erfc, sinPi, cosPi };

const FLOAT = new Float64Array(1);
const WORDS = new Uint32Array(FLOAT.buffer);
const SINGLE = new Float32Array(1);
const SINGLE_WORD = new Uint32Array(SINGLE.buffer);

function float32OfBits(bits: number): number {
  SINGLE_WORD[0] = bits;
  return SINGLE[0]!;
}

/** The inputs of `fingerprint_input` in bench/accuracy/check-elementary.c. */
function fingerprintInput(i: number): number {
  const high = Math.imul(i, 0x9e3779b1) >>> 0;
  const low = Math.imul(i ^ 0x85ebca6b, 0xc2b2ae35) >>> 0;
  const u = high / 4294967296 + low / 18446744073709551616;
  if (i % 3 === 0) return float32OfBits(high);
  return i % 3 === 1 ? (u - 0.5) * 60 : (u - 0.5) * 2;
}

function fingerprint(tested: (x: number) => number): number {
  let hash = 2166136261;
  for (let i = 0; i < 60_000; i++) {
    const y = tested(fingerprintInput(i));
    FLOAT[0] = y;
    const isNaN = Number.isNaN(y);
    hash = Math.imul(hash ^ (isNaN ? 0 : WORDS[0]!), 16777619);
    hash = Math.imul(hash ^ (isNaN ? 0x7ff80000 : WORDS[1]!), 16777619);
  }
  return hash >>> 0;
}

/** The ULP of float32 at x. */
function ulp32(x: number): number {
  let power = 2 ** -149;
  while (power * 2 ** 24 <= Math.abs(x)) power *= 2;
  return power;
}

describe('the elementary functions', () => {
  // Printed by bench/accuracy/check-elementary.c from packages/kernels/src/elementary.h.
  const fingerprintsOfC: Record<keyof typeof FUNCTIONS, number> = {
    exp: 0x9325d7ce,
    expm1: 0x1e9ce9d2,
    log: 0x29a66556,
    log1p: 0xd831b7c9,
    tanh: 0x65b5926d,
    sigmoid: 0x6b1df910,
    softplus: 0x7e295f3a,
    erf: 0x6f1bbff6,
    erfc: 0xc8eb42b5,
    sinPi: 0x82ffce13,
    cosPi: 0x06a84e68,
  };
  for (const [name, tested] of Object.entries(FUNCTIONS)) {
    it(`${name} has the bits of its C twin`, () => {
      const expected = Object.entries(fingerprintsOfC).find(([key]) => key === name)?.[1];
      expect(fingerprint(tested)).toBe(expected);
    });
  }

  it('have the same constants as the C twin', () => {
    const header = readFileSync(
      new URL('../../../kernels/src/elementary.h', import.meta.url),
      'utf8',
    );
    const block = header.slice(
      header.indexOf('begin derived constants'),
      header.indexOf('end derived constants'),
    );
    const defined = new Map<string, number>();
    for (const [, name, value] of block.matchAll(/^#define (\w+) (\S+)$/gm)) {
      defined.set(name!, Number(value));
    }
    expect(Object.fromEntries(defined)).toEqual({ ...coefficients });
    expect(defined.size).toBeGreaterThan(50);
  });

  it('are exact at zero, infinity and NaN', () => {
    const table: [string, (x: number) => number, [number, number][]][] = [
      [
        'exp',
        exp,
        [
          [0, 1],
          [-0, 1],
          [Infinity, Infinity],
          [-Infinity, 0],
          [1e300, Infinity],
          [-1e300, 0],
        ],
      ],
      [
        'expm1',
        expm1,
        [
          [0, 0],
          [-0, -0],
          [Infinity, Infinity],
          [-Infinity, -1],
          [-5e-324, -5e-324],
        ],
      ],
      [
        'log',
        log,
        [
          [1, 0],
          [0, -Infinity],
          [-0, -Infinity],
          [Infinity, Infinity],
          [-1, NaN],
        ],
      ],
      [
        'log1p',
        log1p,
        [
          [0, 0],
          [-0, -0],
          [-1, -Infinity],
          [Infinity, Infinity],
          [-1.5, NaN],
        ],
      ],
      [
        'tanh',
        tanh,
        [
          [0, 0],
          [-0, -0],
          [Infinity, 1],
          [-Infinity, -1],
          [22, 1],
          [5e-324, 5e-324],
        ],
      ],
      [
        'sigmoid',
        sigmoid,
        [
          [0, 0.5],
          [-0, 0.5],
          [Infinity, 1],
          [-Infinity, 0],
        ],
      ],
      [
        'softplus',
        softplus,
        [
          [1000, 1000],
          [Infinity, Infinity],
          [-Infinity, 0],
        ],
      ],
      [
        'erf',
        erf,
        [
          [0, 0],
          [-0, -0],
          [Infinity, 1],
          [-Infinity, -1],
        ],
      ],
      [
        'erfc',
        erfc,
        [
          [0, 1],
          [-0, 1],
          [Infinity, 0],
          [-Infinity, 2],
          [30, 0],
        ],
      ],
    ];
    for (const [name, tested, cases] of table) {
      for (const [x, y] of cases) expect(tested(x), `${name}(${x})`).toBe(y);
      expect(tested(NaN), `${name}(NaN)`).toBeNaN();
    }
  });

  it('agree with values computed in 50 digits', () => {
    // mpmath 1.3: mp.dps = 50.
    const values: [(x: number) => number, number, number][] = [
      [exp, 1, 2.718281828459045],
      [exp, -103.5, 1.1233656060805691e-45],
      [expm1, 1e-5, 1.0000050000166668e-5],
      [log, 10, 2.302585092994046],
      [log, 5e-324, -744.4400719213812],
      [log1p, -0.75, -1.3862943611198906],
      [tanh, 0.25, 0.24491866240370913],
      [sigmoid, -100, 3.720075976020836e-44],
      [softplus, -30, 9.357622968839737e-14],
      [erf, 0.5, 0.5204998778130465],
      [erfc, 3, 2.209049699858544e-5],
      [erfc, 10, 2.088487583762545e-45],
    ];
    for (const [tested, x, y] of values) {
      expect(Math.abs(tested(x) - y), `${tested.name}(${x})`).toBeLessThanOrEqual(
        1e-15 * Math.abs(y),
      );
    }
  });

  it('differ from Math by at most 0.501 ULP after one rounding to float32', () => {
    // The functions of Math are wrong by at most a few ULP of float64, which is too little to change a float32.
    const pairs: [(x: number) => number, (x: number) => number][] = [
      [exp, Math.exp],
      [expm1, Math.expm1],
      [log, Math.log],
      [log1p, Math.log1p],
      [tanh, Math.tanh],
    ];
    const faults: string[] = [];
    for (const [tested, oracle] of pairs) {
      for (let i = 0; i < 40_000; i++) {
        const x = float32OfBits(Math.imul(i, 0x9e3779b1));
        const exact = oracle(x);
        const rounded = Math.fround(tested(x));
        const fine =
          Object.is(rounded, Math.fround(exact)) ||
          Math.abs(rounded - exact) <= 0.501 * ulp32(exact);
        if (!fine) faults.push(`${tested.name}(${x}) = ${rounded}, not ${exact}`);
      }
    }
    expect(faults).toEqual([]);
  });

  it('are symmetric where the mathematical function is', () => {
    for (let i = 0; i < 2_000; i++) {
      const x = fingerprintInput(3 * i + 1);
      expect(tanh(-x)).toBe(-tanh(x));
      expect(erf(-x)).toBe(-erf(x));
      expect(Math.abs(sigmoid(x) + sigmoid(-x) - 1)).toBeLessThanOrEqual(2 ** -52);
      expect(erfc(-Math.abs(x))).toBe(2 - erfc(Math.abs(x)));
    }
  });
});
