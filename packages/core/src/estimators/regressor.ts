/**
 * `Regressor`: rows in, numbers out. The targets are brought to mean 0 and variance 1 for training, and
 * predictions are in the caller's units. A row has one number or several.
 */
import { outputSpan, unscaleTargets, type TargetScaler } from '../tables/scaling.ts';
import { stateError } from '../words/fault.ts';
import { booleanOption, checkOptions, optional } from '../words/options.ts';
import type { NumberLossKind } from '../losses/loss.ts';
import { MetricAccumulator } from '../metrics/accumulator.ts';
import type { FittedEstimator } from './fitted-estimator.ts';
import { Estimator, fittedOf, type Fitted } from './estimator.ts';
import { frozenOptions, readEstimatorOptions, type EstimatorOptions } from './options.ts';
import { checkSomeRows, countRows, readRows, type Rows } from './rows.ts';
import {
  readSampleOptions,
  readScoreOptions,
  type SampleOptions,
  type ScoreOptions,
} from './sample-options.ts';
import { knownPredictions } from './calibration.ts';
import { intervalsFor, type Intervals } from './intervals.ts';
import {
  readNumberLoss,
  readNumbers,
  targetRows,
  widthOf,
  type NumberLossOption,
  type RowTargets,
  type VectorTargets,
} from './number-targets.ts';
import { learnFurther } from './partial-fit.ts';
import { planOf } from './plan-of-options.ts';
import type { TrainPlan } from './plan.ts';
import { learn } from './recipe.ts';

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

interface FittedParts extends Fitted {
  readonly targetScaler: TargetScaler;
  /** Whether the targets were plain numbers, not rows of one number. */
  readonly vector: boolean;
}

const REGRESSOR_RULES = {
  loss: readNumberLoss,
  standardizeTarget: booleanOption(true),
  clipOutput: optional(booleanOption()),
};

class RegressorModel extends Estimator<FittedParts> implements FittedRegressor {
  readonly kind = 'regressor' as const;
  readonly options: RegressorOptions;
  readonly plan: TrainPlan;

  constructor(options: RegressorOptions = {}, fitted?: FittedParts, plan?: TrainPlan) {
    super(fitted);
    const where = 'Regressor';
    const settings = readEstimatorOptions(where, options, REGRESSOR_RULES);
    this.options = frozenOptions(options);
    const { loss, standardizeTarget, preset } = settings;
    const clipOutput = settings.clipOutput ?? preset !== undefined;
    this.plan =
      plan ??
      planOf({
        where,
        options: this.options,
        settings,
        loss,
        standardizeTarget,
        clipOutput,
      });
  }

  fit(
    rows: Rows,
    targets: VectorTargets,
    options?: SampleOptions,
  ): Promise<FittedRegressor<number>>;
  fit(rows: Rows, targets: RowTargets, options?: SampleOptions): Promise<FittedRegressor<number[]>>;
  async fit(
    rows: Rows,
    targets: VectorTargets | RowTargets,
    options: SampleOptions = {},
  ): Promise<FittedRegressor<number> | FittedRegressor<number[]>> {
    const where = 'Regressor.fit';
    const from = this.warm();
    const width = widthOf(targets);
    const columns = from?.targetScaler.mean.length ?? width ?? 1;
    const { kind } = this.plan.loss;
    const given = readRows(where, rows, from?.preparation);
    const training = targetRows(where, given, targets, columns, kind);
    const { validationData: own } = this.options;
    checkOptions(where, own, ['rows', 'targets', 'sampleWeight']);
    const { targetScaler, ...learned } = await learn({
      where,
      plan: this.plan,
      from,
      known: { ...training, ...readSampleOptions(where, options, countRows(training.rows)) },
      validation: own && {
        ...targetRows(
          where,
          readRows(where, own.rows, from?.preparation),
          own.targets,
          columns,
          kind,
        ),
        sampleWeights: own.sampleWeight,
      },
      outputs: columns,
      run: this.options,
    });
    const vector = width === undefined;
    this.keep({ ...fittedOf(learned), targetScaler: targetScaler!, vector });
    return this as FittedRegressor as FittedRegressor<number> | FittedRegressor<number[]>;
  }

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
  async partialFit(
    rows: Rows,
    targets: VectorTargets | RowTargets,
    options: ScoreOptions = {},
  ): Promise<FittedRegressor<number> | FittedRegressor<number[]>> {
    const where = 'Regressor.partialFit';
    const from = this.learned();
    const columns = from?.targetScaler.mean.length ?? widthOf(targets) ?? 1;
    const given = readRows(where, rows, from?.preparation);
    const { optimiserStates, targetScaler, ...learned } = await learnFurther(
      {
        where,
        plan: this.plan,
        known: {
          ...targetRows(where, given, targets, columns, this.plan.loss.kind),
          sampleWeights: readScoreOptions(where, options, countRows(given)),
        },
        outputs: columns,
        run: this.options,
      },
      from,
    );
    const vector = from?.vector ?? widthOf(targets) === undefined;
    this.keep({ ...learned, targetScaler: targetScaler!, vector }, optimiserStates);
    return this as FittedRegressor as FittedRegressor<number> | FittedRegressor<number[]>;
  }

