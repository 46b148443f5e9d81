/**
 * The contract of a layer kind: everything that the rest of the library asks about a layer. A kind is one file of
 * this folder (its record, its parameters, its cost, its lowering) and one row in `kinds.ts`. No code outside this
 * folder asks which kind a layer is.
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
  /**
   * Fills it with its first values.
   *
   * @param out - the memory of the parameter
   * @param seed - the seed of the network
   * @param index - K of `layers.K.…`; the random numbers depend on it
   */
  readonly initialise: (out: Float32Array | Float64Array, seed: number, index: number) => void;
}

/** What the rest of the library must know about one kind of layer. */
export interface LayerKind<Layer extends { readonly kind: string }> {
  /** The call that makes such a layer, for messages: `dense(…)`. */
  readonly usage: string;
  /** Reads the fields of a record of unknown origin, with the same checks as the factory. */
  readonly read: (fields: Omit<Layer, 'kind'>) => Layer;
  /** Whether it acts in training only: `predict` and `evaluate` run the network without it. */
  readonly trainingOnly: boolean;
  /** The columns of its output. */
  readonly outputs: (layer: Layer, inputs: number) => number;
  /** Its parameters, in the order of their names in a file; empty for a layer that learns nothing. */
  readonly parameters: (layer: Layer, inputs: number) => readonly Parameter[];
  /** The layer in a few words, such as `dense (relu)`. */
  readonly title: (layer: Layer) => string;
  /** Floating point operations for one row in the forward pass. */
  readonly operations: (layer: Layer, inputs: number) => number;
  readonly lower: (layer: Layer, context: LayerContext) => LoweredLayer;
}

/** Describes a value for the trace. It is called only if there is a trace, because writing formulas takes time. */
export type Describe = () => Description;

/** A value that flows from layer to layer. */
export interface Value {
  readonly tensor: Tensor;
  readonly notation: Notation;
}

/** A layer's place in the network that is lowered, and the functions that declare tensors. */
export interface LayerContext {
  readonly purpose: Purpose;
  /** Whether the trace shows one data point, written with vectors. */
  readonly point: boolean;
  readonly input: Value;
  /** The columns of the input and of the output. */
  readonly inputs: number;
  readonly outputs: number;
  /** Whether its output is z, the logits. */
  readonly isLast: boolean;
  /** K of `layers.K.…`; for a layer without parameters, K of the next layer that has parameters. */
  readonly index: number;
  /** How many layers of the same kind come before it. */
  readonly ordinal: number;
  /** The tensor of one of its parameters. */
  readonly parameter: (role: string, describe: Describe) => Tensor;
  /** Declares a tensor of reals that can be read after a step. */
  readonly value: (name: string, shape: Tensor['shape'], describe: Describe) => Tensor;
  /** Declares a tensor of reals in a region, which the trace does not show. */
  readonly hidden: (name: string, shape: Tensor['shape'], region?: Region) => Tensor;
}

/** φ, and the tensor from which φ′ is computed: m or h. */
export interface Derivative {
  readonly activation: Activation;
  readonly source: Tensor;
}

/** One layer as ops. */
export interface LoweredLayer {
  readonly out: Value;
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
  readonly backward: (step: BackwardStep) => InputAdjoint | undefined;
}

/** The arguments of a layer's backward pass. */
export interface BackwardStep {
  /** The adjoint of the layer's output; if `differentiated`, it is already multiplied by φ′ of the layer's `derivative`. */
  readonly outBar: Tensor;
  readonly differentiated: boolean;
  /** Whether the adjoint of the input is needed, because a layer below has parameters. */
  readonly needsInput: boolean;
  /** φ of the layer below. The op that computes the adjoint of the input may multiply by its φ′; absent in a trace. */
  readonly below: Derivative | undefined;
  readonly push: (op: Op) => void;
  /** The tensor for the adjoint of a parameter. */
  readonly parameterBar: (role: string, describe: Describe) => Tensor;
  /** A tensor for an adjoint that has the shape of `like` and is computed from other tensors. */
  readonly fresh: (like: Tensor, describe: Describe) => Tensor;
  /** The tensor for an adjoint that an op may write over `bar`; in a trace, a separate tensor. */
  readonly inPlace: (bar: Tensor, describe: Describe) => Tensor;
}

/** The adjoint of a layer's input. */
export interface InputAdjoint {
  readonly tensor: Tensor;
  /** Whether φ′ of the layer below has been applied. */
  readonly differentiated: boolean;
}
