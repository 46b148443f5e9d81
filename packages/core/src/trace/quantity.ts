/**
 * One named value of a step, as the trace gives it.
 */
import type { Quantity } from '../program/notation.ts';

export interface TracedQuantity {
  /** A plain identifier: `x`, `m1`, `h1`, `z`, `y`, `L`, `LBar`, `zBar`, `W2Bar`, … */
  readonly name: string;
  /** As text: `z̄`. */
  readonly symbol: string;
  /** The equation that defines it, such as `\bar{Z} = \tfrac{1}{N}(Y - T)`. */
  readonly latex: string;
  /** Its number; `docs/equations.md` has them all. */
  readonly equation: number;
  /** `[]` for a scalar, `[columns]` for a vector, `[rows, columns]` for a matrix. */
  readonly shape: readonly number[];
  /** Row-major, float64; a copy. */
  readonly value: Float64Array;
}

/** A quantity with a copy of its value; `formula` is the right-hand side, or empty if the value is given. */
export function traced(
  quantity: Omit<Quantity, 'formula'>,
  formula: string,
  shape: readonly number[],
  value: ArrayLike<number>,
): TracedQuantity {
  const { name, symbol, equation } = quantity;
  const latex = formula === '' ? quantity.latex : `${quantity.latex} = ${formula}`;
  return { name, symbol, latex, equation, shape, value: Float64Array.from(value) };
}
