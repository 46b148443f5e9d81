/**
 * Proves, before an update is written, that no parameter and no moment leaves the range of float32. The finite check
 * reads only the gradient. A step may still be too long (a rate of 1e30), and an update cannot be undone. Therefore upper
 * bounds of |w| and of the moments are updated in each step, with a few operations. Only if these bounds are not enough,
 * the parameters and the moments themselves are read.
 */
import type { NetworkDtype } from '../network/spec.ts';
import { SCALARS } from '../program/scalars.ts';
import {
  largestMagnitude,
  measureBounds,
  unknownBounds,
  type MomentBounds,
} from '../optim/moment-bounds.ts';
import { boundStep, type Optimizer } from '../optim/optimizer.ts';

/** The largest number of each type. */
const PARAMETER_LIMITS = {
  float32: 3.4028234663852886e38,
  float64: 1.7976931348623157e308,
} as const;

/** Below it the square of a gradient is finite: 2⁶³ in float32, 2⁵¹¹ in float64. */
const GRADIENT_LIMITS = { float32: 9223372036854775808, float64: 6.703903964971299e153 } as const;

/** A factor that covers the rounding errors of one step. */
const SLACK = 1 + 1e-6;

type RealArray = Float32Array | Float64Array;

/** Upper bounds of the parameters and of the moments of one run. */
export class UpdateBound {
  readonly #parameters: RealArray;
  readonly #first: RealArray | undefined;
  readonly #second: RealArray | undefined;
  readonly #limit: number;
  readonly #gradientLimit: number;
  readonly #fastest: number;
  /** At least max |w|. */
  #weight = NaN;
  #known = false;
  /** The record for which the bounds were computed; with another record the moments may decay differently. */
  #optimizer: Optimizer | undefined;
  /** The bounds before the coming step, and the bounds that would hold after it. */
  readonly #moments: MomentBounds = unknownBounds();
  readonly #next: MomentBounds = unknownBounds();

  /**
   * @param parameters - the parameters of the run
   * @param first - the first moments, if the optimiser keeps them
   * @param second - the second moments, if the optimiser keeps them
   * @param dtype - the type whose range the parameters must fit, even if the run computes in float64
   * @param fastest - at least every factor of the learning rate that a parameter has
   */
  constructor(
    parameters: RealArray,
    first: RealArray | undefined,
    second: RealArray | undefined,
    dtype: NetworkDtype,
    fastest = 1,
  ) {
    this.#parameters = parameters;
    this.#first = first;
    this.#second = second;
    this.#limit = PARAMETER_LIMITS[dtype];
    this.#gradientLimit = GRADIENT_LIMITS[dtype];
    this.#fastest = fastest;
  }

  /** Forgets all bounds, because the user has written parameters or moments. */
  forget(): void {
    this.#known = false;
  }

  /**
   * Whether the coming update keeps everything finite; if so, the bounds become those of the state after it.
   *
   * @param scalars - with the optimiser's coefficients of this step
   * @param steepest - max |g| after clipping
   */
  admits(optimizer: Optimizer, scalars: Float64Array, steepest: number): boolean {
    const known = this.#known && optimizer === this.#optimizer;
    if (known && this.#try(optimizer, scalars, steepest)) return true;
    this.#weight = largestMagnitude(this.#parameters);
    measureBounds(this.#moments, this.#first, this.#second, scalars);
    this.#known = true;
    this.#optimizer = optimizer;
    return this.#try(optimizer, scalars, steepest);
  }

  #try(optimizer: Optimizer, scalars: Float64Array, steepest: number): boolean {
    const limit = this.#limit;
    const gradient =
      (steepest + scalars[SCALARS.l2]! * this.#weight + scalars[SCALARS.l1]!) * SLACK;
    const next = this.#next;
    next.first = this.#moments.first;
    next.second = this.#moments.second;
    next.ratio = this.#moments.ratio;
    const fastest = this.#fastest;
    const step = boundStep(next, optimizer, scalars, gradient) * fastest;
    const kept = this.#weight * Math.max(1, Math.abs(1 - scalars[SCALARS.decay]!));
    const weight = (kept + step) * SLACK;
    const moments = next.first < limit && next.second < limit && next.passing * fastest < limit;
    if (!(gradient < this.#gradientLimit && moments && weight < limit)) return false;
    this.#weight = weight;
    this.#moments.first = next.first * SLACK;
    this.#moments.second = next.second * SLACK;
    this.#moments.ratio = next.ratio;
    return true;
  }
}
