/**
 * Layers as plain data. A layer knows its own numbers and nothing of shapes before it, of memory or of how
 * it is computed; `layout.ts` fits layers together, `program/` lowers them.
 */
import {
  readActivation,
  type Activation,
  type ActivationOption,
} from '../activations/activation.ts';
import {
  defaultInitialiser,
  readInitialiser,
  type Initialiser,
  type InitialiserOption,
} from '../init/initialiser.ts';
import {
  booleanOption,
  checkNumber,
  checkOptions,
  optional,
  readByKind,
  readOptions,
} from '../words/options.ts';

/** h = φ(W x + b): eq. (1)–(3) for a point, (6)–(8) for a batch. */
export interface DenseLayer {
  readonly kind: 'dense';
  /** The fan-out: how many outputs. */
  readonly units: number;
  readonly activation: Activation;
  readonly init: Initialiser;
  readonly bias: boolean;
}

/** h′ = mask ∘ h / (1 − p), in training only: eq. (34). */
export interface DropoutLayer {
  readonly kind: 'dropout';
  /** p, the probability that a unit is dropped, in [0, 1]. */
  readonly rate: number;
}

export type Layer = DenseLayer | DropoutLayer;

export interface DenseOptions {
  readonly activation?: ActivationOption;
  readonly init?: InitialiserOption;
  readonly bias?: boolean;
}

/**
 * A fully connected layer: h = φ(W x + b), with W of shape [fanOut, fanIn] as in PyTorch and b broadcast
 * over the rows of a batch.
 *
 * @param units - fanOut, at least 1
 * @param options - `activation = 'identity'` (one of the names of api, or `{ kind, slope, alpha }`);
 *   `init`, by default He-uniform for relu and its kin, LeCun-normal for selu, Xavier-uniform otherwise;
 *   `bias = true`, initialised with 0
 * @returns a plain record, immutable, JSON
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when `units` is no positive integer or a name is unknown
 * @example
 * const layer = dense(256, { activation: 'relu' });
 *
 * Source: the notes, eq. (1)–(3).
 */
export function dense(units: number, options: DenseOptions = {}): DenseLayer {
  checkNumber('dense', 'units', units, { integer: true, min: 1, max: MAX_UNITS });
  const { activation, init, bias } = readOptions<
    Pick<DenseLayer, 'activation' | 'bias'> & { readonly init?: Initialiser }
  >('dense', options, {
    activation: (where, _, value = 'identity') => Object.freeze(readActivation(where, value)),
    init: optional((where, _, value) => Object.freeze(readInitialiser(where, value))),
    bias: booleanOption(true),
  });
  return Object.freeze({
    kind: 'dense',
    units,
    activation,
    init: init ?? defaultInitialiser(activation.kind),
    bias,
  });
}

/** The widest layer; keeps every index inside 31 bits. */
export const MAX_UNITS: number = 1 << 24;

/**
 * Inverted dropout: h′ = 0 with probability p, else h / (1 − p), in training; the identity in `predict`.
 * Keras, PyTorch and scikit-learn users know `rate` as the drop rate, and so it is here; p = 1 gives zeros.
 *
 * @param rate - p, in [0, 1]
 * @returns a plain record, immutable, JSON
 * @throws {RangeError} when `rate` is outside [0, 1]
 * @example
 * const layer = dropout(0.2);
 *
 * Source: the notes, eq. (34); Srivastava et al. 2014.
 */
export function dropout(rate: number): DropoutLayer {
  checkNumber('dropout', 'rate', rate, { min: 0, max: 1 });
  return Object.freeze({ kind: 'dropout', rate });
}

/**
 * A layer read from a spec, by the same checks as the factories.
 *
 * @throws {TypeError} when it is no layer
 */
export function readLayer(where: string, value: unknown): Layer {
  return readByKind<Layer>(
    where,
    'layers',
    value,
    {
      dense: ({ units, ...options }: DenseLayer) => dense(units, options),
      dropout: ({ rate, ...options }: DropoutLayer) => {
        checkOptions('dropout', options, []);
        return dropout(rate);
      },
    },
    'dense(…) or dropout(…)',
  );
}
