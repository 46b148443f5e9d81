/**
 * What both estimators do once their labels are numbers: split, fit the preparation on the training rows only,
 * build the network, train it. Nothing here knows of classes or units of measure.
 */
import type { Matrix } from '../arrays/matrix.ts';
import { fitPreparationFor, type TablePreparation } from '../tables/preparation.ts';
import { prepareFor } from '../tables/prepare.ts';
import { validationSplitFor } from '../arrays/split.ts';
import type { Table } from '../tables/table.ts';
import type { LossOption } from '../losses/loss.ts';
import { network, type Network } from '../model/network.ts';
import { dense, type DenseOptions } from '../network/layers/dense.ts';
import { dropout } from '../network/layers/dropout.ts';
import type { Layer } from '../network/layers/kinds.ts';
import { adam } from '../optim/adam.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import { sgd } from '../optim/sgd.ts';
import type { Callback } from '../train/callbacks.ts';
import type { EarlyStoppingOptions } from '../train/early-stopping.ts';
import type { FitData, FitOptions } from '../train/fit-options.ts';
import { fit } from '../train/fit.ts';
import type { History } from '../train/history.ts';
import type { MetricName } from '../metrics/registry.ts';
import type { ClassWeights } from '../train/row-weights.ts';
import { adaptiveRate, inverseScaling } from './learning-rate.ts';
import type { EstimatorOptions, EstimatorSettings } from './options.ts';
import { asInput, countRows, pickRows } from './rows.ts';

/** Targets as numbers, row-major: class indices (Int32Array, one column) or real rows. */
export type NumericTargets = Int32Array | Float64Array;

/** Rows and targets of one set. */
export interface LabelledRows {
  readonly rows: Table | Matrix;
  readonly targets: NumericTargets;
  readonly columns: number;
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
  const { where, settings, options } = request;
  const { standardize, fill, maxCategories } = settings;
  const { training, validation, sampleWeight } = divide(request);
  const preparation = fitPreparationFor(where, training.rows, { standardize, fill, maxCategories });
  const encode = request.encodeTargets(training.targets);
  const rows = countRows(training.rows);
  const pair = (set: LabelledRows): FitData => ({
    x: asInput(prepareFor(where, preparation, set.rows)),
    y: { data: encode(set.targets), shape: [countRows(set.rows), set.columns] },
  });
  const batchSize = Math.min(settings.batchSize === 'auto' ? 200 : settings.batchSize, rows);
  const net = network({
    inputs: preparation.width,
    layers: layersOf(request),
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
    validation: validation && pair(validation),
    sampleWeights: sampleWeight,
    classWeights: request.classWeights,
    clip: options.clip,
    backend: options.backend,
    onProgress: options.onProgress,
    signal: options.signal,
    // What is undefined is as good as absent, which the type of a caller's options does not say.
  } as FitOptions);
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
  if (validation !== undefined || !settings.earlyStopping) {
    return { training, validation, sampleWeight };
  }
  const classOf = training.targets instanceof Int32Array ? training.targets : undefined;
  const { validationFraction, randomState } = settings;
  const split = validationSplitFor(where, rows, validationFraction, randomState, classOf);
  return {
    training: pickLabelled(training, split.training),
    validation: pickLabelled(training, split.validation),
    sampleWeight:
      sampleWeight && Float64Array.from(split.training, (row) => sampleWeight[row] ?? NaN),
  };
}

function pickLabelled(
  { rows, targets, columns }: LabelledRows,
  indices: Uint32Array,
): LabelledRows {
  const picked = targets
    .slice(0, indices.length * columns)
    .map((_, i) => targets[indices[Math.floor(i / columns)]! * columns + (i % columns)]!);
  return { rows: pickRows(rows, indices), targets: picked, columns };
}

function layersOf({ settings, options, outputs }: TrainingRequest): Layer[] {
  const { init } = options;
  const hidden = settings.hidden.flatMap(({ units, activation, dropout: rate }) => {
    const layer = dense(units, { activation, init } as DenseOptions);
    return rate > 0 ? [layer, dropout(rate)] : [layer];
  });
  return [...hidden, dense(outputs, { init } as DenseOptions)];
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
function stoppingOf(request: TrainingRequest): EarlyStoppingOptions {
  const { settings, validation } = request;
  const { learningRate, maxIter, nIterNoChange, earlyStopping, tol } = settings;
  return {
    monitor: watchesScore(settings) ? request.score : 'loss',
    patience: (learningRate === 'adaptive' ? maxIter : nIterNoChange) + 1,
    minDelta: tol,
    restoreBest: earlyStopping || validation !== undefined,
  };
}

function watchesScore({ earlyStopping, monitor }: EstimatorSettings): boolean {
  return earlyStopping && monitor === 'score';
}

function ratesOf({ settings, score }: TrainingRequest, rows: number): Callback[] {
  switch (settings.learningRate) {
    case 'constant':
      return [];
    case 'invscaling':
      return [inverseScaling(settings, rows)];
    case 'adaptive':
      return [
        adaptiveRate(settings, (record) => {
          const { metrics, loss } = record.validation ?? record;
          return watchesScore(settings) ? -(metrics[score] ?? NaN) : loss;
        }),
      ];
    default:
      return settings.learningRate satisfies never;
  }
}
