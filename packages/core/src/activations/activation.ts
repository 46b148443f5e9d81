/**
 * The activation functions φ as data: the row of an activation in FACTS holds everything that the rest of the system must know
 * about it. The backends evaluate them; eq. (2), (7) apply them forward, eq. (16), (23) backward.
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

/** What the rest of the system must know about an activation. */
export interface ActivationFacts {
  /** The tensor that φ′ is computed from: the pre-activation or the activation. */
  readonly adjointFrom: 'preActivation' | 'activation';
  /** Operations for each element forward, for the summary's count. */
  readonly operations: number;
  /** Whether φ′ jumps at m = 0, so that no finite difference across it is a derivative. */
  readonly kinked: boolean;
  /**
   * The initialiser of a layer that names none: He, eq. (33), for activations that are about 0 on one side, because they pass on
   * half of the variance; LeCun for selu, whose fixed point assumes it (Klambauer et al. 2017); Xavier, eq. (31)–(32), for the others.
   */
  readonly initialiser: 'he-uniform' | 'xavier-uniform' | 'lecun-normal';
  /** The parameter that it takes and its default; absent for an activation without one. */
  readonly parameter?: { readonly name: 'slope' | 'alpha'; readonly standard: number };
}

/** In the order of the kernels' codes. */
const FACTS: Readonly<Record<ActivationKind, ActivationFacts>> = {
  identity: {
    adjointFrom: 'activation',
    operations: 0,
    kinked: false,
    initialiser: 'xavier-uniform',
  },
  relu: {
    adjointFrom: 'activation',
    operations: 1,
    kinked: true,
    initialiser: 'he-uniform',
  },
  'leaky-relu': {
    adjointFrom: 'preActivation',
    operations: 2,
    kinked: true,
    initialiser: 'he-uniform',
    parameter: { name: 'slope', standard: 0.01 },
  },
  elu: {
    adjointFrom: 'preActivation',
    operations: 4,
    kinked: true,
    initialiser: 'he-uniform',
    parameter: { name: 'alpha', standard: 1 },
  },
  selu: {
    adjointFrom: 'preActivation',
    operations: 5,
    kinked: true,
    initialiser: 'lecun-normal',
  },
  gelu: {
    adjointFrom: 'preActivation',
    operations: 6,
    kinked: false,
    initialiser: 'he-uniform',
  },
  silu: {
    adjointFrom: 'preActivation',
    operations: 5,
    kinked: false,
    initialiser: 'he-uniform',
  },
  tanh: {
    adjointFrom: 'activation',
    operations: 4,
    kinked: false,
    initialiser: 'xavier-uniform',
  },
  sigmoid: {
    adjointFrom: 'activation',
    operations: 4,
    kinked: false,
    initialiser: 'xavier-uniform',
  },
  softplus: {
    adjointFrom: 'preActivation',
    operations: 5,
    kinked: false,
    initialiser: 'he-uniform',
  },
};

/** The names in the order of the kernels' codes. */
export const ACTIVATION_KINDS = Object.keys(FACTS) as readonly ActivationKind[];

/** SELU's constants (Klambauer et al. 2017, section 2), to float64. */
export const SELU_LAMBDA = 1.0507009873554805;
export const SELU_ALPHA = 1.6732632423543772;

/** The facts of an activation kind. */
export function activationFacts(kind: ActivationKind): ActivationFacts {
  return FACTS[kind];
}

/**
 * The full record of the activation that a layer was given.
 *
 * @param where - the public function, for messages
 * @param option - a name or a record; `'softmax'` is refused, because the loss applies it
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
  const parameter = (
    name: 'slope' | 'alpha',
    owner: ActivationKind,
  ): OptionRule<number | undefined> =>
    onlyFor(
      FACTS[kind].parameter?.name === name,
      `'${owner}'`,
      kind,
      numberOption({ min: 0, float32: true }, FACTS[kind].parameter?.standard ?? 0),
      undefined,
    );
  return readOptions<Activation>(where, record, {
    kind: () => kind,
    slope: parameter('slope', 'leaky-relu'),
    alpha: parameter('alpha', 'elu'),
  });
}

/** An activation in LaTeX. */
export interface ActivationFormulas {
  /** φ(m). */
  readonly value: string;
  /** φ′(m), or φ′ as a function of h. */
  readonly derivative: string;
}

/** A function as a formula, or as two: for m > 0 and for m ≤ 0. */
type Branches = string | readonly [above: string, below: string];

/** φ and φ′; `factor` stands before the branches of both. */
interface FormulaRow {
  readonly value: Branches;
  readonly derivative: Branches;
  readonly factor?: string;
}

/** The formulas of elu for m ≤ 0. */
const ELU = '\\alpha(e^{m} - 1)';
const ELU_DERIVATIVE = '\\alpha e^{m}';

/** Only the trace reads this table. It is apart from FACTS, so that a bundler leaves it out of a page that trains. */
const FORMULAS: Readonly<Record<ActivationKind, FormulaRow>> = {
  identity: { value: 'm', derivative: '1' },
  relu: { value: '\\max(0, m)', derivative: '[m > 0]' },
  'leaky-relu': { value: ['m', 's\\,m'], derivative: ['1', 's'] },
  elu: { value: ['m', ELU], derivative: ['1', ELU_DERIVATIVE] },
  selu: { value: ['m', ELU], derivative: ['1', ELU_DERIVATIVE], factor: '\\lambda' },
  gelu: {
    value: '\\tfrac{m}{2}\\,\\mathrm{erfc}(-m/\\sqrt{2})',
    derivative:
      '\\tfrac{1}{2}\\,\\mathrm{erfc}(-m/\\sqrt{2}) + \\tfrac{m}{\\sqrt{2\\pi}}\\,e^{-{m}^2/2}',
  },
  silu: { value: 'm\\,\\sigma(m)', derivative: '\\sigma(m)\\,(1 + m\\,(1 - \\sigma(m)))' },
  tanh: { value: '\\tanh(m)', derivative: '1 - {h}^2' },
  sigmoid: { value: '\\sigma(m)', derivative: 'h\\,(1 - h)' },
  softplus: { value: '\\log(1 + e^{m})', derivative: '\\sigma(m)' },
};

/** The formulas of an activation kind, for the trace. */
export function activationFormulas(kind: ActivationKind): ActivationFormulas {
  const { value, derivative, factor = '' } = FORMULAS[kind];
  const written = (branches: Branches): string => factor + writtenBranches(branches);
  return { value: written(value), derivative: written(derivative) };
}

function writtenBranches(branches: Branches): string {
  if (typeof branches === 'string') return branches;
  const [above, below] = branches;
  return `\\begin{cases} ${above} & m > 0 \\\\ ${below} & m \\le 0 \\end{cases}`;
}
