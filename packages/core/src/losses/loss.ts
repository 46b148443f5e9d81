/**
 * The losses as data: the row of a loss in FACTS holds everything that the rest of the system must know about it.
 * Cross-entropies take logits, never probabilities: eq. (5), (10) with the adjoints eq. (12), (19). The backends evaluate
 * them; every row loss is computed in float64.
 */
import { mustBe, typeError } from '../words/fault.ts';
import {
  checkChoice,
  isRecord,
  showAll,
  numberOption,
  onlyFor,
  readOptions,
} from '../words/options.ts';

export type LossKind =
  | 'softmax-cross-entropy'
  | 'binary-cross-entropy'
  | 'mse'
  | 'mae'
  | 'huber'
  | 'poisson'
  | 'pinball';

/** A loss with every parameter written out; plain JSON. */
export interface Loss {
  readonly kind: LossKind;
  /** Cross-entropies: t′ = (1 − e)·t + e/K (softmax) or t·(1 − e) + e/2 (binary). In [0, 1). */
  readonly labelSmoothing: number;
  /** Huber: the |z − t| at which the square becomes a line. Above 0. */
  readonly delta: number;
  /** Pinball: the share of targets that are below the best prediction. In (0, 1). */
  readonly quantile: number;
}

/** What `fit`, `trainer` and `evaluate` accept. */
export type LossOption =
  LossKind | (Pick<Loss, 'kind'> & Partial<Pick<Loss, 'labelSmoothing' | 'delta' | 'quantile'>>);

/** The function that `predict` applies to the output of the last layer. */
export type OutputFunction = 'identity' | 'softmax' | 'sigmoid' | 'exp';

/** The output functions in the order of their codes. */
export const OUTPUT_FUNCTIONS = ['identity', 'softmax', 'sigmoid', 'exp'] as const;

/** The losses of numbers: all losses except the cross-entropies. */
export type NumberLossKind = Exclude<LossKind, 'softmax-cross-entropy' | 'binary-cross-entropy'>;

/** What the rest of the system must know about a loss. */
export interface LossFacts {
  readonly output: OutputFunction;
  /**
   * The targets of a row: one class of K, as an index or as a distribution; K probabilities, each for a label that is true or
   * false; or K numbers.
   */
  readonly targets: 'class' | 'probabilities' | 'numbers';
  /** The smallest target of a loss of numbers; absent if every finite number is a target. */
  readonly least?: 0;
  /** The parameter of the loss, which the kernels receive; absent for a loss without one. */
  readonly parameter?: 'labelSmoothing' | 'delta' | 'quantile';
  /** The |z − t| at which its derivative jumps or bends: 0, or the loss's delta; absent for a smooth loss. */
  readonly kink?: 0 | 'delta';
}

const FACTS: Readonly<Record<LossKind, LossFacts>> = {
  'softmax-cross-entropy': {
    output: 'softmax',
    targets: 'class',
    parameter: 'labelSmoothing',
  },
  'binary-cross-entropy': {
    output: 'sigmoid',
    targets: 'probabilities',
    parameter: 'labelSmoothing',
  },
  mse: {
    output: 'identity',
    targets: 'numbers',
  },
  mae: {
    output: 'identity',
    targets: 'numbers',
    kink: 0,
  },
  huber: {
    output: 'identity',
    targets: 'numbers',
    parameter: 'delta',
    kink: 'delta',
  },
  poisson: {
    output: 'exp',
    targets: 'numbers',
    least: 0,
  },
  pinball: {
    output: 'identity',
    targets: 'numbers',
    parameter: 'quantile',
    kink: 0,
  },
};

/** The names in the order of the kernels' codes. */
export const LOSS_KINDS = Object.keys(FACTS) as readonly LossKind[];

/** The output function that belongs to a loss. */
export function outputOfLoss(kind: LossKind): OutputFunction {
  return FACTS[kind].output;
}

/** Whether a loss compares probabilities of classes or labels. Such a loss takes logits, and its targets are in [0, 1]. */
export function isCrossEntropy(kind: LossKind): boolean {
  return FACTS[kind].targets !== 'numbers';
}

/** The facts of a loss. */
export function lossFacts(kind: LossKind): LossFacts {
  return FACTS[kind];
}

