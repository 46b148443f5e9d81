/**
 * The results of the C kernels, computed by plain float32 loops in the order of docs/numerics.md. The kernels must have
 * the same bits at every size, tile and block. These loops were written from the rules, not from the C code. They use the
 * core's elementary functions, which have the same bits as those of the C header.
 */
import {
  dropoutKeep,
  exp,
  log1p,
  SCALARS,
  type ScalarSlot,
  sigmoid,
  type UpdateRule as RuleName,
} from 'vinculum/internal';

const f = Math.fround;

/** Dropout and its adjoint. */
export function dropout(
  input: Float32Array,
  columns: number,
  mask: { seed: number; step: number; layer: number; rowOffset: number; rate: number },
): Float32Array {
  const share = f(1 - mask.rate);
  return input.map((value, place) => {
    const row = mask.rowOffset + Math.floor(place / columns);
    const kept = dropoutKeep(mask.seed, mask.step, mask.layer, row, place % columns, mask.rate);
    return kept ? f(value / share) : 0;
  });
}

/** The sum of eight lanes as a tree: ((0+1)+(2+3))+((4+5)+(6+7)). */
export function joinLanes(lanes: readonly number[]): number {
  const [a, b, c, d, e, g, h, i] = lanes as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return a + b + (c + d) + (e + g + (h + i));
}

/** A float64 sum in blocks of 4,096: in a block element i is added to lane i mod 8, then the lanes as a tree, then the blocks in order. */
export function blockSum(values: ArrayLike<number>): number {
  let total = 0;
  for (let start = 0; start < values.length; start += 4096) {
    const lanes = Array.from({ length: 8 }, () => 0);
    for (let i = start; i < Math.min(values.length, start + 4096); i++) {
      lanes[(i - start) % 8]! += values[i]!;
    }
    total += joinLanes(lanes);
  }
  return total;
}

/** One row of softmax: y, and the terms that the loss needs. */
export function softmaxRow(z: Float32Array): { y: Float32Array; maximum: number; rest: number } {
  const maximum = z.reduce((most, value) => (value > most ? value : most));
  const first = z.indexOf(maximum);
  const wide = Array.from(z, (value) => exp(value - maximum));
  const lanes = Array.from({ length: 16 }, () => 0);
  const restLanes = Array.from({ length: 8 }, () => 0);
  wide.forEach((e, c) => {
    lanes[c % 16] = f(lanes[c % 16]! + f(e));
    restLanes[c % 8]! += c === first ? 0 : e;
  });
  for (let half = 8; half >= 1; half /= 2) {
    for (let lane = 0; lane < half; lane++) lanes[lane] = f(lanes[lane]! + lanes[lane + half]!);
  }
  return {
    y: Float32Array.from(wide, (e) => f(f(e) / lanes[0]!)),
    maximum,
    rest: joinLanes(restLanes),
  };
}

/** The inputs of a loss for one row; `target` holds K numbers, which are one-hot for a label. */
export interface LossRow {
  readonly z: Float32Array;
  readonly target: Float32Array;
  /** The label smoothing of a cross-entropy, delta of huber, or the quantile of pinball. */
  readonly parameter: number;
  /** r = f32(w / Σw). */
  readonly share: number;
}

/** The loss ℓ of one row in float64. */
export function rowLoss(kind: string, { z, target, parameter }: LossRow): number {
  if (kind === 'softmax-cross-entropy') {
    const { maximum, rest } = softmaxRow(z);
    const tail = log1p(rest);
    let sum = 0;
    z.forEach((value, c) => {
      const t = (1 - parameter) * target[c]! + parameter / z.length;
      if (t !== 0) sum += t * (maximum - value + tail);
    });
    return sum;
  }
  const terms = Array.from(z, (value, c) => term(kind, value, target[c]!, parameter));
  const lanes = Array.from({ length: 8 }, () => 0);
  terms.forEach((one, c) => {
    lanes[c % 8]! += one;
  });
  return joinLanes(lanes) / z.length;
}

function term(kind: string, z: number, t: number, parameter: number): number {
  const size = Math.abs(z - t);
  switch (kind) {
    case 'binary-cross-entropy': {
      const smoothed = t * (1 - parameter) + parameter * 0.5;
      return (z > 0 ? z : 0) - z * smoothed + log1p(exp(-Math.abs(z)));
    }
    case 'mse':
      return size * size;
    case 'mae':
      return size;
    case 'poisson':
      return exp(z) - t * z;
    case 'pinball':
      return (t > z ? parameter : 1 - parameter) * size;
    default:
      return size <= parameter ? 0.5 * size * size : parameter * (size - 0.5 * parameter);
  }
}

