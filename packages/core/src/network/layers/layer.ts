/**
 * The contract of a layer kind: everything that the rest of the library asks about a layer. A kind is one file of
 * this folder (its record, its parameters, its cost, its lowering) and one row in `kinds.ts`. No code outside this
 * folder asks which kind a layer is.
 *
 * The same file has a second object, the formulas that a trace writes. They are apart from the kind, because only the
 * trace imports them: a bundler leaves them out of a page that trains and predicts.
 *
 * A layer is plain data and knows nothing of the layers around it. Functions of a kind receive what they must know
 * about the layer's place in a network: the columns of its input when its parameters are laid out, a
 * {@link LayerContext} when it is lowered.
 */
import type { Activation } from '../../activations/activation.ts';
import type { Description, Notation } from '../../program/notation.ts';
import type { Op, Purpose, Region, Tensor } from '../../program/program.ts';

/** The most columns of a layer's input or output. The limit keeps every index inside 31 bits. */
export const MAX_UNITS: number = 1 << 24;

/** A parameter of a layer, before it has its place in a network. */
export interface Parameter {
  /** The last part of its name, as in a torch state_dict: `weight`, `bias`. */
  readonly role: string;
  readonly shape: readonly number[];
  /** Whether l1, l2 and weight decay act on it. */
  readonly decays: boolean;
  /** The factor of the learning rate for it; absent means 1. Only a parameter that does not decay may have one. */
  readonly rateFactor?: number | undefined;
  /**
   * Fills it with its first values.
   *
   * @param out - the memory of the parameter
   * @param seed - the seed of the network
   * @param index - K of `layers.K.…`; the random numbers depend on it
   */
  readonly initialise: (out: Float32Array | Float64Array, seed: number, index: number) => void;
}

/**
 * What the rest of the library must know about one kind of layer.
 *
 * `Role` names the quantities that a trace shows of such a layer, such as `weight`, `out` or `weightBar`. Every kind has
 * the role `out`, its output, and `inputBar`, the adjoint of its input.
 */
export interface LayerKind<Layer extends { readonly kind: string }, Role extends string = string> {
  /** The call that makes such a layer, for messages: `dense(…)`. */
  readonly usage: string;
  /** Reads the fields of a record of unknown origin, with the same checks as the factory. */
  readonly read: (fields: Omit<Layer, 'kind'>) => Layer;
  /** Whether it acts in training only: `predict` and `evaluate` run the network without it. */
  readonly trainingOnly: boolean;
  /** The fewest columns that its input may have; absent if one is enough. */
  readonly leastInputs?: (layer: Layer) => number;
  /** The columns of its output. */
  readonly outputs: (layer: Layer, inputs: number) => number;
  /** Its parameters, in the order of their names in a file; empty for a layer that learns nothing. */
  readonly parameters: (layer: Layer, inputs: number) => readonly Parameter[];
  /** The layer in a few words, such as `dense (relu)`. */
  readonly title: (layer: Layer) => string;
  /** Floating point operations for one row in the forward pass. */
  readonly operations: (layer: Layer, inputs: number) => number;
  readonly lower: (layer: Layer, context: LayerContext<Role>) => LoweredLayer<Role>;
}

/** A layer's place in the network that is lowered, and the functions that declare tensors. */
export interface LayerContext<Role extends string = string> {
  readonly purpose: Purpose;
  readonly input: Tensor;
  /** The columns of the input and of the output. */
  readonly inputs: number;
  readonly outputs: number;
  /** K of `layers.K.…`; for a layer without parameters, K of the next layer that has parameters. */
  readonly index: number;
  /** How many layers of the same kind come before it. */
  readonly ordinal: number;
  /** The tensor of one of its parameters. */
  readonly parameter: (role: Role) => Tensor;
  /** Declares a tensor of reals that can be read after a step, and says what it is to the layer. */
  readonly value: (role: Role, name: string, shape: Tensor['shape']) => Tensor;
  /** Declares a tensor of reals in a region, which the trace does not show. */
  readonly hidden: (name: string, shape: Tensor['shape'], region?: Region) => Tensor;
}

/** φ, and the tensor from which φ′ is computed: m or h. */
export interface Derivative {
  readonly activation: Activation;
  readonly source: Tensor;
}

/** The parameters whose adjoints are among some roles: `weight` for `weightBar`. */
type Barred<Role extends string> = string extends Role
  ? string
  : Role extends `${infer Name}Bar`
    ? Name
    : never;

/** One layer as ops. */
export interface LoweredLayer<Role extends string = string> {
  readonly out: Tensor;
  /** Ops that must run once after the parameters were written, such as packing; empty for most layers. */
  readonly prepare: readonly Op[];
  /**
   * The ops that compute `out` from `input`. The input is an argument because evaluation runs the network without the
   * layers that act in training only, so its input may be another tensor than the input of the context.
   */
  readonly forward: (input: Tensor) => readonly Op[];
  /** φ at the end of the layer, if the op that computes the adjoint of `out` may multiply by φ′ in the same pass. */
  readonly derivative?: Derivative | undefined;
  /** Pushes the ops of the adjoints. */
  readonly backward: (step: BackwardStep<Role>) => InputAdjoint | undefined;
}

/** The arguments of a layer's backward pass. */
export interface BackwardStep<Role extends string = string> {
  /** The adjoint of the layer's output; if `differentiated`, it is already multiplied by φ′ of the layer's `derivative`. */
  readonly outBar: Tensor;
  readonly differentiated: boolean;
  /** Whether the adjoint of the input is needed, because a layer below has parameters. */
  readonly needsInput: boolean;
  /** φ of the layer below. The op that computes the adjoint of the input may multiply by its φ′; absent in a trace. */
  readonly below: Derivative | undefined;
  readonly push: (op: Op) => void;
  /** The tensor for the adjoint of a parameter. */
  readonly parameterBar: (role: Barred<Role>) => Tensor;
  /** A tensor for an adjoint that has the shape of `like` and is computed from other tensors. */
  readonly fresh: (role: Role, like: Tensor) => Tensor;
  /** The tensor for an adjoint that an op may write over `bar`; in a trace, a separate tensor. */
  readonly inPlace: (role: Role, bar: Tensor) => Tensor;
}

/** The adjoint of a layer's input. */
export interface InputAdjoint {
  readonly tensor: Tensor;
  /** Whether φ′ of the layer below has been applied. */
  readonly differentiated: boolean;
}

/** A layer of a traced step, as its formulas see it. */
export interface TracedLayer<Layer, Role extends string = string> {
  readonly layer: Layer;
  /** Whether the step has one data point, written with vectors, and not a batch. */
  readonly point: boolean;
  /** Whether its output is z, the logits. */
  readonly isLast: boolean;
  /** The number of its parameters and of its output, from 1. */
  readonly number: number;
  /** The number of the layer among the layers of its kind, from 1. */
  readonly ordinal: number;
  /** The columns of its output. */
  readonly outputs: number;
  /** The symbol in LaTeX of a quantity that was computed before. */
  readonly latex: (role: Role | 'input' | 'outBar') => string;
  /** The letters of a quantity that was computed before. */
  readonly notation: (role: Role | 'input') => Notation;
}

/** What a trace shows of a layer kind: for each role the letters, the equation and its right-hand side. */
export type LayerFormulas<Layer, Role extends string = string> = {
  readonly [Each in Role]: (traced: TracedLayer<Layer, Role>) => Description;
};