  get targetScaler(): TargetScaler {
    return this.fitted('targetScaler').targetScaler;
  }

  predict(rows: Rows): (number | number[])[] {
    const { vector, targetScaler } = this.fitted('predict');
    const values = this.#values('Regressor.predict', rows);
    if (vector) return Array.from(values);
    const columns = targetScaler.mean.length;
    return Array.from({ length: values.length / columns }, (_, row) =>
      Array.from(values.subarray(row * columns, (row + 1) * columns)),
    );
  }

  predictInterval(rows: Rows, options: IntervalOptions = {}): Intervals {
    const where = 'Regressor.predictInterval';
    checkOptions(where, options, ['level']);
    const { targetScaler, calibration, recipeWeights } = this.fitted('predictInterval');
    if (calibration?.heldOut === undefined) {
      throw stateError('not-fitted', {
        where,
        subject: 'an interval',
        rule: 'must come from rows that were held out in training, and none were',
        remedy: ' Train with earlyStopping: true or a preset.',
      });
    }
    const outputs = this.outputsOfMembers(where, rows);
    const known = knownPredictions(targetScaler, outputs, calibration.heldOut, recipeWeights);
    return intervalsFor(where, known, options.level ?? 0.9);
  }

  score(rows: Rows, targets: VectorTargets | RowTargets, options: ScoreOptions = {}): number {
    const where = 'Regressor.score';
    const guesses = this.#values(where, rows);
    const columns = this.targetScaler.mean.length;
    const length = guesses.length / columns;
    checkSomeRows(where, length);
    const truths = readNumbers(where, targets, length, columns);
    const measured = new MetricAccumulator(['r2'], 'mse', columns);
    measured.add(guesses, truths, length, readScoreOptions(where, options, length));
    return measured.results().r2!;
  }

  /** Predictions in the caller's units, row-major. */
  #values(where: string, rows: Rows): Float64Array {
    const { targetScaler } = this.fittedFor(where);
    const { data } = this.outputs(where, rows, outputSpan(targetScaler));
    return unscaleTargets(targetScaler, data);
  }
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
   * @throws {RangeError} when a value is wrong, or `solver` is `'lbfgs'`, which is not offered
   * @example
   * const model = await new Regressor().fit([{ area: 50 }, { area: 80 }], [1000, 1500]);
   * model.predict([{ area: 60 }]); // number[]
   *
   * Source: the interface of scikit-learn's MLPRegressor.
   */
  new (options?: RegressorOptions): Regressor;
  readonly prototype: Regressor;
}

/** A regression of rows by a feed-forward network; see {@link RegressorConstructor}. */
export const Regressor: RegressorConstructor = RegressorModel;

/** A fitted regressor from checked parts, as a model file holds them. */
export function restoreRegressor(
  options: RegressorOptions,
  fitted: FittedParts,
  plan: TrainPlan | undefined,
): FittedRegressor {
  return new RegressorModel(options, fitted, plan);
}
