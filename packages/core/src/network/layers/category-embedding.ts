/**
 * The category embedding: a column that holds the number of a category is replaced by a learned row for that category, eq. (47),
 * with its adjoints, eq. (48), (49). Beside one-hot columns it costs memory and time that do not grow with the number of
 * categories, and similar categories get similar rows.
 */
import { WEIGHT_TENSOR } from '../../init/place.ts';
import { times } from '../../program/latex.ts';
import { barOf, hiddenOrLogits } from '../../program/notation.ts';
import type { Category } from '../../program/program.ts';
import { initialNormalsInto } from '../../random/normal.ts';
import { mustBe, rangeError, typeError } from '../../words/fault.ts';
import { makeRecord, numberOption, readOptions } from '../../words/options.ts';
import { areAscending } from './columns-option.ts';
import {
  MAX_UNITS,
  type LayerContext,
  type LayerFormulas,
  type LayerKind,
  type LoweredLayer,
  type TracedLayer,
} from './layer.ts';

/** h = (the columns that are not embedded, the row of E of each category): eq. (47). */
export interface CategoryEmbeddingLayer {
  readonly kind: 'category-embedding';
  /** The embedded columns of the input, ascending, each with its number of levels. */
  readonly columns: readonly Category[];
  /** The learned numbers of a level. */
  readonly size: number;
}

export interface CategoryEmbeddingOptions {
  readonly columns: readonly Category[];
  readonly size?: number;
}

/**
 * An embedding of categories. Its output is its input without the embedded columns, followed by `size` learned numbers for each
 * of these: the row of E, `layers.K.weight` [sum of all levels, size], that belongs to the level in that column. A level is
 * a whole number from 0 to `levels` − 1; any other number becomes NaN, so a fault in the data stays visible.
 *
 * E begins as N(0, 1), except for the row of level 0 of each column, which begins at 0: keep this level for categories that
 * are missing or unknown. The layer must see the numbers of the categories unchanged, so only a `periodicEmbedding` of other
 * columns may come before it.
 *
 * @param options - `columns`: such as `[{ column: 2, levels: 40 }]`, ascending; `size = 8`
 * @returns a plain record, immutable, JSON
 * @throws {TypeError} when an option is missing, unknown or of a wrong kind
 * @throws {RangeError} when a value is out of range, or the columns are not ascending
 * @example
 * const net = network({
 *   inputs: 3,
 *   layers: [categoryEmbedding({ columns: [{ column: 2, levels: 40 }] }), dense(64, { activation: 'relu' }), dense(1)],
 * });
 * net.summary(); // the embedding has 2 + 8 = 10 outputs
 *
 * Source: Guo & Berkhahn 2016, “Entity embeddings of categorical variables”; first values and size as in PyTorch's `Embedding` and in
 * Holzmüller, Grinsztajn & Steinwart 2024, “Better by default”, appendix A.
 */
export function categoryEmbedding(options: CategoryEmbeddingOptions): CategoryEmbeddingLayer {
  return makeRecord<CategoryEmbeddingLayer>(
    'category-embedding',
    options,
    { columns: readCategories, size: numberOption({ integer: true, min: 1, max: 256 }, 8) },
    'categoryEmbedding',
  );
}

function readCategories(where: string, name: string, value: unknown): readonly Category[] {
  const rule = 'an array of records { column, levels }, their columns ascending';
  if (!Array.isArray(value)) throw typeError(mustBe(where, name, rule, value));
  const categories = value.map((one: unknown, place) =>
    Object.freeze(
      readOptions<Category>(
        where,
        one,
        {
          column: numberOption({ integer: true, min: 0, max: MAX_UNITS - 1 }),
          levels: numberOption({ integer: true, min: 1, max: MAX_UNITS }),
        },
        `${name}[${place}].`,
      ),
    ),
  );
  if (!areAscending(categories.map(({ column }) => column))) {
    throw rangeError(mustBe(where, name, rule, value));
  }
  return Object.freeze(categories);
}

