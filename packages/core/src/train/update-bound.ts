/**
 * The proof, before an update is written, that no parameter and no moment leaves float32. The finite check
 * sees the gradient alone; a step of it may still be too long (a rate of 1e30), and an update cannot be taken
 * back. So upper bounds of |w| and of the momentum buffer are carried from step to step, a few operations
 * each; only where they do not suffice are the parameters themselves looked at.
 */
import type { NetworkDtype } from '../network/spec.ts';
import { SCALARS } from '../program/scalars.ts';
import type { MomentBounds } from '../optim/contract.ts';
import { boundStep, type Optimizer } from '../optim/optimizer.ts';

/** The largest number of each type. */
const PARAMETER_LIMITS = {
  float32: 3.4028234663852886e38,
  float64: 1.7976931348623157e308,
} as const;

/** Below it the square of a gradient is finite: 2⁶³ in float32, 2⁵¹¹ in float64. */
const GRADIENT_LIMITS = { float32: 9223372036854775808, float64: 6.703903964971299e153 } as const;

/** Room for the roundings of one step. */
const SLACK = 1 + 1e-6;

type RealArray = Float32Array | Float64Array;

/** Upper bounds of what an optimiser keeps, for one run. */
export class UpdateBound {
  readonly #parameters: RealArray;
  readonly #buffer: RealArray | undefined;
  readonly #limit: number;
  readonly #gradientLimit: number;
  /** ≥ max |w|; NaN where it must be looked up. */
  #weight = NaN;
  /** What holds before the coming step, and what would hold after it. NaN where it must be looked up. */
  readonly #moments: MomentBounds = { first: NaN };
  readonly #next: MomentBounds = { first: NaN };

  /**
   * @param parameters - of the run
   * @param buffer - the first moments, where the optimiser keeps them
   * @param dtype - what the parameters must fit, also where the run computes in float64
   */
  constructor(parameters: RealArray, buffer: RealArray | undefined, dtype: NetworkDtype) {
    this.#parameters = parameters;
    this.#buffer = buffer;
    this.#limit = PARAMETER_LIMITS[dtype];
    this.#gradientLimit = GRADIENT_LIMITS[dtype];
  }

  /** Parameters or moments were written from outside. */
  forget(): void {
    this.#weight = this.#moments.first = NaN;
  }

  /**
   * Whether the coming update keeps everything finite; if so, the bounds go on to the state after it.
   *
   * @param scalars - with the optimiser's coefficients of this step
   * @param steepest - max |g| after clipping
   */
  admits(optimizer: Optimizer, scalars: Float64Array, steepest: number): boolean {
    if (this.#try(optimizer, scalars, steepest)) return true;
    this.forget();
    return this.#try(optimizer, scalars, steepest);
  }

  #try(optimizer: Optimizer, scalars: Float64Array, steepest: number): boolean {
    if (!(this.#weight >= 0)) this.#weight = largestMagnitude(this.#parameters);
    if (!(this.#moments.first >= 0)) this.#moments.first = largestMagnitude(this.#buffer ?? NONE);
    const gradient =
      (steepest + scalars[SCALARS.l2]! * this.#weight + scalars[SCALARS.l1]!) * SLACK;
    this.#next.first = this.#moments.first;
    const step = boundStep(this.#next, optimizer, scalars, gradient);
    const kept = this.#weight * Math.max(1, Math.abs(1 - scalars[SCALARS.decay]!));
    const weight = (kept + step) * SLACK;
    const { first } = this.#next;
    const fine = gradient < this.#gradientLimit && first < this.#limit && weight < this.#limit;
    if (fine) {
      this.#weight = weight;
      this.#moments.first = first * SLACK;
    }
    return fine;
  }
}

const NONE = new Float32Array(0);

/** max |v|; NaN if any value is. */
function largestMagnitude(values: RealArray): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!);
    if (!(size <= most)) most = size;
  }
  return most;
}
