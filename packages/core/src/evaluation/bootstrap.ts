/**
 * Intervals of figures by the bootstrap: rows are drawn from the evaluated rows, with repetition, as many as there are, and each
 * figure is measured again on every such draw. Most draws give a figure between the bounds, which says how much the figure
 * depends on the luck of these rows. It says nothing of the luck of the training.
 */
import type { RealArray, RowShape } from '../metrics/metric.ts';
import { METRICS, type MetricName } from '../metrics/registry.ts';
import { ScoreBuffer } from '../metrics/scores.ts';
import { boundedDraw } from '../random/shuffle.ts';
import { blockInto, PURPOSES } from '../random/streams.ts';
import { quantileOf } from './bins.ts';
import type { FigureInterval, FigureIntervals, Resampling } from './figure.ts';

/** Rows that were predicted, in the form of the registry of metrics. */
export interface PredictedRows {
  readonly shape: RowShape;
  readonly rows: number;
  /** Shape [rows, columns]. */
  readonly output: RealArray;
  /** Classes [rows], or numbers [rows, columns]. */
  readonly target: Int32Array | Float64Array;
  readonly weights: Float64Array | undefined;
}

/**
 * Percentile intervals of metrics.
 *
 * @param names - metrics of the registry that fit the rows
 * @returns an interval for each metric that is defined on at least half of the draws; draws on which it is not are left out
 *
 * Source: Efron 1979; Efron & Tibshirani 1993, An Introduction to the Bootstrap, section 13.3.
 */
export function bootstrapIntervals(
  names: readonly MetricName[],
  predicted: PredictedRows,
  { resamples, level, seed }: Resampling,
): FigureIntervals {
  const { rows } = predicted;
  if (rows === 0 || resamples === 0) return {};
  const measure = measurerOf(names, predicted);
  const values = names.map(() => [] as number[]);
  const counts = new Float64Array(rows);
  const draws = new Draws(seed);
  for (let resample = 0; resample < resamples; resample++) {
    draws.countInto(counts, resample);
    if (predicted.weights !== undefined) {
      for (let row = 0; row < rows; row++) counts[row]! *= predicted.weights[row]!;
    }
    for (const [i, value] of measure(counts).entries()) {
      if (Number.isFinite(value)) values[i]!.push(value);
    }
  }
  return Object.fromEntries(
    names.flatMap((name, i): [MetricName, FigureInterval][] => {
      const seen = Float64Array.from(values[i]!).toSorted();
      if (seen.length < resamples / 2) return [];
      const low = quantileOf(seen, (1 - level) / 2);
      return [[name, { low, high: quantileOf(seen, (1 + level) / 2) }]];
    }),
  );
}

/** A function that measures the metrics with other weights of the same rows. What does not depend on the weights is done once. */
function measurerOf(
  names: readonly MetricName[],
  { shape, rows, output, target }: PredictedRows,
): (weights: Float64Array) => number[] {
  const metrics = names.map((name) => METRICS[name]);
  const sums = new Map(
    metrics.flatMap((one) =>
      one.needs === 'sums'
        ? [[one.statistic, new Float64Array(one.statistic.size(shape))] as const]
        : [],
    ),
  );
  const scores = new ScoreBuffer(shape);
  if (metrics.some(({ needs }) => needs === 'scores')) scores.add(output, target, rows);
  return (weights) => {
    for (const [statistic, own] of sums) {
      own.fill(0);
      statistic.add(own, shape, output, target, rows, weights);
    }
    scores.weights = weights;
    return metrics.map((one) =>
      one.needs === 'sums' ? one.value(sums.get(one.statistic)!, shape) : one.value(scores),
    );
  };
}

/** Draws of rows with repetition. Draw i of resample r depends on the seed, r and the number of rows alone. */
class Draws {
  readonly #seed: number;
  readonly #words = new Uint32Array(4);

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Writes how often each row is drawn, if as many rows are drawn as there are. */
  countInto(counts: Float64Array, resample: number): void {
    counts.fill(0);
    let next = 4;
    let block = 0;
    for (let drawn = 0; drawn < counts.length;) {
      if (next === 4) {
        blockInto(this.#words, this.#seed, PURPOSES.resample, 0, block++, 0, resample);
        next = 0;
      }
      const row = boundedDraw(this.#words[next++]!, counts.length);
      if (row < 0) continue;
      counts[row]!++;
      drawn++;
    }
  }
}
