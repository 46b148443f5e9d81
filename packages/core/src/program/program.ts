/**
 * The Program: the form of a network that is lowered for one purpose. It is plain data: tensors with their places in
 * one arena, ops that name tensors, and phases that list ops. Backends run it; this file computes nothing.
 */
import type { Activation } from '../activations/activation.ts';
import type { Loss, OutputFunction } from '../losses/loss.ts';
import type { UpdateRule } from '../optim/optimizer.ts';
import type { EmbeddingOp } from './embedding-ops.ts';
import type { Numerics } from './numerics.ts';
import type { ScalarSlot } from './scalars.ts';
import type { Precision, Purpose, Tensor } from './tensor.ts';

export type * from './embedding-ops.ts';
export { REGIONS } from './tensor.ts';
export type { ElementType, Origin, Precision, Purpose, Region, Tensor } from './tensor.ts';

/** out[i] = source[rows[i]] · scale; int32 and same-type sources are copied unscaled. */
export interface GatherOp {
  readonly kind: 'gather';
  readonly out: Tensor;
  readonly source: Tensor;
  readonly rows: Tensor;
  readonly scale: number;
}

/** Wᵀ in panels for `dense`; a backend that reads W directly may do nothing. */
export interface PackWeightsOp {
  readonly kind: 'packWeights';
  readonly out: Tensor;
  readonly weight: Tensor;
}

/** m = x Wᵀ + b, then h = φ(m): eq. (1)–(3), (6)–(8). */
export interface DenseOp {
  readonly kind: 'dense';
  /** h, or m if the activation is the identity. */
  readonly out: Tensor;
  /** The tensor in which m is also stored, if the backward pass needs it. */
  readonly preActivation?: Tensor | undefined;
  readonly input: Tensor;
  readonly weight: Tensor;
  readonly packed: Tensor;
  readonly bias?: Tensor | undefined;
  readonly activation: Activation;
}

/** out = φ(input), unfused: eq. (2), (7). */
export interface ActivationOp {
  readonly kind: 'activation';
  readonly out: Tensor;
  readonly input: Tensor;
  readonly activation: Activation;
}

/** out = mask ∘ input / (1 − p): eq. (34). */
export interface DropoutOp {
  readonly kind: 'dropout' | 'dropoutAdjoint';
  readonly out: Tensor;
  readonly input: Tensor;
  readonly rate: number;
  /** Index among the dropout layers, from 0; part of the counter. */
  readonly layer: number;
}

/** y = softmax(z), σ(z) or exp(z), row by row: eq. (4), (9). */
export interface OutputOp {
  readonly kind: 'output';
  readonly out: Tensor;
  readonly logits: Tensor;
  readonly function: Exclude<OutputFunction, 'identity'>;
}

/** Row losses in float64 and their weighted sum in the scalar `loss`: eq. (5), (10). */
export interface LossOp {
  readonly kind: 'loss';
  readonly loss: Loss;
  readonly logits: Tensor;
  /** y of a loss with an output function (softmax, σ or exp of the logits); absent for other losses. */
  readonly probabilities?: Tensor | undefined;
  /** float64 [N]. */
  readonly rowLosses: Tensor;
  /** int32 [N] class indices, or real [N, K]. */
  readonly target: Tensor;
  /** real [N]; absent means 1. */
  readonly rowWeights?: Tensor | undefined;
}

/** z̄ from what the loss op stored: eq. (12), (19). */
export interface LossAdjointOp {
  readonly kind: 'lossAdjoint';
  readonly loss: Loss;
  readonly out: Tensor;
  readonly logits: Tensor;
  readonly probabilities?: Tensor | undefined;
  readonly target: Tensor;
  readonly rowWeights?: Tensor | undefined;
}

/** W̄ = z̄ᵀ x and b̄ = Σₙ z̄, overwriting: eq. (14), (15), (17), (18), (21), (22), (24), (25). */
export interface DenseWeightAdjointOp {
  readonly kind: 'denseWeightAdjoint';
  readonly weightBar: Tensor;
  readonly biasBar?: Tensor | undefined;
  readonly outBar: Tensor;
  readonly input: Tensor;
}

/** x̄ = z̄ W, then (if fused) times φ′ of the layer below: eq. (13), (20), (16), (23). */
export interface DenseInputAdjointOp {
  readonly kind: 'denseInputAdjoint';
  readonly inputBar: Tensor;
  readonly outBar: Tensor;
  readonly weight: Tensor;
  /** The activation of the layer below and the tensor from which φ′ is computed; absent if unfused. */
  readonly activation?: Activation | undefined;
  readonly source?: Tensor | undefined;
}

/** out = input ∘ φ′(source): eq. (16), (23); may run in place. */
export interface ActivationAdjointOp {
  readonly kind: 'activationAdjoint';
  readonly out: Tensor;
  readonly input: Tensor;
  /** m or h, as the activation's facts say. */
  readonly source: Tensor;
  readonly activation: Activation;
}

/** out = s ∘ input + b row by row, one factor and one shift for each column: eq. (35), (37); may run in place. */
export interface ScaleColumnsOp {
  readonly kind: 'scaleColumns';
  readonly out: Tensor;
  readonly input: Tensor;
  /** s, real [columns]. */
  readonly weight: Tensor;
  /** b, real [columns]; absent means 0. */
  readonly bias?: Tensor | undefined;
}

