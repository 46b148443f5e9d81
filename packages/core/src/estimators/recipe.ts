/**
 * The one way from rows to trained networks: hold rows out, fit the preparation on the rest, prepare, build a network and
 * train it by a plan, as often as the plan has members. `Classifier`, `Regressor` and `vinculum train` all use this function. This file knows no options,
 * flags or labels: classes are indices, and the plan says what is learned.
 */
import { range, splitBy, validationSplitFor, type ValidationSplit } from '../arrays/split.ts';
import { foldsOf, possibleFolds } from '../arrays/folds.ts';
import type { MetricName } from '../metrics/registry.ts';
import type { Network } from '../model/network.ts';
import { layoutOf } from '../network/layout.ts';
import { readSpec } from '../network/read-spec.ts';
import type { TablePreparation } from '../tables/preparation.ts';
import type { TargetScaler } from '../tables/scaling.ts';
import type { EarlyStopping } from '../train/early-stopping.ts';
import type { FitOptions } from '../train/fit-options.ts';
import type { FitJob, FitRun } from '../train/fit-job.ts';
import { fitSideBySide, type SideBySideRun } from '../train/fit-side-by-side.ts';
import type { History } from '../train/history.ts';
import { calibrateClasses, calibrateNumbers, type Calibration } from './calibration.ts';
import { chunkRowsFor } from './chunking.ts';
import { judgedRows, ofAllRows, placesAmong } from './judged-rows.ts';
import { layersOf } from './layers.ts';
import { OPERATIONS_PER_WEIGHT, sizedPlan } from './budget.ts';
import {
  followedPlan,
  joinMembers,
  learntMembers,
  membersInTime,
  wholeRecipes,
  type JoinedMembers,
  type TrainedMember,
} from './kept-members.ts';
import { membersOf, plannedAgain, planOfMember, type Member } from './members.ts';
import { outOfFold, predictHeldOut, type OutOfFold } from './out-of-fold.ts';
import { batchSizeFor, type TrainPlan } from './plan.ts';
import { pickTargets, prepareRows } from './prepared-rows.ts';
import type { NumericTargets, RecipeRequest, RunOptions, TargetRows } from './recipe-request.ts';
import { countRows } from './rows.ts';
import { scoreOf } from './score.ts';
import type { RecipeWeight } from './recipe-weights.ts';
import { spillRows } from './spilled-rows.ts';
import { stepOptionsOf } from './step-options.ts';
import { TimeLimit } from './time-limit.ts';

export type { RecipeRequest, TargetRows } from './recipe-request.ts';

/** The results of a training. */
export interface RecipeResult {
  /** One, or those of an ensemble in the order in which their outputs are added. Fewer than planned if the signal was set. */
  readonly networks: readonly [Network, ...Network[]];
  readonly preparation: TablePreparation;
  /** Of a regression. */
  readonly targetScaler: TargetScaler | undefined;
  /** One for each network. */
  readonly histories: readonly [History, ...History[]];
  /** How much the networks of each recipe count; absent if the plan has one recipe. */
  readonly recipeWeights?: readonly RecipeWeight[];
  /** The plan that was followed, if the limit of time made it another one: it trains the same networks again. */
  readonly followed?: TrainPlan;
  /** What the networks say of rows that they have not learned from; absent if they held out none. */
  readonly outOfFold: OutOfFold | undefined;
  /** How sure the model may be, as the same rows say. */
  readonly calibration: Calibration | undefined;
  /** Rows of a step, as the plan chose them. */
  readonly batchSize: number;
  /** Rows of a chunk, in which they were shuffled; absent if they were shuffled as a whole. */
  readonly chunkRows: number | undefined;
  /** How long the training took, without the preparation. Members that were trained at the same time count once. */
  readonly seconds: number;
}

/**
 * Divides the known rows by the plan into those that are learned from and those that early stopping watches. It holds out the same rows as `fit` does by itself.
 *
 * @param member - of an ensemble; by default the first one
 */
