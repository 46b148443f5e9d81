/**
 * The dense layer, h = φ(W x + b): eq. (1)–(3) for a point, (6)–(8) for a batch, and its adjoints, eq. (13)–(18),
 * (20)–(25). A Program for training fuses bias and φ into the matrix product, and φ′ into the product that
 * computes the adjoint. A traced Program runs them as separate ops. Both give the same bits.
 */
import {
  activationFacts,
  readActivation,
  type Activation,
  type ActivationOption,
} from '../../activations/activation.ts';
import {
  initialise,
  readInitialiser,
  type Initialiser,
  type InitialiserOption,
} from '../../init/initialiser.ts';
import { elementwise, latexOf, substituted, times, transposed } from '../../program/latex.ts';
import { barOf, type Equation, type Notation } from '../../program/notation.ts';
import type { Tensor } from '../../program/program.ts';
import { booleanOption, checkNumber, optional, readOptions } from '../../words/options.ts';
import {
  MAX_UNITS,
  type BackwardStep,
  type InputAdjoint,
  type LayerContext,
  type LayerKind,
  type LoweredLayer,
  type Parameter,
} from './layer.ts';

/** h = φ(W x + b): eq. (1)–(3) for a point, (6)–(8) for a batch. */
export interface DenseLayer {
  readonly kind: 'dense';
  /** The fan-out: how many outputs. */
  readonly units: number;
  readonly activation: Activation;
  readonly init: Initialiser;
  readonly bias: boolean;
}

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
 *   `init`, by default He-uniform for relu and similar functions, LeCun-normal for selu, Xavier-uniform otherwise;
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
    init: init ?? activationFacts(activation.kind).initialiser,
    bias,
  });
}

/** The dense layer for the rest of the library. */
export const DENSE: LayerKind<DenseLayer> = {
  usage: 'dense(…)',
  read: ({ units, ...options }) => dense(units, options),
  trainingOnly: false,
  outputs: ({ units }) => units,
  parameters,
  title({ activation: { kind }, bias }) {
    return `dense${kind === 'identity' ? '' : ` (${kind})`}${bias ? '' : ', no bias'}`;
  },
  /** A multiply and an add for each weight, an add for each bias, and the activation's own. */
  operations({ units, bias, activation }, inputs) {
    return (2 * inputs + Number(bias) + activationFacts(activation.kind).operations) * units;
  },
  lower,
};

/** W, by the layer's initialiser, eq. (31)–(33), and b, which begins at 0. */
function parameters({ units, init, bias }: DenseLayer, inputs: number): readonly Parameter[] {
  const weight: Parameter = {
    role: 'weight',
    shape: [units, inputs],
    decays: true,
    initialise: (out, seed, layer) =>
      initialise(init, { out, fanOut: units, fanIn: inputs, seed, layer }),
  };
  if (!bias) return [weight];
  return [
    weight,
    { role: 'bias', shape: [units], decays: false, initialise: (out) => void out.fill(0) },
  ];
}

/** The equations of a hidden layer and of the last one, each for a point and for a batch. */
const EQUATIONS = {
  hidden: { value: [1, 6], weightBar: [17, 24], biasBar: [18, 25] },
  last: { value: [3, 8], weightBar: [14, 21], biasBar: [15, 22] },
} as const satisfies Record<string, Record<string, Equation>>;

/** The symbols of a layer's parameters. */
function parameterNotation(role: 'weight' | 'bias', index: number): Notation {
  return { letter: role === 'weight' ? 'W' : 'b', number: index + 1, parameter: true };
}

/** What the two passes of one layer share. */
interface DenseTensors {
  readonly weight: Tensor;
  readonly bias: Tensor | undefined;
  readonly packed: Tensor;
  /** m, if it is stored beside the output. */
  readonly m: Tensor | undefined;
  readonly h: Tensor;
  readonly preActivation: Notation;
}

function lower(layer: DenseLayer, context: LayerContext): LoweredLayer {
  const { activation } = layer;
  const { index, isLast, outputs, purpose } = context;
  const traced = purpose === 'trace';
  const identity = activation.kind === 'identity';
  const fromM = activationFacts(activation.kind).adjointFrom === 'preActivation';
  const preActivation: Notation = { letter: 'm', number: index + 1 };
  const hidden: Notation = identity ? preActivation : { letter: 'h', number: index + 1 };
  const notation: Notation = isLast ? { letter: 'z' } : hidden;
  const { weight, bias, packed } = declareParameters(layer, context);
  const value = EQUATIONS[isLast ? 'last' : 'hidden'].value;
  const product = (): string => productFormula(context, weight, bias);
  const shape = ['N', outputs] as const;
  const storesM = purpose !== 'predict' && !identity && (traced || fromM);
  const m = storesM
    ? context.value(`m${index}`, shape, () => ({
        notation: preActivation,
        equation: EQUATIONS.hidden.value,
        formula: product(),
      }))
    : undefined;
  const h = context.value(`h${index}`, shape, () => ({
    notation,
    equation: identity || isLast ? value : [2, 7],
    formula: m === undefined ? product() : functionOf('latex', activation, latexOf(m)),
  }));
  const derivative = identity ? undefined : { activation, source: fromM ? m! : h };
  const tensors: DenseTensors = { weight, bias, packed, m, h, preActivation };
  return {
    out: { tensor: h, notation },
    prepare: [{ kind: 'packWeights', out: packed, weight }],
    derivative,
    forward(input) {
      const common = { kind: 'dense', input, weight, bias, packed } as const;
      if (!traced || m === undefined) return [{ ...common, out: h, preActivation: m, activation }];
      return [
        { ...common, out: m, activation: { kind: 'identity' } },
        { kind: 'activation', out: h, input: m, activation },
      ];
    },
    backward: (step) => backward(layer, context, tensors, derivative, step),
  };
}

