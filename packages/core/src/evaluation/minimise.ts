/**
 * Minimises a smooth convex function by L-BFGS: it estimates the curvature from the last few steps, so it needs no learning rate. The
 * linear baselines are fitted with it, because a comparison is only fair if nobody has to tune what one compares with.
 *
 * Source: Nocedal & Wright 2006, Numerical Optimization, algorithms 7.4 and 7.5, with backtracking (3.1) in place of the Wolfe
 * conditions: for a strictly convex function every step has positive curvature.
 */

/** Writes the gradient at a point, and returns the value there. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

/** How many steps the curvature is estimated from. */
const MEMORY = 10;

/** The share of the decrease of the linear model that a step must reach. */
const SUFFICIENT = 1e-4;

/** A step that is halved so often makes no difference any more. */
const MOST_HALVINGS = 40;

interface Step {
  readonly moved: Float64Array;
  readonly turned: Float64Array;
  /** 1 / movedᵀ turned. */
  readonly rho: number;
}

/**
 * The minimum of a function.
 *
 * @param objective - strictly convex, differentiable
 * @param length - of a point
 * @param tolerance - the search ends when no element of the gradient is larger
 * @param most - the most steps
 * @returns the point; the search begins at 0
 */
export function minimise(
  objective: Objective,
  length: number,
  tolerance: number,
  most: number,
): Float64Array {
  let point = new Float64Array(length);
  let gradient = new Float64Array(length);
  let value = objective(point, gradient);
  const steps: Step[] = [];
  for (let count = 0; count < most && largest(gradient) > tolerance; count++) {
    const direction = directionOf(gradient, steps);
    const slope = dot(direction, gradient);
    let size = steps.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
    const next = new Float64Array(length);
    const nextGradient = new Float64Array(length);
    let nextValue = Infinity;
    for (let halvings = 0; halvings < MOST_HALVINGS; halvings++, size /= 2) {
      for (let i = 0; i < length; i++) next[i] = point[i]! + size * direction[i]!;
      nextValue = objective(next, nextGradient);
      if (nextValue <= value + SUFFICIENT * size * slope) break;
    }
    if (!(nextValue < value)) return point;
    remember(steps, difference(next, point), difference(nextGradient, gradient));
    [point, gradient, value] = [next, nextGradient, nextValue];
  }
  return point;
}

/** −H g, H the inverse curvature that the steps suggest (two loops, algorithm 7.4). */
function directionOf(gradient: Float64Array, steps: readonly Step[]): Float64Array {
  const direction = gradient.map((one) => -one);
  const shares: number[] = [];
  for (const { moved, turned, rho } of steps.toReversed()) {
    const share = rho * dot(moved, direction);
    shares.push(share);
    addTo(direction, turned, -share);
  }
  const last = steps.at(-1);
  if (last !== undefined) {
    const scale = 1 / (last.rho * dot(last.turned, last.turned));
    for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
  }
  for (const { moved, turned, rho } of steps) {
    addTo(direction, moved, shares.pop()! - rho * dot(turned, direction));
  }
  return direction;
}

function remember(steps: Step[], moved: Float64Array, turned: Float64Array): void {
  const curvature = dot(moved, turned);
  if (!(curvature > 0)) return;
  steps.push({ moved, turned, rho: 1 / curvature });
  if (steps.length > MEMORY) steps.shift();
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < left.length; i++) sum += left[i]! * right[i]!;
  return sum;
}

function addTo(sum: Float64Array, other: Float64Array, factor: number): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += factor * other[i]!;
}

function difference(left: Float64Array, right: Float64Array): Float64Array {
  return left.map((one, i) => one - right[i]!);
}

function largest(values: Float64Array): number {
  return values.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
}
