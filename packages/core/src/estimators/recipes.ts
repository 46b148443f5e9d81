/**
 * The recipes that an ensemble can join: each changes a few settings of a preset, so that its networks err in another way than those of
 * the others. A recipe is a row of a table: what it changes, by the names of the settings.
 */
import type { ActivationKind } from '../activations/activation.ts';
import type { Layer } from '../network/layers/kinds.ts';
import { choiceOption, listOf } from '../words/options.ts';
import type { Embedding } from './embedding.ts';
import type { HiddenLayer } from './hidden-layers.ts';
import type { RecipeChange } from './plan.ts';

/** What a recipe may change. An option that the user gives overrides it in every recipe. */
export interface RecipeSettings {
  /** Units of the hidden layers. */
  readonly hidden?: readonly number[];
  /** Of the hidden layers. */
  readonly activation?: ActivationKind;
  /** Drop rate after each hidden layer. */
  readonly dropout?: number;
  /** What numbers become before the hidden layers. */
  readonly embedding?: Embedding;
}

/**
 * `'relu'` and `'tanh'` differ in their activation, `'dropout'` has wide layers, of which each step leaves units out.
 */
export type RecipeName = 'relu' | 'tanh' | 'dropout';

/** The recipes by name. */
export const RECIPES: Readonly<Record<RecipeName, RecipeSettings>> = {
  relu: { activation: 'relu' },
  tanh: { activation: 'tanh' },
  dropout: { hidden: [256, 256], dropout: 0.2 },
};

export const RECIPE_NAMES = Object.keys(RECIPES) as readonly RecipeName[];

/** The rule of a list of recipes. */
export function readRecipes(
  where: string,
  name: string,
  value: unknown = [],
): readonly RecipeName[] {
  return listOf(choiceOption(RECIPE_NAMES))(where, name, value);
}

/** The settings of a recipe after the options were read. */
export interface RecipeOptions {
  readonly name: string;
  readonly hidden: readonly HiddenLayer[];
  readonly embedding: Embedding;
}

/** The parts of a plan in which recipes differ. */
export interface RecipeParts {
  readonly name: string;
  readonly embedding: Embedding;
  readonly layers: readonly Layer[];
}

/**
 * What each recipe changes of the first one. Of recipes that an option has made equal the first one stays.
 *
 * @param recipes - the parts of each, at least one
 */
export function recipeChanges(recipes: readonly RecipeParts[]): RecipeChange[] {
  const first = recipes[0]!;
  const changes = new Map<string, RecipeChange>();
  for (const { name, embedding, layers } of recipes) {
    const change = {
      ...(embedding === first.embedding ? {} : { embedding }),
      ...(JSON.stringify(layers) === JSON.stringify(first.layers) ? {} : { layers }),
    };
    const text = JSON.stringify(change);
    if (!changes.has(text)) changes.set(text, { name, ...change });
  }
  return [...changes.values()];
}
