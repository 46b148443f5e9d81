/**
 * What a run tells: a record an epoch, which epoch was best, and why it ended. Plain data, JSON.
 */
import type { MetricValues } from '../metrics/registry.ts';

/** Loss and metrics over some rows. */
export interface Evaluation {
  /** Mean row loss, Σ w ℓ / Σ w, in nats for cross-entropies. Penalties are not in it. */
  readonly loss: number;
  /** Of those that were asked for. */
  readonly metrics: MetricValues;
}

export interface EpochRecord extends Evaluation {
  /** From 1. */
  readonly epoch: number;
  readonly validation?: Evaluation;
  /** Of the epoch's last step. */
  readonly learningRate: number;
  /** ‖g‖ of the epoch's last step, before clipping. */
  readonly gradientNorm: number;
  /** ½·l2·Σw² + l1·Σ|w| at the epoch's end; 0 without l1 and l2. */
  readonly penalty: number;
  /** Wall time of the epoch, validation included. */
  readonly seconds: number;
}

/** Why a run ended. */
export type StopReason = 'epochs' | 'early-stopping' | 'abort' | 'callback';

export interface History {
  readonly epochs: readonly EpochRecord[];
  /**
   * The first epoch with the best of what early stopping watches, else with the least loss: that of the
   * validation rows where there are any. NaN is never best; 0 where no epoch had a number.
   */
  readonly bestEpoch: number;
  readonly stoppedBy: StopReason;
  /** Steps left out by `onNonFinite: 'skip'`. */
  readonly skippedSteps: number;
}
