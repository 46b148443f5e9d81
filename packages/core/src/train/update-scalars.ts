/**
 * The scalars that the host gives to an update: clipping, eq. (30), the terms of l1 and l2, and the coefficients of the
 * optimiser. They are computed in float64, and a kernel rounds each once. Nothing is allocated.
 */
import { clipLimit, clipScale } from '../optim/clip.ts';
import { coefficientsInto } from '../optim/optimizer.ts';
import { SCALARS } from '../program/scalars.ts';
import type { StepSettings } from './settings.ts';

/**
 * Writes the scalars of the update of step t.
 *
 * @param scalars - receives them
 * @param settings - of the run
 * @param norm - ‖g‖ before clipping
 * @param step - t, from 1
 * @param learningRate - the scheduled rate of this step
 */
export function updateScalarsInto(
  scalars: Float64Array,
  settings: StepSettings,
  norm: number,
  step: number,
  learningRate: number,
): void {
  const { clip, l1, l2, optimizer } = settings;
  scalars[SCALARS.clipScale] = clipScale(clip, norm);
  scalars[SCALARS.clipValue] = clipLimit(clip);
  scalars[SCALARS.l1] = l1;
  scalars[SCALARS.l2] = l2;
  coefficientsInto(scalars, optimizer, step, learningRate);
}
