/**
 * The periodic embedding of numbers: beside each embedded column, learned sums of cosines of it, eq. (43), with its adjoints,
 * eq. (44)–(46). A dense layer on a plain number bends slowly; a cosine of the right frequency lets it see fine structure,
 * such as a step at one value or a season.
 */
import { PI } from '../../elementary/index.ts';
import { BIAS_TENSOR, WEIGHT_TENSOR } from '../../init/place.ts';
import { initialNormalsInto } from '../../random/normal.ts';
import { initialUniformsInto } from '../../random/uniform.ts';
import { elementwise, times, transposed } from '../../program/latex.ts';
import { barOf, hiddenOrLogits } from '../../program/notation.ts';
import { makeRecord, numberOption } from '../../words/options.ts';
import { columnsOption } from './columns-option.ts';
import type {
  LayerContext,
  LayerFormulas,
  LayerKind,
  LoweredLayer,
  Parameter,
  TracedLayer,
} from './layer.ts';

/** h = (x, W cos(2π f xᵢ + p) + b for each embedded column i): eq. (43). */
export interface PeriodicEmbeddingLayer {
  readonly kind: 'periodic-embedding';
  /** The embedded columns of the input, ascending, or all of them. */
  readonly columns: 'all' | readonly number[];
  /** How many cosines of each embedded column there are. */
  readonly frequencies: number;
  /** How many sums of these cosines, for each embedded column, follow the input. */
  readonly units: number;
  /** The standard deviation of the first frequencies, in turns for a change of the column by 1. */
  readonly deviation: number;
}

export interface PeriodicEmbeddingOptions {
  readonly columns?: 'all' | readonly number[];
  readonly frequencies?: number;
  readonly units?: number;
  readonly deviation?: number;
}

/** The most units, and frequencies, of an embedded column. */
const MAX_SIZE = 256;

/**
 * A periodic embedding of numbers. Its output is its input, followed by `units` numbers for each embedded column i:
 * W cos(2π f xᵢ + p) + b. Each of these columns has its own frequencies f and phases p, `layers.K.frequency` and
 * `layers.K.phase` [embedded columns, frequencies], its own rows of W, `layers.K.weight` [embedded columns · units,
 * frequencies], and of b, `layers.K.bias` [embedded columns · units]. Columns that are not embedded, such as those
 * of categories, only pass through.
 *
 * f begins as N(0, deviation²), p as U(−π, π), W and b as U(±1/√frequencies). l1, l2 and weight decay act on W only.
 *
 * Put it first in a network for tables with numbers whose fine structure matters, on columns that are scaled to about 1.
 *
 * @param options - `columns = 'all'`: which columns are embedded, a list of indices from 0, ascending; `frequencies = 16`;
 *   `units = 3`; `deviation = 0.1`, above 0
 * @returns a plain record, immutable, JSON
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is out of range, or the columns are not ascending
 * @example
 * const net = network({
 *   inputs: 8,
 *   layers: [periodicEmbedding({ columns: [0, 1, 2] }), dense(64, { activation: 'relu' }), dense(1)],
 * });
 * net.summary(); // the embedding has 8 + 3 · 3 = 17 outputs
 *
 * Source: Gorishniy, Rubachev & Babenko 2022, “On embeddings for numerical features in tabular deep learning”, section 3.3;
 * in this form Holzmüller, Grinsztajn & Steinwart 2024, “Better by default”, appendix A (“PBLD”).
 */
export function periodicEmbedding(options: PeriodicEmbeddingOptions = {}): PeriodicEmbeddingLayer {
  return makeRecord<PeriodicEmbeddingLayer>(
    'periodic-embedding',
    options,
    {
      columns: columnsOption,
      frequencies: numberOption({ integer: true, min: 1, max: MAX_SIZE }, 16),
      units: numberOption({ integer: true, min: 1, max: MAX_SIZE }, 3),
      deviation: numberOption({ above: 0, float32: true }, 0.1),
    },
    'periodicEmbedding',
  );
}

/** The quantities of the layer that a trace shows. */
export type PeriodicEmbeddingRole =
  | 'frequency'
  | 'phase'
  | 'weight'
  | 'bias'
  | 'cosines'
  | 'out'
  | 'weightBar'
  | 'biasBar'
  | 'frequencyBar'
  | 'phaseBar'
  | 'inputBar';

/** The periodic embedding for the rest of the library. */
export const PERIODIC_EMBEDDING: LayerKind<PeriodicEmbeddingLayer, PeriodicEmbeddingRole> = {
  usage: 'periodicEmbedding(…)',
  read: periodicEmbedding,
  trainingOnly: false,
  leastInputs: ({ columns }) => (columns === 'all' ? 1 : columns.at(-1)! + 1),
  outputs: (layer, inputs) => inputs + embeddedOf(layer, inputs).length * layer.units,
  parameters,
  title: ({ columns }) =>
    `periodic embedding${columns === 'all' ? '' : ` of ${columns.length} columns`}`,
  operations: (layer, inputs) =>
    embeddedOf(layer, inputs).length *
    (layer.frequencies * (COSINE_OPERATIONS + 2 * layer.units) + layer.units),
  lower,
};

/** The operations of an angle and its cosine. */
const COSINE_OPERATIONS = 40;

function embeddedOf({ columns }: PeriodicEmbeddingLayer, inputs: number): readonly number[] {
  return columns === 'all' ? Array.from({ length: inputs }, (_, column) => column) : columns;
}

/** Counter word 1 of the random numbers of f and p. */
const FREQUENCY_TENSOR = 2;
const PHASE_TENSOR = 3;

