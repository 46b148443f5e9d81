/**
 * The one way from rows to a trained network: hold rows out, fit the preparation on the rest, prepare, build the network,
 * train it by a plan. `Classifier`, `Regressor` and `vinculum train` all use this function. This file knows no options,
 * flags or labels: classes are indices, and the plan says what is learned.
 */
import type { Matrix } from '../arrays/matrix.ts';
import { validationSplitFor } from '../arrays/split.ts';
import type { BackendChoice } from '../backends/registry.ts';
import type { MetricName } from '../metrics/registry.ts';
import { network, type Network } from '../model/network.ts';
import { dense } from '../network/layers/dense.ts';
import { fittingSteps, type TablePreparation } from '../tables/preparation.ts';
import { preparationSteps } from '../tables/prepare.ts';
import { fitTargetScaler, scaleTargets, type TargetScaler } from '../tables/scaling.ts';
import type { Table } from '../tables/table.ts';
import type { Callback } from '../train/callbacks.ts';
import type { EarlyStopping } from '../train/early-stopping.ts';
import type { FitData, FitOptions, Progress } from '../train/fit-options.ts';
import { fit } from '../train/fit.ts';
import type { History } from '../train/history.ts';
import { Pause } from '../train/pause.ts';
import type { ClassWeights } from '../train/row-weights.ts';
import { stateError } from '../words/fault.ts';
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
}

/** How to run. Only callbacks can change the result; the other options change no bit. */
export interface RunOptions {
  readonly backend?: BackendChoice | undefined;
  readonly threads?: number | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly callbacks?: readonly Callback[] | undefined;
  readonly signal?: { readonly aborted: boolean } | undefined;
  /** Called once the preparation is known, before the rows are prepared. */
  readonly onPrepared?: ((preparation: TablePreparation) => void) | undefined;
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
  readonly sampleWeights?: ArrayLike<number> | undefined;
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
  readonly network: Network;
  readonly preparation: TablePreparation;
  /** Of a regression. */
  readonly targetScaler: TargetScaler | undefined;
  readonly history: History;
  /** Rows of a step, as the plan chose them. */
  readonly batchSize: number;
}

/** Divides the known rows by the plan. It holds out the same rows as `fit` does by itself. */
export function divide(
  where: string,
  { validationFraction, seed }: TrainPlan,
  { rows, targets }: TargetRows,
): Division {
  const classOf = targets instanceof Int32Array ? targets : undefined;
  return validationSplitFor(where, countRows(rows), validationFraction, seed, classOf);
}

/**
 * Trains a fresh network.
 *
 * @throws {VinculumError} with code 'aborted' when the signal is set before the training begins
 * @throws as `fit`, `fitPreparation` and `prepare` do; rows in messages are those of the caller
 */
export async function learn(request: RecipeRequest): Promise<RecipeResult> {
  const { where, plan, known, run } = request;
  const own = request.validation;
  const held = own === undefined ? plan.validationFraction : 0;
  const division = divide(where, { ...plan, validationFraction: held }, known);
  const training = held === 0 ? known.rows : pickRows(known.rows, division.training);
  const preparing = new Preparing(where, run.signal);
  let preparation: TablePreparation;
  let targetScaler: TargetScaler | undefined;
  let data: FitData;
  let validation: FitData | undefined;
  try {
    preparation = await preparing.finish(fittingSteps(training, plan.preparation, where));
    run.onPrepared?.(preparation);
    targetScaler = scalerFor(plan, known, division);
    const pair = async (set: TargetRows): Promise<FitData> => ({
      x: asInput(await preparing.finish(preparationSteps(preparation, set.rows, where))),
      y: { data: scaled(targetScaler, set.targets), shape: [countRows(set.rows), set.columns] },
    });
    // Held-out rows are prepared together with the others, so that a fault in any row names the caller's row.
    data = await pair(known);
    validation = own && (await pair(own));
  } finally {
    preparing.close();
  }
  const batchSize = batchSizeFor(plan, division.training.length);
  const net = network({
    inputs: preparation.width,
    layers: [...plan.layers, dense(request.outputs, { init: plan.outputInit })],
    seed: plan.seed,
  });
  const watched = own?.targets ?? pickTargets(known, division.validation);
  const stopping = watchable(plan.stopping, watched, known.columns);
  const history = await fit(net, data, {
    loss: plan.loss,
    optimizer: plan.optimizer,
    schedule: plan.schedule,
    batchSize,
    epochs: plan.epochs,
    shuffle: plan.shuffle,
    seed: plan.seed,
    l1: plan.l1,
    l2: plan.l2 + plan.l2ByBatch / batchSize,
    clip: plan.clip,
    classWeights: request.classWeights,
    sampleWeights: request.sampleWeights,
    metrics: metricsOf(plan),
    earlyStopping: stopping,
    validation: validation ?? held,
    callbacks: run.callbacks,
    backend: run.backend,
    numerics: plan.numerics,
    threads: run.threads,
    onProgress: run.onProgress,
    signal: run.signal,
    // An undefined option has the same effect as an absent option, but the type of the options does not express that.
  } as FitOptions);
  return { network: net, preparation, targetScaler, history, batchSize };
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
  { standardizeTarget }: TrainPlan,
  known: TargetRows,
  { training }: Division,
): TargetScaler | undefined {
  if (known.targets instanceof Int32Array) return undefined;
  // Without rows the mean is 0 and the scale is 1.
  return fitTargetScaler(standardizeTarget ? pickTargets(known, training) : [], known.columns);
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
