/**
 * How the numbers of a column are brought to a common size, once they are filled: by mean and standard deviation, or by
 * median and quartiles with a smooth limit. The second is for columns with long tails and codes for "missing" among the
 * numbers, because a few extreme values move neither the median nor the quartiles, and the limit keeps them from the network.
 *
 * Source: Holzmüller, Grinsztajn & Steinwart 2024, "Better by default", section 3: robust scaling and smooth clipping.
 */
import type { Numbers } from './number-source.ts';
import { orderStatistics } from './order-statistics.ts';
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
export function fitColumnScaling(values: Numbers, rule: ScalingRule): ColumnScaling {
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
function fitRobust(values: Numbers): ColumnScaling {
  const { length } = values;
  if (length === 0) return { ...UNSCALED, limit: LIMIT };
  const shares = [0, 0.25, 0.5, 0.75, 1];
  const places = shares.flatMap((share) => neighbours(length, share));
  const picked =
    values instanceof Float64Array ? pickSorted(values, places) : orderStatistics(values, places);
  const at = (i: number): number => between(picked[2 * i]!, picked[2 * i + 1]!, length, shares[i]!);
  const [low, first, middle, third, high] = [at(0), at(1), at(2), at(3), at(4)];
  // Halves, because the range of two large float64 may overflow.
  const range = third / 2 - first / 2;
  const half = high / 2 - low / 2;
  const scale = range > 0 ? Math.min(range * 2, Number.MAX_VALUE) : half;
  return { mean: middle, scale: scale > 0 ? scale : 1, limit: LIMIT };
}

/** The places of the two sorted values between which the value below which a share of them lies. */
function neighbours(length: number, share: number): [below: number, above: number] {
  const below = Math.floor(share * (length - 1));
  return [below, Math.min(below + 1, length - 1)];
}

/** The value below which a share of sorted values lies, linear between two neighbours, as in NumPy's default. */
function between(low: number, high: number, length: number, share: number): number {
  const place = share * (length - 1);
  const part = place - Math.floor(place);
  return low * (1 - part) + high * part;
}

function pickSorted(values: Float64Array, places: readonly number[]): number[] {
  const sorted = values.toSorted();
  return places.map((place) => sorted[place]!);
}
