/**
 * Quantiles of values, and bins between them: the same rules as NumPy and scikit-learn, so that a diagram drawn by these libraries
 * looks the same.
 */

/**
 * The quantile of values, linear between two of them.
 *
 * @param sorted - ascending, at least one
 * @param probability - in [0, 1]
 *
 * Source: Hyndman & Fan 1996, definition 7; NumPy's percentile, whose rounding this follows.
 */
export function quantileOf(sorted: ArrayLike<number>, probability: number): number {
  const place = probability * (sorted.length - 1);
  const before = Math.min(Math.floor(place), sorted.length - 1);
  const [low, high] = [sorted[before]!, sorted[Math.min(before + 1, sorted.length - 1)]!];
  const share = place - before;
  return share < 0.5 ? low + (high - low) * share : high - (high - low) * (1 - share);
}

/** Edges of bins of equal width in [low, high], `bins` + 1 of them. */
export function uniformEdges(low: number, high: number, bins: number): number[] {
  const step = (high - low) / bins;
  return Array.from({ length: bins + 1 }, (_, i) => (i === bins ? high : low + i * step));
}

/** Edges of bins with about as many values each; equal values may make some bins empty. */
export function quantileEdges(sorted: ArrayLike<number>, bins: number): number[] {
  if (sorted.length === 0) return [];
  return Array.from({ length: bins + 1 }, (_, i) => quantileOf(sorted, i / bins));
}

/**
 * The bin of a value: the first whose upper edge is not below it; the last for larger values.
 *
 * Source: as scikit-learn's calibration_curve.
 */
export function binOf(edges: readonly number[], value: number): number {
  let [low, high] = [0, edges.length - 2];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle + 1]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Values in ascending order, in new memory. */
export function ascending(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).toSorted();
}
