/**
 * The activation functions φ as data: name, parameters, formula and derivative in LaTeX, and whether φ′ is
 * taken from the pre-activation m or from the activation h = φ(m). How they are evaluated is the backends'
 * matter; eq. (2), (7) apply them forward, eq. (16), (23) backward.
 */
import { checkChoice, checkNumber, checkOptions, show } from '../options.ts';

/** The names a layer may give. */
export const ACTIVATION_KINDS = [
  'identity',
  'relu',
  'leaky-relu',
  'elu',
  'selu',
  'gelu',
  'silu',
  'tanh',
  'sigmoid',
  'softplus',
] as const;

export type ActivationKind = (typeof ACTIVATION_KINDS)[number];

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

const FACTS: Readonly<Record<ActivationKind, ActivationFacts>> = {
  identity: { latex: 'm', derivativeLatex: '1', adjointFrom: 'activation', operations: 0 },
  relu: {
    latex: '\\max(0, m)',
    derivativeLatex: '[m > 0]',
    adjointFrom: 'activation',
    operations: 1,
  },
  'leaky-relu': {
    latex: '\\begin{cases} m & m > 0 \\\\ s\\,m & m \\le 0 \\end{cases}',
    derivativeLatex: '\\begin{cases} 1 & m > 0 \\\\ s & m \\le 0 \\end{cases}',
    adjointFrom: 'preActivation',
    operations: 2,
  },
  elu: {
    latex: '\\begin{cases} m & m > 0 \\\\ \\alpha(e^{m} - 1) & m \\le 0 \\end{cases}',
    derivativeLatex: '\\begin{cases} 1 & m > 0 \\\\ \\alpha e^{m} & m \\le 0 \\end{cases}',
    adjointFrom: 'preActivation',
    operations: 4,
  },
  selu: {
    latex: '\\lambda\\begin{cases} m & m > 0 \\\\ \\alpha(e^{m} - 1) & m \\le 0 \\end{cases}',
    derivativeLatex: '\\lambda\\begin{cases} 1 & m > 0 \\\\ \\alpha e^{m} & m \\le 0 \\end{cases}',
    adjointFrom: 'preActivation',
    operations: 5,
  },
  gelu: {
    latex: '\\tfrac{m}{2}\\,\\mathrm{erfc}(-m/\\sqrt{2})',
    derivativeLatex:
      '\\tfrac{1}{2}\\,\\mathrm{erfc}(-m/\\sqrt{2}) + \\tfrac{m}{\\sqrt{2\\pi}}\\,e^{-{m}^2/2}',
    adjointFrom: 'preActivation',
    operations: 6,
  },
  silu: {
    latex: 'm\\,\\sigma(m)',
    derivativeLatex: '\\sigma(m)\\,(1 + m\\,(1 - \\sigma(m)))',
    adjointFrom: 'preActivation',
    operations: 5,
  },
  tanh: {
    latex: '\\tanh(m)',
    derivativeLatex: '1 - {h}^2',
    adjointFrom: 'activation',
    operations: 4,
  },
  sigmoid: {
    latex: '\\sigma(m)',
    derivativeLatex: 'h\\,(1 - h)',
    adjointFrom: 'activation',
    operations: 4,
  },
  softplus: {
    latex: '\\log(1 + e^{m})',
    derivativeLatex: '\\sigma(m)',
    adjointFrom: 'preActivation',
    operations: 5,
  },
};

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
  if (typeof record !== 'object' || record === null || !('kind' in record)) {
    throw new TypeError(
      `${where}: activation must be a name or { kind, slope, alpha }; got ${show(option)}.`,
    );
  }
  checkOptions(where, record, ['kind', 'slope', 'alpha']);
  if (record.kind === 'softmax') {
    throw new RangeError(
      `${where}: activation must not be 'softmax'. Leave it off: the loss 'softmax-cross-entropy' applies it to the last layer's logits, and predict returns probabilities.`,
    );
  }
  const kind = checkChoice(where, 'activation', record.kind, ACTIVATION_KINDS);
  const given = record as { slope?: unknown; alpha?: unknown };
  if (given.slope !== undefined && kind !== 'leaky-relu') {
    throw new RangeError(`${where}: slope belongs to 'leaky-relu' only; got it with '${kind}'.`);
  }
  if (given.alpha !== undefined && kind !== 'elu') {
    throw new RangeError(`${where}: alpha belongs to 'elu' only; got it with '${kind}'.`);
  }
  if (kind === 'leaky-relu') {
    return { kind, slope: checkNumber(where, 'slope', given.slope ?? 0.01, { min: 0 }) };
  }
  if (kind === 'elu') {
    return { kind, alpha: checkNumber(where, 'alpha', given.alpha ?? 1, { min: 0 }) };
  }
  return { kind };
}
