/**
 * The proof, before an update is written, that no parameter and no moment leaves float32. The finite check
 * sees the gradient alone; a step of it may still be too long (a rate of 1e30), and an update cannot be taken
 * back. So upper bounds of |w| and of the momentum buffer are carried from step to step, a few operations
 * each; only where they do not suffice are the parameters themselves looked at.
 */
import type { NetworkDtype } from '../network/spec.ts';
import { SCALARS } from '../program/scalars.ts';
import type { Optimizer } from '../optim/optimizer.ts';

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
  /** ≥ max of the momentum buffer, or of |g′| so far for Adam's first moment. */
  #momentum = NaN;

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
    this.#weight = this.#momentum = NaN;
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
    if (!(this.#momentum >= 0)) this.#momentum = largestMagnitude(this.#buffer ?? NONE);
    const rate = scalars[SCALARS.stepSize]!;
    const gradient =
      (steepest + scalars[SCALARS.l2]! * this.#weight + scalars[SCALARS.l1]!) * SLACK;
    const beta1 = scalars[SCALARS.beta1]!;
    let momentum: number;
    let step: number;
    switch (optimizer.kind) {
      case 'adam':
        // m is a mean of gradients, and the denominator is at least ε.
        momentum = Math.max(this.#momentum, gradient);
        step = (rate * momentum) / optimizer.epsilon;
        break;
      case 'sgd':
        momentum = beta1 * this.#momentum + gradient;
        step = rate * (optimizer.nesterov ? gradient + beta1 * momentum : momentum);
        break;
      case 'rmsprop':
        momentum = beta1 * this.#momentum + gradient / optimizer.epsilon;
        step = rate * momentum;
        break;
      case 'adagrad':
        momentum = 0;
        step = (rate * gradient) / optimizer.epsilon;
        break;
      default:
        return optimizer satisfies never;
    }
    const kept = this.#weight * Math.max(1, Math.abs(1 - scalars[SCALARS.decay]!));
    const weight = (kept + step) * SLACK;
    const fine = gradient < this.#gradientLimit && momentum < this.#limit && weight < this.#limit;
    if (fine) {
      this.#weight = weight;
      this.#momentum = momentum * SLACK;
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
