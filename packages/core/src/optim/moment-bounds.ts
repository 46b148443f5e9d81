/**
 * Upper bounds, over all parameters, of what an optimiser keeps and computes. They are carried from step to step with a few
 * operations, so that a step that would leave the range of the numbers is refused before it is taken.
 */
import { SCALARS } from '../program/scalars.ts';

type RealArray = Float32Array | Float64Array;

/** Each holds at least the size of every element that it speaks of; NaN where it is not known. */
export interface MomentBounds {
  /** |m|, of the first moments. */
  first: number;
  /** v, of the second moments. */
  second: number;
  /** |m| / √(v + f²), where f is {@link flushedRoot}. */
  ratio: number;
  /** What a rule computes on the way to its step, such as α·m before it is divided by √v. */
  passing: number;
}

/** 2^−126, the smallest normal float32: a kernel replaces a smaller new moment by +0. */
const SMALLEST_NORMAL = 1.1754943508222875e-38;

/** Bounds of which nothing is known. */
export function unknownBounds(): MomentBounds {
  return { first: NaN, second: NaN, ratio: NaN, passing: NaN };
}

/**
 * Looks the bounds up in the moments themselves.
 *
 * @param bounds - receives them
 * @param first - the first moments; absent where none are kept
 * @param second - the second moments; absent where none are kept
 * @param scalars - of the coming step
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
 * A bound of |x| / (√v·d + ε) for an x of which two bounds are known: the denominator is at least ε, and at least
 * (√v + f) · min(d, ε / f).
 *
 * @param size - at least |x|
 * @param ratio - at least |x| / (√v + f)
 * @param scalars - of the step: d, ε and 1 − β₂
 */
export function quotientBound(size: number, ratio: number, scalars: Float64Array): number {
  const epsilon = scalars[SCALARS.epsilon]!;
  const flushed = flushedRoot(scalars[SCALARS.oneMinusBeta2]!);
  const scale = Math.min(scalars[SCALARS.denominatorScale]!, epsilon / flushed);
  return Math.min(size / epsilon, ratio / scale);
}

/**
 * How much smaller than its exact value the root of a second moment may be because of what a kernel has replaced by +0: at
 * each step v loses less than 2^−126, and what it had lost before decays by β₂, so that the exact v is less than
 * v + 2^−126 / (1 − β₂), and its root less than √v + f.
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
