/**
 * What both estimators do once their labels are numbers: split, fit the preparation on the training rows only,
 * build the network, train it. Nothing here knows of classes or units of measure.
 */
import { selectMatrixRows, type Matrix } from '../data/matrix.ts';
import { fitPreparation, type TablePreparation } from '../data/preparation.ts';
import { prepare } from '../data/prepare.ts';
import { validationSplit } from '../data/split.ts';
import type { Table } from '../data/table.ts';
import { DataError } from '../errors.ts';
import type { LossOption } from '../losses/loss.ts';
import { network, type Network } from '../model.ts';
import { dense, dropout, type Layer } from '../network/layer.ts';
import { adam } from '../optim/adam.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import { sgd } from '../optim/sgd.ts';
import type { Callback } from '../train/callbacks.ts';
import type { EarlyStoppingOptions } from '../train/early-stopping.ts';
import { fit } from '../train/fit.ts';
import type { EpochRecord, History } from '../train/history.ts';
import type { MetricName } from '../train/metrics.ts';
import type { ClassWeights } from '../train/row-weights.ts';
import { adaptiveRate, inverseScaling } from './learning-rate.ts';
import { preparationOptions, type EstimatorOptions, type EstimatorSettings } from './options.ts';
import { asInput, countRows, pickRows } from './rows.ts';

/** Targets as numbers: class indices, or real rows of `columns` numbers. */
export type NumericTargets =
  | { readonly kind: 'labels'; readonly labels: Int32Array }
  | { readonly kind: 'rows'; readonly data: Float64Array; readonly columns: number };

/** Rows and targets of one set. */
export interface LabelledRows {
  readonly rows: Table | Matrix;
  readonly targets: NumericTargets;
}

/** What an estimator asks for. */
export interface TrainingRequest {
  readonly where: string;
  readonly training: LabelledRows;
  /** Rows of the caller's own to validate on, in place of a split. */
  readonly validation: LabelledRows | undefined;
  readonly sampleWeight: ArrayLike<number> | undefined;
  readonly outputs: number;
  readonly loss: LossOption;
  /** alpha's factor: ½ belongs to scikit-learn's squared loss and not to ours, so there it is 2. */
  readonly penaltyFactor: number;
  readonly score: MetricName;
  readonly classWeights: ClassWeights | undefined;
  readonly settings: EstimatorSettings;
  readonly options: EstimatorOptions;
  /** Turns the training targets into what the network learns, and remembers how. */
  readonly encodeTargets: (training: NumericTargets) => (targets: NumericTargets) => NumericTargets;
}

export interface TrainingResult {
  readonly network: Network;
  readonly preparation: TablePreparation;
  readonly history: History;
}

