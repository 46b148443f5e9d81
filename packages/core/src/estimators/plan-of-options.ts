/**
 * The training plan of an estimator's options: scikit-learn's names and rules become layers, an optimiser, a schedule and a
 * stopping rule of this library. With a preset the defaults are those of this library instead.
 */
import { readInitialiser, type InitialiserOption } from '../init/initialiser.ts';
import type { Loss } from '../losses/loss.ts';
import { dense } from '../network/layers/dense.ts';
import { dropout } from '../network/layers/dropout.ts';
import type { Layer } from '../network/layers/kinds.ts';
import { scaling } from '../network/layers/scaling.ts';
import { adam } from '../optim/adam.ts';
import { readClip } from '../optim/clip.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import type { Schedule } from '../optim/schedule.ts';
import { adaptive } from '../optim/schedules/adaptive.ts';
import { constant } from '../optim/schedules/constant.ts';
import { inverseScaling } from '../optim/schedules/inverse-scaling.ts';
import { sgd } from '../optim/sgd.ts';
import type { EarlyStopping, Monitored } from '../train/early-stopping.ts';
import type { EstimatorOptions, EstimatorSettings } from './options.ts';
import { ensemblePart } from './members.ts';
import type { BatchRule, PlannedClassWeights, TrainPlan } from './plan.ts';
import { budgetPart, PRESETS } from './presets.ts';
import { recipeChanges, type RecipeOptions } from './recipes.ts';
import { scoreOf } from './score.ts';

/** What an estimator adds to the shared options to make a plan. */
export interface PlanRequest {
  /** The options as the caller gave them. */
  readonly options: EstimatorOptions & { readonly validationData?: unknown };
  readonly settings: EstimatorSettings;
  /** The public function, for messages. */
  readonly where: string;
  readonly loss: Loss;
  readonly classWeights?: PlannedClassWeights | undefined;
  readonly standardizeTarget: boolean;
  readonly clipOutput?: boolean;
}

/** The plan of an estimator's options. */
export function planOf(request: PlanRequest): TrainPlan {
  const { options, settings, loss, classWeights, standardizeTarget, clipOutput = false } = request;
  const { standardize, fill, addIndicator, maxCategories, embedAbove } = settings;
  const { alpha, preset, members } = settings;
  const recipes = settings.ofRecipes.map((one) => ({
    name: one.name,
    embedding: one.embedding,
    layers: layersOf(settings, one.hidden, options.init),
  }));
  const { embedding, layers } = recipes[0]!;
  // relu is the only one of scikit-learn's activations for which `dense` has another default.
  const usual = preset === undefined ? 'xavier-uniform' : PRESETS[preset].outputInit;
  const { clip, init, outputInit = init ?? usual } = options;
  readClip(request.where, clip);
  return {
    loss,
    ...(embedding === 'none' ? {} : { embedding }),
    layers,
    outputInit: readInitialiser(request.where, outputInit),
    optimizer: optimizerOf(settings),
    ...lbfgsPart(request),
    schedule: scheduleOf(request),
    batchSizes: batchSizesOf(settings),
    epochs: settings.maxIter,
    shuffle: settings.shuffle,
    seed: settings.randomState,
    l1: 0,
    l2: 0,
    l2ByBatch: lossFactor(loss) * alpha,
    ...(settings.maxNorm === undefined ? {} : { maxNorm: settings.maxNorm }),
    ...(clip === undefined ? {} : { clip }),
    ...(classWeights === undefined ? {} : { classWeights }),
    validationFraction:
      settings.earlyStopping && options.validationData === undefined
        ? settings.validationFraction
        : 0,
    stopping: stoppingOf(request),
    preparation: {
      standardize,
      scaling: settings.scaling,
      fill,
      addIndicator,
      maxCategories,
      embedAbove,
    },
    standardizeTarget,
    // What is not used is left out, so that a plan without it is written as it was before these parts existed.
    ...(clipOutput ? { clipOutput } : {}),
    ...ensemblePart(members, options.validationFraction === undefined, recipeChanges(recipes)),
    ...budgetPart(preset, {
      members: options.members !== undefined,
      epochs: options.maxIter !== undefined,
    }),
    ...(preset !== undefined && PRESETS[preset].calibrate ? { calibrate: true } : {}),
    numerics: settings.numerics,
  };
}

