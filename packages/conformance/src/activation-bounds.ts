/**
 * How much an activation and its derivative can change with their argument. `bounds.ts` multiplies errors by these
 * numbers. Each number is the supremum over all arguments, rounded up.
 */
import type { Activation } from 'vinculum';
import { SELU_ALPHA, SELU_LAMBDA } from 'vinculum/internal';

/** The largest |φ′|: how much an error of m can grow. */
export function steepest({ kind, slope = 0, alpha = 0 }: Activation): number {
  switch (kind) {
    case 'leaky-relu':
      return Math.max(1, slope);
    case 'elu':
      return Math.max(1, alpha);
    case 'selu':
      return SELU_LAMBDA * SELU_ALPHA;
    case 'gelu':
      return 1.13;
    case 'silu':
      return 1.1;
    case 'sigmoid':
      return 0.25;
    case 'identity':
    case 'relu':
    case 'tanh':
    case 'softplus':
      return 1;
    default:
      return kind satisfies never;
  }
}

/** How much φ′ changes with what it is computed from, away from 0, and by how much it jumps at 0. */
export function curvature({
  kind,
  slope = 0,
  alpha = 0,
}: Activation): [bend: number, jump: number] {
  switch (kind) {
    case 'identity':
      return [0, 0];
    case 'relu':
      return [0, 1];
    case 'leaky-relu':
      return [0, Math.abs(1 - slope)];
    case 'elu':
      return [alpha, Math.abs(1 - alpha)];
    case 'selu':
      return [SELU_LAMBDA * SELU_ALPHA, SELU_LAMBDA * (SELU_ALPHA - 1)];
    case 'gelu':
      return [0.8, 0];
    case 'silu':
      return [0.5, 0];
    case 'tanh':
      return [2.1, 0];
    case 'sigmoid':
      return [1.1, 0];
    case 'softplus':
      return [0.25, 0];
    default:
      return kind satisfies never;
  }
}
