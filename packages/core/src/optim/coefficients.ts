/**
 * What the host computes once a step so that a kernel need not compute it for each parameter, in float64. A
 * kernel in float32 rounds each number once.
 */

/** The numbers of one step; which of them an optimiser reads is told in its file. The caller owns the record. */
export interface StepCoefficients {
  /** a: the rate with what the optimiser folds into it. */
  stepSize: number;
  /** d of √v·d + ε. */
  denominatorScale: number;
  epsilon: number;
  /** β₁ of Adam, μ of SGD and RMSprop. */
  beta1: number;
  oneMinusBeta1: number;
  /** β₂ of Adam, ρ of RMSprop. */
  beta2: number;
  oneMinusBeta2: number;
  /** α λ of the decoupled decay. */
  decay: number;
  /** 1 / (1 − β₁ᵗ) and 1 / (1 − β₂ᵗ) of eq. (28), for the trace. */
  firstCorrection: number;
  secondCorrection: number;
}

/** Of an optimiser that reads none of them. */
export const NEUTRAL_COEFFICIENTS: Readonly<StepCoefficients> = Object.freeze({
  stepSize: 0,
  denominatorScale: 1,
  epsilon: 0,
  beta1: 0,
  oneMinusBeta1: 1,
  beta2: 0,
  oneMinusBeta2: 1,
  decay: 0,
  firstCorrection: 1,
  secondCorrection: 1,
});

/** A record for {@link StepCoefficients}, to be made once and filled at each step. */
export function newStepCoefficients(): StepCoefficients {
  return { ...NEUTRAL_COEFFICIENTS };
}
