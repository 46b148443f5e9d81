/**
 * Layer normalisation: each row is brought to mean 0 and standard deviation 1, eq. (38), (39), then stretched and
 * shifted column by column, eq. (40); its adjoints are eq. (41), (42). Rows do not depend on each other, so training
 * and prediction compute the same, and a row has the same bits alone and in a batch.
 */
import { elementwise, times } from '../../program/latex.ts';
import { barOf, hiddenOrLogits, marked, type Mark } from '../../program/notation.ts';
import type { Tensor } from '../../program/program.ts';
import { booleanOption, makeRecord, numberOption } from '../../words/options.ts';
import type {
  BackwardStep,
  InputAdjoint,
  LayerContext,
  LayerFormulas,
  LayerKind,
  LoweredLayer,
  Parameter,
  TracedLayer,
} from './layer.ts';

/** y = (x − mean) / √(variance + ε) ∘ γ + β, over each row: eq. (38)–(40). */
export interface LayerNormalizationLayer {
  readonly kind: 'layer-normalization';
  /** ε, added to the variance. */
  readonly epsilon: number;
  /** Whether γ and β are learned; without them the layer has no parameters. */
  readonly affine: boolean;
}

export interface LayerNormalizationOptions {
  readonly epsilon?: number;
  readonly affine?: boolean;
}

/**
 * Layer normalisation over the columns of each row: y = (x − μ) / √(σ² + ε) ∘ γ + β, with μ the mean of the row and σ² the mean
 * of its squared distances from μ (divided by the number of columns, not by one less). γ is `layers.K.weight` [columns],
 * which begins at 1; β is `layers.K.bias` [columns], which begins at 0. Neither l1, l2 nor weight decay acts on them.
 * Names, shapes and defaults are those of PyTorch's `LayerNorm` (Keras has ε = 1e-3 and calls γ, β `gamma`, `beta`).
 *
 * @param options - `epsilon = 1e-5`, above 0; `affine = true`: whether γ and β are learned
 * @returns a plain record, immutable, JSON
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when `epsilon` is not above 0
 * @example
 * const net = network({
 *   inputs: 8,
 *   layers: [dense(64, { bias: false }), layerNormalization(), dense(3)],
 * });
 *
 * Source: Ba, Kiros & Hinton 2016, “Layer normalization”, equations 3 and 4.
 */
export function layerNormalization(
  options: LayerNormalizationOptions = {},
): LayerNormalizationLayer {
  return makeRecord<LayerNormalizationLayer>(
    'layer-normalization',
    options,
    { epsilon: numberOption({ above: 0 }, 1e-5), affine: booleanOption(true) },
    'layerNormalization',
  );
}

/** The quantities of the layer that a trace shows. Without γ and β there is no `normalized`, because x̂ is the output itself. */
export type LayerNormalizationRole =
  | 'mean'
  | 'inverseDeviation'
  | 'normalized'
  | 'weight'
  | 'bias'
  | 'out'
  | 'weightBar'
  | 'biasBar'
  | 'normalizedBar'
  | 'inputBar';

/** Layer normalisation for the rest of the library. */
export const LAYER_NORMALIZATION: LayerKind<LayerNormalizationLayer, LayerNormalizationRole> = {
  usage: 'layerNormalization(…)',
  read: layerNormalization,
  trainingOnly: false,
  outputs: (_, inputs) => inputs,
  parameters,
  title: ({ affine }) => `layer normalization${affine ? '' : ', not affine'}`,
  /** For each column: two operations each for the mean and for the quotient, three for the variance, two for γ and β. */
  operations: ({ affine }, inputs) => (affine ? 8 : 6) * inputs,
  lower,
};

/** γ and β. */
function parameters({ affine }: LayerNormalizationLayer, inputs: number): readonly Parameter[] {
  if (!affine) return [];
  const ofEachColumn = (role: string, first: number): Parameter => ({
    role,
    shape: [inputs],
    decays: false,
    initialise: (out) => void out.fill(first),
  });
  return [ofEachColumn('weight', 1), ofEachColumn('bias', 0)];
}

/** What the two passes of one layer share. */
interface NormalizationTensors {
  readonly normalized: Tensor;
  /** r of each row; absent in a Program for prediction. */
  readonly inverseDeviations: Tensor | undefined;
  /** γ, if the layer is affine. */
  readonly weight: Tensor | undefined;
}

function lower(
  { affine, epsilon }: LayerNormalizationLayer,
  context: LayerContext<LayerNormalizationRole>,
): LoweredLayer<LayerNormalizationRole> {
  const { index, ordinal, outputs, parameter, purpose, value } = context;
  const shape = ['N', outputs] as const;
  const means = purpose === 'trace' ? value('mean', `mean.${ordinal}`, ['N']) : undefined;
  const inverseDeviations =
    purpose === 'predict'
      ? undefined
      : value('inverseDeviation', `inverseDeviation.${ordinal}`, ['N']);
  const normalized = value(affine ? 'normalized' : 'out', `normalized.${ordinal}`, shape);
  const normalizeFrom = (from: Tensor): ReturnType<LoweredLayer['forward']> => [
    { kind: 'normalizeRows', out: normalized, means, inverseDeviations, input: from, epsilon },
  ];
  if (!affine) {
    const tensors = { normalized, inverseDeviations, weight: undefined };
    return {
      out: normalized,
      prepare: [],
      forward: normalizeFrom,
      backward: (step) => backward(tensors, step),
    };
  }
  const weight = parameter('weight');
  const bias = parameter('bias');
  const out = value('out', `h${index}`, shape);
  return {
    out,
    prepare: [],
    forward: (from) => [
      ...normalizeFrom(from),
      { kind: 'scaleColumns', out, input: normalized, weight, bias },
    ],
    backward: (step) => backward({ normalized, inverseDeviations, weight }, step),
  };
}

