/**
 * What `evaluateNumbers` finds out about predictions of one number a row: a record of plain data that can be written as JSON and read by
 * a report. Errors are prediction − target, in the target's unit. Counts are sums of sample weights, where rows have them.
 */
import type { BaselineFigures, Figure, FigureIntervals, Figures, Resampling } from './figure.ts';

/** See the head of this file. */
export interface NumberEvaluation {
  readonly task: 'numbers';
  readonly rows: number;
  /** Σ w; the number of rows if they have no weights. */
  readonly weight: number;
  /** Every metric of the registry that fits numbers. */
  readonly figures: Figures;
  readonly intervals: FigureIntervals;
  readonly resampling: Resampling;
  /** What the predictions cost as guesses of a quantile. */
  readonly pinball: readonly PinballFigure[];
  /** How often the model's own intervals hold the target; absent if no intervals were given. */
  readonly coverage?: CoverageFigures;
  /** The errors of the rows with the smallest tenth of the targets, the next tenth, and so on; tenths without rows are absent. */
  readonly deciles: readonly DecileErrors[];
  readonly residuals: ResidualFigures;
  readonly baselines: readonly BaselineFigures[];
}

/** The mean pinball loss, which is least if a share `quantile` of the targets lies below the predictions. */
export interface PinballFigure {
  readonly quantile: number;
  readonly loss: Figure;
}

/** Intervals against the targets. */
export interface CoverageFigures {
  /** The probability that was asked for. */
  readonly level: number;
  /** The share of the targets that lie in their interval, bounds included. */
  readonly share: Figure;
  readonly meanWidth: Figure;
  /** The pinball losses of the lower and the upper bounds, as quantiles (1 − level)/2 and (1 + level)/2. */
  readonly pinball: readonly [low: PinballFigure, high: PinballFigure];
}

/** The errors of the rows whose targets are in one tenth. */
export interface DecileErrors {
  /** The smallest and the largest target that belong here: above `low` (in the first tenth from it on), up to `high`. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
  readonly mae: number;
  readonly rmse: number;
  /** The mean error; above 0 if the predictions are too large. */
  readonly bias: number;
}

/** How the errors are spread. */
export interface ResidualFigures {
  readonly mean: Figure;
  readonly standardDeviation: Figure;
  readonly least: Figure;
  readonly most: Figure;
  /** Bins of equal width: `counts[i]` from `edges[i]` up to `edges[i + 1]`; the last one holds its upper edge too. */
  readonly histogram: { readonly edges: readonly number[]; readonly counts: readonly number[] };
  /** Quantiles of the errors beside those of a standard normal distribution, for a plot that is a line if the errors are normal. */
  readonly quantiles: readonly ResidualQuantile[];
}

export interface ResidualQuantile {
  readonly probability: number;
  readonly residual: number;
  /** The quantile of the standard normal distribution. */
  readonly normal: number;
}
