/**
 * How far a float32 backend may be from the reference: a running error bound, propagated op by op through a
 * traced Program on the reference's values. Both start from the same numbers (parameters and data are
 * representable in float32), so every bound starts at 0. For each tensor the bound E holds |x̂ − x| ≤ E, where
 * x is the reference's value and x̂ the backend's:
 *
 * - a dot product of k terms: γ(k+2)·Σ|â||b̂| + Σ(E_a|b| + |a|E_b + E_a E_b), in any order of summation;
 * - a function with |φ′| ≤ c: c·E + one rounding; a derivative that jumps at a point adds the jump if x can be that point;
 * - softmax: if every logit is wrong by at most δ, each y changes by a factor between e^(−2δ) and e^(2δ).
 *
 * γ(n) = n·u / (1 − n·u), where u is the unit roundoff; every rounded result may also underflow by half of the
 * smallest subnormal. No bound here is a tolerance that was adjusted until the tests passed.
 *
 * Source: Higham 2002, "Accuracy and Stability of Numerical Algorithms", sections 3.1–3.3.
 */
import {
  type ActivationAdjointOp,
  activationDerivative,
  type DenseInputAdjointOp,
  type DenseOp,
  type DenseWeightAdjointOp,
  type Op,
  type Tensor,
} from 'vinculum/internal';
import { curvature, steepest } from './activation-bounds.ts';
import { EVALUATION, gamma, type BoundAccess, type Roundoff } from './bound-access.ts';
import { boundScaleColumns, boundScaleColumnsWeightAdjoint } from './column-bounds.ts';
import { boundEmbedding, isEmbedding } from './embedding-bounds.ts';
import { boundLoss, boundLossAdjoint } from './loss-bounds.ts';
import { boundNormalizeRows, boundNormalizeRowsAdjoint } from './normalization-bounds.ts';
import type { Step } from './step.ts';

/** Bounds for every tensor of a traced step that has run forward and backward on the reference. */
export class Bounds {
  readonly #step: Step;
  readonly #roundoff: Roundoff;
  readonly #bounds = new Map<string, Float64Array>();
  /** The bound of the scalar `loss`. */
  lossBound = 0;

  constructor(step: Step, roundoff: Roundoff) {
    this.#step = step;
    this.#roundoff = roundoff;
    const { phases } = step.program;
    for (const op of [...phases.forward, ...phases.backward]) this.#propagate(op);
  }

  /** The bound of each element of a tensor; 0 for a tensor that no op has written. */
  of(tensor: Tensor): Float64Array {
    return this.#bounds.get(tensor.name) ?? new Float64Array(tensor.size);
  }

  /** The tensors that ops have written. */
  names(): string[] {
    return [...this.#bounds.keys()];
  }

  #values(tensor: Tensor): Float64Array {
    return Float64Array.from(this.#step.executable.view(tensor.name));
  }

  /** For the ops whose bounds have a file of their own. */
  #access(): BoundAccess {
    return {
      rows: this.#rows(),
      values: (tensor) => this.#values(tensor),
      errors: (tensor) => this.of(tensor),
      rounding: (size, times) => this.#rounding(size, times),
      scalar: (slot) => this.#step.scalar(slot),
      set: ({ name }, bounds) => void this.#bounds.set(name, bounds),
    };
  }

