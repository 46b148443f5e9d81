/**
 * The dense layer, h = φ(W x + b): eq. (1)–(3) for a point, (6)–(8) for a batch, and its adjoints, eq. (13)–(18),
 * (20)–(25). A Program for training fuses bias and φ into the matrix product, and φ′ into the product that
 * computes the adjoint. A traced Program runs them as separate ops. Both give the same bits.
 */
import {
  activationFacts,
  activationFormulas,
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
import { elementwise, substituted, times, transposed } from '../../program/latex.ts';
import { barOf, hiddenOrLogits, type Equation } from '../../program/notation.ts';
import type { Tensor } from '../../program/program.ts';
import { booleanOption, checkNumber, optional, readOptions } from '../../words/options.ts';
import {
  MAX_UNITS,
  type BackwardStep,
  type InputAdjoint,
  type LayerContext,
  type LayerFormulas,
  type LayerKind,
  type LoweredLayer,
  type Parameter,
  type TracedLayer,
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

/** The quantities of the layer that a trace shows. `preActivation` is m, which a layer without activation does not have, because m is its output. */
export type DenseRole =
  | 'weight'
  | 'bias'
  | 'preActivation'
  | 'out'
  | 'preActivationBar'
  | 'weightBar'
  | 'biasBar'
  | 'inputBar';

/** The dense layer for the rest of the library. */
export const DENSE: LayerKind<DenseLayer, DenseRole> = {
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

/** What the two passes of one layer share. */
interface DenseTensors {
  readonly weight: Tensor;
  readonly bias: Tensor | undefined;
  readonly derivative: LoweredLayer['derivative'];
}

/** Columns of the widest panel in which a backend packs weights; kernels with narrower panels use less of the memory. */
const PANEL_COLUMNS = 32;

function lower(layer: DenseLayer, context: LayerContext<DenseRole>): LoweredLayer<DenseRole> {
  const { activation } = layer;
  const { index, input, inputs, outputs, purpose, parameter, value, hidden } = context;
  const traced = purpose === 'trace';
  const identity = activation.kind === 'identity';
  const fromM = activationFacts(activation.kind).adjointFrom === 'preActivation';
  const weight = parameter('weight');
  const bias = layer.bias ? parameter('bias') : undefined;
  const packedSize = Math.ceil(outputs / PANEL_COLUMNS) * PANEL_COLUMNS * inputs;
  const packed = hidden(`layers.${index}.packed`, [packedSize], 'packed');
  const shape = ['N', outputs] as const;
  const storesM = purpose !== 'predict' && !identity && (traced || fromM);
  const m = storesM ? value('preActivation', `m${index}`, shape) : undefined;
  const h = value('out', `h${index}`, shape);
  const derivative = identity ? undefined : { activation, source: fromM ? m! : h };
  return {
    out: h,
    prepare: [{ kind: 'packWeights', out: packed, weight }],
    derivative,
    forward(from) {
      const common = { kind: 'dense', input: from, weight, bias, packed } as const;
      if (!traced || m === undefined) return [{ ...common, out: h, preActivation: m, activation }];
      return [
        { ...common, out: m, activation: { kind: 'identity' } },
        { kind: 'activation', out: h, input: m, activation },
      ];
    },
    backward: (step) => backward({ weight, bias, derivative }, input, step),
  };
}

/** W̄ and b̄, eq. (14), (15), (17), (18), (21), (22), (24), (25); then the adjoint of the input, eq. (13), (20). */
function backward(
  { weight, bias, derivative }: DenseTensors,
  input: Tensor,
  step: BackwardStep<DenseRole>,
): InputAdjoint | undefined {
  const { outBar, differentiated, needsInput, below, push, parameterBar, fresh, inPlace } = step;
  let bar = outBar;
  if (derivative !== undefined && !differentiated) {
    // eq. (16), (23)
    const out = inPlace('preActivationBar', bar);
    push({ kind: 'activationAdjoint', out, input: bar, ...derivative });
    bar = out;
  }
  push({
    kind: 'denseWeightAdjoint',
    weightBar: parameterBar('weight'),
    biasBar: bias && parameterBar('bias'),
    outBar: bar,
    input,
  });
  if (!needsInput) return undefined;
  const inputBar = fresh('inputBar', input);
  push({ kind: 'denseInputAdjoint', inputBar, outBar: bar, weight, ...below });
  return { tensor: inputBar, differentiated: below !== undefined };
}

type TracedDense = TracedLayer<DenseLayer, DenseRole>;

/** The equations of the notes, in which a layer and its adjoints have other numbers if it is the last. */
export const DENSE_FORMULAS: LayerFormulas<DenseLayer, DenseRole> = {
  weight: ({ isLast, number }) => ({
    notation: { letter: 'W', number, parameter: true },
    equation: productEquation(isLast),
  }),
  bias: ({ isLast, number }) => ({
    notation: { letter: 'b', number, parameter: true },
    equation: productEquation(isLast),
  }),
  preActivation: (traced) => ({
    notation: { letter: 'm', number: traced.number },
    equation: productEquation(false),
    formula: productFormula(traced),
  }),
  out(traced) {
    const { layer, isLast, number, latex } = traced;
    if (layer.activation.kind === 'identity') {
      return {
        notation: isLast ? { letter: 'z' } : { letter: 'm', number },
        equation: productEquation(isLast),
        formula: productFormula(traced),
      };
    }
    const { value } = activationFormulas(layer.activation.kind);
    return {
      notation: hiddenOrLogits(isLast, number),
      equation: isLast ? productEquation(true) : [2, 7],
      formula: withSymbols(value, layer.activation, latex('preActivation')),
    };
  },
  preActivationBar({ layer: { activation }, latex, notation }) {
    const { derivative } = activationFormulas(activation.kind);
    const slope = withSymbols(derivative, activation, latex('preActivation'), latex('out'));
    return {
      notation: barOf(notation('preActivation')),
      equation: [16, 23],
      formula: elementwise(latex('outBar'), `\\left(${slope}\\right)`),
    };
  },
  weightBar(traced) {
    const { isLast, point, latex, notation } = traced;
    const [bar, x] = [barLatex(traced), latex('input')];
    return {
      notation: barOf(notation('weight')),
      equation: isLast ? [14, 21] : [17, 24],
      formula: point ? times(bar, transposed(x)) : times(transposed(bar), x),
    };
  },
  biasBar(traced) {
    const { isLast, point, notation } = traced;
    const bar = barLatex(traced);
    return {
      notation: barOf(notation('bias')),
      equation: isLast ? [15, 22] : [18, 25],
      formula: point ? bar : `\\sum_n ${bar}_n`,
    };
  },
  inputBar(traced) {
    const { point, latex, notation } = traced;
    const [w, bar] = [latex('weight'), barLatex(traced)];
    return {
      notation: barOf(notation('input')),
      equation: [13, 20],
      formula: point ? times(transposed(w), bar) : times(bar, w),
    };
  },
};

/** The equation of m of a hidden layer, or of z. */
function productEquation(isLast: boolean): Equation {
  return isLast ? [3, 8] : [1, 6];
}

/** W x + b, or for a batch X Wᵀ + b. */
function productFormula({ layer, point, latex }: TracedDense): string {
  const [w, x] = [latex('weight'), latex('input')];
  const product = point ? times(w, x) : times(x, transposed(w));
  return layer.bias ? `${product} + ${latex('bias')}` : product;
}

/** The adjoint of the product: m̄, or the adjoint of the output if there is no activation. */
function barLatex({ layer, latex }: TracedDense): string {
  return latex(layer.activation.kind === 'identity' ? 'outBar' : 'preActivationBar');
}

/** φ or φ′ with the symbols and parameters of this layer in place of m, h, s, α. */
function withSymbols(formula: string, { slope, alpha }: Activation, m: string, h = ''): string {
  return substituted(formula, { m, h, s: slope, '\\alpha': alpha });
}