/** Trains a fresh network on the request's rows. */
export async function trainEstimator(request: TrainingRequest): Promise<TrainingResult> {
  const { where, settings, options, outputs } = request;
  const { training, validation, sampleWeight } = divide(request);
  const preparation = fitPreparation(training.rows, preparationOptions(options), where);
  const encode = request.encodeTargets(training.targets);
  const rows = countRows(training.rows);
  const pair = (set: LabelledRows): { x: ReturnType<typeof asInput>; y: TargetsInput } => ({
    x: asInput(prepare(preparation, set.rows, where)),
    y: asTargets(encode(set.targets)),
  });
  const batchSize =
    settings.batchSize === 'auto' ? Math.min(200, rows) : Math.min(settings.batchSize, rows);
  const net = network({
    inputs: preparation.width,
    layers: layersOf(settings, outputs),
    seed: settings.randomState,
  });
  const history = await fit(net, pair(training), {
    loss: request.loss,
    optimizer: optimizerOf(settings),
    batchSize,
    epochs: settings.maxIter,
    shuffle: settings.shuffle,
    seed: settings.randomState,
    l2: (request.penaltyFactor * settings.alpha) / batchSize,
    metrics: [request.score],
    earlyStopping: stoppingOf(request),
    callbacks: [...ratesOf(request, rows), ...(options.callbacks ?? [])],
    ...(validation === undefined ? {} : { validation: pair(validation) }),
    ...(sampleWeight === undefined ? {} : { sampleWeights: sampleWeight }),
    ...(request.classWeights === undefined ? {} : { classWeights: request.classWeights }),
    ...(options.clip === undefined ? {} : { clip: options.clip }),
    ...(options.backend === undefined ? {} : { backend: options.backend }),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  return { network: net, preparation, history };
}

interface Division {
  readonly training: LabelledRows;
  readonly validation: LabelledRows | undefined;
  readonly sampleWeight: ArrayLike<number> | undefined;
}

/** The training rows without those that early stopping watches. */
function divide(request: TrainingRequest): Division {
  const { where, training, validation, sampleWeight, settings } = request;
  const rows = countRows(training.rows);
  if (rows === 0) throw new DataError(`${where}: the training data must have rows; got 0.`);
  if (validation !== undefined || !settings.earlyStopping) {
    return { training, validation, sampleWeight };
  }
  const classOf = training.targets.kind === 'labels' ? training.targets.labels : undefined;
  const { validationFraction, randomState } = settings;
  const split = validationSplit(rows, validationFraction, randomState, classOf, where);
  return {
    training: pickLabelled(training, split.training),
    validation: pickLabelled(training, split.validation),
    sampleWeight:
      sampleWeight && Float64Array.from(split.training, (row) => sampleWeight[row] ?? NaN),
  };
}

function pickLabelled({ rows, targets }: LabelledRows, indices: Uint32Array): LabelledRows {
  return { rows: pickRows(rows, indices), targets: pickTargets(targets, indices) };
}

function pickTargets(targets: NumericTargets, indices: Uint32Array): NumericTargets {
  if (targets.kind === 'labels') {
    return { kind: 'labels', labels: Int32Array.from(indices, (row) => targets.labels[row]!) };
  }
  const { data, columns } = targets;
  const matrix = { data, rows: data.length / columns, columns, scale: 1 };
  const picked = selectMatrixRows(matrix, indices).data;
  return { kind: 'rows', data: Float64Array.from(picked), columns };
}

type TargetsInput = Int32Array | { data: Float64Array; shape: [number, number] };

function asTargets(targets: NumericTargets): TargetsInput {
  if (targets.kind === 'labels') return targets.labels;
  const { data, columns } = targets;
  return { data, shape: [data.length / columns, columns] };
}

function layersOf(settings: EstimatorSettings, outputs: number): Layer[] {
  const init = settings.init === undefined ? {} : { init: settings.init };
  const hidden = settings.hidden.flatMap(({ units, activation, dropout: rate }) => {
    const layer = dense(units, { activation, ...init });
    return rate > 0 ? [layer, dropout(rate)] : [layer];
  });
  return [...hidden, dense(outputs, init)];
}

function optimizerOf(settings: EstimatorSettings): Optimizer {
  const { solver, learningRateInit, momentum, nesterovsMomentum } = settings;
  if (solver === 'sgd') {
    const nesterov = nesterovsMomentum && momentum > 0;
    return sgd({ learningRate: learningRateInit, momentum, nesterov });
  }
  const { beta1, beta2, epsilon } = settings;
  return adam({ learningRate: learningRateInit, beta1, beta2, epsilon, epsilonMode: 'hat' });
}

/**
 * scikit-learn stops when more than `nIterNoChange` epochs were no better, and gives the best weights back
 * only with early stopping. A run with an adaptive rate goes on when it stalls, so there nothing but the best
 * weights is asked for.
 */
function stoppingOf({ settings, validation, score }: TrainingRequest): EarlyStoppingOptions {
  const adaptive = settings.learningRate === 'adaptive';
  const watched = settings.earlyStopping && settings.monitor === 'score' ? score : 'loss';
  return {
    monitor: watched,
    patience: adaptive ? settings.maxIter + 1 : settings.nIterNoChange + 1,
    minDelta: settings.tol,
    restoreBest: settings.earlyStopping || validation !== undefined,
  };
}

function ratesOf(request: TrainingRequest, rows: number): Callback[] {
  const { settings, score } = request;
  const { learningRate, learningRateInit: initial, tol, nIterNoChange } = settings;
  if (learningRate === 'invscaling') return [inverseScaling(initial, settings.powerT, rows)];
  if (learningRate === 'constant') return [];
  const byScore = settings.earlyStopping && settings.monitor === 'score';
  const watch = (record: EpochRecord): number => {
    const seen = record.validation ?? record;
    return byScore ? -(seen.metrics[score] ?? NaN) : seen.loss;
  };
  return [adaptiveRate({ initial, tol, nIterNoChange, watch })];
}
