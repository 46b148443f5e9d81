/**
 * Derivatives by finite differences, the first oracle of the gradients: the 5-point stencil
 * f′(θ) ≈ (f(θ − 2h) − 8 f(θ − h) + 8 f(θ + h) − f(θ + 2h)) / 12h with h = 5e-4 · max(1, |θ|), whose error is
 * h⁴ f⁽⁵⁾/30. It runs the forward phase only, so it shares no code with the backward pass that it checks.
 *
 * Source: Abramowitz & Stegun 1964, table 25.2.
 */
import type { Step } from './step.ts';

/** The step h for a parameter. */
export function stepOf(parameter: number): number {
  return 5e-4 * Math.max(1, Math.abs(parameter));
}

/** ∂loss/∂θ for every parameter of a step. Restores the parameters at the end. */
export function numericGradient(step: Step): Float64Array {
  const parameters = step.executable.view('parameters');
  return Float64Array.from(parameters, (centre, j) => {
    const h = stepOf(centre);
    const at = (steps: number): number => {
      parameters[j] = centre + steps * h;
      return step.run('forward').loss();
    };
    const difference = at(-2) - 8 * at(-1) + 8 * at(1) - at(2);
    parameters[j] = centre;
    return difference / (12 * h);
  });
}

/** How far a gradient is from its oracle. */
export interface Agreement {
  /** The largest ratio of |a − n| to the allowed difference 1e-8·|n| + 1e-10; the gradient is right if it is at most 1. */
  readonly worstRatio: number;
  readonly worstIndex: number;
  /** ‖a − n‖ / ‖n‖. */
  readonly relativeNorm: number;
  readonly norm: number;
}

/** Compares an analytic gradient a with a numeric gradient n. */
export function compareGradients(analytic: Float64Array, numeric: Float64Array): Agreement {
  let worstRatio = 0;
  let worstIndex = 0;
  let differenceSquared = 0;
  let normSquared = 0;
  for (let j = 0; j < numeric.length; j++) {
    const difference = Math.abs(analytic[j]! - numeric[j]!);
    const ratio = difference / (1e-8 * Math.abs(numeric[j]!) + 1e-10);
    // Every comparison with NaN is false, so a NaN must be tested for.
    if (!(ratio <= worstRatio)) {
      worstRatio = ratio;
      worstIndex = j;
    }
    differenceSquared += difference ** 2;
    normSquared += numeric[j]! ** 2;
  }
  const norm = Math.sqrt(normSquared);
  return { worstRatio, worstIndex, relativeNorm: Math.sqrt(differenceSquared) / norm, norm };
}
