/** The intervals that a run writes beside its predictions of numbers, and that a report measures. */
import type { Intervals, Prediction } from 'vinculum';
import type { OpenModel } from './open-model.ts';

/** The probability with which such an interval holds the true number. */
export const INTERVAL_LEVEL = 0.9;

/** Intervals of the predictions; undefined if the model has too few errors of held-out rows for them. */
export function intervalsOf(
  open: OpenModel,
  outputs: readonly Prediction[],
): Intervals | undefined {
  try {
    return open.interval?.(outputs, INTERVAL_LEVEL);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
