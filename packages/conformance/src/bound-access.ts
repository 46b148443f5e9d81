/**
 * What the bounds of one op are computed from: the reference's values, the bounds of the tensors that the op reads, and
 * the rounding of the arithmetic. `bounds.ts` passes it to the functions of the ops whose bounds have a file of their own.
 */
import type { Op, ScalarSlot, Tensor } from 'vinculum/internal';

/** How the arithmetic rounds that a bound is computed for. */
export interface Roundoff {
  /** The unit roundoff u, 2⁻²⁴ for float32. */
  readonly unit: number;
  /** The smallest subnormal number. */
  readonly tiny: number;
}

export const FLOAT32: Roundoff = { unit: 2 ** -24, tiny: 2 ** -149 };
export const FLOAT64: Roundoff = { unit: 2 ** -53, tiny: 2 ** -1074 };

/** γ(n) = n·u / (1 − n·u), the relative error of n roundings: Higham 2002, lemma 3.1. */
export function gamma(terms: number, { unit }: Roundoff): number {
  return (terms * unit) / (1 - terms * unit);
}

/** The relative error of an elementary function in float64, before the result is rounded to float32. A generous value. */
export const EVALUATION = 1e-13;

/** The record of an op by its kind. */
export type OpOf<Kind extends Op['kind']> = Extract<Op, { readonly kind: Kind }>;

/** The second extent of a tensor of two. */
export function columnsOf({ shape }: Tensor): number {
  return shape[1] as number;
}

export interface BoundAccess {
  /** The number of rows in the run. */
  readonly rows: number;
  /** The values that the reference backend computed. */
  readonly values: (tensor: Tensor) => Float64Array;
  /** The bound of each element of a tensor that was bounded before. */
  readonly errors: (tensor: Tensor) => Float64Array;
  /** The error of a result of absolute size `size` that was rounded `times` times; default 1. */
  readonly rounding: (size: number, times?: number) => number;
  /** A scalar of the step. */
  readonly scalar: (slot: ScalarSlot) => number;
  readonly set: (tensor: Tensor, bounds: Float64Array) => void;
}
