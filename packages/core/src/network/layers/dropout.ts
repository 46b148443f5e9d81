/**
 * Dropout, h′ = mask ∘ h / (1 − p), and its adjoint: eq. (34). It acts in training only. The mask is not
 * stored: forward and backward draw it again from (seed, step, dropout layer, row, unit).
 */
import { elementwise } from '../../program/latex.ts';
import { barOf, marked, type Mark } from '../../program/notation.ts';
import { checkNumber, checkOptions } from '../../words/options.ts';
import type { LayerContext, LayerFormulas, LayerKind, LoweredLayer } from './layer.ts';

/** h′ = mask ∘ h / (1 − p), in training only: eq. (34). */
export interface DropoutLayer {
  readonly kind: 'dropout';
  /** p, the probability that a unit is dropped, in [0, 1]. */
  readonly rate: number;
}

/**
 * Inverted dropout: h′ = 0 with probability p, else h / (1 − p), in training; the identity in `predict`.
 * `rate` is the drop rate, as in Keras, PyTorch and scikit-learn; p = 1 gives zeros.
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

/** The quantities of the layer that a trace shows. */
export type DropoutRole = 'out' | 'inputBar';

/** Dropout for the rest of the library. */
export const DROPOUT: LayerKind<DropoutLayer, DropoutRole> = {
  usage: 'dropout(…)',
  read({ rate, ...options }) {
    checkOptions('dropout', options, []);
    return dropout(rate);
  },
  trainingOnly: true,
  outputs: (_, inputs) => inputs,
  parameters: () => [],
  title: ({ rate }) => `dropout (${rate})`,
  operations: () => 0,
  lower,
};

function lower(
  { rate }: DropoutLayer,
  { outputs, ordinal: layer, value }: LayerContext<DropoutRole>,
): LoweredLayer<DropoutRole> {
  const out = value('out', `dropout.${layer}`, ['N', outputs]);
  return {
    out,
    prepare: [],
    forward: (from) => [{ kind: 'dropout', out, input: from, rate, layer }],
    backward({ outBar, needsInput, push, inPlace }) {
      if (!needsInput) return undefined;
      const inputBar = inPlace('inputBar', outBar);
      push({ kind: 'dropoutAdjoint', out: inputBar, input: outBar, rate, layer });
      return { tensor: inputBar, differentiated: false };
    },
  };
}

/** h′, such as `hDropped1`. */
const DROPPED: Mark = { word: 'Dropped', suffix: ['′', "'"] };

/** eq. (34), for the values and for their adjoints. */
export const DROPOUT_FORMULAS: LayerFormulas<DropoutLayer, DropoutRole> = {
  out: ({ layer, latex, notation }) => ({
    notation: marked(notation('input'), DROPPED),
    equation: 34,
    formula: maskedFormula(layer, latex('input')),
  }),
  inputBar: ({ layer, latex, notation }) => ({
    notation: barOf(notation('input')),
    equation: 34,
    formula: maskedFormula(layer, latex('outBar')),
  }),
};

function maskedFormula({ rate }: DropoutLayer, symbol: string): string {
  return `\\frac{${elementwise('\\mathrm{mask}', symbol)}}{1 - ${rate}}`;
}
