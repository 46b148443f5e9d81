/**
 * The one way from rows to trained networks: hold rows out, fit the preparation on the rest, prepare, build a network and
 * train it by a plan, as often as the plan has members. `Classifier`, `Regressor` and `vinculum train` all use this function. This file knows no options,
 * flags or labels: classes are indices, and the plan says what is learned.
 */
import type { Matrix } from '../arrays/matrix.ts';
import { range, validationSplitFor } from '../arrays/split.ts';
import type { SplitRule } from '../arrays/split-rule.ts';
import type { BackendChoice } from '../backends/registry.ts';
import { outputOfLoss } from '../losses/loss.ts';
import type { MetricName } from '../metrics/registry.ts';
import type { Network } from '../model/network.ts';
import { layoutOf } from '../network/layout.ts';
import { readSpec } from '../network/read-spec.ts';
import { fittingSteps, type TablePreparation } from '../tables/preparation.ts';
import { preparationSteps } from '../tables/prepare.ts';
import {
  fitTargetScaler,
  fitTargetUnit,
  scaleTargets,
  withSpan,
  type TargetScaler,
} from '../tables/scaling.ts';
import type { Table } from '../tables/table.ts';
import type { Callback } from '../train/callbacks.ts';
import type { EarlyStopping } from '../train/early-stopping.ts';
import type { FitData, FitOptions, Progress } from '../train/fit-options.ts';
import type { Fit, FitJob } from '../train/fit-job.ts';
import { fitSideBySide, type SideBySideRun } from '../train/fit-side-by-side.ts';
import type { History } from '../train/history.ts';
import { Pause } from '../train/pause.ts';
import type { ClassWeights } from '../train/row-weights.ts';
import { stateError } from '../words/fault.ts';
import { layersOf } from './layers.ts';
import { membersOf, type Member } from './members.ts';
import { batchSizeFor, type TrainPlan } from './plan.ts';
import { asInput, countRows, pickRows } from './rows.ts';

/** Targets as numbers, row-major: class indices (Int32Array, one column) or real rows. */
export type NumericTargets = Int32Array | Float64Array;

/** Rows and targets of one set. */
export interface TargetRows {
  readonly rows: Table | Matrix;
  readonly targets: NumericTargets;
  /** Targets of a row. */
  readonly columns: number;
  /** How much each row counts in the loss and in metrics; absent, each counts once. */
  readonly sampleWeights?: ArrayLike<number> | undefined;
  /** What a split of the rows respects in addition to their classes. */
  readonly split?: SplitRule | undefined;
}

/** How to run. Only callbacks can change the result; the other options change no bit. */
export interface RunOptions {
  readonly backend?: BackendChoice | undefined;
  readonly threads?: number | undefined;
  /** Called with the number of the network, from 1; members of an ensemble may go on at the same time. */
  readonly onProgress?: ((progress: Progress, member: number) => void) | undefined;
  readonly callbacks?: readonly Callback[] | undefined;
  readonly signal?: { readonly aborted: boolean } | undefined;
  /** Called once the preparation is known, before the rows are prepared. */
  readonly onPrepared?: ((preparation: TablePreparation) => void) | undefined;
  /** Called when a member of an ensemble has been trained, with its number from 1; not called for a single network. */
  readonly onMemberEnd?: ((history: History, member: number, members: number) => void) | undefined;
}

/** The rows to learn from, and the plan. */
export interface RecipeRequest {
  /** The public function, for messages. */
  readonly where: string;
  readonly plan: TrainPlan;
  /** The known rows, including those that the plan holds out. */
  readonly known: TargetRows;
  /** The caller's own rows for validation, instead of a share of the known rows. */
  readonly validation?: TargetRows | undefined;
  /** Outputs of the network: classes, or targets of a row. */
  readonly outputs: number;
  /** The plan's class weights, by index. */
  readonly classWeights?: ClassWeights | undefined;
  readonly run: RunOptions;
}

/** Which of the known rows are learned from, and which early stopping watches. */
export interface Division {
  readonly training: Uint32Array;
  readonly validation: Uint32Array;
}

