/**
 * The slots of a step's scalars that belong to the optimiser: what the host computes once a step, in float64, so that a
 * backend need not compute it for each parameter. A kernel in float32 rounds each number once.
 */
import { SCALARS } from '../program/scalars.ts';

/**
 * Sets every slot of the optimiser to the value that stands for nothing, so that a step finds nothing of the optimiser that
 * wrote the scalars before.
 */
export function clearCoefficients(scalars: Float64Array): void {
  scalars[SCALARS.stepSize] = 0;
  scalars[SCALARS.denominatorScale] = 1;
  scalars[SCALARS.epsilon] = 0;
  scalars[SCALARS.beta1] = 0;
  scalars[SCALARS.oneMinusBeta1] = 1;
  scalars[SCALARS.beta2] = 0;
  scalars[SCALARS.oneMinusBeta2] = 1;
  scalars[SCALARS.decay] = 0;
  scalars[SCALARS.firstCorrection] = 1;
  scalars[SCALARS.secondCorrection] = 1;
}
