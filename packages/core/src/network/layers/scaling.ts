/**
 * The scaling layer, h = s ∘ x, with one factor for each column: eq. (35), and its adjoints, eq. (36), (37). At the
 * start of a network it learns which inputs matter; it begins as the identity.
 */
import { elementwise } from '../../program/latex.ts';
import { barOf, hiddenOrLogits } from '../../program/notation.ts';
import { makeRecord, numberOption, optional, type OptionRules } from '../../words/options.ts';
import type { LayerContext, LayerFormulas, LayerKind, LoweredLayer } from './layer.ts';

/** h = s ∘ x: eq. (35). */
export interface ScalingLayer {
  readonly kind: 'scaling';
  /** The factor of the learning rate for s; absent means 1. */
  readonly rateFactor?: number | undefined;
}

export interface ScalingOptions {
  readonly rateFactor?: number | undefined;
}

const RULES: OptionRules<Omit<ScalingLayer, 'kind'>> = {
  rateFactor: optional(numberOption({ above: 0, float32: true })),
};

/**
 * A learned factor for each column: h = s ∘ x, row by row, with s of shape [columns], `layers.K.weight`. All
 * factors begin at 1, and neither l1, l2 nor weight decay acts on them, because 1 and not 0 is their neutral value.
 *
 * Put it first in a network for tables: it is then a soft choice of features.
 *
 * @param options - `rateFactor`: the factor of the learning rate for s (above 0; default 1). With an optimiser such as Adam,
 *   which moves every parameter by about the rate, the few factors of the columns learn slowly beside many weights; 6 is
 *   usual for tables
 * @returns a plain record, immutable, JSON
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when the factor is out of its range
 * @example
 * const net = network({ inputs: 8, layers: [scaling({ rateFactor: 6 }), dense(64, { activation: 'selu' }), dense(1)] });
 *
 * Source: Holzmüller, Grinsztajn & Steinwart 2024, “Better by default”, section 4 (RealMLP), where weight decay acts on it.
 */
export function scaling(options: ScalingOptions = {}): ScalingLayer {
  return makeRecord<ScalingLayer>('scaling', options, RULES);
}

/** The quantities of the layer that a trace shows. */
export type ScalingRole = 'weight' | 'out' | 'weightBar' | 'inputBar';

/** The scaling layer for the rest of the library. */
export const SCALING: LayerKind<ScalingLayer, ScalingRole> = {
  usage: 'scaling(…)',
  read: (fields) => scaling(fields),
  trainingOnly: false,
  outputs: (_, inputs) => inputs,
  parameters: ({ rateFactor }, inputs) => [
    {
      role: 'weight',
      shape: [inputs],
      decays: false,
      rateFactor,
      initialise: (out) => void out.fill(1),
    },
  ],
  title: ({ rateFactor }) =>
    rateFactor === undefined ? 'scaling' : `scaling (rate × ${rateFactor})`,
  operations: (_, inputs) => inputs,
  lower,
};

function lower(
  _: ScalingLayer,
  { index, input, outputs, parameter, value }: LayerContext<ScalingRole>,
): LoweredLayer<ScalingRole> {
  const weight = parameter('weight');
  const out = value('out', `h${index}`, ['N', outputs]);
  return {
    out,
    prepare: [],
    forward: (from) => [{ kind: 'scaleColumns', out, input: from, weight }],
    backward({ outBar, needsInput, push, parameterBar, inPlace }) {
      const weightBar = parameterBar('weight');
      push({ kind: 'scaleColumnsWeightAdjoint', weightBar, outBar, input });
      if (!needsInput) return undefined;
      const inputBar = inPlace('inputBar', outBar);
      push({ kind: 'scaleColumns', out: inputBar, input: outBar, weight });
      return { tensor: inputBar, differentiated: false };
    },
  };
}

/** eq. (35)–(37). */
export const SCALING_FORMULAS: LayerFormulas<ScalingLayer, ScalingRole> = {
  weight: ({ number }) => ({ notation: { letter: 's', number, parameter: true }, equation: 35 }),
  out: ({ isLast, number, latex }) => ({
    notation: hiddenOrLogits(isLast, number),
    equation: 35,
    formula: elementwise(latex('weight'), latex('input')),
  }),
  weightBar: ({ point, latex, notation }) => ({
    notation: barOf(notation('weight')),
    equation: 36,
    formula: point
      ? elementwise(latex('outBar'), latex('input'))
      : `\\sum_n ${elementwise(`${latex('outBar')}_n`, `${latex('input')}_n`)}`,
  }),
  inputBar: ({ latex, notation }) => ({
    notation: barOf(notation('input')),
    equation: 37,
    formula: elementwise(latex('weight'), latex('outBar')),
  }),
};
