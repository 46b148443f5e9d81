/**
 * Layer normalisation: each row is brought to mean 0 and standard deviation 1, eq. (38), (39), then stretched and
 * shifted column by column, eq. (40); its adjoints are eq. (41), (42). Rows do not depend on each other, so training
 * and prediction compute the same, and a row has the same bits alone and in a batch.
 */
import { elementwise, latexOf, times } from '../../program/latex.ts';
import { barOf, marked, type Mark, type Notation } from '../../program/notation.ts';
import type { Tensor } from '../../program/program.ts';
import { booleanOption, makeRecord, numberOption } from '../../words/options.ts';
import type {
  BackwardStep,
  Describe,
  LayerContext,
  LayerKind,
  LoweredLayer,
  Parameter,
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

/** Layer normalisation for the rest of the library. */
export const LAYER_NORMALIZATION: LayerKind<LayerNormalizationLayer> = {
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

/** x̂, such as `hNormalized1`. */
const NORMALIZED: Mark = { word: 'Normalized', accent: ['\u0302', '\\hat'] };

/** μ and r of each row; their names have the number of the normalisation, from 1. */
function statistic(letter: string, glyph: readonly [string, string], ordinal: number): Notation {
  return { letter, glyph, number: ordinal + 1 };
}

/** What the two passes of one layer share. */
interface NormalizationTensors {
  readonly normalized: Tensor;
  readonly normalizedNotation: Notation;
  /** r of each row; absent in a Program for prediction. */
  readonly inverseDeviations: Tensor | undefined;
  /** γ, if the layer is affine. */
  readonly weight: Tensor | undefined;
}

function lower(layer: LayerNormalizationLayer, context: LayerContext): LoweredLayer {
  const { index, input, isLast, ordinal, outputs, parameter, purpose, value } = context;
  const { affine, epsilon } = layer;
  const x = latexOf(input.tensor);
  const last: Notation = { letter: 'z' };
  const normalizedNotation = isLast && !affine ? last : marked(input.notation, NORMALIZED);
  const means =
    purpose === 'trace'
      ? value(`mean.${ordinal}`, ['N'], () => ({
          notation: statistic('mean', ['μ', '\\mu'], ordinal),
          equation: 38,
          formula: meanLatex(outputs, `${x}_c`),
        }))
      : undefined;
  const inverseDeviations =
    purpose === 'predict'
      ? undefined
      : value(`inverseDeviation.${ordinal}`, ['N'], () => ({
          notation: statistic('inverseDeviation', ['r', 'r'], ordinal),
          equation: 38,
          formula: `1 / \\sqrt{${meanLatex(outputs, `(${x}_c - ${latexOf(means!)})^2`)} + ${epsilon}}`,
        }));
  const normalized = value(`normalized.${ordinal}`, ['N', outputs], () => ({
    notation: normalizedNotation,
    equation: 39,
    formula: times(latexOf(inverseDeviations!), `(${x} - ${latexOf(means!)})`),
  }));
  const normalizeFrom = (from: Tensor): ReturnType<LoweredLayer['forward']> => [
    { kind: 'normalizeRows', out: normalized, means, inverseDeviations, input: from, epsilon },
  ];
  const tensors = { normalized, normalizedNotation, inverseDeviations, weight: undefined };
  if (!affine) {
    return {
      out: { tensor: normalized, notation: normalizedNotation },
      prepare: [],
      forward: normalizeFrom,
      backward: (step) => backward(context, tensors, step),
    };
  }
  const weight = parameter('weight', () => ({ notation: gamma(index), equation: 40 }));
  const bias = parameter('bias', () => ({ notation: beta(index), equation: 40 }));
  const notation: Notation = isLast ? last : { letter: 'h', number: index + 1 };
  const out = value(`h${index}`, ['N', outputs], () => ({
    notation,
    equation: 40,
    formula: `${elementwise(latexOf(weight), latexOf(normalized))} + ${latexOf(bias)}`,
  }));
  return {
    out: { tensor: out, notation },
    prepare: [],
    forward: (from) => [
      ...normalizeFrom(from),
      { kind: 'scaleColumns', out, input: normalized, weight, bias },
    ],
    backward: (step) => backward(context, { ...tensors, weight }, step),
  };
}

/** The mean of a term over the columns. */
function meanLatex(columns: number, term: string): string {
  return `\\tfrac{1}{${columns}} \\sum_c ${term}`;
}

function gamma(index: number): Notation {
  return { letter: 'gamma', glyph: ['γ', '\\gamma'], number: index + 1, parameter: true };
}

function beta(index: number): Notation {
  return { letter: 'beta', glyph: ['β', '\\beta'], number: index + 1, parameter: true };
}

/** γ̄, β̄ and the adjoint of x̂, eq. (41); then the adjoint of the input, eq. (42). */
function backward(
  { input, index, outputs, point }: LayerContext,
  { normalized, normalizedNotation, inverseDeviations, weight }: NormalizationTensors,
  { outBar, needsInput, push, parameterBar, inPlace }: BackwardStep,
): ReturnType<LoweredLayer['backward']> {
  let bar = outBar;
  const [out, hat] = [latexOf(outBar), latexOf(normalized)];
  if (weight !== undefined) {
    const sum = (term: string): string => (point ? term : `\\sum_n ${term}`);
    const row = point ? '' : '_n';
    const described =
      (notation: Notation, term: string): Describe =>
      () => ({ notation: barOf(notation), equation: 41, formula: sum(term) });
    push({
      kind: 'scaleColumnsWeightAdjoint',
      weightBar: parameterBar(
        'weight',
        described(gamma(index), elementwise(`${out}${row}`, `${hat}${row}`)),
      ),
      biasBar: parameterBar('bias', described(beta(index), `${out}${row}`)),
      outBar,
      input: normalized,
    });
    if (!needsInput) return undefined;
    bar = inPlace(outBar, () => ({
      notation: barOf(normalizedNotation),
      equation: 41,
      formula: elementwise(latexOf(weight), out),
    }));
    push({ kind: 'scaleColumns', out: bar, input: outBar, weight });
  }
  if (!needsInput || inverseDeviations === undefined) return undefined;
  const inputBar = inPlace(bar, () => {
    const g = latexOf(bar);
    const along = elementwise(hat, meanLatex(outputs, `${g}_c ${hat}_c`));
    return {
      notation: barOf(input.notation),
      equation: 42,
      formula: times(
        latexOf(inverseDeviations),
        `\\left(${g} - ${meanLatex(outputs, `${g}_c`)} - ${along}\\right)`,
      ),
    };
  });
  push({ kind: 'normalizeRowsAdjoint', out: inputBar, input: bar, normalized, inverseDeviations });
  return { tensor: inputBar, differentiated: false };
}
