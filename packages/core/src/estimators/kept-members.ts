/**
 * From the runs of a training to the networks of the model: which runs are whole enough to be kept, which recipes stay, and how much
 * each of them counts. A run may be cut short by the signal of the caller or by a limit of time, so not every planned network is there.
 */
import type { Network } from '../model/network.ts';
import { scaleTargets, type TargetScaler } from '../tables/scaling.ts';
import { runJob, type Fit, type FitJob, type FitRun } from '../train/fit-job.ts';
import type { Member } from './members.ts';
import type { HeldOut } from './out-of-fold.ts';
import type { TrainPlan } from './plan.ts';
import { pickTargets, pickWeights } from './prepared-rows.ts';
import type { TargetRows } from './recipe-request.ts';
import { chooseWeights, mixedFolds, type RecipeWeight } from './recipe-weights.ts';

/** A member that has been trained. */
export interface TrainedMember extends Fit {
  readonly member: Member;
}

/**
 * The members that have learned something: they are a smaller ensemble if the run was stopped. One that was stopped in its
 * first epoch knows nothing, so it is kept only if there is no other.
 */
export function learntMembers(
  members: readonly Member[],
  fits: readonly (Fit | undefined)[],
): TrainedMember[] {
  const begun = members.flatMap((member, i) => (fits[i] ? [{ member, ...fits[i] }] : []));
  const learnt = begun.filter(
    ({ history: { epochs, stoppedBy } }) => epochs.length > 0 || stoppedBy !== 'abort',
  );
  return learnt.length > 0 ? learnt : begun.slice(0, 1);
}

/**
 * The members that a limit of time leaves: those whose training ended by itself, because only these can be trained again with the same
 * result. If there are none, it is the one that got furthest, with the epochs that it has ended.
 *
 * @param jobs - of all members
 * @returns the members, and the epochs that a plan must allow to train the same again; undefined if the plan's own do
 */
export async function membersInTime(
  members: readonly Member[],
  fits: readonly (Fit | undefined)[],
  jobs: readonly FitJob[],
  run: FitRun,
): Promise<{ readonly kept: TrainedMember[]; readonly epochs: number | undefined }> {
  const begun = learntMembers(members, fits);
  const whole = begun.filter(({ history }) => history.stoppedBy !== 'abort');
  if (whole.length > 0) return { kept: whole, epochs: undefined };
  const lengths = begun.map(({ history }) => history.epochs.length);
  const epochs = Math.max(...lengths, 1);
  const furthest = begun[lengths.indexOf(epochs)];
  const index = furthest === undefined ? 0 : members.indexOf(furthest.member);
  const job = jobs[index]!;
  const { validation, earlyStopping } = job.options;
  const watches = !(validation instanceof Uint32Array && validation.length === 0);
  const restored = watches && typeof earlyStopping === 'object' && earlyStopping.restoreBest;
  if (furthest !== undefined && restored === true) return { kept: [furthest], epochs };
  // The steps of the interrupted epoch are in the weights, so the epochs before it are trained again.
  const fit = await runJob({ ...job, options: { ...job.options, epochs } }, run);
  return { kept: [{ member: members[index]!, ...fit }], epochs };
}

/** The plan by which the kept members, and no others, are trained again. */
export function followedPlan(
  plan: TrainPlan,
  kept: readonly TrainedMember[],
  epochs: number | undefined,
): TrainPlan {
  const { ensemble } = plan;
  return {
    ...plan,
    ...(epochs === undefined ? {} : { epochs }),
    ...(ensemble && {
      ensemble: { ...ensemble, trained: kept.map(({ member }) => member.place) },
    }),
  };
}

/**
 * The members of whole recipes: those whose planned members are all there, because only they have held out the same rows. If no
 * recipe is whole, it is the one with the most members.
 */
export function wholeRecipes<Trained extends TrainedMember>(
  planned: readonly Member[],
  kept: readonly Trained[],
): Trained[] {
  const recipes = [...new Set(planned.map(({ recipe }) => recipe))];
  const of = (recipe: number): Trained[] => kept.filter(({ member }) => member.recipe === recipe);
  const whole = recipes.filter(
    (recipe) => of(recipe).length === planned.filter((one) => one.recipe === recipe).length,
  );
  if (whole.length > 0) return whole.flatMap(of);
  return recipes.map(of).reduce((most, one) => (one.length > most.length ? one : most), []);
}

/** The weights of recipes of which nothing says which is better; undefined if the plan has one recipe. */
export function equalWeights(
  { ensemble }: TrainPlan,
  trained: readonly TrainedMember[],
): readonly RecipeWeight[] | undefined {
  if (ensemble?.recipes === undefined) return undefined;
  const recipes = [...new Set(trained.map(({ member }) => member.recipe))];
  return recipes.map((recipe) => ({ recipe, weight: 1 / recipes.length }));
}

/** The networks of a model, and what they say of the rows that they have held out. */
export interface JoinedMembers {
  readonly kept: readonly TrainedMember[];
  /** Absent if the plan has one recipe. */
  readonly recipeWeights?: readonly RecipeWeight[];
  /** For each network, with several recipes for each fold. */
  readonly heldOut: readonly HeldOut[];
}

/** What the networks are judged by. */
export interface JudgedTargets extends Pick<TargetRows, 'targets' | 'columns' | 'sampleWeights'> {
  /** Of a regression; the outputs of its networks are scaled by it. */
  readonly scaler: TargetScaler | undefined;
}

/**
 * Weighs the recipes by the rows that their networks have held out; a recipe that does not help leaves.
 *
 * @param trained - the members of whole recipes
 * @param judged - of all rows that may be judged
 * @param heldOutBy - what a network says of the rows that its member has held out
 */
export function joinMembers(
  plan: TrainPlan,
  trained: readonly TrainedMember[],
  { targets, columns, sampleWeights, scaler }: JudgedTargets,
  heldOutBy: (network: Network, member: Member) => HeldOut,
): JoinedMembers {
  const judged = trained.map((one) => ({ one, held: heldOutBy(one.network, one.member) }));
  const equal = equalWeights(plan, trained);
  if (equal === undefined) {
    return { kept: trained, heldOut: judged.map(({ held }) => held) };
  }
  const recipes = equal.map(({ recipe }) => recipe);
  const bags = recipes.map((recipe) => judged.filter(({ one }) => one.member.recipe === recipe));
  const rows = Uint32Array.from(bags[0]!.flatMap(({ held }) => Array.from(held.rows)));
  const truths = pickTargets({ targets, columns }, rows);
  const weights =
    rows.length === 0 || recipes.length === 1
      ? equal.map(({ weight }) => weight)
      : chooseWeights(plan.loss, {
          predictions: bags.map((bag) => bag.flatMap(({ held }) => Array.from(held.outputs.data))),
          truths: scaler === undefined ? truths : scaleTargets(scaler, truths),
          columns: bags[0]![0]!.held.outputs.shape[1],
          weights: pickWeights(sampleWeights, rows),
        });
  const staying = recipes.flatMap((recipe, i) =>
    weights[i]! > 0 ? [{ recipe, weight: weights[i]! }] : [],
  );
  const kept = bags.flatMap((bag, i) => (weights[i]! > 0 ? bag : []));
  const outputs = mixedFolds(
    kept.map(({ held }) => held.outputs),
    staying,
  );
  return {
    kept: kept.map(({ one }) => one),
    recipeWeights: staying,
    heldOut: outputs.map((one, fold) => ({ rows: kept[fold]!.held.rows, outputs: one })),
  };
}
