/**
 * The position in a run for which a schedule gives the rate. Every schedule is a pure function of the step, so that a
 * resumed run continues with the same rates.
 */

/** The length of a run. An epoch is a whole number of steps, including its last batch. */
export interface RunLength {
  /** Steps of an epoch, at least 1. */
  readonly stepsPerEpoch: number;
  /** Epochs of the run. */
  readonly epochs: number;
}

/**
 * The epoch of a step, from 0.
 *
 * @param step - steps done before, from 0
 * @param length - the run
 */
export function epochOf(step: number, length: RunLength): number {
  return Math.floor(step / length.stepsPerEpoch);
}
