/**
 * How the numbers of a column are brought to a common size, once they are filled: by mean and standard deviation, or by
 * median and quartiles with a smooth limit. The second is for columns with long tails and codes for "missing" among the
 * numbers, because a few extreme values move neither the median nor the quartiles, and the limit keeps them from the network.
 *
 * Source: Holzmüller, Grinsztajn & Steinwart 2024, "Better by default", section 3: robust scaling and smooth clipping.
 */
import { fitScaling, type Scaling } from './scaling.ts';

/** The ways to scale a column. */
export const SCALINGS = ['standard', 'robust'] as const;

/** `'standard'`: mean 0 and variance 1. `'robust'`: median 0, quartiles 1 apart, and no result beyond ±3. */
export type ScalingRule = (typeof SCALINGS)[number];

/** z = (value − mean) / scale; with a limit c the result is z / √(1 + (z / c)²), which stays between −c and c. */
export interface ColumnScaling extends Scaling {
  /** c; absent for none. */
  readonly limit?: number;
}

/** The limit of robust scaling. */
const LIMIT = 3;

/** No change of the numbers. */
export const UNSCALED: ColumnScaling = { mean: 0, scale: 1 };

/**
 * The scaling of a column.
 *
 * @param values - finite numbers; not changed
 */
export function fitColumnScaling(values: Float64Array, rule: ScalingRule): ColumnScaling {
  const fitted = rule === 'robust' ? fitRobust(values) : fitScaling(values);
  return { ...fitted, mean: plainZero(fitted.mean) };
}

/** +0 for −0, which JSON cannot hold. */
export function plainZero(value: number): number {
  return value === 0 ? 0 : value;
}

/** A number as the network takes it. */
export function scaledNumber({ mean, scale, limit }: ColumnScaling, value: number): number {
  const z = (value - mean) / scale;
  if (limit === undefined) return z;
  const share = z / limit;
  // The square of a number beyond 1e8 dwarfs 1, and that of a huge one overflows.
  return Math.abs(share) > 1e8 ? (z < 0 ? -limit : limit) : z / Math.sqrt(1 + share * share);
}

/**
 * Median and quartile range. If the quartiles agree, half of the whole range takes the place of their distance, and if
 * all values agree, the scale is 1.
 */
function fitRobust(values: Float64Array): ColumnScaling {
  if (values.length === 0) return { ...UNSCALED, limit: LIMIT };
  const sorted = values.toSorted();
  // Halves, because the range of two large float64 may overflow.
  const range = quantile(sorted, 0.75) / 2 - quantile(sorted, 0.25) / 2;
  const half = sorted.at(-1)! / 2 - sorted[0]! / 2;
  const scale = range > 0 ? Math.min(range * 2, Number.MAX_VALUE) : half;
  return { mean: quantile(sorted, 0.5), scale: scale > 0 ? scale : 1, limit: LIMIT };
}

/** The value below which a share of sorted values lies, linear between two neighbours, as in NumPy's default. */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  const part = place - below;
  return low * (1 - part) + high * part;
}
