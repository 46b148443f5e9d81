/**
 * R², the score of a regression: how much of the targets' variance the predictions explain.
 */

/**
 * R² = 1 − Σ(y − ŷ)² / Σ(y − ȳ)², the plain mean over outputs.
 *
 * @param truths - y, row-major, shape [rows, columns]
 * @param guesses - ŷ, likewise
 * @param columns - outputs
 * @returns at most 1; an output whose truths are constant counts 1 if it is met exactly, else 0
 *
 * Source: scikit-learn's r2_score with `multioutput='uniform_average'`.
 */
export function meanDetermination(
  truths: Float32Array | Float64Array,
  guesses: Float64Array,
  columns: number,
): number {
  let sum = 0;
  for (let column = 0; column < columns; column++) {
    sum += determination(truths, guesses, column, columns);
  }
  return sum / columns;
}

function determination(
  truths: Float32Array | Float64Array,
  guesses: Float64Array,
  column: number,
  columns: number,
): number {
  const rows = guesses.length / columns;
  // About the first truth, so that constant truths have their exact mean and a spread of exactly 0.
  const origin = truths[column]!;
  let shift = 0;
  for (let row = 0; row < rows; row++) shift += truths[row * columns + column]! - origin;
  const mean = origin + shift / rows;
  let residual = 0;
  let total = 0;
  for (let i = column; i < guesses.length; i += columns) {
    const error = truths[i]! - guesses[i]!;
    const spread = truths[i]! - mean;
    residual += error * error;
    total += spread * spread;
  }
  if (total === 0) return residual === 0 ? 1 : 0;
  return 1 - residual / total;
}