/** γ̄, β̄ and the adjoint of x̂, eq. (41); then the adjoint of the input, eq. (42). */
function backward(
  { normalized, inverseDeviations, weight }: NormalizationTensors,
  { outBar, needsInput, push, parameterBar, inPlace }: BackwardStep<LayerNormalizationRole>,
): InputAdjoint | undefined {
  let bar = outBar;
  if (weight !== undefined) {
    push({
      kind: 'scaleColumnsWeightAdjoint',
      weightBar: parameterBar('weight'),
      biasBar: parameterBar('bias'),
      outBar,
      input: normalized,
    });
    if (!needsInput) return undefined;
    bar = inPlace('normalizedBar', outBar);
    push({ kind: 'scaleColumns', out: bar, input: outBar, weight });
  }
  if (!needsInput || inverseDeviations === undefined) return undefined;
  const inputBar = inPlace('inputBar', bar);
  push({ kind: 'normalizeRowsAdjoint', out: inputBar, input: bar, normalized, inverseDeviations });
  return { tensor: inputBar, differentiated: false };
}

type Traced = TracedLayer<LayerNormalizationLayer, LayerNormalizationRole>;

/** x̂, such as `hNormalized1`. */
const NORMALIZED: Mark = { word: 'Normalized', accent: ['\u0302', '\\hat'] };

/** eq. (38)–(42). */
export const LAYER_NORMALIZATION_FORMULAS: LayerFormulas<
  LayerNormalizationLayer,
  LayerNormalizationRole
> = {
  mean: ({ ordinal, outputs, latex }) => ({
    notation: { letter: 'mean', glyph: ['μ', '\\mu'], number: ordinal },
    equation: 38,
    formula: meanLatex(outputs, `${latex('input')}_c`),
  }),
  inverseDeviation({ layer, ordinal, outputs, latex }) {
    const variance = meanLatex(outputs, `(${latex('input')}_c - ${latex('mean')})^2`);
    return {
      notation: { letter: 'inverseDeviation', glyph: ['r', 'r'], number: ordinal },
      equation: 38,
      formula: `1 / \\sqrt{${variance} + ${layer.epsilon}}`,
    };
  },
  normalized: (traced) => ({
    notation: marked(traced.notation('input'), NORMALIZED),
    equation: 39,
    formula: normalizedFormula(traced),
  }),
  weight: ({ number }) => ({
    notation: { letter: 'gamma', glyph: ['γ', '\\gamma'], number, parameter: true },
    equation: 40,
  }),
  bias: ({ number }) => ({
    notation: { letter: 'beta', glyph: ['β', '\\beta'], number, parameter: true },
    equation: 40,
  }),
  out(traced) {
    const { layer, isLast, number, latex, notation } = traced;
    if (!layer.affine) {
      return {
        notation: isLast ? { letter: 'z' } : marked(notation('input'), NORMALIZED),
        equation: 39,
        formula: normalizedFormula(traced),
      };
    }
    return {
      notation: hiddenOrLogits(isLast, number),
      equation: 40,
      formula: `${elementwise(latex('weight'), latex('normalized'))} + ${latex('bias')}`,
    };
  },
  weightBar: ({ point, latex, notation }) => ({
    notation: barOf(notation('weight')),
    equation: 41,
    formula: point
      ? elementwise(latex('outBar'), latex('normalized'))
      : `\\sum_n ${elementwise(`${latex('outBar')}_n`, `${latex('normalized')}_n`)}`,
  }),
  biasBar: ({ point, latex, notation }) => ({
    notation: barOf(notation('bias')),
    equation: 41,
    formula: point ? latex('outBar') : `\\sum_n ${latex('outBar')}_n`,
  }),
  normalizedBar: ({ latex, notation }) => ({
    notation: barOf(notation('normalized')),
    equation: 41,
    formula: elementwise(latex('weight'), latex('outBar')),
  }),
  inputBar({ layer, outputs, latex, notation }) {
    const [bar, normalized] = layer.affine
      ? [latex('normalizedBar'), latex('normalized')]
      : [latex('outBar'), latex('out')];
    const along = elementwise(normalized, meanLatex(outputs, `${bar}_c ${normalized}_c`));
    return {
      notation: barOf(notation('input')),
      equation: 42,
      formula: times(
        latex('inverseDeviation'),
        `\\left(${bar} - ${meanLatex(outputs, `${bar}_c`)} - ${along}\\right)`,
      ),
    };
  },
};

/** x̂ = r (x − μ), eq. (39). */
function normalizedFormula({ latex }: Traced): string {
  return times(latex('inverseDeviation'), `(${latex('input')} - ${latex('mean')})`);
}

/** The mean of a term over the columns. */
function meanLatex(columns: number, term: string): string {
  return `\\tfrac{1}{${columns}} \\sum_c ${term}`;
}
