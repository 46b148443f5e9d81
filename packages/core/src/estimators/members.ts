/**
 * How the networks of an ensemble differ: each member has a seed of its own, for its weights, the order of its rows and its
 * dropout, and each holds out another fold of the rows for early stopping. With several recipes there is such a bag of members for
 * each recipe, over the same folds. A plan without an ensemble has one member, whose seed is the seed of the plan.
 */
import { blockInto, PURPOSES } from '../random/streams.ts';
import type { Fold } from '../arrays/split.ts';
import type { Learned } from './learned.ts';
import type { Ensemble, RecipeChange, TrainPlan } from './plan.ts';
import type { RecipeWeight } from './recipe-weights.ts';

/** One network of a plan. */
export interface Member {
  /** Among all members of the plan. */
  readonly place: number;
  /** Of the list of recipes; 0 without one. */
  readonly recipe: number;
  readonly seed: number;
  readonly fold: Fold;
}

/** With fewer folds than this a network would not learn from more than a quarter of the rows. */
const FEWEST_FOLDS = 4;

/**
 * The part `ensemble` of a plan; nothing for a single network.
 *
 * @param members - networks of each recipe
 * @param crossFits - whether each row is to be held out by a network, because the user has named no share of rows to hold out
 * @param recipes - what each recipe changes; with fewer than two the plan is the only one
 */
export function ensemblePart(
  members: number,
  crossFits: boolean,
  recipes: readonly RecipeChange[] = [],
): { readonly ensemble?: Ensemble } {
  const several = recipes.length > 1;
  if (members === 1 && !several) return {};
  return {
    ensemble: {
      members,
      ...(crossFits && members >= FEWEST_FOLDS && { folds: members }),
      ...(several && { recipes }),
    },
  };
}

/** A plan with another number of networks of each recipe. */
export function withMembers(plan: TrainPlan, members: number): TrainPlan {
  const { ensemble, ...single } = plan;
  if (members === (ensemble?.members ?? 1)) return plan;
  return { ...single, ...ensemblePart(members, ensemble?.folds !== undefined, ensemble?.recipes) };
}

/** The plan of a training that goes on from another one: with as many networks of each recipe as there are. */
export function plannedAgain(plan: TrainPlan, { networks, recipeWeights }: Learned): TrainPlan {
  if (membersOf(plan, recipeWeights).length === networks.length) return plan;
  return withMembers(plan, networks.length / (recipeWeights?.length ?? 1));
}

/** Seeds are integers below 2^53: one word of 32 bits, and 21 bits of another. */
const HIGH_BITS = 0x1fffff;
const TWO_TO_32 = 4294967296;

/**
 * The members of a plan, in the order in which their outputs are added: recipe by recipe.
 *
 * @param chosen - the recipes that a model has kept; absent, those of the plan
 */
export function membersOf(
  { seed, ensemble }: TrainPlan,
  chosen?: readonly RecipeWeight[],
): Member[] {
  const { members: count = 1, recipes = [undefined], trained } = ensemble ?? {};
  const all = recipes.flatMap((_change, recipe) =>
    Array.from({ length: count }, (_, index) => ({
      place: recipe * count + index,
      recipe,
      seed: seedOfMember(seed, index, recipe),
      fold: { index, count },
    })),
  );
  return all.filter(
    ({ place, recipe }) =>
      (trained?.includes(place) ?? true) && (chosen?.some((one) => one.recipe === recipe) ?? true),
  );
}

/** The plan that a member follows: that of all, with the changes of its recipe. */
export function planOfMember(plan: TrainPlan, { recipe }: Pick<Member, 'recipe'>): TrainPlan {
  const { recipes } = plan.ensemble ?? {};
  if (recipes === undefined) return plan;
  const { name: _name, ...changes } = recipes[recipe]!;
  return { ...plan, ...changes };
}

/**
 * The seed of a member. Member 0 has the plan's own seed. The others have random ones, because ensembles of neighbouring seeds
 * would share most of their networks if the seeds of the members were seed + 1, seed + 2, ….
 */
function seedOfMember(seed: number, index: number, recipe: number): number {
  if (index === 0 && recipe === 0) return seed;
  const words = new Uint32Array(4);
  blockInto(words, seed, PURPOSES.member, 0, index, recipe, 0);
  return (words[1]! & HIGH_BITS) * TWO_TO_32 + words[0]!;
}