export function divide(
  where: string,
  plan: TrainPlan,
  { rows, targets, split }: TargetRows,
  { fold }: Member = membersOf(plan)[0]!,
): ValidationSplit {
  const classOf = targets instanceof Int32Array ? targets : undefined;
  const { validationFraction, seed } = plan;
  const rule = { classOf, ...split };
  const count = countRows(rows);
  const folds = possibleFolds(count, plan.ensemble?.folds ?? 1, rule);
  // Rows before those that are held out in time must not be judged by a network that knows later ones, so there are no folds of them.
  if (folds < 2 || validationFraction === 0 || rule.times !== undefined) {
    return validationSplitFor(where, count, validationFraction, seed, rule, fold);
  }
  const foldOf = foldsOf(count, folds, seed, rule);
  const own = fold.index % folds;
  return splitBy(count, (row) => foldOf[row] === own);
}

/**
 * Trains a fresh network, or as many as the plan has members, one a thread; or goes on with the networks of `from`, with their preparation. The rows are prepared once. The preparation of
 * a single network is learned from its training rows; that of an ensemble from all known rows, because its members learn
 * from all of them together.
 *
 * @throws {VinculumError} with code 'aborted' when the signal is set before the training begins
 * @throws as `fit`, `fitPreparation` and `prepare` do; rows in messages are those of the caller
 */
export async function learn(request: RecipeRequest): Promise<RecipeResult> {
  const { where, known, run, from } = request;
  const limit = new TimeLimit(run);
  const own = request.validation;
  const base = sizedPlan(from?.followed ?? request.plan, known.rows, request.outputs);
  const sized = from === undefined ? base : plannedAgain(base, from);
  // Rows of the caller's own take the place of the rows that the plan would hold out.
  const plan = own === undefined ? sized : { ...sized, validationFraction: 0 };
  const members = membersOf(plan, from?.recipeWeights);
  const divisionOf = divisions(where, plan, known);
  const { training } = divisionOf(members[0]!);
  const learned = plan.ensemble === undefined ? training : range(0, countRows(known.rows));
  const chunkRows = chunkRowsFor(plan, known.rows);
  const prepared =
    chunkRows === undefined
      ? await prepareRows(request, learned, from)
      : await spillRows(request, chunkRows, learned, from);
  const { targetScaler: scaler } = prepared;
  const batchSize = batchSizeFor(plan, training.length);
  // A stream has the weights in its chunks.
  const weights = chunkRows === undefined ? known.sampleWeights : undefined;
  const jobs = members.map((member, index): FitJob => {
    const { validation } = divisionOf(member);
    const watched = own?.targets ?? pickTargets(known, validation);
    const before = from?.networks[index];
    const followed = planOfMember(plan, member);
    return {
      network: before?.spec ?? {
        inputs: prepared.preparation.width,
        layers: layersOf(followed, prepared.preparation, request.outputs, countRows(known.rows)),
        seed: member.seed,
      },
      parameters: before?.parameters(),
      data: prepared.data,
      lbfgs: plan.lbfgs,
      options: {
        ...fitOptionsOf({ ...request, plan: followed }, batchSize),
        seed: member.seed,
        earlyStopping: watchable(plan.stopping, watched, known.columns),
        validation: prepared.validation ?? validation,
        ...(weights && { sampleWeights: weights }),
      },
    };
  });
  const start = performance.now();
  const operations = operationsOf(jobs[0]!, training);
  const trained = await trainMembers({ members, jobs, run, limit, operations }).finally(
    prepared.close,
  );
  const seconds = (performance.now() - start) / 1000;
  const judged = judgedRows(known, prepared);
  const { backend, threads } = run;
  const computing = { backend, numerics: plan.numerics, threads };
  const joined = joinMembers(plan, trained.kept, { ...judged, scaler }, (net, member) => {
    const rows = placesAmong(divisionOf(member).validation, prepared.every);
    return predictHeldOut(net, prepared.inputs, rows, computing);
  });
  const { kept, recipeWeights, heldOut } = joined;
  return {
    networks: kept.map(({ network }) => network) as [Network, ...Network[]],
    histories: kept.map(({ history }) => history) as [History, ...History[]],
    ...(recipeWeights && { recipeWeights }),
    ...(trained.isCut && { followed: followedPlan(sized, trained.kept, trained.epochs) }),
    preparation: prepared.preparation,
    targetScaler: scaler,
    outOfFold: ofAllRows(outOfFold(heldOut, judged, scaler), prepared.every),
    calibration: calibrationOf(plan, judged, joined, scaler),
    chunkRows,
    batchSize,
    seconds,
  };
}