/** The quantities of the layer that a trace shows. */
export type CategoryEmbeddingRole = 'weight' | 'out' | 'weightBar' | 'inputBar';

/** The category embedding for the rest of the library. */
export const CATEGORY_EMBEDDING: LayerKind<CategoryEmbeddingLayer, CategoryEmbeddingRole> = {
  usage: 'categoryEmbedding(…)',
  read: categoryEmbedding,
  trainingOnly: false,
  leastInputs: ({ columns }) => columns.at(-1)!.column + 1,
  outputs: ({ columns, size }, inputs) => inputs + columns.length * (size - 1),
  parameters: (layer) => [
    {
      role: 'weight',
      shape: [layer.columns.reduce((sum, { levels }) => sum + levels, 0), layer.size],
      decays: true,
      initialise: (out, seed, index) => firstRows(layer, out, seed, index),
    },
  ],
  title: ({ columns }) => `category embedding of ${columns.length} columns`,
  operations: () => 0,
  lower,
};

/** N(0, 1), and 0 for level 0 of each column. */
function firstRows(
  { columns, size }: CategoryEmbeddingLayer,
  out: Float32Array | Float64Array,
  seed: number,
  index: number,
): void {
  initialNormalsInto(out, 1, seed, index, WEIGHT_TENSOR);
  let start = 0;
  for (const { levels } of columns) {
    out.fill(0, start * size, (start + 1) * size);
    start += levels;
  }
}

function lower(
  { columns: categories, size }: CategoryEmbeddingLayer,
  { index, input, outputs, parameter, value }: LayerContext<CategoryEmbeddingRole>,
): LoweredLayer<CategoryEmbeddingRole> {
  const weight = parameter('weight');
  const out = value('out', `h${index}`, ['N', outputs]);
  return {
    out,
    prepare: [],
    forward: (from) => [{ kind: 'embedCategories', out, input: from, weight, size, categories }],
    backward({ outBar, needsInput, push, parameterBar, fresh }) {
      const weightBar = parameterBar('weight');
      push({ kind: 'embedCategoriesWeightAdjoint', weightBar, outBar, input, size, categories });
      if (!needsInput) return undefined;
      const inputBar = fresh('inputBar', input);
      push({ kind: 'embedCategoriesInputAdjoint', inputBar, outBar, size, categories });
      return { tensor: inputBar, differentiated: false };
    },
  };
}

/** eq. (47)–(49), for one embedded column i; δ picks the row of a category. */
export const CATEGORY_EMBEDDING_FORMULAS: LayerFormulas<
  CategoryEmbeddingLayer,
  CategoryEmbeddingRole
> = {
  weight: ({ number }) => ({ notation: { letter: 'E', number, parameter: true }, equation: 47 }),
  out: ({ isLast, number, latex }) => ({
    notation: hiddenOrLogits(isLast, number),
    equation: 47,
    formula: `\\left(${latex('input')}_{j \\ne i},\\; ${times(`${latex('weight')}_i`, pick(latex('input')))}\\right)`,
  }),
  weightBar: ({ point, latex, notation }) => {
    const product = times(`${latex('outBar')}_i`, `${pick(latex('input'))}^{\\top}`);
    return {
      notation: barOf(notation('weight')),
      equation: 48,
      formula: point ? product : `\\sum_n ${product}`,
    };
  },
  inputBar: ({ latex, notation }: TracedLayer<CategoryEmbeddingLayer, CategoryEmbeddingRole>) => ({
    notation: barOf(notation('input')),
    equation: 49,
    formula: `\\left(${latex('outBar')}_{x_j},\\; 0\\right)`,
  }),
};

/** The column of zeros with a 1 at the place of the category. */
function pick(input: string): string {
  return `\\delta_{${input}_i}`;
}
