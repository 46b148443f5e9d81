/** `crossValidate`: how well an estimator predicts rows that it has not seen, as the mean over folds. */
import type { LabelInput } from '../arrays/labels.ts';
import { DEFAULT_FOLDS } from '../arrays/k-fold.ts';
import { readMetrics, type MetricName } from '../metrics/registry.ts';
import { mustBe, typeError } from '../words/fault.ts';
import { checkOptions } from '../words/options.ts';
import type { Classifier } from './classifier.ts';
import {
  crossLearn,
  foldsOfRequest,
  measuredLoss,
  usualMetrics,
  type CrossValidation,
} from './cross-learn.ts';
import { Estimator, type Fitted } from './estimator.ts';
import type { LabelRows } from './label-rows.ts';
import type { RowTargets, VectorTargets } from './number-targets.ts';
import type { RecipeRequest } from './recipe-request.ts';
import type { Regressor } from './regressor.ts';
import type { Rows } from './rows.ts';
import type { SampleOptions } from './sample-options.ts';

/** The options of {@link crossValidate}. `groups` and `time` hold for the folds, and for the rows of early stopping in them. */
export interface CrossValidateOptions extends SampleOptions {
  /** How many folds there are, at least 2. Default 5. */
  readonly folds?: number;
  /** What is measured. Default accuracy and log loss, or R², RMSE and MAE in the units of the targets. */
  readonly metrics?: readonly MetricName[];
  /** Of the folds; the trainings have the seed of the estimator. Default 0. */
  readonly seed?: number;
}

/**
 * Trains an estimator once for each fold on the other folds, and measures it on the fold. Classes have their share in every fold.
 * Everything that is learned from rows, the preparation included, is learned without the fold.
 *
 * @param estimator - a `Classifier` or `Regressor`; it is not changed, fitted or not
 * @param rows - as for its `fit`
 * @param targets - as for its `fit`
 * @param options - `folds = 5`, `metrics`, `seed = 0`, `groups` or `time`, `sampleWeight`
 * @returns the scores of each fold, their mean and their standard deviation
 * @throws {TypeError} when an argument is of a wrong kind or an option is unknown
 * @throws {RangeError} when a value is wrong, or there are fewer rows or groups than folds
 * @throws {DataError} when a value cannot be used
 * @throws {NonFiniteError} when a training diverges
 * @throws {VinculumError} with code 'aborted' when the signal of the estimator is set
 * @example
 * const x = Array.from({ length: 30 }, (_, i) => [i % 7, i % 4]);
 * const pets = x.map(([size = 0]) => (size > 2 ? 'cat' : 'dog'));
 * const { mean, deviation } = await crossValidate(new Classifier({ maxIter: 5 }), x, pets, { folds: 3 });
 * console.log(mean.accuracy, deviation.accuracy);
 *
 * Source: the interface of scikit-learn's cross_validate.
 */
export function crossValidate(
  estimator: Classifier,
  rows: Rows,
  targets: LabelInput | LabelRows,
  options?: CrossValidateOptions,
): Promise<CrossValidation>;
export function crossValidate(
  estimator: Regressor,
  rows: Rows,
  targets: VectorTargets | RowTargets,
  options?: CrossValidateOptions,
): Promise<CrossValidation>;
export async function crossValidate(
  estimator: unknown,
  rows: Rows,
  targets: unknown,
  options: CrossValidateOptions = {},
): Promise<CrossValidation> {
  const where = 'crossValidate';
  checkOptions(where, options, ['folds', 'metrics', 'seed', 'groups', 'time', 'sampleWeight']);
  const { folds = DEFAULT_FOLDS, seed = 0, metrics, ...samples } = options;
  if (!(estimator instanceof Estimator)) {
    throw typeError(mustBe(where, 'estimator', 'a Classifier or a Regressor', estimator));
  }
  const request = (estimator as Estimator<Fitted>).toRequest(where, rows, targets, samples);
  return crossLearn({
    request,
    splits: foldsOfRequest(request, folds, seed),
    metrics: metricsOf(request, metrics),
  });
}

function metricsOf(request: RecipeRequest, metrics: unknown): readonly MetricName[] {
  if (metrics === undefined) return usualMetrics(request);
  return readMetrics(request.where, metrics, measuredLoss(request), request.outputs);
}