  #rows(): number {
    return this.#step.scalar('rows');
  }

  /** The error of a result of absolute size `size` that was rounded `times` times. */
  #rounding(size: number, times = 1): number {
    return gamma(times, this.#roundoff) * size + times * this.#roundoff.tiny;
  }

  #propagate(op: Op): void {
    if (isEmbedding(op)) return boundEmbedding(op, this.#access());
    switch (op.kind) {
      case 'dense':
        return this.#dense(op);
      case 'activation':
        return this.#map(op.out, op.input, (error, out) => {
          const grown = steepest(op.activation) * error;
          return grown + this.#rounding(Math.abs(out) + grown) + EVALUATION * Math.abs(out);
        });
      case 'dropout':
      case 'dropoutAdjoint':
        return this.#map(op.out, op.input, (error, out) => {
          const grown = op.rate < 1 ? error / (1 - op.rate) : 0;
          return grown + this.#rounding(Math.abs(out) + grown, 3);
        });
      case 'loss':
        this.lossBound = boundLoss(op, this.#access());
        return;
      case 'lossAdjoint':
        return boundLossAdjoint(op, this.#access());
      case 'denseWeightAdjoint':
        return this.#weightAdjoint(op);
      case 'denseInputAdjoint':
        return this.#inputAdjoint(op);
      case 'activationAdjoint':
        return this.#activationAdjoint(op);
      case 'scaleColumns':
        return boundScaleColumns(op, this.#access());
      case 'scaleColumnsWeightAdjoint':
        return boundScaleColumnsWeightAdjoint(op, this.#access());
      case 'normalizeRows':
        return boundNormalizeRows(op, this.#access());
      case 'normalizeRowsAdjoint':
        return boundNormalizeRowsAdjoint(op, this.#access());
      case 'gather':
      case 'packWeights':
      case 'output':
      case 'sumOfSquares':
      case 'update':
      case 'limitNorms':
      case 'scale':
        // A gather copies exactly, and the other ops are in no forward or backward phase of a traced step.
        return;
      default:
        op satisfies never;
    }
  }

  /** An elementwise op: its bound from the bound of its input and the reference's result. */
  #map(out: Tensor, input: Tensor, bound: (error: number, value: number) => number): void {
    const errors = this.of(input);
    this.#bounds.set(
      out.name,
      this.#values(out).map((value, j) => bound(errors[j]!, value)),
    );
  }

  #dense(op: DenseOp): void {
    if (op.activation.kind !== 'identity') throw new Error('bounds are for traced programs');
    const [input, errors] = [this.#values(op.input), this.of(op.input)];
    const weight = this.#values(op.weight);
    const bias = op.bias && this.#values(op.bias);
    const [fanOut, fanIn] = op.weight.shape as [number, number];
    const out = new Float64Array(op.out.size);
    for (let n = 0; n < this.#rows(); n++) {
      for (let o = 0; o < fanOut; o++) {
        let size = Math.abs(bias?.[o] ?? 0);
        let inherited = 0;
        for (let i = 0; i < fanIn; i++) {
          const w = Math.abs(weight[o * fanIn + i]!);
          inherited += errors[n * fanIn + i]! * w;
          size += (Math.abs(input[n * fanIn + i]!) + errors[n * fanIn + i]!) * w;
        }
        out[n * fanOut + o] = inherited + this.#rounding(size, fanIn + 2);
      }
    }
    this.#bounds.set(op.out.name, out);
  }

  #weightAdjoint(op: DenseWeightAdjointOp): void {
    const [bar, barErrors] = [this.#values(op.outBar), this.of(op.outBar)];
    const [input, inputErrors] = [this.#values(op.input), this.of(op.input)];
    const [fanOut, fanIn] = op.weightBar.shape as [number, number];
    const rows = this.#rows();
    const weightBounds = new Float64Array(op.weightBar.size);
    const biasBounds = new Float64Array(fanOut);
    for (let o = 0; o < fanOut; o++) {
      for (let i = 0; i < fanIn; i++) {
        let size = 0;
        let inherited = 0;
        for (let n = 0; n < rows; n++) {
          const [g, x] = [Math.abs(bar[n * fanOut + o]!), Math.abs(input[n * fanIn + i]!)];
          const [eg, ex] = [barErrors[n * fanOut + o]!, inputErrors[n * fanIn + i]!];
          inherited += eg * x + g * ex + eg * ex;
          size += (g + eg) * (x + ex);
        }
        weightBounds[o * fanIn + i] = inherited + this.#rounding(size, rows + 2);
      }
      let size = 0;
      let inherited = 0;
      for (let n = 0; n < rows; n++) {
        inherited += barErrors[n * fanOut + o]!;
        size += Math.abs(bar[n * fanOut + o]!) + barErrors[n * fanOut + o]!;
      }
      biasBounds[o] = inherited + this.#rounding(size, rows + 2);
    }
    this.#bounds.set(op.weightBar.name, weightBounds);
    if (op.biasBar) this.#bounds.set(op.biasBar.name, biasBounds);
  }

  #inputAdjoint(op: DenseInputAdjointOp): void {
    if (op.activation !== undefined) throw new Error('bounds are for traced programs');
    const [bar, barErrors] = [this.#values(op.outBar), this.of(op.outBar)];
    const weight = this.#values(op.weight);
    const [fanOut, fanIn] = op.weight.shape as [number, number];
    const out = new Float64Array(op.inputBar.size);
    for (let n = 0; n < this.#rows(); n++) {
      for (let i = 0; i < fanIn; i++) {
        let size = 0;
        let inherited = 0;
        for (let o = 0; o < fanOut; o++) {
          const w = Math.abs(weight[o * fanIn + i]!);
          inherited += barErrors[n * fanOut + o]! * w;
          size += (Math.abs(bar[n * fanOut + o]!) + barErrors[n * fanOut + o]!) * w;
        }
        out[n * fanIn + i] = inherited + this.#rounding(size, fanOut + 2);
      }
    }
    this.#bounds.set(op.inputBar.name, out);
  }

  #activationAdjoint(op: ActivationAdjointOp): void {
    const [bar, barErrors] = [this.#values(op.input), this.of(op.input)];
    const [source, sourceErrors] = [this.#values(op.source), this.of(op.source)];
    const [bend, jump] = curvature(op.activation);
    this.#map(op.out, op.input, (error) => error);
    const bounds = this.#bounds.get(op.out.name)!;
    for (let j = 0; j < bounds.length; j++) {
      const slope = Math.abs(activationDerivative(op.activation, source[j]!));
      const shift = sourceErrors[j]!;
      const crossing = Math.abs(source[j]!) <= shift ? jump : 0;
      const slopeError =
        bend * shift +
        crossing +
        this.#rounding(slope + bend * shift + crossing) +
        EVALUATION * slope;
      const [g, eg] = [Math.abs(bar[j]!), barErrors[j]!];
      bounds[j] =
        eg * slope +
        g * slopeError +
        eg * slopeError +
        this.#rounding((g + eg) * (slope + slopeError));
    }
  }
}
