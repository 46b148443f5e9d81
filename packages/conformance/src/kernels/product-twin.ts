/**
 * The results of the matrix kernels, computed by plain float32 loops in the order of docs/numerics.md, in both numerics.
 */
import type { Numerics } from 'vinculum';

const f = Math.fround;

/** A factor of a product: element (i, j) is values[i · row + j · column]. */
export interface Factor {
  readonly values: ArrayLike<number>;
  readonly row: number;
  readonly column: number;
}

/** What {@link product} adds and how. */
export interface ProductOptions {
  readonly bias?: ArrayLike<number>;
  readonly numerics?: Numerics;
}

/**
 * A matrix product: out[r][c] = Σₖ left(r, k) · right(k, c), k ascending from +0, plus the bias. The factors are arrays with
 * strides and no functions of two indices, because the tests add up a thousand million products.
 */
export function product(
  [rows, columns, steps]: readonly [rows: number, columns: number, steps: number],
  left: Factor,
  right: Factor,
  { bias, numerics = 'portable' }: ProductOptions = {},
): Float32Array {
  const sumOf = numerics === 'fused' ? fusedSum : portableSum;
  const out = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const sum = sumOf(steps, left, r * left.row, right, c * right.column);
      out[r * columns + c] = bias === undefined ? sum : f(sum + bias[c]!);
    }
  }
  return out;
}

function portableSum(
  steps: number,
  left: Factor,
  firstLeft: number,
  right: Factor,
  firstRight: number,
): number {
  const [a, b] = [left.values, right.values];
  let sum = 0;
  for (let k = 0; k < steps; k++) {
    sum = f(sum + f(a[firstLeft + k * left.column]! * b[firstRight + k * right.row]!));
  }
  return sum;
}

function fusedSum(
  steps: number,
  left: Factor,
  firstLeft: number,
  right: Factor,
  firstRight: number,
): number {
  const [a, b] = [left.values, right.values];
  let sum = 0;
  for (let k = 0; k < steps; k++) {
    sum = fusedMultiplyAdd(a[firstLeft + k * left.column]!, b[firstRight + k * right.row]!, sum);
  }
  return sum;
}

/**
 * a·b + sum of float32 numbers, rounded once. The product is exact in float64. Its sum with a float32 is rounded to odd: if it is
 * not exact, the last bit is made 1. A number that is so rounded to 53 bits and then to 24 is the exact one rounded to 24
 * (Boldo & Melquiond 2008, theorem 3), while two roundings to nearest could differ from it.
 */
export function fusedMultiplyAdd(a: number, b: number, sum: number): number {
  const exact = a * b;
  const total = exact + sum;
  const nearest = f(total);
  const rest = total - nearest;
  // The float32 on the other side of `total`, if `total` is half-way. Elsewhere two roundings give what one gives.
  const mirrored = nearest + 2 * rest;
  if (rest === 0 || (Number.isFinite(mirrored) && f(mirrored) !== mirrored)) return nearest;
  if (!Number.isFinite(total)) return nearest;
  // The rounding error of the sum, exact (Knuth 1969, TwoSum).
  const back = total - exact;
  const error = exact - (total - back) + (sum - back);
  if (error === 0) return nearest;
  NUMBER[0] = total;
  const low = WORDS[LOW_WORD]!;
  if ((low & 1) === 1) return nearest;
  if (error > 0 === total > 0) {
    WORDS[LOW_WORD] = low + 1;
  } else {
    // One less in 64 bits: the low word borrows from the high one if it is 0.
    WORDS[LOW_WORD] = low - 1;
    if (low === 0) WORDS[1 - LOW_WORD]! -= 1;
  }
  return f(NUMBER[0]);
}

const NUMBER = Float64Array.of(1);
const WORDS = new Uint32Array(NUMBER.buffer);

/** The index of the low half of NUMBER in WORDS: that of 1 is zero. */
const LOW_WORD = WORDS[0] === 0 ? 0 : 1;
