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
import type { Fit, FitJob } from '../train/fit-job.ts';
import { fitSideBySide, type SideBySideRun } from '../train/fit-side-by-side.ts';
import type { History } from '../train/history.ts';
import { calibrateClasses, calibrateNumbers, type Calibration } from './calibration.ts';
import { chunkRowsFor } from './chunking.ts';
import { judgedRows, ofAllRows, placesAmong } from './judged-rows.ts';
import { layersOf } from './layers.ts';
import { OPERATIONS_PER_WEIGHT, sizedPlan } from './budget.ts';
import { membersOf, withMembers, type Member } from './members.ts';
import { outOfFold, predictHeldOut, type HeldOut, type OutOfFold } from './out-of-fold.ts';
import { batchSizeFor, type TrainPlan } from './plan.ts';
import { pickTargets, prepareRows } from './prepared-rows.ts';
import type { NumericTargets, RecipeRequest, RunOptions, TargetRows } from './recipe-request.ts';
import { countRows } from './rows.ts';
import { scoreOf } from './score.ts';
import { spillRows } from './spilled-rows.ts';
import { stepOptionsOf } from './step-options.ts';

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
  const own = request.validation;
  // Rows of the caller's own take the place of the rows that the plan would hold out.
  const sized = sizedPlan(request.plan, known.rows, request.outputs);
  const held = own === undefined ? sized : { ...sized, validationFraction: 0 };
  const plan = from === undefined ? held : withMembers(held, from.networks.length);
  const members = membersOf(plan);
  const divisions = members.map((member) => divide(where, plan, known, member));
  const { training } = divisions[0]!;
  const learned = members.length === 1 ? training : range(0, countRows(known.rows));
  const chunkRows = chunkRowsFor(plan, known.rows);
  const prepared =
    chunkRows === undefined
      ? await prepareRows(request, learned, from)
      : await spillRows(request, chunkRows, learned, from);
  const batchSize = batchSizeFor(plan, training.length);
  // A stream has the weights in its chunks.
  const weights = chunkRows === undefined ? known.sampleWeights : undefined;
  const jobs = members.map((member, index): FitJob => {
    const validation = divisions[index]!.validation;
    const watched = own?.targets ?? pickTargets(known, validation);
    const before = from?.networks[index];
    return {
      network: before?.spec ?? {
        inputs: prepared.preparation.width,
        layers: layersOf(plan, prepared.preparation, request.outputs, countRows(known.rows)),
        seed: member.seed,
      },
      parameters: before?.parameters(),
      data: prepared.data,
      lbfgs: plan.lbfgs,
      options: {
        ...fitOptionsOf({ ...request, plan }, batchSize),
        seed: member.seed,
        earlyStopping: watchable(plan.stopping, watched, known.columns),
        validation: prepared.validation ?? validation,
        ...(weights && { sampleWeights: weights }),
      },
    };
  });
  const start = performance.now();
  const operations = operationsOf(jobs[0]!, training);
  const fits = await fitSideBySide(jobs, runOf(run, jobs.length), operations).finally(
    prepared.close,
  );
  const seconds = (performance.now() - start) / 1000;
  const kept = keptPlaces(fits);
  const judged = judgedRows(known, prepared);
  const heldOut = kept.map((place) => {
    const rows = placesAmong(divisions[place]!.validation, prepared.every);
    const { backend, threads } = run;
    const computing = { backend, numerics: plan.numerics, threads };
    return predictHeldOut(fits[place]!.network, prepared.inputs, rows, computing);
  });
  return {
    networks: kept.map((place) => fits[place]!.network) as [Network, ...Network[]],
    histories: kept.map((place) => fits[place]!.history) as [History, ...History[]],
    preparation: prepared.preparation,
    targetScaler: prepared.targetScaler,
    outOfFold: ofAllRows(outOfFold(heldOut, judged, prepared.targetScaler), prepared.every),
    calibration: calibrationOf(plan, judged, heldOut, prepared.targetScaler),
    chunkRows,
    batchSize,
    seconds,
  };
}

function calibrationOf(
  plan: TrainPlan,
  { targets, sampleWeights }: TargetRows,
  heldOut: readonly HeldOut[],
  scaler: TargetScaler | undefined,
): Calibration | undefined {
  if (targets instanceof Int32Array) {
    return plan.calibrate === true ? calibrateClasses(heldOut, targets, sampleWeights) : undefined;
  }
  return scaler && calibrateNumbers(heldOut, targets, scaler);
}

/**
 * The places of the members that have learned something: they are a smaller ensemble if the run was stopped. One that was stopped in its
 * first epoch knows nothing, so it is kept only if there is no other.
 */
function keptPlaces(fits: readonly (Fit | undefined)[]): number[] {
  const begun = [...fits.keys()].filter((place) => fits[place] !== undefined);
  const learnt = begun.filter((place) => {
    const { epochs, stoppedBy } = fits[place]!.history;
    return epochs.length > 0 || stoppedBy !== 'abort';
  });
  return learnt.length > 0 ? learnt : begun.slice(0, 1);
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
    // An undefined option has the same effect as an absent option, but the type of the options does not express that.
  } as FitOptions;
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