/** What there is to train, and how. */
interface MemberTraining {
  readonly members: readonly Member[];
  /** Of each member. */
  readonly jobs: readonly FitJob[];
  readonly run: RunOptions;
  readonly limit: TimeLimit;
  /** Of an epoch of a member. */
  readonly operations: number;
}

/** What the training left: the members of whole recipes. */
interface MembersLeft {
  readonly kept: readonly TrainedMember[];
  /** Whether the limit of time left some members out. */
  readonly isCut: boolean;
  /** The epochs of a member that was cut short. */
  readonly epochs: number | undefined;
}

/** Trains the members, until they are whole or their time is over. */
async function trainMembers(training: MemberTraining): Promise<MembersLeft> {
  const { members, jobs, run, limit, operations } = training;
  const running = runOf({ ...run, signal: limit }, jobs.length);
  const fits = await fitSideBySide(jobs, running, operations);
  const isCut = limit.cutShort(fits);
  if (!isCut) {
    return { kept: wholeRecipes(members, learntMembers(members, fits)), isCut, epochs: undefined };
  }
  const { kept, epochs } = await membersInTime(members, fits, jobs, unlimitedRunOf(run));
  return { kept: wholeRecipes(members, kept), isCut, epochs };
}

/** {@link divide} for any member; members of several recipes that hold out the same fold have one division. */
function divisions(
  where: string,
  plan: TrainPlan,
  known: TargetRows,
): (member: Member) => ValidationSplit {
  const made = new Map<number, ValidationSplit>();
  return (member) => {
    const division = made.get(member.fold.index) ?? divide(where, plan, known, member);
    made.set(member.fold.index, division);
    return division;
  };
}

function calibrationOf(
  plan: TrainPlan,
  { targets, sampleWeights }: TargetRows,
  { kept, heldOut }: JoinedMembers,
  scaler: TargetScaler | undefined,
): Calibration | undefined {
  if (targets instanceof Int32Array) {
    if (plan.calibrate !== true) return undefined;
    return calibrateClasses(heldOut, targets, sampleWeights, kept.length > 1);
  }
  return scaler && calibrateNumbers(heldOut, targets, scaler);
}

/** How the members run; a listener counts them from 1. */
function runOf(run: RunOptions, members: number): SideBySideRun {
  const { backend, threads, callbacks, signal, onProgress, onMemberEnd } = run;
  return {
    backend,
    threads,
    callbacks,
    signal,
    onProgress: onProgress && ((progress, place) => onProgress(progress, place + 1)),
    onEnd:
      members === 1
        ? undefined
        : ({ history }, place) => onMemberEnd?.(history, place + 1, members),
    // An undefined option has the same effect as an absent option, but the type of the options does not express that.
  } as SideBySideRun;
}

/** How a run goes on that no limit ends, and that no listener hears, because it has heard of it before. */
function unlimitedRunOf({ backend, threads, signal }: RunOptions): FitRun {
  // An undefined option has the same effect as an absent option, but the type of the options does not express that.
  return { backend, threads, signal } as FitRun;
}

/** The operations of an epoch, about. */
function operationsOf({ network: spec }: FitJob, training: Uint32Array): number {
  const { parameterCount } = layoutOf(readSpec('learn', spec));
  return OPERATIONS_PER_WEIGHT * parameterCount * training.length;
}

/** The options of `fit` that all members share. */
function fitOptionsOf(request: RecipeRequest, batchSize: number): FitOptions {
  const { plan } = request;
  return {
    ...stepOptionsOf(request, batchSize),
    schedule: plan.schedule,
    epochs: plan.epochs,
    shuffle: plan.shuffle,
    metrics: metricsOf(plan),
  };
}

/** The score of the task, and the watched metric if it is another one. */
function metricsOf({ loss, stopping: { monitor } }: TrainPlan): MetricName[] {
  const score = scoreOf(loss.kind);
  if (monitor === 'loss' || monitor === 'objective' || monitor === score) return [score];
  return [score, monitor];
}

/**
 * R² of one row is not defined, and that of rows with equal targets is 0 for nearly every prediction, so no epoch or the first
 * one would be the best.
 * For such rows the loss is watched instead.
 */
function watchable(
  stopping: EarlyStopping,
  watched: NumericTargets,
  columns: number,
): EarlyStopping {
  if (stopping.monitor !== 'r2') return stopping;
  const varies = watched.some((value, i) => value !== watched[i % columns]);
  return varies ? stopping : { ...stopping, monitor: 'loss' };
}
