/**
 * How much each recipe of an ensemble counts. The rows that the networks have held out say it: starting from nothing, the recipe whose
 * predictions lower the loss of the mean most is added, again and again, and a recipe weighs as often as it was added. A recipe that
 * is never added leaves the model. Such a choice overfits little, because it has no more freedom than a few whole numbers.
 *
 * Source: Caruana, Niculescu-Mizil, Crew & Ksikes 2004, Ensemble selection from libraries of models, section 2.2.
 */
import { log } from '../elementary/index.ts';
import { lossFacts, type Loss } from '../losses/loss.ts';
import { meanPrediction } from '../model/mean-prediction.ts';
import type { Prediction } from '../model/prediction.ts';
import { numberOption, recordOption, type OptionRule } from '../words/options.ts';
import { MAX_MEMBERS } from './plan.ts';
import { LEAST_PROBABILITY } from './temperature.ts';

/** How much the networks of a recipe count together. Plain JSON, which a model file holds. */
export interface RecipeWeight {
  /** Its place in the list of recipes of the plan. */
  readonly recipe: number;
  /** In (0, 1]; those of all recipes add up to 1. */
  readonly weight: number;
}

/** What the recipes predicted, and what is true. */
export interface JudgedRecipes {
  /** For each recipe its predictions for the same rows: probabilities, or targets as they were scaled for training. */
  readonly predictions: readonly ArrayLike<number>[];
  /** Class indices, or values like the predictions. */
  readonly truths: Int32Array | Float64Array;
  /** Outputs of a row. */
  readonly columns: number;
  /** How much each row counts; absent, each counts once. */
  readonly weights?: ArrayLike<number> | undefined;
}

/** How often a recipe is added, which makes the weights multiples of 1/40. */
const STEPS = 40;

/** More rows than this tell nothing new; of more, every second, third, … is judged by. */
const MOST_ROWS = 50_000;

/**
 * How often each recipe is added, divided by all additions up to the one with the smallest loss. Of equal losses the first counts.
 *
 * @param judged - at least one row
 * @returns one number for each recipe, at least 0, with the sum 1
 */
export function chooseWeights(loss: Loss, judged: JudgedRecipes): number[] {
  const { candidates, lossOf } = readied(loss, judged);
  const counts = candidates.map(() => 0);
  let sums = new Float64Array(candidates[0]!.length);
  let best = { loss: Infinity, weights: counts };
  for (let step = 1; step <= STEPS; step++) {
    const tried = candidates.map((one) => sums.map((sum, i) => sum + one[i]!));
    const losses = tried.map((one) => lossOf(one, step));
    const chosen = losses.reduce((least, one, i) => (one < losses[least]! ? i : least), 0);
    counts[chosen]! += 1;
    sums = tried[chosen]!;
    if (losses[chosen]! < best.loss) {
      best = { loss: losses[chosen]!, weights: counts.map((count) => count / step) };
    }
  }
  return best.weights;
}

interface Readied {
  /** The numbers of each recipe that the loss needs. */
  readonly candidates: readonly Float64Array[];
  /** The loss of the mean of `count` recipes with these sums. */
  readonly lossOf: (sums: Float64Array, count: number) => number;
}

/** Picks the rows that are judged by. Of one class in K only the probability of the true one is needed. */
function readied(loss: Loss, { predictions, truths, columns, weights }: JudgedRecipes): Readied {
  const isClass = lossFacts(loss.kind).targets === 'class';
  const rows = predictions[0]!.length / columns;
  const stride = Math.max(Math.ceil(rows / MOST_ROWS), 1);
  const picked = Array.from({ length: Math.ceil(rows / stride) }, (_, i) => i * stride);
  const places = isClass
    ? picked.map((row) => row * columns + truths[row]!)
    : picked.flatMap((row) => Array.from({ length: columns }, (_, k) => row * columns + k));
  const wanted = Float64Array.from(places, (place) => (isClass ? 1 : truths[place]!));
  const counted = Float64Array.from(places, (place) => weights?.[Math.floor(place / columns)] ?? 1);
  return {
    candidates: predictions.map((one) => Float64Array.from(places, (place) => one[place]!)),
    lossOf(sums, count) {
      let total = 0;
      for (let i = 0; i < sums.length; i++) {
        total += counted[i]! * elementLoss(loss, sums[i]! / count, wanted[i]!);
      }
      return total;
    },
  };
}

/** The loss of one output z (a probability or a number) for its target t. Label smoothing belongs to the training alone. */
function elementLoss({ kind, delta, quantile }: Loss, z: number, t: number): number {
  const distance = Math.abs(z - t);
  switch (kind) {
    case 'softmax-cross-entropy':
      return -log(Math.max(z, LEAST_PROBABILITY));
    case 'binary-cross-entropy':
      return (
        -t * log(Math.max(z, LEAST_PROBABILITY)) - (1 - t) * log(Math.max(1 - z, LEAST_PROBABILITY))
      );
    case 'mse':
      return distance * distance;
    case 'mae':
      return distance;
    case 'huber':
      return distance <= delta ? (distance * distance) / 2 : delta * (distance - delta / 2);
    case 'poisson':
      return z - t * log(Math.max(z, LEAST_PROBABILITY));
    case 'pinball':
      return (t > z ? quantile : 1 - quantile) * distance;
    default:
      return kind satisfies never;
  }
}

/**
 * The networks of several recipes that held out the same fold, as one: the weighted mean of their outputs for the same rows.
 *
 * @param outputs - of all networks: recipe by recipe, in each the folds in the same order
 * @returns one for each fold; the outputs themselves if there is one recipe
 */
export function mixedFolds(
  outputs: readonly Prediction[],
  recipes: readonly RecipeWeight[] | undefined,
): readonly Prediction[] {
  if (recipes === undefined || recipes.length === 1) return outputs;
  const folds = outputs.length / recipes.length;
  const weights = recipes.map(({ weight }) => weight);
  return outputs.slice(0, folds).map((_first, fold) =>
    meanPrediction(
      recipes.map((_recipe, place) => outputs[place * folds + fold]!),
      undefined,
      weights,
    ),
  );
}

/**
 * The weight of each network, by which its outputs count in the prediction; undefined if all count the same.
 *
 * @param networks - how many there are: recipe by recipe, each recipe as many
 */
export function networkWeights(
  recipes: readonly RecipeWeight[] | undefined,
  networks: number,
): readonly number[] | undefined {
  if (recipes === undefined || recipes.length === 1) return undefined;
  const each = networks / recipes.length;
  return recipes.flatMap(({ weight }) => Array.from({ length: each }, () => weight / each));
}

/** The rule of a recipe's weight in a file. */
export const readRecipeWeight: OptionRule<RecipeWeight> = recordOption<RecipeWeight>({
  recipe: numberOption({ integer: true, min: 0, max: MAX_MEMBERS }),
  weight: numberOption({ above: 0, max: 1 }),
});
