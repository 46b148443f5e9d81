/**
 * L-BFGS: minimises a smooth function of many variables by directions that follow from its last gradients. It needs the whole
 * function in every iteration, so it is for data that fit into one batch; there it takes far fewer passes than steps of
 * stochastic optimisers. All arithmetic is float64 in a fixed order.
 *
 * Source: Nocedal & Wright 2006, "Numerical Optimization", Algorithms 7.4 and 7.5. The tests for the end are those of SciPy's
 * L-BFGS-B, which scikit-learn uses.
 */
import { searchLine, type LinePoint } from './line-search.ts';

/** A function and its gradient. */
export interface Objective {
  /**
   * f(x); writes ∇f(x) to `gradient`. It may round x in place to the numbers that it computes with.
   */
  valueInto(gradient: Float64Array, x: Float64Array): number;
}

/** When a minimisation ends, and what it remembers. Plain JSON, a part of a plan. */
export interface LbfgsSettings {
  /** How many pairs of steps and changes of the gradient are kept. */
  readonly memory: number;
  /** It has converged if no element of the gradient is larger. */
  readonly tolerance: number;
  /** The most evaluations of the function, those of line searches included. */
  readonly evaluations: number;
}

/** One iteration. */
export interface LbfgsIteration {
  readonly value: number;
  /** ‖g‖ at the new point. */
  readonly gradientNorm: number;
  /** The factor of the direction. */
  readonly step: number;
}

/** It has converged too if f falls by a smaller share than this: SciPy's `ftol`. */
const LEAST_DECREASE = 2.220446049250313e-9;

/** A pair must have a curvature sᵀy of at least this share of yᵀy: SciPy's machine epsilon. */
const LEAST_CURVATURE = 2.220446049250313e-16;

/**
 * Minimises in iterations, from x on, which becomes the minimum. Between two iterations the caller may pause or stop.
 *
 * @returns whether it has converged; false if the evaluations are used up
 */
export function* minimise(
  objective: Objective,
  x: Float64Array,
  { memory, tolerance, evaluations }: LbfgsSettings,
): Generator<LbfgsIteration, boolean> {
  const gradient = new Float64Array(x.length);
  const direction = new Float64Array(x.length);
  const next = { x: x.slice(), gradient: new Float64Array(x.length), value: NaN };
  const pairs = new Pairs(memory, x.length);
  let value = objective.valueInto(gradient, x);
  let evaluated = 1;
  const at = (step: number): LinePoint => {
    for (let i = 0; i < x.length; i++) next.x[i] = x[i]! + step * direction[i]!;
    next.value = objective.valueInto(next.gradient, next.x);
    evaluated++;
    return { step, value: next.value, slope: dot(next.gradient, direction) };
  };
  while (largest(gradient) > tolerance) {
    if (evaluated >= evaluations) return false;
    pairs.directionInto(direction, gradient);
    const slope = dot(gradient, direction);
    // The first direction is the gradient itself, whose length says nothing of how far the minimum is.
    const first = pairs.count === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
    const found = slope < 0 ? searchLine(at, { step: 0, value, slope }, first) : undefined;
    if (found === undefined) {
      // No progress in this direction: once more along the gradient, and if that was it, no number in reach is smaller.
      if (pairs.count === 0) return true;
      pairs.forget();
      continue;
    }
    if (next.value !== found.value || dot(next.gradient, direction) !== found.slope) at(found.step);
    const before = value;
    value = next.value;
    pairs.add(x, gradient, next);
    x.set(next.x);
    gradient.set(next.gradient);
    yield { value, gradientNorm: Math.sqrt(dot(gradient, gradient)), step: found.step };
    const size = Math.max(Math.abs(before), Math.abs(value), 1);
    if ((before - value) / size <= LEAST_DECREASE) return true;
  }
  return true;
}

/** The last steps s and changes of the gradient y, by which the inverse of the second derivative is approximated. */
class Pairs {
  count = 0;
  readonly #memory: number;
  readonly #steps: readonly Float64Array[];
  readonly #changes: readonly Float64Array[];
  /** 1 / sᵀy of each pair. */
  readonly #inverses: Float64Array;
  readonly #factors: Float64Array;
  /** The place of the next pair. */
  #next = 0;
  /** sᵀy / yᵀy of the last pair, the scale of the approximation. */
  #scale = 1;

  constructor(memory: number, size: number) {
    this.#memory = memory;
    this.#steps = Array.from({ length: memory }, () => new Float64Array(size));
    this.#changes = Array.from({ length: memory }, () => new Float64Array(size));
    this.#inverses = new Float64Array(memory);
    this.#factors = new Float64Array(memory);
  }

  forget(): void {
    this.count = 0;
  }

  /** Keeps a pair unless its curvature is not positive. */
  add(
    x: Float64Array,
    gradient: Float64Array,
    next: { readonly x: Float64Array; readonly gradient: Float64Array },
  ): void {
    const place = this.#next;
    const [step, change] = [this.#steps[place]!, this.#changes[place]!];
    for (let i = 0; i < x.length; i++) {
      step[i] = next.x[i]! - x[i]!;
      change[i] = next.gradient[i]! - gradient[i]!;
    }
    const curvature = dot(step, change);
    const size = dot(change, change);
    if (!(curvature > LEAST_CURVATURE * size)) return;
    this.#inverses[place] = 1 / curvature;
    this.#scale = curvature / size;
    this.#next = (place + 1) % this.#memory;
    this.count = Math.min(this.count + 1, this.#memory);
  }

  /** direction = −H g by the two loops of Algorithm 7.4. */
  directionInto(direction: Float64Array, gradient: Float64Array): void {
    for (let i = 0; i < gradient.length; i++) direction[i] = -gradient[i]!;
    if (this.count === 0) return;
    for (let age = 1; age <= this.count; age++) {
      const place = this.#placeOf(age);
      const factor = this.#inverses[place]! * dot(this.#steps[place]!, direction);
      this.#factors[place] = factor;
      addScaled(direction, -factor, this.#changes[place]!);
    }
    for (let i = 0; i < direction.length; i++) direction[i]! *= this.#scale;
    for (let age = this.count; age >= 1; age--) {
      const place = this.#placeOf(age);
      const factor = this.#inverses[place]! * dot(this.#changes[place]!, direction);
      addScaled(direction, this.#factors[place]! - factor, this.#steps[place]!);
    }
  }

  /** The place of the pair that was added `age` pairs ago, from 1. */
  #placeOf(age: number): number {
    return (this.#next - age + this.#memory) % this.#memory;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function addScaled(to: Float64Array, factor: number, values: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i]! += factor * values[i]!;
}

/** max |g|; NaN if an element is. */
function largest(values: Float64Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!);
    if (!(size <= most)) most = size;
  }
  return most;
}
