/**
 * Dual numbers a + b·ε, ε² = 0: forward-mode differentiation, the second oracle of the gradients. A function
 * evaluated on a + ε gives its value and its derivative together. The derivative has only rounding errors, because no
 * step h is needed. This file shares no line with the backends; each formula is written here from its definition.
 *
 * Source: Griewank & Walther 2008, "Evaluating Derivatives", chapter 3.
 */

/** a + b·ε. */
export interface Dual {
  readonly value: number;
  /** The derivative along the direction that ε represents. */
  readonly slope: number;
}

export function constant(value: number): Dual {
  return { value, slope: 0 };
}

export function add(left: Dual, right: Dual): Dual {
  return { value: left.value + right.value, slope: left.slope + right.slope };
}

export function subtract(left: Dual, right: Dual): Dual {
  return { value: left.value - right.value, slope: left.slope - right.slope };
}

export function multiply(left: Dual, right: Dual): Dual {
  return {
    value: left.value * right.value,
    slope: left.slope * right.value + left.value * right.slope,
  };
}

export function scale(dual: Dual, factor: number): Dual {
  return { value: dual.value * factor, slope: dual.slope * factor };
}

export function divide(left: Dual, right: Dual): Dual {
  const value = left.value / right.value;
  return { value, slope: (left.slope - value * right.slope) / right.value };
}

export function exp(dual: Dual): Dual {
  const value = Math.exp(dual.value);
  return { value, slope: value * dual.slope };
}

export function cos(dual: Dual): Dual {
  return { value: Math.cos(dual.value), slope: -Math.sin(dual.value) * dual.slope };
}

export function expm1(dual: Dual): Dual {
  return { value: Math.expm1(dual.value), slope: Math.exp(dual.value) * dual.slope };
}

export function log(dual: Dual): Dual {
  return { value: Math.log(dual.value), slope: dual.slope / dual.value };
}

function log1p(dual: Dual): Dual {
  return { value: Math.log1p(dual.value), slope: dual.slope / (1 + dual.value) };
}

export function tanh(dual: Dual): Dual {
  const cosh = Math.cosh(dual.value);
  return { value: Math.tanh(dual.value), slope: dual.slope / (cosh * cosh) };
}

export function absolute(dual: Dual): Dual {
  return dual.value < 0 ? scale(dual, -1) : dual;
}

/** 1 / (1 + e^−x). */
export function logistic(dual: Dual): Dual {
  return divide(constant(1), add(constant(1), exp(scale(dual, -1))));
}

/** log(1 + e^x), written as x + log(1 + e^−x) for x > 0, because e^x would overflow. */
export function softplus(dual: Dual): Dual {
  return dual.value > 0 ? add(dual, log1p(exp(scale(dual, -1)))) : log1p(exp(dual));
}

/** Depth of the continued fraction. At x = 1.5, where it converges slowest, a depth of 80 is enough. */
const FRACTION_DEPTH = 120;

/** erf(x), by the series for |x| < 1.5 and by the continued fraction of erfc elsewhere; its derivative is 2/√π·exp(−x²). */
export function erf(dual: Dual): Dual {
  const x = dual.value;
  const value = Math.abs(x) < 1.5 ? erfSeries(x) : Math.sign(x) * (1 - erfcFraction(Math.abs(x)));
  return { value, slope: (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * dual.slope };
}

/** 2/√π Σ (−1)ⁿ x²ⁿ⁺¹ / (n! (2n + 1)): DLMF 7.6.1. */
function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-19; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

/** exp(−x²)/√π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + …)))): DLMF 7.9.2. */
function erfcFraction(x: number): number {
  let rest = x;
  for (let n = FRACTION_DEPTH; n > 0; n--) rest = x + n / 2 / rest;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / rest;
}
