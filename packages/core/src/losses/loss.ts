/**
 * The losses as data: name, parameters, output function and formulas. Cross-entropies take logits, never
 * probabilities: eq. (5), (10) with the adjoints eq. (12), (19). How they are evaluated is the backends'
 * matter; design rule: every row loss is computed in float64.
 */
import { mustBe, typeError } from '../words/fault.ts';
import {
  checkChoice,
  isRecord,
  listed,
  numberOption,
  onlyFor,
  readOptions,
} from '../words/options.ts';

export type LossKind = 'softmax-cross-entropy' | 'binary-cross-entropy' | 'mse' | 'mae' | 'huber';

/** A loss with every parameter written out; plain JSON. */
export interface Loss {
  readonly kind: LossKind;
  /** Cross-entropies: t′ = (1 − e)·t + e/K (softmax) or t·(1 − e) + e/2 (binary). In [0, 1). */
  readonly labelSmoothing: number;
  /** Huber: where the square turns into a line. Above 0. */
  readonly delta: number;
}

/** What `fit` and its kin accept. */
export type LossOption =
  LossKind | { readonly kind: LossKind; readonly labelSmoothing?: number; readonly delta?: number };

/** What follows the last layer in `predict`. */
export type OutputFunction = 'identity' | 'softmax' | 'sigmoid';

/** The output functions in the order of their codes. */
export const OUTPUT_FUNCTIONS = ['identity', 'softmax', 'sigmoid'] as const;

interface LossFacts {
  readonly output: OutputFunction;
  /** ℓ of one row in LaTeX. */
  readonly latex: string;
}

const FACTS: Readonly<Record<LossKind, LossFacts>> = {
  'softmax-cross-entropy': {
    output: 'softmax',
    latex: '-\\sum_k t_k \\log y_k',
  },
  'binary-cross-entropy': {
    output: 'sigmoid',
    latex: '-\\tfrac{1}{K}\\sum_k \\left(t_k \\log y_k + (1 - t_k)\\log(1 - y_k)\\right)',
  },
  mse: {
    output: 'identity',
    latex: '\\tfrac{1}{K}\\sum_k (z_k - t_k)^2',
  },
  mae: {
    output: 'identity',
    latex: '\\tfrac{1}{K}\\sum_k |z_k - t_k|',
  },
  huber: {
    output: 'identity',
    latex:
      '\\tfrac{1}{K}\\sum_k \\begin{cases} \\tfrac{1}{2}d_k^2 & |d_k| \\le \\delta \\\\ \\delta(|d_k| - \\tfrac{1}{2}\\delta) & \\text{else} \\end{cases},\\; d = z - t',
  },
};

/** The names in the order of the kernels' codes. */
export const LOSS_KINDS = Object.keys(FACTS) as readonly LossKind[];

/** The output function that belongs to a loss. */
export function outputOfLoss(kind: LossKind): OutputFunction {
  return FACTS[kind].output;
}

/** Whether a loss compares probabilities of classes or labels: it takes logits, and its targets lie in [0, 1]. */
export function isCrossEntropy(kind: LossKind): boolean {
  return FACTS[kind].output !== 'identity';
}

/** ℓ of one row, in LaTeX. */
export function lossLatex(kind: LossKind): string {
  return FACTS[kind].latex;
}

/**
 * The full record of the `loss` option.
 *
 * @param where - the public function, for messages
 * @param option - a name or `{ kind, labelSmoothing = 0, delta = 1 }`
 * @throws {TypeError} when it is neither, or has an unknown field
 * @throws {RangeError} when the name or a parameter is wrong
 */
export function readLoss(where: string, option: unknown): Loss {
  const record = typeof option === 'string' ? { kind: option } : option;
  if (!isRecord(record) || !('kind' in record)) {
    const rule = `one of ${listed(LOSS_KINDS)}, or { kind, labelSmoothing, delta }`;
    throw typeError(mustBe(where, 'loss', rule, option));
  }
  const kind = checkChoice(where, 'loss', record['kind'], LOSS_KINDS);
  return readOptions<Loss>(where, record, {
    kind: () => kind,
    labelSmoothing: onlyFor(
      isCrossEntropy(kind),
      'the cross-entropies',
      kind,
      numberOption({ min: 0, below: 1 }, 0),
      0,
    ),
    delta: onlyFor(
      kind === 'huber',
      "'huber'",
      kind,
      numberOption({ above: 0, float32: true }, 1),
      1,
    ),
  });
}
