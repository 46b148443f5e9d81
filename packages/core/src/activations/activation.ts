/**
 * The activation functions φ as data: name, parameters, formula and derivative in LaTeX, and whether φ′ is
 * taken from the pre-activation m or from the activation h = φ(m). How they are evaluated is the backends'
 * matter; eq. (2), (7) apply them forward, eq. (16), (23) backward.
 */
import { mustBe, rangeError, typeError } from '../words/fault.ts';
import {
  checkChoice,
  isRecord,
  numberOption,
  onlyFor,
  readOptions,
  type OptionRule,
} from '../words/options.ts';

/** The names a layer may give. */
export type ActivationKind =
  | 'identity'
  | 'relu'
  | 'leaky-relu'
  | 'elu'
  | 'selu'
  | 'gelu'
  | 'silu'
  | 'tanh'
  | 'sigmoid'
  | 'softplus';

/** An activation with every parameter written out; plain JSON. */
export interface Activation {
  readonly kind: ActivationKind;
  /** leaky-relu: the factor below 0. */
  readonly slope?: number;
  /** elu: the limit −alpha for m → −∞. */
  readonly alpha?: number;
}

/** What a layer accepts: a name, or a record with parameters. */
export type ActivationOption =
  | ActivationKind
  | { readonly kind: ActivationKind; readonly slope?: number; readonly alpha?: number };

/** What the rest of the system must know of an activation. */
export interface ActivationFacts {
  /** φ(m) in LaTeX. */
  readonly latex: string;
  /** φ′(m) in LaTeX. */
  readonly derivativeLatex: string;
  /** The tensor that φ′ is computed from: the pre-activation or the activation. */
  readonly adjointFrom: 'preActivation' | 'activation';
  /** Operations an element forward, for the summary's count. */
  readonly operations: number;
}

/** Elu and its derivative from 0 down. */
const ELU = '\\alpha(e^{m} - 1)';
const ELU_DERIVATIVE = '\\alpha e^{m}';

/** In the order of the kernels' codes. */
const FACTS: Readonly<Record<ActivationKind, ActivationFacts>> = {
  identity: fromActivation('m', '1', 0),
  relu: fromActivation('\\max(0, m)', '[m > 0]', 1),
  'leaky-relu': fromPreActivation(cases('m', 's\\,m'), cases('1', 's'), 2),
  elu: fromPreActivation(cases('m', ELU), cases('1', ELU_DERIVATIVE), 4),
  selu: fromPreActivation(`\\lambda${cases('m', ELU)}`, `\\lambda${cases('1', ELU_DERIVATIVE)}`, 5),
  gelu: fromPreActivation(
    '\\tfrac{m}{2}\\,\\mathrm{erfc}(-m/\\sqrt{2})',
    '\\tfrac{1}{2}\\,\\mathrm{erfc}(-m/\\sqrt{2}) + \\tfrac{m}{\\sqrt{2\\pi}}\\,e^{-{m}^2/2}',
    6,
  ),
  silu: fromPreActivation('m\\,\\sigma(m)', '\\sigma(m)\\,(1 + m\\,(1 - \\sigma(m)))', 5),
  tanh: fromActivation('\\tanh(m)', '1 - {h}^2', 4),
  sigmoid: fromActivation('\\sigma(m)', 'h\\,(1 - h)', 4),
  softplus: fromPreActivation('\\log(1 + e^{m})', '\\sigma(m)', 5),
};

/** The names in the order of the kernels' codes. */
export const ACTIVATION_KINDS = Object.keys(FACTS) as readonly ActivationKind[];

function fromActivation(
  latex: string,
  derivativeLatex: string,
  operations: number,
): ActivationFacts {
  return { latex, derivativeLatex, adjointFrom: 'activation', operations };
}

function fromPreActivation(
  latex: string,
  derivativeLatex: string,
  operations: number,
): ActivationFacts {
  return { latex, derivativeLatex, adjointFrom: 'preActivation', operations };
}

/** A function by its branches above 0 and from 0 down, in LaTeX. */
function cases(above: string, below: string): string {
  return `\\begin{cases} ${above} & m > 0 \\\\ ${below} & m \\le 0 \\end{cases}`;
}

/** SELU's constants (Klambauer et al. 2017, section 2), to float64. */
export const SELU_LAMBDA = 1.0507009873554805;
export const SELU_ALPHA = 1.6732632423543772;

/** The facts of an activation kind. */
export function activationFacts(kind: ActivationKind): ActivationFacts {
  return FACTS[kind];
}

/**
 * The full record of what a layer was given.
 *
 * @param where - the public function, for messages
 * @param option - a name or a record; `'softmax'` is refused, since the loss applies it
 * @throws {TypeError} when it is neither, or has an unknown field
 * @throws {RangeError} when the name or a parameter is wrong
 */
export function readActivation(where: string, option: unknown): Activation {
  const record = typeof option === 'string' ? { kind: option } : option;
  if (!isRecord(record) || !('kind' in record)) {
    throw typeError(mustBe(where, 'activation', 'a name or { kind, slope, alpha }', option));
  }
  if (record['kind'] === 'softmax') {
    throw rangeError({
      where,
      subject: 'activation',
      rule: "must not be 'softmax'",
      remedy:
        " Leave it off: the loss 'softmax-cross-entropy' applies it to the last layer's logits, and predict returns probabilities.",
    });
  }
  const kind = checkChoice(where, 'activation', record['kind'], ACTIVATION_KINDS);
  const parameter = (owner: ActivationKind, standard: number): OptionRule<number | undefined> =>
    onlyFor(
      kind === owner,
      `'${owner}'`,
      kind,
      numberOption({ min: 0, float32: true }, standard),
      undefined,
    );
  return readOptions<Activation>(where, record, {
    kind: () => kind,
    slope: parameter('leaky-relu', 0.01),
    alpha: parameter('elu', 1),
  });
}
