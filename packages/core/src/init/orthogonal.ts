/**
 * The orthogonal initialiser: the rows (or the columns, if they are fewer) have length 1 and are at right angles, and
 * the distribution is uniform over all such matrices. A deep linear network then keeps the length of its input.
 *
 * A matrix of standard normals is factored as QR by Householder reflections; Q with each column's sign taken
 * from R's diagonal is uniform (Mezzadri 2007, "How to generate random matrices from the classical compact
 * groups", section 5). Sums run in a fixed order with + − × ÷ √ only, so the bits are the same everywhere.
 *
 * Source: Saxe, McClelland & Ganguli 2014, "Exact solutions to the nonlinear dynamics of learning in deep
 * linear neural networks".
 */
import { initialNormalsInto } from '../random/normal.ts';
import { WEIGHT_TENSOR, type WeightPlace } from './place.ts';

/** A row-major matrix with at least as many rows as columns. */
interface TallMatrix {
  readonly values: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Fills a weight with an orthogonal matrix: W Wᵀ = 1 if fanOut ≤ fanIn, else Wᵀ W = 1. Gain 1.
 *
 * @param place - the memory and the stream
 */
export function fillOrthogonal(place: WeightPlace): void {
  const { out, fanOut, fanIn, seed, layer } = place;
  const tall = fanOut >= fanIn;
  const rows = tall ? fanOut : fanIn;
  const columns = tall ? fanIn : fanOut;
  const matrix = { values: new Float64Array(rows * columns), rows, columns };
  initialNormalsInto(matrix.values, 1, seed, layer, WEIGHT_TENSOR);
  const q = orthonormalColumns(matrix);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      out[tall ? row * fanIn + column : column * fanIn + row] = q[row * columns + column]!;
    }
  }
}

/** Q of A = QR with the signs of R's diagonal made positive; A is overwritten by the reflections. */
function orthonormalColumns(matrix: TallMatrix): Float64Array {
  const { rows, columns } = matrix;
  const factors = new Float64Array(columns);
  const signs = new Float64Array(columns);
  const sums = new Float64Array(columns);
  for (let j = 0; j < columns; j++) {
    signs[j] = makeReflection(matrix, j, factors);
    reflect(matrix, j, factors[j]!, matrix.values, j + 1, sums);
  }
  const q = new Float64Array(rows * columns);
  for (let j = 0; j < columns; j++) q[j * columns + j] = signs[j]!;
  for (let j = columns - 1; j >= 0; j--) reflect(matrix, j, factors[j]!, q, j, sums);
  return q;
}

/**
 * Replaces column j from the diagonal down by the vector v of the reflection 1 − τ v vᵀ that maps it to a
 * multiple of the first axis, sets τ, and returns the sign of that multiple, R's diagonal element.
 */
function makeReflection(matrix: TallMatrix, j: number, factors: Float64Array): number {
  const { values, rows, columns } = matrix;
  let squares = 0;
  for (let row = j; row < rows; row++) {
    const value = values[row * columns + j]!;
    squares += value * value;
  }
  const norm = Math.sqrt(squares);
  const top = values[j * columns + j]!;
  // The sign is opposite to that of the first element, so that the subtraction below does not cancel.
  const diagonal = top > 0 ? -norm : norm;
  values[j * columns + j] = top - diagonal;
  const lengthSquared = 2 * (squares - top * diagonal);
  factors[j] = lengthSquared > 0 ? 2 / lengthSquared : 0;
  return diagonal < 0 ? -1 : 1;
}

/** target ← (1 − τ v vᵀ) target for columns from `first`; column j of the matrix holds v. */
function reflect(
  matrix: TallMatrix,
  j: number,
  factor: number,
  target: Float64Array,
  first: number,
  sums: Float64Array,
): void {
  const { values, rows, columns } = matrix;
  sums.fill(0);
  for (let row = j; row < rows; row++) {
    const v = values[row * columns + j]!;
    for (let c = first; c < columns; c++) sums[c] = sums[c]! + v * target[row * columns + c]!;
  }
  for (let row = j; row < rows; row++) {
    const scaled = factor * values[row * columns + j]!;
    for (let c = first; c < columns; c++) {
      const place = row * columns + c;
      target[place] = target[place]! - scaled * sums[c]!;
    }
  }
}
