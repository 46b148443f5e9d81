/**
 * PyTorch's optimisers, each written out in float64 from the algorithm boxes of its documentation. They share no code
 * with the backends: powers are computed by Math.pow, and each correction is at the place where the documentation has it.
 *
 * Source: pytorch.org/docs/stable, torch.optim.{Adam, AdamW, SGD, RMSprop, Adagrad, NAdam, RAdam}, the algorithm of each.
 */

/** One step: changes θ in place by a gradient; t counts from 1. */
export type Rule = (theta: Float64Array, gradient: Float64Array, t: number) => void;

interface AdamSettings {
  readonly lr: number;
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly amsgrad?: boolean;
  /** The decoupled decay λ: θ ← θ − lr·λ·θ comes first. */
  readonly weightDecay?: number;
  /** The form of Keras, which adds ε to the root of the uncorrected v. */
  readonly hat?: boolean;
}

/** torch.optim.Adam and AdamW; with `hat`, keras.optimizers.Adam. */
export function torchAdam(size: number, settings: AdamSettings): Rule {
  const { lr, betas, eps, amsgrad = false, weightDecay = 0, hat = false } = settings;
  const [beta1, beta2] = betas;
  const m = new Float64Array(size);
  const v = new Float64Array(size);
  const vMax = new Float64Array(size);
  return (theta, gradient, t) => {
    const correction1 = 1 - Math.pow(beta1, t);
    const correction2 = 1 - Math.pow(beta2, t);
    for (let j = 0; j < size; j++) {
      const g = gradient[j]!;
      theta[j]! *= 1 - lr * weightDecay;
      m[j] = beta1 * m[j]! + (1 - beta1) * g;
      v[j] = beta2 * v[j]! + (1 - beta2) * g * g;
      vMax[j] = Math.max(vMax[j]!, v[j]!);
      const used = amsgrad ? vMax[j]! : v[j]!;
      if (hat) {
        const alpha = (lr * Math.sqrt(correction2)) / correction1;
        theta[j]! -= (alpha * m[j]!) / (Math.sqrt(used) + eps);
      } else {
        const mHat = m[j]! / correction1;
        theta[j]! -= (lr * mHat) / (Math.sqrt(used / correction2) + eps);
      }
    }
  };
}

interface NadamSettings {
  readonly lr: number;
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly momentumDecay: number;
  /** The decay λ of decoupled_weight_decay=True. */
  readonly weightDecay?: number;
}

/** torch.optim.NAdam. The product of μ is kept from step to step, as in PyTorch. */
export function torchNadam(size: number, settings: NadamSettings): Rule {
  const { lr, betas, eps, momentumDecay, weightDecay = 0 } = settings;
  const [beta1, beta2] = betas;
  const m = new Float64Array(size);
  const v = new Float64Array(size);
  const muOf = (t: number): number => beta1 * (1 - 0.5 * Math.pow(0.96, t * momentumDecay));
  let product = 1;
  return (theta, gradient, t) => {
    const mu = muOf(t);
    const muNext = muOf(t + 1);
    product *= mu;
    for (let j = 0; j < size; j++) {
      const g = gradient[j]!;
      theta[j]! *= 1 - lr * weightDecay;
      m[j] = beta1 * m[j]! + (1 - beta1) * g;
      v[j] = beta2 * v[j]! + (1 - beta2) * g * g;
      const mHat = (muNext * m[j]!) / (1 - product * muNext) + ((1 - mu) * g) / (1 - product);
      const vHat = v[j]! / (1 - Math.pow(beta2, t));
      theta[j]! -= (lr * mHat) / (Math.sqrt(vHat) + eps);
    }
  };
}

/** torch.optim.RAdam. */
export function torchRadam(
  size: number,
  settings: {
    readonly lr: number;
    readonly betas: readonly [number, number];
    readonly eps: number;
  },
): Rule {
  const { lr, betas, eps } = settings;
  const [beta1, beta2] = betas;
  const m = new Float64Array(size);
  const v = new Float64Array(size);
  const rhoInfinity = 2 / (1 - beta2) - 1;
  return (theta, gradient, t) => {
    const power = Math.pow(beta2, t);
    const rho = rhoInfinity - (2 * t * power) / (1 - power);
    for (let j = 0; j < size; j++) {
      const g = gradient[j]!;
      m[j] = beta1 * m[j]! + (1 - beta1) * g;
      v[j] = beta2 * v[j]! + (1 - beta2) * g * g;
      const mHat = m[j]! / (1 - Math.pow(beta1, t));
      if (rho > 5) {
        const l = Math.sqrt(1 - power) / (Math.sqrt(v[j]!) + eps);
        const r = Math.sqrt(
          ((rho - 4) * (rho - 2) * rhoInfinity) / ((rhoInfinity - 4) * (rhoInfinity - 2) * rho),
        );
        theta[j]! -= lr * mHat * r * l;
      } else {
        theta[j]! -= lr * mHat;
      }
    }
  };
}

/** torch.optim.SGD with dampening 0; the first buffer is the gradient itself. */
export function torchSgd(
  size: number,
  settings: { readonly lr: number; readonly momentum?: number; readonly nesterov?: boolean },
): Rule {
  const { lr, momentum = 0, nesterov = false } = settings;
  const buffer = new Float64Array(size);
  return (theta, gradient, t) => {
    for (let j = 0; j < size; j++) {
      let g = gradient[j]!;
      if (momentum !== 0) {
        buffer[j] = t > 1 ? momentum * buffer[j]! + g : g;
        g = nesterov ? g + momentum * buffer[j]! : buffer[j]!;
      }
      theta[j]! -= lr * g;
    }
  };
}

/** torch.optim.RMSprop, not centred. */
export function torchRmsprop(
  size: number,
  settings: {
    readonly lr: number;
    readonly alpha: number;
    readonly eps: number;
    readonly momentum?: number;
  },
): Rule {
  const { lr, alpha, eps, momentum = 0 } = settings;
  const v = new Float64Array(size);
  const buffer = new Float64Array(size);
  return (theta, gradient) => {
    for (let j = 0; j < size; j++) {
      const g = gradient[j]!;
      v[j] = alpha * v[j]! + (1 - alpha) * g * g;
      buffer[j] = momentum * buffer[j]! + g / (Math.sqrt(v[j]!) + eps);
      theta[j]! -= lr * buffer[j]!;
    }
  };
}

/** torch.optim.Adagrad without rate decay. */
export function torchAdagrad(
  size: number,
  settings: { readonly lr: number; readonly eps: number },
): Rule {
  const sums = new Float64Array(size);
  return (theta, gradient) => {
    for (let j = 0; j < size; j++) {
      const g = gradient[j]!;
      sums[j]! += g * g;
      theta[j]! -= (settings.lr * g) / (Math.sqrt(sums[j]!) + settings.eps);
    }
  };
}
