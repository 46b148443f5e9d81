/**
 * The numeric derivative of a step's loss by one parameter, with which a gradient check compares. It notices when a
 * step of the stencil crosses a kink of an activation or of the loss, because a finite difference across a kink is not a
 * derivative.
 */
import { activationFacts } from '../activations/activation.ts';
import { lossFacts } from '../losses/loss.ts';
import type { Tensor } from '../program/program.ts';
import type { BoundStep } from './step.ts';

/** [steps of h, factor] of the stencil. */
const STENCIL = [
  [-2, 1],
  [-1, -8],
  [1, 8],
  [2, -1],
] as const;

/** ∂loss/∂θ of one parameter by the 5-point stencil; undefined if a kink is within two steps. */
export function derivativeAt(step: BoundStep, place: number): number | undefined {
  const { parameters } = step;
  const centre = parameters[place]!;
  const h = 1e-3 * Math.max(1, Math.abs(centre));
  step.compute('forward');
  const sides = sidesOf(step);
  let difference = 0;
  let crossed = false;
  for (const [steps, factor] of STENCIL) {
    parameters[place] = centre + steps * h;
    step.compute('forward');
    difference += factor * step.meanLoss();
    crossed ||= sidesOf(step).some((now, k) => now.some((side, j) => side !== sides[k]![j]));
  }
  parameters[place] = centre;
  return crossed ? undefined : difference / (12 * h);
}

/** Which side of its kinks each value is on: h of a kinked activation, which has the sign of m; z − t of a kinked loss. */
function sidesOf(step: BoundStep): Float64Array[] {
  const view = (tensor: Tensor): Float64Array => step.memoryOf(tensor) as Float64Array;
  return step.program.phases.forward.flatMap((op) => {
    if (op.kind === 'dense' && activationFacts(op.activation.kind).kinked) {
      return [view(op.out).map((h) => Number(h > 0))];
    }
    if (op.kind !== 'loss') return [];
    const { kink } = lossFacts(op.loss.kind);
    if (kink === undefined) return [];
    const limit = kink === 'delta' ? op.loss.delta : kink;
    const t = view(op.target);
    return [view(op.logits).map((z, j) => Number(z - t[j]! > limit) - Number(z - t[j]! < -limit))];
  });
}
