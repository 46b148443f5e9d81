/**
 * Where an initialiser writes, and which random numbers it uses. All rules of this folder take this record.
 */

/** A weight's memory, its shape and its place among the random streams. */
export interface WeightPlace {
  /** Row-major [fanOut, fanIn]; filled. */
  readonly out: Float32Array | Float64Array;
  readonly fanOut: number;
  readonly fanIn: number;
  /** A non-negative safe integer. */
  readonly seed: number;
  /** K, the index among the layers with parameters. */
  readonly layer: number;
}

/** Counter word 1 of an initialiser's draws for a weight. */
export const WEIGHT_TENSOR = 0;

/** The same for a bias that does not begin at 0. A layer with more parameters numbers them from 2. */
export const BIAS_TENSOR = 1;