/** The adjoint z̄ of one row. */
export function rowAdjoint(kind: string, { z, target, parameter, share }: LossRow): Float32Array {
  const part = f(share / z.length);
  switch (kind) {
    case 'softmax-cross-entropy': {
      const { y } = softmaxRow(z);
      const background = parameter / z.length;
      return y.map((one, c) => f(f(one - f((1 - parameter) * target[c]! + background)) * share));
    }
    case 'binary-cross-entropy':
      return z.map((value, c) =>
        f(f(f(sigmoid(value)) - f((1 - parameter) * target[c]! + parameter * 0.5)) * part),
      );
    case 'mse':
      return z.map((value, c) => f(f(f(value - target[c]!) * f(2 / z.length)) * share));
    case 'mae':
      return z.map((value, c) => f(Math.sign(f(value - target[c]!)) * part));
    case 'poisson':
      return z.map((value, c) => f(f(f(exp(value)) - target[c]!) * part));
    case 'pinball':
      return z.map((value, c) => {
        const d = f(value - target[c]!);
        return f((d > 0 ? f(1 - parameter) : d < 0 ? -f(parameter) : d) * part);
      });
    default: {
      const delta = f(parameter);
      return z.map((value, c) => {
        const d = f(value - target[c]!);
        return f((d > delta ? delta : d < -delta ? -delta : d) * part);
      });
    }
  }
}

/** One element of every flat region of an optimiser; NaN for a region that the rule does not have. */
export interface Element {
  parameter: number;
  first: number;
  second: number;
  third: number;
}

/** A rule with its options. */
export interface UpdateRule {
  readonly rule: RuleName;
  readonly momentum: boolean;
  readonly amsgrad: boolean;
  readonly nesterov: boolean;
}

const SMALLEST_NORMAL = 2 ** -126;

function flushed(moment: number): number {
  return Math.abs(moment) < SMALLEST_NORMAL ? 0 : moment;
}

/** One optimiser step of one element. */
export function updateElement(
  element: Element,
  adjoint: number,
  isWeight: boolean,
  scalars: Readonly<Partial<Record<ScalarSlot, number>>>,
  options: UpdateRule,
): Element {
  const s = (slot: ScalarSlot): number => f(scalars[slot] ?? 0);
  const next = { ...element };
  let g = f(adjoint * s('clipScale'));
  if (g > s('clipValue')) g = s('clipValue');
  if (g < -s('clipValue')) g = -s('clipValue');
  if (isWeight) {
    if (s('l2') !== 0) g = f(g + f(s('l2') * element.parameter));
    if (s('l1') !== 0) g = f(g + f(s('l1') * Math.sign(element.parameter)));
    if (s('decay') !== 0) {
      next.parameter = f(element.parameter - f(s('decay') * element.parameter));
    }
  }
  next.parameter = f(next.parameter - ruleStep(next, g, s, options));
  return next;
}

function ruleStep(
  next: Element,
  g: number,
  s: (slot: ScalarSlot) => number,
  { rule, momentum, amsgrad, nesterov }: UpdateRule,
): number {
  const decayed = (): number => f(f(s('beta2') * next.second) + f(s('oneMinusBeta2') * f(g * g)));
  switch (rule) {
    case 'adam': {
      next.first = flushed(f(f(s('beta1') * next.first) + f(s('oneMinusBeta1') * g)));
      next.second = flushed(decayed());
      if (amsgrad && next.second > next.third) next.third = next.second;
      const root = f(Math.sqrt(amsgrad ? next.third : next.second));
      return f(f(s('stepSize') * next.first) / f(f(root * s('denominatorScale')) + s('epsilon')));
    }
    case 'nadam': {
      next.first = flushed(f(f(s('beta1') * next.first) + f(s('oneMinusBeta1') * g)));
      next.second = flushed(decayed());
      const root = f(Math.sqrt(next.second));
      const ahead = f(f(s('stepSize') * next.first) + f(s('gradientStepSize') * g));
      return f(ahead / f(f(root * s('denominatorScale')) + s('epsilon')));
    }
    case 'sgd': {
      if (!momentum) return f(s('stepSize') * g);
      next.first = flushed(f(f(s('beta1') * next.first) + g));
      const step = nesterov ? f(g + f(s('beta1') * next.first)) : next.first;
      return f(s('stepSize') * step);
    }
    case 'rmsprop': {
      next.second = flushed(decayed());
      let step = f(g / f(f(Math.sqrt(next.second)) + s('epsilon')));
      if (momentum) {
        next.first = flushed(f(f(s('beta1') * next.first) + step));
        step = next.first;
      }
      return f(s('stepSize') * step);
    }
    case 'adagrad':
      next.second = flushed(f(next.second + f(g * g)));
      return f(f(s('stepSize') * g) / f(f(Math.sqrt(next.second)) + s('epsilon')));
    default:
      return rule satisfies never;
  }
}

/** The value of a scalar in an executable. */
export function scalarOf(scalars: Float64Array, slot: ScalarSlot): number {
  return scalars[SCALARS[slot]]!;
}