/** s̄ = Σₙ h̄ₙ ∘ xₙ and b̄ = Σₙ h̄ₙ, overwriting: eq. (36). */
export interface ScaleColumnsWeightAdjointOp {
  readonly kind: 'scaleColumnsWeightAdjoint';
  readonly weightBar: Tensor;
  readonly biasBar?: Tensor | undefined;
  readonly outBar: Tensor;
  readonly input: Tensor;
}

/** x̂ = (x − μ) r row by row, with r = 1/√(σ² + ε): eq. (38), (39). */
export interface NormalizeRowsOp {
  readonly kind: 'normalizeRows';
  readonly out: Tensor;
  /** μ of each row, real [N], for the trace. */
  readonly means?: Tensor | undefined;
  /** r of each row, real [N], for the backward pass. */
  readonly inverseDeviations?: Tensor | undefined;
  readonly input: Tensor;
  readonly epsilon: number;
}

/** out = r (input − mean(input) − x̂ mean(input ∘ x̂)), where the input is the adjoint of x̂: eq. (42); may run in place. */
export interface NormalizeRowsAdjointOp {
  readonly kind: 'normalizeRowsAdjoint';
  readonly out: Tensor;
  readonly input: Tensor;
  readonly normalized: Tensor;
  readonly inverseDeviations: Tensor;
}

/** Elements of a block of a sum to one number. */
export const SUM_BLOCK = 4096;

/** Scalars `normSquared` and `maxAbsolute` of a flat region. */
export interface SumOfSquaresOp {
  readonly kind: 'sumOfSquares';
  readonly source: Tensor;
  /** float64, two for every {@link SUM_BLOCK} elements, in which threads write the results of their blocks. */
  readonly blocks: Tensor;
}

/**
 * One optimiser step over the flat regions, or over a part of them that has a rate of its own: eq. (26)–(29). The rule decides which moments there are and what they mean; the
 * file of each optimiser describes its moments.
 */
export interface UpdateOp {
  readonly kind: 'update';
  readonly rule: UpdateRule;
  readonly parameters: Tensor;
  readonly adjoints: Tensor;
  /** A mean of gradients or a velocity. */
  readonly firstMoments?: Tensor | undefined;
  /** A mean or a sum of squares. */
  readonly secondMoments?: Tensor | undefined;
  /** The largest second moment so far. */
  readonly thirdMoments?: Tensor | undefined;
  readonly nesterov: boolean;
  /** Elements [0, weightCount) are the parameters that decay: l1, l2 and decay touch only these. */
  readonly weightCount: number;
  /** The factor of the learning rate for these elements, a float32; absent means 1. */
  readonly rateFactor?: number | undefined;
}

/**
 * Each row w of the weight with ‖w‖ > limit becomes w · (limit / ‖w‖), in place. A row holds the weights of all inputs of one unit.
 * It comes after the update, before the weights are packed.
 */
export interface LimitNormsOp {
  readonly kind: 'limitNorms';
  /** [fanOut, fanIn] */
  readonly weight: Tensor;
  /** Above 0. */
  readonly limit: number;
}

/** out = input · scalar, kept for the trace: eq. (28), (30). */
export interface ScaleOp {
  readonly kind: 'scale';
  readonly out: Tensor;
  readonly input: Tensor;
  readonly factor: ScalarSlot;
}

export type Op =
  | GatherOp
  | PackWeightsOp
  | DenseOp
  | ActivationOp
  | DropoutOp
  | OutputOp
  | LossOp
  | LossAdjointOp
  | DenseWeightAdjointOp
  | DenseInputAdjointOp
  | ActivationAdjointOp
  | ScaleColumnsOp
  | ScaleColumnsWeightAdjointOp
  | NormalizeRowsOp
  | NormalizeRowsAdjointOp
  | EmbeddingOp
  | SumOfSquaresOp
  | UpdateOp
  | LimitNormsOp
  | ScaleOp;

/**
 * `prepare` packs weights that the user has written; `update` packs the weights that it has written itself. `check` measures
 * the merged adjoints, and the host decides between `check` and `update` whether the step may be taken. `gradients` is
 * forward, backward and check in one call. If a batch is computed in shards, `gradients` omits the check, because only the
 * merged adjoints must be checked.
 */
export const PHASES = [
  'prepare',
  'forward',
  'backward',
  'check',
  'gradients',
  'update',
  'evaluate',
] as const;

export type Phase = (typeof PHASES)[number];

/** A record with a value for each phase. */
export function byPhase<Value>(make: (phase: Phase) => Value): Record<Phase, Value> {
  return Object.fromEntries(PHASES.map((phase) => [phase, make(phase)])) as Record<Phase, Value>;
}

/** The output of one layer, for code that looks inside a network. */
export interface LayerOutput {
  /** K of the layer's parameters; for a layer without parameters, K of the next layer that has parameters. */
  readonly layer: number;
  readonly tensor: Tensor;
}

export interface Program {
  readonly purpose: Purpose;
  readonly precision: Precision;
  /** How the terms of the matrix products are added. */
  readonly numerics: Numerics;
  /** N: the most rows of one run. */
  readonly capacity: number;
  /** All tensors by name, including every tensor that an op uses. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly phases: Readonly<Record<Phase, readonly Op[]>>;
  /** The output of every layer that prediction runs, from the input up; the last one is the logits. */
  readonly layers: readonly LayerOutput[];
  /**
   * The network's output after each phase that computes it: y, or the logits if there is no output function. The two
   * tensors differ only if a layer that acts in training only, such as dropout, comes after all other layers.
   */
  readonly outputs: { readonly forward: Tensor; readonly evaluate: Tensor };
  /** Bytes of the arena; tensors lie inside [0, arenaBytes). */
  readonly arenaBytes: number;
}