/** The losses of numbers, in the order of LOSS_KINDS. */
export const NUMBER_LOSSES: readonly NumberLossKind[] = LOSS_KINDS.filter(
  (kind): kind is NumberLossKind => FACTS[kind].targets === 'numbers',
);

/**
 * The number of classes, if each row belongs to one class: K, or 2 for a single probability. Undefined for the other losses.
 *
 * @param outputs - K, the outputs of the network
 */
export function classesOf(kind: LossKind, outputs: number): number | undefined {
  const { targets } = FACTS[kind];
  if (targets === 'class') return outputs;
  return targets === 'probabilities' && outputs === 1 ? 2 : undefined;
}

/**
 * The full record of the `loss` option.
 *
 * @param where - the public function, for messages
 * @param option - a name or `{ kind, labelSmoothing = 0, delta = 1, quantile = 0.5 }`
 * @throws {TypeError} when it is neither, or has an unknown field
 * @throws {RangeError} when the name or a parameter is wrong
 */
export function readLoss(where: string, option: unknown): Loss {
  const record = typeof option === 'string' ? { kind: option } : option;
  if (!isRecord(record) || !('kind' in record)) {
    const rule = `one of ${showAll(LOSS_KINDS)}, or { kind, labelSmoothing, delta, quantile }`;
    throw typeError(mustBe(where, 'loss', rule, option));
  }
  const kind = checkChoice(where, 'loss', record['kind'], LOSS_KINDS);
  const { parameter } = FACTS[kind];
  return readOptions<Loss>(where, record, {
    kind: () => kind,
    labelSmoothing: onlyFor(
      parameter === 'labelSmoothing',
      'the cross-entropies',
      kind,
      numberOption({ min: 0, below: 1 }, 0),
      0,
    ),
    delta: onlyFor(
      parameter === 'delta',
      "'huber'",
      kind,
      numberOption({ above: 0, float32: true }, 1),
      1,
    ),
    quantile: onlyFor(
      parameter === 'quantile',
      "'pinball'",
      kind,
      numberOption({ above: 0, below: 1, float32: true }, 0.5),
      0.5,
    ),
  });
}

/** A loss in LaTeX. */
export interface LossFormulas {
  /** ℓ of one row. */
  readonly loss: string;
  /** z̄ of one row; y is the value that the loss compares with t: probabilities or logits. */
  readonly adjoint: string;
}

/** Only the trace reads this table. It is apart from FACTS, so that a bundler leaves it out of a page that trains. */
const FORMULAS: Readonly<Record<LossKind, LossFormulas>> = {
  'softmax-cross-entropy': { loss: '-\\sum_k t_k \\log y_k', adjoint: '(y - t)' },
  'binary-cross-entropy': {
    loss: '-\\tfrac{1}{K}\\sum_k \\left(t_k \\log y_k + (1 - t_k)\\log(1 - y_k)\\right)',
    adjoint: '\\tfrac{1}{K}(y - t)',
  },
  mse: { loss: '\\tfrac{1}{K}\\sum_k (z_k - t_k)^2', adjoint: '\\tfrac{2}{K}(y - t)' },
  mae: {
    loss: '\\tfrac{1}{K}\\sum_k |z_k - t_k|',
    adjoint: '\\tfrac{1}{K}\\,\\mathrm{sign}(y - t)',
  },
  huber: {
    loss: '\\tfrac{1}{K}\\sum_k \\begin{cases} \\tfrac{1}{2}d_k^2 & |d_k| \\le \\delta \\\\ \\delta(|d_k| - \\tfrac{1}{2}\\delta) & \\text{else} \\end{cases},\\; d = z - t',
    adjoint: '\\tfrac{1}{K}\\,\\mathrm{clamp}(y - t, -\\delta, \\delta)',
  },
  poisson: { loss: '\\tfrac{1}{K}\\sum_k (e^{z_k} - t_k z_k)', adjoint: '\\tfrac{1}{K}(y - t)' },
  pinball: {
    loss: '\\tfrac{1}{K}\\sum_k \\max(\\tau d_k, (\\tau - 1) d_k),\\; d = t - z',
    adjoint: '\\tfrac{1}{K}\\left((1 - \\tau)[y > t] - \\tau[y < t]\\right)',
  },
};

/** The formulas of a loss, for the trace. */
export function lossFormulas(kind: LossKind): LossFormulas {
  return FORMULAS[kind];
}
