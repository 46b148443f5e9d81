/**
 * Upper bounds, over all parameters, of the numbers that an optimiser stores and computes. A few operations update them in
 * each step, so that a step that would leave the range of the numbers is refused before it is taken.
 */
import { SCALARS } from '../program/scalars.ts';

type RealArray = Float32Array | Float64Array;

/** Each bound is at least the magnitude of every element that it describes, or NaN if the bound is not known. */
export interface MomentBounds {
  /** The bound of |m|, the first moments. */
  first: number;
  /** The bound of v, the second moments. */
  second: number;
  /** The bound of |m| / √(v + f²), where f is {@link flushedRoot}. */
  ratio: number;
  /** The bound of the intermediate numbers of a rule, such as α·m before it is divided by √v. */
  passing: number;
}

/** 2^−126, the smallest normal float32: a kernel replaces a smaller new moment by +0. */
const SMALLEST_NORMAL = 1.1754943508222875e-38;

/** Bounds that are all unknown. */
export function unknownBounds(): MomentBounds {
  return { first: NaN, second: NaN, ratio: NaN, passing: NaN };
}

/**
 * Computes the bounds from the moments themselves.
 *
 * @param bounds - receives the bounds
 * @param first - the first moments; absent if the optimiser has none
 * @param second - the second moments; absent if the optimiser has none
 * @param scalars - the scalars of the coming step
 */
export function measureBounds(
  bounds: MomentBounds,
  first: RealArray | undefined,
  second: RealArray | undefined,
  scalars: Float64Array,
): void {
  const flushed = SMALLEST_NORMAL / scalars[SCALARS.oneMinusBeta2]!;
  bounds.first = first === undefined ? 0 : largestMagnitude(first);
  bounds.second = second === undefined ? 0 : largestMagnitude(second);
  bounds.passing = 0;
  bounds.ratio = 0;
  if (first === undefined || second === undefined) return;
  let ratio = 0;
  for (let i = 0; i < first.length; i++) {
    const m = first[i]!;
    const square = (m * m) / (second[i]! + flushed);
    // Written as a negated comparison so that NaN is kept.
    if (!(square <= ratio)) ratio = square;
  }
  bounds.ratio = Math.sqrt(ratio);
}

/**
 * A bound of |x| / (√v·d + ε), computed from two bounds of x: the denominator is at least ε, and at least
 * (√v + f) · min(d, ε / f).
 *
 * @param size - at least |x|
 * @param ratio - at least |x| / (√v + f)
 * @param scalars - the scalars of the step: d, ε and 1 − β₂
 */
export function quotientBound(size: number, ratio: number, scalars: Float64Array): number {
  const epsilon = scalars[SCALARS.epsilon]!;
  const flushed = flushedRoot(scalars[SCALARS.oneMinusBeta2]!);
  const scale = Math.min(scalars[SCALARS.denominatorScale]!, epsilon / flushed);
  return Math.min(size / epsilon, ratio / scale);
}

/**
 * How much smaller than its exact value the root of a second moment may be, because kernels replace small moments by +0.
 * At each step v loses less than 2^−126, and its earlier loss decays by β₂. Therefore the exact v is less than
 * v + 2^−126 / (1 − β₂), and its root is less than √v + f.
 *
 * @param oneMinusBeta2 - the scalar of the step
 * @returns f = √(2^−126 / (1 − β₂))
 */
function flushedRoot(oneMinusBeta2: number): number {
  return Math.sqrt(SMALLEST_NORMAL / oneMinusBeta2);
}

/** max |v|; NaN if any value is NaN. */
export function largestMagnitude(values: RealArray): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!);
    if (!(size <= most)) most = size;
  }
  return most;
}
