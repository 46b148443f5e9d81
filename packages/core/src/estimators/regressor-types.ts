/** What a regressor looks like from outside: its options, and its methods before and after a fit. */
import type { NumberLossKind } from '../losses/loss.ts';
import type { TargetScaler } from '../tables/scaling.ts';
import type { FittedEstimator } from './fitted-estimator.ts';
import type { Intervals } from './intervals.ts';
import type { NumberLossOption, RowTargets, VectorTargets } from './number-targets.ts';
import type { EstimatorOptions } from './options.ts';
import type { TrainPlan } from './plan.ts';
import type { Rows } from './rows.ts';
import type { SampleOptions, ScoreOptions } from './sample-options.ts';

export interface RegressorOptions extends EstimatorOptions {
  /**
   * `'squared_error'` (scikit-learn's name, the same as `'mse'`), `'mae'`, `'huber'`, `'poisson'` for counts, or `'pinball'` for a
   * quantile; a record has its parameter, as in `{ kind: 'pinball', quantile: 0.9 }`. Default `'squared_error'`.
   */
  readonly loss?: 'squared_error' | NumberLossKind | NumberLossOption;
  /** Bring the targets to mean 0 and variance 1 for training, those of `'poisson'` to mean 1. Default true. */
  readonly standardizeTarget?: boolean;
  /**
   * Never predict a number outside the range of the targets that were learned from, so that one strange row has no absurd
   * prediction. Default true with a preset, else false.
   */
  readonly clipOutput?: boolean;
  /** Rows to validate on in place of a split; the best weights on them come back. */
  readonly validationData?: {
    readonly rows: Rows;
    readonly targets: VectorTargets | RowTargets;
    readonly sampleWeight?: ArrayLike<number>;
  };
}

/** A regressor that may not be fitted yet. */
export interface Regressor {
  readonly kind: 'regressor';
  /** As they were given, in a frozen copy; empty for a model that `vinculum train` saved. */
  readonly options: RegressorOptions;
  /** How it trains, with every default applied: plain JSON, which a model file holds. */
  readonly plan: TrainPlan;
  /**
   * Learns from rows and numbers.
   *
   * @param rows - as for {@link Classifier}
   * @param targets - one finite number a row, or a row of numbers a row
   * @param options - `sampleWeight`; `groups` or `time`, by which early stopping's rows are held out
   * @returns this same object, typed as fitted
   * @throws {TypeError} when rows or targets are of a wrong kind
   * @throws {RangeError} when there are not as many targets as rows
   * @throws {DataError} when a value cannot be used; with row and column
   * @throws {NonFiniteError} when training diverges; an earlier fit stays as it was
   */
  fit(
    rows: Rows,
    targets: VectorTargets,
    options?: SampleOptions,
  ): Promise<FittedRegressor<number>>;
  fit(rows: Rows, targets: RowTargets, options?: SampleOptions): Promise<FittedRegressor<number[]>>;
  /**
   * Goes on learning: one pass over the rows. The first pass of a regressor without a fit learns the preparation and the scale of
   * the targets from its rows; later ones keep them. Nothing is held out, so early stopping and calibration do not take part.
   *
   * @param rows - as for `fit`
   * @param targets - as for `fit`, with the same number of targets in each pass
   * @param options - `sampleWeight`
   * @returns this same object, typed as fitted
   * @throws as `fit` does; the regressor then stays as it was
   *
   * Source: scikit-learn's MLPRegressor.partial_fit.
   */
  partialFit(
    rows: Rows,
    targets: VectorTargets,
    options?: ScoreOptions,
  ): Promise<FittedRegressor<number>>;
  partialFit(
    rows: Rows,
    targets: RowTargets,
    options?: ScoreOptions,
  ): Promise<FittedRegressor<number[]>>;
}

/** A fitted regressor; `Target` is number, or number[] for several outputs. */
export interface FittedRegressor<Target extends number | number[] = number | number[]>
  extends Regressor, FittedEstimator {
  /** How the network's outputs become the caller's units, and the range that they must not leave, if there is one. */
  readonly targetScaler: TargetScaler;
  /**
   * Intervals that hold the true targets with a given probability, from the errors on rows that were held out; see
   * estimators/intervals.ts for the method and what it promises.
   *
   * @param rows - as for `predict`
   * @param options - `level`: the probability, default 0.9
   * @returns `low` and `high`, one number a row, or row-major rows of numbers if a row has several targets
   * @throws {RangeError} when the level is too high for the number of rows that were held out
   * @throws {VinculumError} with code 'not-fitted' when no rows were held out in training
   */
  predictInterval(rows: Rows, options?: IntervalOptions): Intervals;
  /** The predicted number (or numbers) of each row, in the units of the targets. @throws {DataError} as `fit` does */
  predict(rows: Rows): Target[];
  /**
   * R² = 1 − Σw(y − ŷ)² / Σw(y − ȳ)², the mean over outputs, where w is `sampleWeight` or 1; at most 1. NaN for one row, as in scikit-learn, because one target
   * has no variance to explain. @throws {DataError} when there are no rows
   */
  score(rows: Rows, targets: VectorTargets | RowTargets, options?: ScoreOptions): number;
}

/** The options of `predictInterval`. */
export interface IntervalOptions {
  /** The probability with which an interval holds the true target, above 0 and below 1. Default 0.9. */
  readonly level?: number;
}

/** What `new Regressor(…)` is. */
export interface RegressorConstructor {
  /**
   * A regressor, to be fitted.
   *
   * @param options - see {@link RegressorOptions}; the defaults are those of the `preset`, or scikit-learn's, except that targets are
   *   standardised. scikit-learn's squared loss has a factor ½, and ours has not. To keep the balance, `alpha` is
   *   doubled; with `solver: 'sgd'` the same rate takes steps of twice the length
   * @throws {TypeError} when an option is unknown or of a wrong kind
   * @throws {RangeError} when a value is wrong, or an option has no effect with `solver: 'lbfgs'`
   * @example
   * const model = await new Regressor().fit([{ area: 50 }, { area: 80 }], [1000, 1500]);
   * model.predict([{ area: 60 }]); // number[]
   *
   * Source: the interface of scikit-learn's MLPRegressor.
   */
  new (options?: RegressorOptions): Regressor;
  readonly prototype: Regressor;
}
