/**
 * The history of a run: a record for each epoch, the best epoch, and the reason for its end. Plain data, JSON.
 */
import type { MetricValues } from '../metrics/registry.ts';

/** Loss and metrics over some rows. */
export interface Evaluation {
  /** Mean row loss, Σ w ℓ / Σ w, in nats for cross-entropies. Penalties are not in it. */
  readonly loss: number;
  /** The values of the requested metrics. */
  readonly metrics: MetricValues;
}

export interface EpochRecord extends Evaluation {
  /** From 1. */
  readonly epoch: number;
  readonly validation?: Evaluation;
  /** The rate of the epoch's last step. */
  readonly learningRate: number;
  /** ‖g‖ of the epoch's last step, before clipping. */
  readonly gradientNorm: number;
  /** ½·l2·Σw² + l1·Σ|w| at the epoch's end; 0 without l1 and l2. */
  readonly penalty: number;
  /** Wall time of the epoch, validation included. */
  readonly seconds: number;
}

/**
 * Why a run ended; `'schedule'` says that its rate had become too small to go on, as with `adaptive`, and `'converged'` that L-BFGS
 * found no smaller loss.
 */
export type StopReason =
  'epochs' | 'early-stopping' | 'schedule' | 'converged' | 'abort' | 'callback';

export interface History {
  readonly epochs: readonly EpochRecord[];
  /**
   * The first epoch with the best value of the quantity that early stopping watches; without early stopping, with the
   * smallest loss (of the validation rows, if there are any). NaN is never best; 0 if no epoch had a number.
   */
  readonly bestEpoch: number;
  readonly stoppedBy: StopReason;
  /** Steps that were skipped because of `onNonFinite: 'skip'`. */
  readonly skippedSteps: number;
}

/** Of a network that was not trained, or whose training is not known. */
export const NO_HISTORY: History = {
  epochs: [],
  bestEpoch: 0,
  stoppedBy: 'epochs',
  skippedSteps: 0,
};
