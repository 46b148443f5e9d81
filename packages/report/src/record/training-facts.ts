/** The facts of the training: its history by epoch, of each network of an ensemble. */
import type { StopReason } from 'vinculum';
import type { Figure } from './figure.ts';

export interface TrainingFacts {
  /** One for each network. */
  readonly histories: readonly HistoryFacts[];
  /** The quantity that early stopping watched, such as `loss` or `accuracy`; absent without early stopping. */
  readonly watched?: string;
  /** Epochs that the training might have had. */
  readonly epochs: number;
  /** Rows of a step. */
  readonly batchSize: number;
  /** Wall time, without reading and preparation. */
  readonly seconds: number;
}

/** As `History` of `vinculum`, in which NaN is null. */
export interface HistoryFacts {
  readonly epochs: readonly EpochFacts[];
  /** From 1; 0 if no epoch had a number. */
  readonly bestEpoch: number;
  readonly stoppedBy: StopReason;
  readonly skippedSteps: number;
  /** Steps of one epoch, to show curves by step. */
  readonly stepsPerEpoch: number;
}

export interface EpochFacts {
  /** From 1. */
  readonly epoch: number;
  readonly loss: Figure;
  readonly metrics: Readonly<Record<string, Figure>>;
  readonly validation?: {
    readonly loss: Figure;
    readonly metrics: Readonly<Record<string, Figure>>;
  };
  readonly learningRate: number;
  readonly gradientNorm: Figure;
  readonly seconds: number;
}
