/** `tune`: finds good options for an estimator by a seeded search, each trial measured on rows that it has not learned from. */
import { foldSplits } from '../arrays/k-fold.ts';
import type { LabelInput } from '../arrays/labels.ts';
import { validationSplitFor, type Split } from '../arrays/split.ts';
import { METRIC_NAMES, readMetrics, type MetricName } from '../metrics/registry.ts';
import { mustBe, rangeError, typeError } from '../words/fault.ts';
import {
  anyOption,
  choiceOption,
  isRecord,
  numberOption,
  optional,
  readOptions,
} from '../words/options.ts';
import type { ClassifierConstructor, ClassifierOptions } from './classifier.ts';
import { measuredLoss, usualMetrics, type CrossValidation } from './cross-learn.ts';
import { Estimator, type Fitted } from './estimator.ts';
import type { LabelRows } from './label-rows.ts';
import type { RowTargets, VectorTargets } from './number-targets.ts';
import type { EstimatorOptions } from './options.ts';
import type { RecipeRequest } from './recipe-request.ts';
import type { RegressorConstructor, RegressorOptions } from './regressor.ts';
import { countRows, type Rows } from './rows.ts';
import type { SampleOptions } from './sample-options.ts';
import { SEARCH_METHODS, searchPlans, type Outcome, type SearchMethod } from './search.ts';
import { drawTrial, readSpace, type SearchSpace } from './search-space.ts';

/** The options of {@link tune}. */
export interface TuneOptions<Options extends EstimatorOptions> extends SampleOptions {
  /** Options that every trial has. Default none, which are scikit-learn's. */
  readonly options?: Options;
  /** What is tried, by option. Default {@link DEFAULT_SPACE} without the options that every trial has. */
  readonly space?: SearchSpace<Options>;
  /** How many settings are tried, the first of them `options` alone. Default 20. */
  readonly trials?: number;
  /**
   * `'random'` trains every trial in full; `'halving'` gives each few epochs and only the best third of them three times as many, and
   * so on. Default `'random'`.
   */
  readonly method?: SearchMethod;
  /** Each trial is trained once for each fold, on the rows outside it. Default 3. */
  readonly folds?: number;
  /** In place of folds, this share of the rows is held out once, which takes a third of the time and is less sure. */
  readonly validation?: number;
  /** What decides. Default the log loss, or the RMSE of numbers. */
  readonly metric?: MetricName;
  /** Of the settings and of the folds; every training has the `randomState` of `options`. Default 0. */
  readonly seed?: number;
  /** Called after each measurement of a trial; with `'halving'` a trial may be measured again with more epochs. */
  readonly onTrial?: (trial: Trial<Options>, index: number) => void;
}

/** One setting that was tried. */
export interface Trial<Options> {
  /** All options, for `new Classifier(…)` or `new Regressor(…)`. */
  readonly options: Options;
  /** The mean of the deciding metric over the folds; NaN if a training diverged. */
  readonly score: number;
  /** The epochs of a training, at most. */
  readonly epochs: number;
  /** Absent if a training diverged. */
  readonly scores?: CrossValidation | undefined;
}

/** The result of a search. */
export interface Tuning<Options> {
  readonly best: Trial<Options>;
  /** In the order in which they were drawn; with `'halving'` as each was measured last. */
  readonly trials: readonly Trial<Options>[];
  readonly metric: MetricName;
}

/** What is tried by default: sizes, activation, rate, batch and what keeps a network from learning by heart. */
export const DEFAULT_SPACE: SearchSpace<EstimatorOptions> = Object.freeze({
  hiddenLayerSizes: [[64], [128], [256], [64, 32], [128, 64], [256, 128], [128, 128, 128]],
  activation: ['relu', 'relu', 'silu', 'gelu', 'tanh'],
  learningRateInit: { min: 3e-4, max: 1e-2, scale: 'log' },
  batchSize: [16, 32, 64, 128, 256],
  alpha: { min: 1e-6, max: 1e-1, scale: 'log' },
  dropout: [0, 0, 0.1, 0.2, 0.3],
} as const);

/**
 * Tries settings of an estimator, and tells which predicts best rows that it has not learned from.
 *
 * One seed gives one result, on every machine and with any number of threads; therefore the search ends by the number of trials and
 * not by a time. A trial that diverges is the worst.
 *
 * @param kind - `Classifier` or `Regressor` itself
 * @param rows - as for its `fit`
 * @param targets - as for its `fit`
 * @param options - see {@link TuneOptions}
 * @returns the best trial, whose `options` make an estimator to be fitted to all rows, and all trials
 * @throws {TypeError} when an argument is of a wrong kind or an option is unknown
 * @throws {RangeError} when a value is wrong, for a trial too
 * @throws {DataError} when a value of the rows cannot be used
 * @throws {VinculumError} with code 'aborted' when the signal of `options` is set
 * @example
 * const x = Array.from({ length: 30 }, (_, i) => [i % 7, i % 4]);
 * const pets = x.map(([size = 0]) => (size > 2 ? 'cat' : 'dog'));
 * const { best } = await tune(Classifier, x, pets, { trials: 3, folds: 2, options: { maxIter: 5 } });
 * const tuned = await new Classifier(best.options).fit(x, pets);
 *
 * Source: Bergstra & Bengio 2012; Jamieson & Talwalkar 2016.
 */
