/**
 * `Regressor`: rows in, numbers out. The targets are brought to mean 0 and variance 1 for training, and
 * predictions are in the caller's units. A row has one number or several.
 */
import { outputSpan, unscaleTargets, type TargetScaler } from '../tables/scaling.ts';
import { stateError } from '../words/fault.ts';
import { booleanOption, checkOptions, optional } from '../words/options.ts';
import { MetricAccumulator } from '../metrics/accumulator.ts';
import { Estimator, type Fitted } from './estimator.ts';
import { frozenOptions } from './frozen-options.ts';
import { readEstimatorOptions } from './options.ts';
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
  type RowTargets,
  type VectorTargets,
} from './number-targets.ts';
import { learnFurther } from './partial-fit.ts';
import { planOf } from './plan-of-options.ts';
import type { TrainPlan } from './plan.ts';
import { learn, type RecipeRequest } from './recipe.ts';
import type {
  FittedRegressor,
  IntervalOptions,
  RegressorConstructor,
  RegressorOptions,
  Regressor as UnfittedRegressor,
} from './regressor-types.ts';

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
    const request = this.#requestOf(where, rows, targets, options, from);
    const { targetScaler, ...learned } = await learn({ ...request, from });
    const vector = widthOf(targets) === undefined;
    const { batchSize: _size, seconds: _time, ...fitted } = learned;
    this.keep({ ...fitted, targetScaler: targetScaler!, vector });
    return this as FittedRegressor as FittedRegressor<number> | FittedRegressor<number[]>;
  }

  toRequest(
    where: string,
    rows: Rows,
    targets: VectorTargets | RowTargets,
    options: SampleOptions,
  ): RecipeRequest {
    return this.#requestOf(where, rows, targets, options, undefined);
  }

  /** What a fit to these rows learns from; rows are read as those of `from`, if there was a fit before. */
  #requestOf(
    where: string,
    rows: Rows,
    targets: VectorTargets | RowTargets,
    options: SampleOptions,
    from: FittedParts | undefined,
  ): RecipeRequest {
    const columns = from?.targetScaler.mean.length ?? widthOf(targets) ?? 1;
    const { kind } = this.plan.loss;
    const given = readRows(where, rows, from?.preparation);
    const training = targetRows(where, given, targets, columns, kind);
    const { validationData: own } = this.options;
    checkOptions(where, own, ['rows', 'targets', 'sampleWeight']);
    const ownRows = own && readRows(where, own.rows, from?.preparation);
    return {
      where,
      plan: this.plan,
      known: { ...training, ...readSampleOptions(where, options, countRows(training.rows)) },
      validation: own && {
        ...targetRows(where, ownRows!, own.targets, columns, kind),
        sampleWeights: own.sampleWeight,
      },
      outputs: columns,
      run: this.options,
    };
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

export type {
  FittedRegressor,
  IntervalOptions,
  RegressorConstructor,
  RegressorOptions,
} from './regressor-types.ts';

/** A regressor that may not be fitted yet. */
export type Regressor = UnfittedRegressor;

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
