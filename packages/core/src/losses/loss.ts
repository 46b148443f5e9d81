/**
 * The losses as data: name, parameters, output function and formulas. Cross-entropies take logits, never
 * probabilities: eq. (5), (10) with the adjoints eq. (12), (19). How they are evaluated is the backends'
 * matter; design rule: every row loss is computed in float64.
 */
import { checkChoice, checkNumber, checkOptions, show } from '../options.ts';

export const LOSS_KINDS = [
  'softmax-cross-entropy',
  'binary-cross-entropy',
  'mse',
  'mae',
  'huber',
] as const;

export type LossKind = (typeof LOSS_KINDS)[number];

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
  /** z̄ of one row in LaTeX. */
  readonly adjointLatex: string;
}

const FACTS: Readonly<Record<LossKind, LossFacts>> = {
  'softmax-cross-entropy': {
    output: 'softmax',
    latex: '-\\sum_k t_k \\log y_k',
    adjointLatex: 'y - t',
  },
  'binary-cross-entropy': {
    output: 'sigmoid',
    latex: '-\\tfrac{1}{K}\\sum_k \\left(t_k \\log y_k + (1 - t_k)\\log(1 - y_k)\\right)',
    adjointLatex: '\\tfrac{1}{K}(y - t)',
  },
  mse: {
    output: 'identity',
    latex: '\\tfrac{1}{K}\\sum_k (z_k - t_k)^2',
    adjointLatex: '\\tfrac{2}{K}(z - t)',
  },
  mae: {
    output: 'identity',
    latex: '\\tfrac{1}{K}\\sum_k |z_k - t_k|',
    adjointLatex: '\\tfrac{1}{K}\\,\\mathrm{sign}(z - t)',
  },
  huber: {
    output: 'identity',
    latex:
      '\\tfrac{1}{K}\\sum_k \\begin{cases} \\tfrac{1}{2}d_k^2 & |d_k| \\le \\delta \\\\ \\delta(|d_k| - \\tfrac{1}{2}\\delta) & \\text{else} \\end{cases},\\; d = z - t',
    adjointLatex: '\\tfrac{1}{K}\\,\\mathrm{clamp}(z - t, -\\delta, \\delta)',
  },
};

/** The output function that belongs to a loss. */
export function outputOfLoss(kind: LossKind): OutputFunction {
  return FACTS[kind].output;
}

/** ℓ of one row, in LaTeX. */
export function lossLatex(kind: LossKind): string {
  return FACTS[kind].latex;
}

/** z̄ of one row before the factor of the mean, in LaTeX. */
export function lossAdjointLatex(kind: LossKind): string {
  return FACTS[kind].adjointLatex;
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
  if (typeof record !== 'object' || record === null || !('kind' in record)) {
    throw new TypeError(
      `${where}: loss must be one of ${LOSS_KINDS.map((kind) => `'${kind}'`).join(', ')}, or { kind, labelSmoothing, delta }; got ${show(option)}.`,
    );
  }
  checkOptions(where, record, ['kind', 'labelSmoothing', 'delta']);
  const kind = checkChoice(where, 'loss', record.kind, LOSS_KINDS);
  const given = record as { labelSmoothing?: unknown; delta?: unknown };
  const entropy = kind === 'softmax-cross-entropy' || kind === 'binary-cross-entropy';
  if (given.labelSmoothing !== undefined && !entropy) {
    throw new RangeError(
      `${where}: labelSmoothing belongs to the cross-entropies only; got it with '${kind}'.`,
    );
  }
  if (given.delta !== undefined && kind !== 'huber') {
    throw new RangeError(`${where}: delta belongs to 'huber' only; got it with '${kind}'.`);
  }
  return {
    kind,
    labelSmoothing: checkNumber(where, 'labelSmoothing', given.labelSmoothing ?? 0, {
      min: 0,
      below: 1,
    }),
    delta: checkNumber(where, 'delta', given.delta ?? 1, { above: 0 }),
  };
}
