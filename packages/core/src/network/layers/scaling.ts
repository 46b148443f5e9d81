/**
 * The scaling layer, h = s ∘ x, with one factor for each column: eq. (35), and its adjoints, eq. (36), (37). At the
 * start of a network it learns which inputs matter; it begins as the identity.
 */
import { elementwise, latexOf } from '../../program/latex.ts';
import { barOf, type Notation } from '../../program/notation.ts';
import { makeRecord } from '../../words/options.ts';
import type { LayerContext, LayerKind, LoweredLayer } from './layer.ts';

/** h = s ∘ x: eq. (35). */
export interface ScalingLayer {
  readonly kind: 'scaling';
}

/**
 * A learned factor for each column: h = s ∘ x, row by row, with s of shape [columns], `layers.K.weight`. All
 * factors begin at 1, and neither l1, l2 nor weight decay acts on them, because 1 and not 0 is their neutral value.
 *
 * Put it first in a network for tables: it is then a soft choice of features.
 *
 * @param options - there are none
 * @returns a plain record, immutable, JSON
 * @throws {TypeError} when an option is given
 * @example
 * const net = network({ inputs: 8, layers: [scaling(), dense(64, { activation: 'selu' }), dense(1)] });
 *
 * Source: Holzmüller, Grinsztajn & Steinwart 2024, “Better by default”, section 4 (RealMLP), where weight decay acts on it.
 */
export function scaling(options: Readonly<Record<string, never>> = {}): ScalingLayer {
  return makeRecord<ScalingLayer>('scaling', options, {});
}

/** The scaling layer for the rest of the library. */
export const SCALING: LayerKind<ScalingLayer> = {
  usage: 'scaling()',
  read: (fields) => scaling(fields),
  trainingOnly: false,
  outputs: (_, inputs) => inputs,
  parameters: (_, inputs) => [
    {
      role: 'weight',
      shape: [inputs],
      decays: false,
      initialise: (out) => void out.fill(1),
    },
  ],
  title: () => 'scaling',
  operations: (_, inputs) => inputs,
  lower,
};

function lower(_: ScalingLayer, context: LayerContext): LoweredLayer {
  const { index, input, isLast, outputs, parameter, point, value } = context;
  const factors: Notation = { letter: 's', number: index + 1, parameter: true };
  const notation: Notation = isLast ? { letter: 'z' } : { letter: 'h', number: index + 1 };
  const weight = parameter('weight', () => ({ notation: factors, equation: 35 }));
  const out = value(`h${index}`, ['N', outputs], () => ({
    notation,
    equation: 35,
    formula: elementwise(latexOf(weight), latexOf(input.tensor)),
  }));
  return {
    out: { tensor: out, notation },
    prepare: [],
    forward: (from) => [{ kind: 'scaleColumns', out, input: from, weight }],
    backward({ outBar, needsInput, push, parameterBar, inPlace }) {
      const [bar, x] = [latexOf(outBar), latexOf(input.tensor)];
      const weightBar = parameterBar('weight', () => ({
        notation: barOf(factors),
        equation: 36,
        formula: point ? elementwise(bar, x) : `\\sum_n ${elementwise(`${bar}_n`, `${x}_n`)}`,
      }));
      push({ kind: 'scaleColumnsWeightAdjoint', weightBar, outBar, input: input.tensor });
      if (!needsInput) return undefined;
      const inputBar = inPlace(outBar, () => ({
        notation: barOf(input.notation),
        equation: 37,
        formula: elementwise(latexOf(weight), bar),
      }));
      push({ kind: 'scaleColumns', out: inputBar, input: outBar, weight });
      return { tensor: inputBar, differentiated: false };
    },
  };
}