/** The results of a training. */
export interface RecipeResult {
  /** One, or those of an ensemble in the order in which their outputs are added. Fewer than planned if the signal was set. */
  readonly networks: readonly [Network, ...Network[]];
  readonly preparation: TablePreparation;
  /** Of a regression. */
  readonly targetScaler: TargetScaler | undefined;
  /** One for each network. */
  readonly histories: readonly [History, ...History[]];
  /** Rows of a step, as the plan chose them. */
  readonly batchSize: number;
  /** How long the training took, without the preparation. Members that were trained at the same time count once. */
  readonly seconds: number;
}

/**
 * Divides the known rows by the plan. It holds out the same rows as `fit` does by itself.
 *
 * @param member - of an ensemble; by default the first one
 */
export function divide(
  where: string,
  plan: TrainPlan,
  { rows, targets, split }: TargetRows,
  { fold }: Member = membersOf(plan)[0]!,
): Division {
  const classOf = targets instanceof Int32Array ? targets : undefined;
  const { validationFraction, seed } = plan;
  const rule = { classOf, ...split };
  return validationSplitFor(where, countRows(rows), validationFraction, seed, rule, fold);
}

/**
 * Trains a fresh network, or as many as the plan has members, one a thread. The rows are prepared once. The preparation of
 * a single network is learned from its training rows; that of an ensemble from all known rows, because its members learn
 * from all of them together.
 *
 * @throws {VinculumError} with code 'aborted' when the signal is set before the training begins
 * @throws as `fit`, `fitPreparation` and `prepare` do; rows in messages are those of the caller
 */
export async function learn(request: RecipeRequest): Promise<RecipeResult> {
  const { where, known, run } = request;
  const own = request.validation;
  // Rows of the caller's own take the place of the rows that the plan would hold out.
  const plan = own === undefined ? request.plan : { ...request.plan, validationFraction: 0 };
  const members = membersOf(plan);
  const divisions = members.map((member) => divide(where, plan, known, member));
  const { training } = divisions[0]!;
  const learned = members.length === 1 ? training : range(0, countRows(known.rows));
  const prepared = await prepareRows(request, learned);
  const batchSize = batchSizeFor(plan, training.length);
  const jobs = members.map((member, index): FitJob => {
    const held = divisions[index]!.validation;
    const watched = own?.targets ?? pickTargets(known, held);
    return {
      network: {
        inputs: prepared.preparation.width,
        layers: layersOf(plan, prepared.preparation, request.outputs),
        seed: member.seed,
      },
      data: prepared.data,
      options: {
        ...fitOptionsOf(request, batchSize),
        seed: member.seed,
        earlyStopping: watchable(plan.stopping, watched, known.columns),
        validation: prepared.validation ?? held,
      },
    };
  });
  const start = performance.now();
  const fits = await fitSideBySide(jobs, runOf(run, jobs.length), operationsOf(jobs[0]!, training));
  const begun = fits.filter((one) => one !== undefined);
  // The members that have learned something are a smaller ensemble; one that was stopped in its first epoch knows nothing.
  const learnt = begun.filter(({ history }) => history.epochs.length > 0 || !isStopped(history));
  const kept = (learnt.length > 0 ? learnt : begun.slice(0, 1)) as [Fit, ...Fit[]];
  return {
    networks: kept.map((one) => one.network) as [Network, ...Network[]],
    histories: kept.map((one) => one.history) as [History, ...History[]],
    preparation: prepared.preparation,
    targetScaler: prepared.targetScaler,
    batchSize,
    seconds: (performance.now() - start) / 1000,
  };
}