/** The most rows of a step that `fit` takes. */
const ALL_ROWS = 1 << 24;

function batchSizesOf({ batchSize, preset, solver }: EstimatorSettings): readonly BatchRule[] {
  if (solver === 'lbfgs') return [{ from: 0, rows: ALL_ROWS }];
  if (batchSize !== 'auto') return [{ from: 0, rows: batchSize }];
  return preset === undefined ? [{ from: 0, rows: 200 }] : PRESETS[preset].batchSizes;
}

/** scikit-learn's squared loss has a factor ½, and ours has not. To compensate, a penalty or a tolerance beside it counts twice. */
function lossFactor({ kind }: Loss): number {
  return kind === 'mse' ? 2 : 1;
}

function layersOf(
  { preset, inputScaling }: EstimatorSettings,
  hidden: RecipeOptions['hidden'],
  init: InitialiserOption | undefined,
): Layer[] {
  const first = inputScaling > 0 ? [scaling({ rateFactor: inputScaling })] : [];
  const rest = hidden.flatMap(({ units, activation, dropout: rate }): Layer[] => {
    const isOfScikit = preset === undefined && activation.kind === 'relu';
    const chosen = init ?? (isOfScikit ? 'xavier-uniform' : undefined);
    const layer = dense(units, { activation, ...(chosen === undefined ? {} : { init: chosen }) });
    return rate > 0 ? [layer, dropout(rate)] : [layer];
  });
  return [...first, ...rest];
}

/** As many pairs as SciPy keeps by default. */
const LBFGS_MEMORY = 10;

function lbfgsPart({ settings, loss }: PlanRequest): Pick<TrainPlan, 'lbfgs'> {
  const { solver, tol, maxFun } = settings;
  if (solver !== 'lbfgs') return {};
  const tolerance = lossFactor(loss) * tol;
  return { lbfgs: { memory: LBFGS_MEMORY, tolerance, evaluations: maxFun } };
}

function optimizerOf(settings: EstimatorSettings): Optimizer {
  const { solver, learningRateInit, momentum, nesterovsMomentum } = settings;
  // What a step of L-BFGS looks like without its memory: one along the gradient.
  if (solver === 'lbfgs') return sgd({ learningRate: 1 });
  if (solver === 'sgd') {
    const nesterov = nesterovsMomentum && momentum > 0;
    return sgd({ learningRate: learningRateInit, momentum, nesterov });
  }
  const { beta1, beta2, epsilon, preset } = settings;
  const form = preset === undefined ? ({ epsilonMode: 'hat' } as const) : {};
  return adam({ learningRate: learningRateInit, beta1, beta2, epsilon, ...form });
}

function scheduleOf(request: PlanRequest): Schedule {
  const { learningRate, powerT, nIterNoChange } = request.settings;
  switch (learningRate) {
    case 'constant':
      return constant();
    case 'invscaling':
      return inverseScaling({ power: powerT });
    case 'adaptive':
      return adaptive({ patience: nIterNoChange, minDelta: toleranceOf(request) });
    default:
      return learningRate satisfies never;
  }
}

/** The quantity that is watched: the score only with early stopping, as in scikit-learn. */
function monitorOf({ settings, options, loss }: PlanRequest): Monitored {
  if (settings.earlyStopping) return settings.monitor === 'score' ? scoreOf(loss.kind) : 'loss';
  return options.validationData === undefined ? 'objective' : 'loss';
}

function toleranceOf(request: PlanRequest): number {
  const { settings, loss } = request;
  return monitorOf(request) === scoreOf(loss.kind) ? settings.tol : lossFactor(loss) * settings.tol;
}

/**
 * scikit-learn stops when more than `nIterNoChange` epochs brought no improvement, and gives the best weights back only
 * with early stopping. A run with an adaptive rate continues when it stalls, so this rule then only keeps the best
 * weights.
 */
function stoppingOf(request: PlanRequest): EarlyStopping {
  const { learningRate, maxIter, nIterNoChange, earlyStopping, preset } = request.settings;
  return {
    monitor: monitorOf(request),
    patience: (learningRate === 'adaptive' ? maxIter : nIterNoChange) + 1,
    minDelta: toleranceOf(request),
    best: preset === undefined ? 'any' : 'beyond-delta',
    restoreBest: earlyStopping || request.options.validationData !== undefined,
  };
}
