/**
 * Dropout, h′ = mask ∘ h / (1 − p), and its adjoint: eq. (34). It acts in training only. The mask is not
 * stored: forward and backward draw it again from (seed, step, dropout layer, row, unit).
 */
import { elementwise, latexOf } from '../../program/latex.ts';
import { barOf, marked, type Mark } from '../../program/notation.ts';
import type { Tensor } from '../../program/program.ts';
import { checkNumber, checkOptions } from '../../words/options.ts';
import type { LayerContext, LayerKind, LoweredLayer } from './layer.ts';

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

/** Dropout for the rest of the library. */
export const DROPOUT: LayerKind<DropoutLayer> = {
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

/** h′, such as `hDropped1`. */
const DROPPED: Mark = { word: 'Dropped', suffix: ['′', "'"] };

function lower({ rate }: DropoutLayer, context: LayerContext): LoweredLayer {
  const { input, outputs, ordinal: layer } = context;
  const notation = marked(input.notation, DROPPED);
  const formula = (from: Tensor): string =>
    `\\frac{${elementwise('\\mathrm{mask}', latexOf(from))}}{1 - ${rate}}`;
  const out = context.value(`dropout.${layer}`, ['N', outputs], () => ({
    notation,
    equation: 34,
    formula: formula(input.tensor),
  }));
  return {
    out: { tensor: out, notation },
    prepare: [],
    forward: (from) => [{ kind: 'dropout', out, input: from, rate, layer }],
    backward({ outBar, needsInput, push, inPlace }) {
      if (!needsInput) return undefined;
      const inputBar = inPlace(outBar, () => ({
        notation: barOf(input.notation),
        equation: 34,
        formula: formula(outBar),
      }));
      push({ kind: 'dropoutAdjoint', out: inputBar, input: outBar, rate, layer });
      return { tensor: inputBar, differentiated: false };
    },
  };
}
