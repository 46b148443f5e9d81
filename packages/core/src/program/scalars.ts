/**
 * The scalars of a step: slots of one preallocated Float64Array that host and kernels share. The host writes
 * the inputs before a phase and reads the results after it. A kernel that uses a slot rounds it to float32 once.
 * The build of packages/kernels writes the slot numbers into a C header, so they are defined only here.
 */

/** Slot numbers; `SCALAR_COUNT` is the length of the array. */
export const SCALARS = {
  /** Rows n of this run, at most the capacity N. */
  rows: 0,
  /** Index of the first row in the global batch (sharding); dropout counts rows from here. */
  rowOffset: 1,
  /** t, the optimiser step, from 1. */
  step: 2,
  /** The run's seed, split in two 32-bit words. */
  seedLow: 3,
  seedHigh: 4,
  /** 1 / Σ w over the global batch; 0 if Σ w is 0. */
  inverseWeightSum: 5,
  /** Result of a loss op: Σ w ℓ over this run's rows. */
  loss: 6,
  /** Result of sumOfSquares: ‖g‖² in float64. */
  normSquared: 7,
  /** Result of sumOfSquares: max |g|; NaN if any element is NaN. */
  maxAbsolute: 8,
  /** s, the factor of clipping by norm; 1 without clipping. */
  clipScale: 9,
  /** c of clipping by value; Infinity without clipping. */
  clipValue: 10,
  /** a: the learning rate times the factors that the optimiser puts into it. */
  stepSize: 11,
  /** d of √v·d + ε. */
  denominatorScale: 12,
  epsilon: 13,
  /** β₁ of a mean of gradients, μ of a velocity. */
  beta1: 14,
  oneMinusBeta1: 15,
  /** β₂, or ρ of RMSprop, of a mean of squares. */
  beta2: 16,
  oneMinusBeta2: 17,
  l1: 18,
  l2: 19,
  /** learning rate × weightDecay, decoupled. */
  decay: 20,
  /** 1 / (1 − β₁ᵗ), for the trace's m̂. */
  firstCorrection: 21,
  /** 1 / (1 − β₂ᵗ), for the trace's v̂. */
  secondCorrection: 22,
  /** b of a·m + b·g: the rate of the gradient itself, beside the rate a of its mean (nadam). */
  gradientStepSize: 23,
  /** The address of the rows in the caller's memory that a prediction reads in place of x; native only. */
  callersRows: 24,
} as const;

export type ScalarSlot = keyof typeof SCALARS;

/**
 * The slots that an optimiser writes, each with its neutral value. Every slot gets this value before a step, so that an
 * optimiser needs to write only the slots that its rule reads.
 */
export const NEUTRAL_COEFFICIENTS: Readonly<Partial<Record<ScalarSlot, number>>> = {
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
  gradientStepSize: 0,
};

/** Length of the scalars' array. */
export const SCALAR_COUNT = 32;
