/**
 * What the bounds of one op are computed from: the reference's values, the bounds of what the op reads, and the rounding of
 * the arithmetic that the bounds are for. `bounds.ts` hands it to the ops that have a file of their own.
 */
import type { Op, Tensor } from 'vinculum/internal';

/** The arithmetic a bound is for. */
export interface Roundoff {
  /** u: 2⁻²⁴ for float32. */
  readonly unit: number;
  /** The smallest subnormal. */
  readonly tiny: number;
}

export const FLOAT32: Roundoff = { unit: 2 ** -24, tiny: 2 ** -149 };
export const FLOAT64: Roundoff = { unit: 2 ** -53, tiny: 2 ** -1074 };

/** γ(n). */
export function gamma(terms: number, { unit }: Roundoff): number {
  return (terms * unit) / (1 - terms * unit);
}

/** The relative error of a float64 evaluation before it is rounded to float32; generous. */
export const EVALUATION = 1e-13;

/** The record of an op by its kind. */
export type OpOf<Kind extends Op['kind']> = Extract<Op, { readonly kind: Kind }>;

export interface BoundAccess {
  /** Rows of the run. */
  readonly rows: number;
  /** The reference's values. */
  readonly values: (tensor: Tensor) => Float64Array;
  /** The bound of each element so far. */
  readonly errors: (tensor: Tensor) => Float64Array;
  /** The rounding of a result of absolute size `size`, rounded `times` times; once by default. */
  readonly rounding: (size: number, times?: number) => number;
  readonly set: (tensor: Tensor, bounds: Float64Array) => void;
}
