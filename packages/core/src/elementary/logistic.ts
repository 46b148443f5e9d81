/**
 * tanh, sigmoid and softplus: the functions of e^x that activations and losses need, in float64 with + − × ÷ only.
 *
 * No function overflows or loses digits by cancellation, whatever the size of the input.
 * packages/kernels/src/elementary.h has the same functions in C: change both together.
 */
import { exp, expm1Moderate } from './exp.ts';
import { log1p } from './log.ts';

/**
 * The hyperbolic tangent, tanh x = e / (e + 2) with e = exp(2 |x|) − 1, and the sign of x.
 *
 * Keeps the sign of −0; exactly ±1 from |x| = 22 on.
 *
 * @param x - any number
 * @returns tanh x in [−1, 1]; NaN for NaN
 * @example
 * tanh(-Infinity); // -1
 */
export function tanh(x: number): number {
  if (x === 0) return x;
  const size = Math.abs(x);
  const e = expm1Moderate(size > 22 ? 44 : size + size);
  const y = e / (e + 2);
  return x < 0 ? -y : y;
}

/**
 * The logistic function σ(x) = 1 / (1 + e^−x), as e^x / (1 + e^x) on the negative side.
 *
 * @param x - any number
 * @returns σ(x) in [0, 1], with full relative accuracy as it tends to 0; NaN for NaN
 * @example
 * sigmoid(0); // 0.5
 */
export function sigmoid(x: number): number {
  const e = exp(-Math.abs(x));
  return (x < 0 ? e : 1) / (1 + e);
}

/**
 * softplus(x) = log(1 + e^x) = max(x, 0) + log1p(e^−|x|).
 *
 * @param x - any number
 * @returns softplus(x) ≥ 0; NaN for NaN
 * @example
 * softplus(1000); // 1000
 */
export function softplus(x: number): number {
  return (x > 0 ? x : 0) + log1p(exp(-Math.abs(x)));
}
