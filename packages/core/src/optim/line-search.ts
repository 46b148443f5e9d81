/**
 * A line search for the strong Wolfe conditions: it finds a step that lowers a function enough and leaves a slope that is small
 * enough, f(a) ≤ f(0) + c₁ a f′(0) and |f′(a)| ≤ c₂ |f′(0)|. A quasi-Newton method needs both, so that what it learns of the
 * curvature is positive.
 *
 * Source: Nocedal & Wright 2006, "Numerical Optimization", Algorithms 3.5 and 3.6, with the cubic interpolation of eq. (3.59).
 */

/** The function along a line. */
export interface LinePoint {
  readonly step: number;
  readonly value: number;
  readonly slope: number;
}

/** c₁, how much of the decrease that the slope promises a step must have. */
const DECREASE = 1e-4;
/** c₂, which share of the slope may be left; the value for quasi-Newton directions. */
const CURVATURE = 0.9;
/** After so many points the best one with enough decrease is taken. */
const MOST_POINTS = 20;
/** An interpolated step keeps this share of the interval away from its ends. */
const MARGIN = 0.1;
/** By how much a step grows while the function still falls. */
const GROWTH = 2;

/**
 * A step that fulfils both conditions, or after {@link MOST_POINTS} points one that fulfils the first.
 *
 * @param at - the function at a step above 0; its value may be NaN or infinite, which counts as too high
 * @param start - the function at step 0, with a slope below 0
 * @param first - the first step to try
 * @returns undefined if no step was found
 */
export function searchLine(
  at: (step: number) => LinePoint,
  start: LinePoint,
  first: number,
): LinePoint | undefined {
  let low = start;
  let high: LinePoint | undefined;
  let step = first;
  for (let points = 0; points < MOST_POINTS; points++) {
    const point = at(step);
    const wanted = start.value + DECREASE * step * start.slope;
    // Written so that NaN counts as too high.
    if (!(point.value <= wanted && point.value < (low === start ? Infinity : low.value))) {
      high = point;
    } else {
      if (Math.abs(point.slope) <= -CURVATURE * start.slope) return point;
      // The minimum is between the two points where the function falls towards each other.
      if (point.slope * ((high?.step ?? Infinity) - low.step) >= 0) high = low;
      low = point;
    }
    step = high === undefined ? GROWTH * step : between(low, high);
  }
  return low === start ? undefined : low;
}

/** The minimum of the cubic through both points, away from the ends of the interval; the middle if there is none. */
function between(low: LinePoint, high: LinePoint): number {
  const width = high.step - low.step;
  const middle = low.step + 0.5 * width;
  if (!Number.isFinite(high.value) || !Number.isFinite(high.slope)) return middle;
  const d1 = low.slope + high.slope - (3 * (low.value - high.value)) / (low.step - high.step);
  const square = d1 * d1 - low.slope * high.slope;
  if (!(square >= 0)) return middle;
  const d2 = width > 0 ? Math.sqrt(square) : -Math.sqrt(square);
  const share = 1 - (high.slope + d2 - d1) / (high.slope - low.slope + 2 * d2);
  if (!Number.isFinite(share)) return middle;
  return low.step + Math.min(Math.max(share, MARGIN), 1 - MARGIN) * width;
}
