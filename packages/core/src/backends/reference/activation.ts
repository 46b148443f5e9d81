/**
 * The activation functions and their derivatives, in float64: eq. (2), (7) forward and eq. (16), (23)
 * backward. No intermediate result overflows if the final result is finite.
 */
import type { Activation } from '../../activations/activation.ts';
import type { ActivationAdjointOp, ActivationOp } from '../../program/program.ts';
import { erfc } from './erfc.ts';
import { columnsOf, SELU_ALPHA, SELU_LAMBDA } from '../contract.ts';
import type { Memory, Run } from './memory.ts';

/** φ(m). */
export function activationValue(activation: Activation, m: number): number {
  switch (activation.kind) {
    case 'identity':
      return m;
    case 'relu':
      // Not Math.max(0, m): NaN must stay NaN and −0 become +0.
      return m > 0 || Number.isNaN(m) ? m : 0;
    case 'leaky-relu':
      return m > 0 ? m : activation.slope! * m;
    case 'elu':
      return m > 0 ? m : activation.alpha! * Math.expm1(m);
    case 'selu':
      return SELU_LAMBDA * (m > 0 ? m : SELU_ALPHA * Math.expm1(m));
    case 'gelu':
      return geluValue(m);
    case 'silu':
      return m === -Infinity ? 0 : m * sigmoid(m);
    case 'tanh':
      return Math.tanh(m);
    case 'sigmoid':
      return sigmoid(m);
    case 'softplus':
      // max(m, 0) by comparison, so that NaN stays NaN.
      return (m < 0 ? 0 : m) + Math.log1p(Math.exp(-Math.abs(m)));
    default:
      return activation.kind satisfies never;
  }
}

/**
 * φ′. At a kink, where the derivative does not exist, eq. (16) still needs a value: 0 for relu, the lower branch for the
 * others.
 *
 * @param source - h for identity, relu, tanh and sigmoid, else m
 */
export function activationDerivative(activation: Activation, source: number): number {
  switch (activation.kind) {
    case 'identity':
      return 1;
    case 'relu':
      return source > 0 ? 1 : 0;
    case 'leaky-relu':
      return source > 0 ? 1 : activation.slope!;
    case 'elu':
      return source > 0 ? 1 : activation.alpha! * Math.exp(source);
    case 'selu':
      return SELU_LAMBDA * (source > 0 ? 1 : SELU_ALPHA * Math.exp(source));
    case 'gelu':
      return geluDerivative(source);
    case 'silu':
      return siluDerivative(source);
    case 'tanh':
      return (1 - source) * (1 + source);
    case 'sigmoid':
      return source * (1 - source);
    case 'softplus':
      return sigmoid(source);
    default:
      return activation.kind satisfies never;
  }
}

/** σ(m) = 1 / (1 + e⁻ᵐ), from the exponential that cannot overflow. */
export function sigmoid(m: number): number {
  if (m >= 0) return 1 / (1 + Math.exp(-m));
  const power = Math.exp(m);
  return power / (1 + power);
}

/** m Φ(m) = m/2 · erfc(−m/√2); erfc keeps its digits on the negative side, where 1 + erf would cancel. */
function geluValue(m: number): number {
  return m === -Infinity ? 0 : (m / 2) * erfc(-m / Math.SQRT2);
}

/** Φ(m) + m φ(m), with the normal density φ; m² beyond float64 means a density of 0. */
function geluDerivative(m: number): number {
  const density = Math.exp((-m * m) / 2) / Math.sqrt(2 * Math.PI);
  return erfc(-m / Math.SQRT2) / 2 + (density === 0 ? 0 : m * density);
}

/** σ(m) (1 + m σ(−m)); σ(−m) instead of 1 − σ(m), which would cancel. */
function siluDerivative(m: number): number {
  if (Math.abs(m) > 1000) return m > 0 ? 1 : 0;
  return sigmoid(m) * (1 + m * sigmoid(-m));
}

/** h = φ(m), unfused: eq. (2), (7). */
export function activate(op: ActivationOp, memory: Memory): Run {
  const { out, input } = memory.of(op);
  const columns = columnsOf(op.out);
  return () => {
    for (let j = 0; j < memory.rows() * columns; j++) {
      out[j] = activationValue(op.activation, input[j]!);
    }
  };
}

/** m̄ = h̄ ∘ φ′: eq. (16), (23). */
export function activationAdjoint(op: ActivationAdjointOp, memory: Memory): Run {
  const { out, input, source } = memory.of(op);
  const columns = columnsOf(op.out);
  return () => {
    for (let j = 0; j < memory.rows() * columns; j++) {
      out[j] = input[j]! * activationDerivative(op.activation, source[j]!);
    }
  };
}