function parameters(layer: PeriodicEmbeddingLayer, inputs: number): readonly Parameter[] {
  const { frequencies, units, deviation } = layer;
  const count = embeddedOf(layer, inputs).length;
  const bound = 1 / Math.sqrt(frequencies);
  return [
    {
      role: 'frequency',
      shape: [count, frequencies],
      decays: false,
      initialise: (out, seed, index) =>
        initialNormalsInto(out, deviation, seed, index, FREQUENCY_TENSOR),
    },
    {
      role: 'phase',
      shape: [count, frequencies],
      decays: false,
      initialise: uniforms(PI, PHASE_TENSOR),
    },
    {
      role: 'weight',
      shape: [count * units, frequencies],
      decays: true,
      initialise: uniforms(bound, WEIGHT_TENSOR),
    },
    {
      role: 'bias',
      shape: [count * units],
      decays: false,
      initialise: uniforms(bound, BIAS_TENSOR),
    },
  ];
}

/** First values that are uniform in [−bound, bound). */
function uniforms(bound: number, tensor: number): Parameter['initialise'] {
  return (out, seed, index) => initialUniformsInto(out, bound, seed, index, tensor);
}

function lower(
  layer: PeriodicEmbeddingLayer,
  { index, input, inputs, outputs, parameter, purpose, value }: LayerContext<PeriodicEmbeddingRole>,
): LoweredLayer<PeriodicEmbeddingRole> {
  const { frequencies, units } = layer;
  const embedded = embeddedOf(layer, inputs);
  const frequency = parameter('frequency');
  const phase = parameter('phase');
  const weight = parameter('weight');
  const bias = parameter('bias');
  const cosines =
    purpose === 'trace'
      ? value('cosines', `cosines.${index}`, ['N', embedded.length * frequencies])
      : undefined;
  const out = value('out', `h${index}`, ['N', outputs]);
  const shared = { frequency, phase, weight, units, embedded };
  return {
    out,
    prepare: [],
    forward: (from) => [{ kind: 'embedPeriodic', out, cosines, input: from, bias, ...shared }],
    backward({ outBar, needsInput, push, parameterBar, fresh }) {
      const frequencyBar = parameterBar('frequency');
      const phaseBar = parameterBar('phase');
      const weightBar = parameterBar('weight');
      const biasBar = parameterBar('bias');
      const bars = { frequencyBar, phaseBar, weightBar, biasBar };
      push({ kind: 'embedPeriodicWeightAdjoint', ...bars, outBar, input, ...shared });
      if (!needsInput) return undefined;
      const inputBar = fresh('inputBar', input);
      push({ kind: 'embedPeriodicInputAdjoint', inputBar, outBar, input, ...shared });
      return { tensor: inputBar, differentiated: false };
    },
  };
}

type Traced = TracedLayer<PeriodicEmbeddingLayer, PeriodicEmbeddingRole>;

/** eq. (43)–(46), for one embedded column i; a = 2π f xᵢ + p is the vector of its angles. */
export const PERIODIC_EMBEDDING_FORMULAS: LayerFormulas<
  PeriodicEmbeddingLayer,
  PeriodicEmbeddingRole
> = {
  frequency: ({ number }) => ({
    notation: { letter: 'f', number, parameter: true },
    equation: 43,
  }),
  phase: ({ number }) => ({ notation: { letter: 'p', number, parameter: true }, equation: 43 }),
  weight: ({ number }) => ({ notation: { letter: 'W', number, parameter: true }, equation: 43 }),
  bias: ({ number }) => ({ notation: { letter: 'b', number, parameter: true }, equation: 43 }),
  cosines: ({ number, latex }) => ({
    notation: { letter: 'c', number },
    equation: 43,
    formula: `\\cos\\left(2\\pi\\, ${times(`${latex('input')}_i`, `${latex('frequency')}_i`)} + ${latex('phase')}_i\\right)`,
  }),
  out: ({ isLast, number, latex }) => ({
    notation: hiddenOrLogits(isLast, number),
    equation: 43,
    formula: `\\left(${latex('input')},\\; ${times(`${latex('weight')}_i`, `${latex('cosines')}_i`)} + ${latex('bias')}_i\\right)`,
  }),
  weightBar: (traced) => ({
    notation: barOf(traced.notation('weight')),
    equation: 44,
    formula: overRows(
      traced,
      times(`${traced.latex('outBar')}_i`, transposed(`${traced.latex('cosines')}_i`)),
    ),
  }),
  biasBar: (traced) => ({
    notation: barOf(traced.notation('bias')),
    equation: 44,
    formula: overRows(traced, `${traced.latex('outBar')}_i`),
  }),
  frequencyBar: (traced) => ({
    notation: barOf(traced.notation('frequency')),
    equation: 45,
    formula: `-2\\pi ${overRows(traced, times(`${traced.latex('input')}_i`, angleBar(traced)))}`,
  }),
  phaseBar: (traced) => ({
    notation: barOf(traced.notation('phase')),
    equation: 45,
    formula: `-${overRows(traced, angleBar(traced))}`,
  }),
  inputBar: (traced) => ({
    notation: barOf(traced.notation('input')),
    equation: 46,
    formula: `${traced.latex('outBar')}_{x_i} - 2\\pi\\, ${times(transposed(`${traced.latex('frequency')}_i`), angleBar(traced))}`,
  }),
};

/** A term of one data point, or its sum over the rows of a batch. */
function overRows({ point }: Traced, term: string): string {
  return point ? term : `\\sum_n ${term}`;
}

/** (Wᵀ h̄) ∘ sin a, which is −ā. */
function angleBar({ latex }: Traced): string {
  const bar = times(transposed(`${latex('weight')}_i`), `${latex('outBar')}_i`);
  return elementwise(`\\left(${bar}\\right)`, '\\sin a_i');
}