/** Columns of the widest panel in which a backend packs weights; kernels with narrower panels use less of the memory. */
const PANEL_COLUMNS = 32;

function declareParameters(
  layer: DenseLayer,
  { index, inputs, outputs, isLast, parameter, hidden }: LayerContext,
): Pick<DenseTensors, 'weight' | 'bias' | 'packed'> {
  const equation = EQUATIONS[isLast ? 'last' : 'hidden'].value;
  const declare = (role: 'weight' | 'bias'): Tensor =>
    parameter(role, () => ({ notation: parameterNotation(role, index), equation }));
  const packedSize = Math.ceil(outputs / PANEL_COLUMNS) * PANEL_COLUMNS * inputs;
  return {
    weight: declare('weight'),
    bias: layer.bias ? declare('bias') : undefined,
    packed: hidden(`layers.${index}.packed`, [packedSize], 'packed'),
  };
}

/** W̄ and b̄, eq. (14), (15), (17), (18), (21), (22), (24), (25); then the adjoint of the input, eq. (13), (20). */
function backward(
  { activation }: DenseLayer,
  { input, index, isLast, point }: LayerContext,
  { weight, bias, m, h, preActivation }: DenseTensors,
  derivative: LoweredLayer['derivative'],
  { outBar, differentiated, needsInput, below, push, parameterBar, fresh, inPlace }: BackwardStep,
): InputAdjoint | undefined {
  let bar = outBar;
  if (derivative !== undefined && !differentiated) {
    // eq. (16), (23)
    const out = inPlace(bar, () => {
      const slope = functionOf('derivativeLatex', activation, latexOf(m!), latexOf(h));
      return {
        notation: barOf(preActivation),
        equation: [16, 23],
        formula: elementwise(latexOf(outBar), `\\left(${slope}\\right)`),
      };
    });
    push({ kind: 'activationAdjoint', out, input: bar, ...derivative });
    bar = out;
  }
  const { weightBar, biasBar } = EQUATIONS[isLast ? 'last' : 'hidden'];
  const [barLatex, inputLatex] = [latexOf(bar), latexOf(input.tensor)];
  push({
    kind: 'denseWeightAdjoint',
    weightBar: parameterBar('weight', () => ({
      notation: barOf(parameterNotation('weight', index)),
      equation: weightBar,
      formula: point
        ? times(barLatex, transposed(inputLatex))
        : times(transposed(barLatex), inputLatex),
    })),
    biasBar:
      bias &&
      parameterBar('bias', () => ({
        notation: barOf(parameterNotation('bias', index)),
        equation: biasBar,
        formula: point ? barLatex : `\\sum_n ${barLatex}_n`,
      })),
    outBar: bar,
    input: input.tensor,
  });
  if (!needsInput) return undefined;
  const inputBar = fresh(input.tensor, () => ({
    notation: barOf(input.notation),
    equation: [13, 20],
    formula: point
      ? times(transposed(latexOf(weight)), barLatex)
      : times(barLatex, latexOf(weight)),
  }));
  push({ kind: 'denseInputAdjoint', inputBar, outBar: bar, weight, ...below });
  return { tensor: inputBar, differentiated: below !== undefined };
}

/** W x + b, or for a batch X Wᵀ + b. */
function productFormula(
  { input, point }: LayerContext,
  weight: Tensor,
  bias: Tensor | undefined,
): string {
  const [w, x] = [latexOf(weight), latexOf(input.tensor)];
  const product = point ? times(w, x) : times(x, transposed(w));
  return bias === undefined ? product : `${product} + ${latexOf(bias)}`;
}

/** φ or φ′ with the symbols and parameters of this layer in place of m, h, s, α. */
function functionOf(
  which: 'latex' | 'derivativeLatex',
  { kind, slope, alpha }: Activation,
  m: string,
  h = '',
): string {
  return substituted(activationFacts(kind)[which], { m, h, s: slope, '\\alpha': alpha });
}