function isStopped({ stoppedBy }: History): boolean {
  return stoppedBy === 'abort';
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

/** The operations of an epoch, about: each weight counts six times for each row, two forwards and four backwards. */
function operationsOf({ network: spec }: FitJob, training: Uint32Array): number {
  return 6 * layoutOf(readSpec('learn', spec)).parameterCount * training.length;
}

/** The rows as networks take them. */
interface PreparedRows extends Pick<RecipeResult, 'preparation' | 'targetScaler'> {
  readonly data: FitData;
  /** The caller's own rows for validation. */
  readonly validation: (FitData & { readonly sampleWeights?: ArrayLike<number> }) | undefined;
}

/**
 * Fits the preparation, and prepares the rows.
 *
 * @param learned - the rows that the preparation is learned from
 */
async function prepareRows(request: RecipeRequest, learned: Uint32Array): Promise<PreparedRows> {
  const { where, plan, known, validation: own, run } = request;
  const all = learned.length === countRows(known.rows);
  const training = all ? known.rows : pickRows(known.rows, learned);
  const preparing = new Preparing(where, run.signal);
  try {
    const preparation = await preparing.finish(fittingSteps(training, plan.preparation, where));
    run.onPrepared?.(preparation);
    const targetScaler = scalerFor(plan, known, learned);
    const pair = async (set: TargetRows): Promise<FitData> => ({
      x: asInput(await preparing.finish(preparationSteps(preparation, set.rows, where))),
      y: { data: scaled(targetScaler, set.targets), shape: [countRows(set.rows), set.columns] },
    });
    const ownPair = async (set: TargetRows): Promise<PreparedRows['validation']> => ({
      ...(await pair(set)),
      ...(set.sampleWeights === undefined ? {} : { sampleWeights: set.sampleWeights }),
    });
    // Held-out rows are prepared together with the others, so that a fault in any row names the caller's row.
    const data = await pair(known);
    return { preparation, targetScaler, data, validation: own && (await ownPair(own)) };
  } finally {
    preparing.close();
  }
}

/** The options of `fit` that all members share. */
function fitOptionsOf(request: RecipeRequest, batchSize: number): FitOptions {
  const { plan } = request;
  return {
    loss: plan.loss,
    optimizer: plan.optimizer,
    schedule: plan.schedule,
    batchSize,
    epochs: plan.epochs,
    shuffle: plan.shuffle,
    l1: plan.l1,
    l2: plan.l2 + plan.l2ByBatch / batchSize,
    clip: plan.clip,
    classWeights: request.classWeights,
    sampleWeights: request.known.sampleWeights,
    metrics: metricsOf(plan),
    numerics: plan.numerics,
    // An undefined option has the same effect as an absent option, but the type of the options does not express that.
  } as FitOptions;
}

/** Gives the event loop turns during long preparations, and stops them when the caller's signal is set. */
class Preparing {
  readonly #where: string;
  readonly #signal: RunOptions['signal'];
  readonly #pause = new Pause();

  constructor(where: string, signal: RunOptions['signal']) {
    this.#where = where;
    this.#signal = signal;
  }

  /** Runs all steps and resolves to their result. */
  async finish<Result>(steps: Generator<void, Result>): Promise<Result> {
    for (;;) {
      this.#check();
      const { done, value } = steps.next();
      if (done === true) return value;
      if (this.#pause.due()) await this.#pause.turn();
    }
  }

  close(): void {
    this.#pause.close();
  }

  #check(): void {
    if (this.#signal?.aborted !== true) return;
    throw stateError('aborted', {
      where: this.#where,
      subject: 'the signal',
      rule: 'was set before the training began, so nothing was learned',
    });
  }
}

/** The score of the task, and the watched metric if it is another one. */
function metricsOf({ loss, stopping: { monitor } }: TrainPlan): MetricName[] {
  const score = loss.kind === 'softmax-cross-entropy' ? 'accuracy' : 'r2';
  if (monitor === 'loss' || monitor === 'objective' || monitor === score) return [score];
  return [score, monitor];
}

function scalerFor(
  { loss, standardizeTarget, clipOutput = false }: TrainPlan,
  known: TargetRows,
  rows: Uint32Array,
): TargetScaler | undefined {
  if (known.targets instanceof Int32Array) return undefined;
  const learned = pickTargets(known, rows);
  // Without rows the mean is 0 and the scale is 1.
  const fit = outputOfLoss(loss.kind) === 'exp' ? fitTargetUnit : fitTargetScaler;
  const scaler = fit(standardizeTarget ? learned : [], known.columns);
  return clipOutput ? withSpan(scaler, learned) : scaler;
}

function scaled(scaler: TargetScaler | undefined, targets: NumericTargets): NumericTargets {
  return scaler === undefined ? targets : scaleTargets(scaler, targets);
}

function pickTargets({ targets, columns }: TargetRows, rows: Uint32Array): NumericTargets {
  return targets
    .slice(0, rows.length * columns)
    .map((_, i) => targets[rows[Math.floor(i / columns)]! * columns + (i % columns)]!);
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
