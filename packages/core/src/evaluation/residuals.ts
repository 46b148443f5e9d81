/**
 * How the errors of predicted numbers are spread: their moments, a histogram, their quantiles beside those of a normal distribution, and
 * the errors of each tenth of the targets.
 */
import { binOf, quantileEdges, quantileOf, ascending, uniformEdges } from './bins.ts';
import { figureOf } from './figure.ts';
import type { DecileErrors, ResidualFigures } from './number-evaluation.ts';
import { normalQuantile } from './normal-quantile.ts';

/** Bins of the histogram, unless the rows are too few for them; see {@link binsFor}. */
const MOST_BINS = 30;

/** The most points of the plot of quantiles. */
const MOST_QUANTILES = 99;

/**
 * The spread of errors.
 *
 * @param errors - prediction − target, finite
 * @param weights - how often each counts in the moments and the histogram; the quantiles count every row once
 */
export function residualFigures(
  errors: Float64Array,
  weights: Float64Array | undefined,
): ResidualFigures {
  const weigh = (row: number): number => weights?.[row] ?? 1;
  const ordered = ascending(errors);
  let [sum, weight] = [0, 0];
  for (const [row, error] of errors.entries()) {
    sum += weigh(row) * error;
    weight += weigh(row);
  }
  const mean = sum / weight;
  let squares = 0;
  for (const [row, error] of errors.entries())
    squares += weigh(row) * (error - mean) * (error - mean);
  const [least, most] = [ordered[0], ordered.at(-1)];
  return {
    mean: figureOf(mean),
    standardDeviation: figureOf(Math.sqrt(squares / weight)),
    least: figureOf(least),
    most: figureOf(most),
    histogram: histogramOf(ordered, errors, weigh),
    quantiles: Array.from({ length: Math.min(errors.length, MOST_QUANTILES) }, (_, i) => {
      const probability = (i + 0.5) / Math.min(errors.length, MOST_QUANTILES);
      const residual = quantileOf(ordered, probability);
      return { probability, residual, normal: normalQuantile(probability) };
    }),
  };
}

function histogramOf(
  ordered: Float64Array,
  errors: Float64Array,
  weigh: (row: number) => number,
): ResidualFigures['histogram'] {
  if (errors.length === 0) return { edges: [], counts: [] };
  const [low, high] = [ordered[0]!, ordered.at(-1)!];
  // Errors that are all equal have a bin of width 1 around them, as in NumPy's histogram.
  const isSpread = high > low;
  const edges = isSpread
    ? uniformEdges(low, high, binsFor(errors.length))
    : [low - 0.5, high + 0.5];
  const counts = edges.slice(1).map(() => 0);
  for (const [row, error] of errors.entries()) {
    let bin = binOf(edges, error);
    // A value on an edge belongs to the bin above the edge, but for the last edge.
    if (bin + 1 < counts.length && error === edges[bin + 1]!) bin++;
    counts[bin]! += weigh(row);
  }
  return { edges, counts };
}

/** √rows, so that a bin of few rows has some too, from 1 to {@link MOST_BINS}. */
function binsFor(rows: number): number {
  return Math.min(MOST_BINS, Math.ceil(Math.sqrt(rows)));
}

/** The errors of the rows in each tenth of the targets. */
export function decileErrors(
  targets: ArrayLike<number>,
  errors: Float64Array,
  weights: Float64Array | undefined,
): DecileErrors[] {
  const edges = quantileEdges(ascending(targets), 10);
  const sums = edges.slice(1).map(() => ({ count: 0, absolute: 0, squared: 0, signed: 0 }));
  for (const [row, error] of errors.entries()) {
    const weight = weights?.[row] ?? 1;
    const bin = sums[binOf(edges, targets[row]!)]!;
    bin.count += weight;
    bin.absolute += weight * Math.abs(error);
    bin.squared += weight * error * error;
    bin.signed += weight * error;
  }
  return sums.flatMap(({ count, absolute, squared, signed }, i) =>
    count === 0
      ? []
      : [
          {
            low: edges[i]!,
            high: edges[i + 1]!,
            count,
            mae: absolute / count,
            rmse: Math.sqrt(squared / count),
            bias: signed / count,
          },
        ],
  );
}
