/**
 * The scalars of one optimiser step, written to their slots: computed in float64, rounded once by the kernel
 * that uses them. Allocates nothing.
 */
import { newStepCoefficients } from '../optim/coefficients.ts';
import { stepCoefficientsInto } from '../optim/optimizer.ts';
import { SCALARS } from '../program/scalars.ts';
import type { StepSettings } from './settings.ts';

/** Overwritten by every call. */
const coefficients = newStepCoefficients();

/**
 * Writes the optimiser's scalars of step t.
 *
 * @param step - t, from 1
 * @param learningRate - the scheduled rate of this step
 */
export function coefficientsInto(
  scalars: Float64Array,
  settings: StepSettings,
  step: number,
  learningRate: number,
): void {
  stepCoefficientsInto(coefficients, settings.optimizer, step, learningRate);
  scalars[SCALARS.stepSize] = coefficients.stepSize;
  scalars[SCALARS.denominatorScale] = coefficients.denominatorScale;
  scalars[SCALARS.epsilon] = coefficients.epsilon;
  scalars[SCALARS.beta1] = coefficients.beta1;
  scalars[SCALARS.oneMinusBeta1] = coefficients.oneMinusBeta1;
  scalars[SCALARS.beta2] = coefficients.beta2;
  scalars[SCALARS.oneMinusBeta2] = coefficients.oneMinusBeta2;
  scalars[SCALARS.decay] = coefficients.decay;
  scalars[SCALARS.firstCorrection] = coefficients.firstCorrection;
  scalars[SCALARS.secondCorrection] = coefficients.secondCorrection;
  scalars[SCALARS.l1] = settings.l1;
  scalars[SCALARS.l2] = settings.l2;
}
