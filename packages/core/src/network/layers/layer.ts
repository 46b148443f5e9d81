/**
 * The contract of a layer kind: everything that the rest of the house asks about a layer. A kind is one file of
 * this folder (its record, its parameters, what it costs, how it is lowered) and one row in `kinds.ts`; nothing
 * outside this folder asks which kind a layer is.
 *
 * A layer is plain data and knows nothing of the layers around it. What it must know of its place in a network
 * is handed to it: the columns of its input when its parameters are laid out, a {@link LayerContext} when it is
 * lowered.
 */
import type { Activation } from '../../activations/activation.ts';
import type { Description, Notation } from '../../program/notation.ts';
import type { Op, Purpose, Region, Tensor } from '../../program/program.ts';

/** The most columns of a layer's input or output; keeps every index inside 31 bits. */
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
   * @param out - its memory
   * @param seed - of the network
   * @param index - K of `layers.K.…`: part of what its random numbers depend on
   */
  readonly initialise: (out: Float32Array | Float64Array, seed: number, index: number) => void;
}

/** What is to be known of one kind of layer. */
export interface LayerKind<Layer extends { readonly kind: string }> {
  /** How it is made, for messages: `dense(…)`. */
  readonly usage: string;
  /** Reads the fields of a record of unknown origin, by the same checks as the factory. */
  readonly read: (fields: Omit<Layer, 'kind'>) => Layer;
  /** Whether it acts in training only: `predict` and `evaluate` run the network without it. */
  readonly trainingOnly: boolean;
  /** The columns of its output. */
  readonly outputs: (layer: Layer, inputs: number) => number;
  /** Its parameters, in the order of their names in a file; empty for a layer that learns nothing. */
  readonly parameters: (layer: Layer, inputs: number) => readonly Parameter[];
  /** The layer in a few words, such as `dense (relu)`. */
  readonly title: (layer: Layer) => string;
  /** Floating point operations that one row costs in the forward pass. */
  readonly operations: (layer: Layer, inputs: number) => number;
  readonly lower: (layer: Layer, context: LayerContext) => LoweredLayer;
}

/** Describes a value for the trace; called only if there is one, since formulas take time to write. */
export type Describe = () => Description;

/** A value that flows from layer to layer. */
export interface Value {
  readonly tensor: Tensor;
  readonly notation: Notation;
}

/** A layer's place in the network that is lowered, and the means to declare tensors. */
export interface LayerContext {
  readonly purpose: Purpose;
  /** Whether one data point is written in the trace, with vectors. */
  readonly point: boolean;
  readonly input: Value;
  /** The columns of the input and of the output. */
  readonly inputs: number;
  readonly outputs: number;
  /** Whether its output is z, the logits. */
  readonly isLast: boolean;
  /** K of `layers.K.…`; for a layer without parameters, that of the next layer that has some. */
  readonly index: number;
  /** How many layers of the same kind come before it. */
  readonly ordinal: number;
  /** The tensor of one of its parameters. */
  readonly parameter: (role: string, describe: Describe) => Tensor;
  /** Declares a tensor of reals that a step leaves behind. */
  readonly value: (name: string, shape: Tensor['shape'], describe: Describe) => Tensor;
  /** Declares a tensor of reals in a region, which the trace does not show. */
  readonly hidden: (name: string, shape: Tensor['shape'], region?: Region) => Tensor;
}

/** φ, and m or h, whichever φ′ is computed from. */
export interface Derivative {
  readonly activation: Activation;
  readonly source: Tensor;
}

/** One layer as ops. */
export interface LoweredLayer {
  readonly out: Value;
  /** Ops that must run once after the parameters were written, such as packing; empty for most. */
  readonly prepare: readonly Op[];
  /**
   * The ops that compute `out`. They are given their input because evaluation runs the network without the layers
   * of training alone, and so may give another tensor than the context's.
   */
  readonly forward: (input: Tensor) => readonly Op[];
  /** φ at the end of the layer, if the op that computes the adjoint of `out` may multiply by φ′ in the same pass. */
  readonly derivative?: Derivative | undefined;
  /** Pushes the ops of the adjoints. */
  readonly backward: (step: BackwardStep) => InputAdjoint | undefined;
}

/** What a layer's backward pass is given. */
export interface BackwardStep {
  /** The adjoint of the layer's output; if `differentiated`, already times φ′ of the layer's `derivative`. */
  readonly outBar: Tensor;
  readonly differentiated: boolean;
  /** Whether the adjoint of the input is asked for: a layer below has parameters. */
  readonly needsInput: boolean;
  /** φ of the layer below, which the op that computes the adjoint of the input may apply; absent in a trace. */
  readonly below: Derivative | undefined;
  readonly push: (op: Op) => void;
  /** The tensor for the adjoint of a parameter. */
  readonly parameterBar: (role: string, describe: Describe) => Tensor;
  /** A tensor for an adjoint of the shape of `like`, computed from other tensors. */
  readonly fresh: (like: Tensor, describe: Describe) => Tensor;
  /** The tensor for an adjoint that an op may compute in the place of `bar`; a tensor of its own in a trace. */
  readonly inPlace: (bar: Tensor, describe: Describe) => Tensor;
}

/** The adjoint of a layer's input. */
export interface InputAdjoint {
  readonly tensor: Tensor;
  /** Whether φ′ of the layer below has been applied. */
  readonly differentiated: boolean;
}
