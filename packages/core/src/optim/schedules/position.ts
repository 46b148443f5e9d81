/**
 * Where in a run a schedule is asked for the rate. One rule for all: a schedule is a pure function of the step,
 * so a resumed run goes on with the rate it would have had.
 */

/** A run as a schedule sees it; epochs are whole numbers of steps, the last batch of each included. */
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