export function tune(
  kind: ClassifierConstructor,
  rows: Rows,
  targets: LabelInput | LabelRows,
  options?: TuneOptions<ClassifierOptions>,
): Promise<Tuning<ClassifierOptions>>;
export function tune(
  kind: RegressorConstructor,
  rows: Rows,
  targets: VectorTargets | RowTargets,
  options?: TuneOptions<RegressorOptions>,
): Promise<Tuning<RegressorOptions>>;
export async function tune(
  kind: ClassifierConstructor | RegressorConstructor,
  rows: Rows,
  targets: unknown,
  options: object = {},
): Promise<Tuning<EstimatorOptions>> {
  const where = 'tune';
  const { base, space, trials, method, metric, seed, onTrial, folds, validation, ...samples } =
    readTuneOptions(where, options);
  const dimensions = readSpace(where, space ?? openSpace(base));
  const settings = Array.from({ length: trials }, (_, trial): EstimatorOptions => {
    return trial === 0 ? base : { ...base, ...drawTrial(dimensions, seed, trial) };
  });
  const estimators = settings.map((one) => estimatorOf(where, kind, one));
  const requests = estimators.map((one) => one.toRequest(where, rows, targets, samples));
  const [request] = requests as [RecipeRequest, ...RecipeRequest[]];
  const deciding = metric ?? decidingMetric(request);
  const metrics = [deciding, ...usualMetrics(request).filter((one) => one !== deciding)] as const;
  readMetrics(where, metrics, measuredLoss(request), request.outputs);
  const trialOf = ({ place, epochs, scores }: Outcome): Trial<EstimatorOptions> => ({
    options: settings[place]!,
    score: scores?.mean[deciding] ?? NaN,
    epochs,
    scores,
  });
  const { outcomes, best } = await searchPlans({
    request,
    plans: requests.map(({ plan }) => plan),
    method,
    splits: splitsOf(request, { folds, validation, seed }),
    metrics,
    onMeasured: onTrial && ((outcome) => onTrial(trialOf(outcome), outcome.place)),
  });
  const all = outcomes.map(trialOf);
  return { best: all[best]!, trials: all, metric: deciding };
}

interface ReadTuneOptions extends SampleOptions {
  readonly base: EstimatorOptions;
  readonly space: unknown;
  readonly trials: number;
  readonly method: SearchMethod;
  readonly folds: number | undefined;
  readonly validation: number | undefined;
  readonly metric: MetricName | undefined;
  readonly seed: number;
  readonly onTrial: TuneOptions<EstimatorOptions>['onTrial'];
}

function readTuneOptions(where: string, given: object): ReadTuneOptions {
  const { options: base = {}, ...read } = readOptions(where, given, {
    options: anyOption,
    space: anyOption,
    trials: numberOption({ integer: true, min: 1 }, 20),
    method: choiceOption(SEARCH_METHODS, 'random'),
    folds: optional(numberOption({ integer: true, min: 2 })),
    validation: optional(numberOption({ above: 0, below: 1 })),
    metric: optional(choiceOption(METRIC_NAMES)),
    seed: numberOption({ integer: true, min: 0 }, 0),
    onTrial: anyOption,
    groups: anyOption,
    time: anyOption,
    sampleWeight: anyOption,
  });
  if (!isRecord(base)) throw typeError(mustBe(where, 'options', 'a record of options', base));
  if (read.folds !== undefined && read.validation !== undefined) {
    throw rangeError({ where, subject: 'folds', rule: 'must not go with validation' });
  }
  return { ...read, base } as unknown as ReadTuneOptions;
}

/** The default space without what the caller has decided. */
function openSpace(base: EstimatorOptions): SearchSpace {
  const decided: Readonly<Record<string, unknown>> = { ...base };
  const open = Object.entries(DEFAULT_SPACE).filter(([name]) => decided[name] === undefined);
  return Object.fromEntries(open);
}

/** @throws {TypeError} when `kind` makes no estimator */
function estimatorOf(where: string, kind: unknown, options: EstimatorOptions): Estimator<Fitted> {
  if (typeof kind === 'function' && kind.prototype instanceof Estimator) {
    return new (kind as new (options: EstimatorOptions) => Estimator<Fitted>)(options);
  }
  throw typeError(mustBe(where, 'kind', 'Classifier or Regressor', kind));
}

/** The metric that says most of how good predictions are: a loss, because it also moves where no prediction changes its class. */
function decidingMetric(request: RecipeRequest): MetricName {
  return measuredLoss(request) === 'mse' ? 'rmse' : 'logLoss';
}

const DEFAULT_TUNE_FOLDS = 3;

function splitsOf(
  { where, known }: RecipeRequest,
  how: {
    readonly folds: number | undefined;
    readonly validation: number | undefined;
    readonly seed: number;
  },
): Split[] {
  const classOf = known.targets instanceof Int32Array ? known.targets : undefined;
  const rule = { classOf, ...known.split };
  const rows = countRows(known.rows);
  const { folds = DEFAULT_TUNE_FOLDS, validation, seed } = how;
  if (validation === undefined) return foldSplits(where, rows, folds, seed, rule);
  const held = validationSplitFor(where, rows, validation, seed, rule);
  return [{ train: held.training, test: held.validation }];
}
