/**
 * The figures of an evaluation: metrics by name, how sure they are, and what a simpler model would have reached. They are plain data that
 * JSON can hold, so a figure that is not defined is null, because JSON has no NaN.
 */
import type { MetricName } from '../metrics/registry.ts';

/** A finite number, or null if the figure is not defined for these rows. */
export type Figure = number | null;

/** Figures by the names of the registry of metrics; a metric that does not fit the task is absent. */
export type Figures = Readonly<Partial<Record<MetricName, Figure>>>;

/** Bounds between which a figure lies for most samples of as many rows; see `bootstrapIntervals`. */
export interface FigureInterval {
  readonly low: number;
  readonly high: number;
}

/** Intervals by the names of the figures; absent for a figure that was not resampled or is not defined. */
export type FigureIntervals = Readonly<Partial<Record<MetricName, FigureInterval>>>;

/** How the intervals were found. */
export interface Resampling {
  /** How many times as many rows were drawn; 0 if there are no intervals. */
  readonly resamples: number;
  /** The share of the resamples whose figure lies between the bounds. */
  readonly level: number;
  readonly seed: number;
}

/** What another model reaches on the same rows, to compare with. */
export interface BaselineFigures {
  /** Such as `'majority'`, `'mean'` or `'linear'`. */
  readonly name: string;
  /** What it does, in words, such as `always 'cat'`. */
  readonly says: string;
  readonly figures: Figures;
}

/** A number as a figure; −0 is 0, as it would become in JSON. */
export function figureOf(value: number | undefined): Figure {
  return value !== undefined && Number.isFinite(value) ? value + 0 : null;
}

/** The value of a figure; NaN if it is not defined. */
export function valueOf(figure: Figure | undefined): number {
  return figure ?? NaN;
}
