/** What a classifier looks like from outside: its options, and its methods before and after a fit. */
import type { Classes, Label, LabelInput } from '../arrays/labels.ts';
import type { NumericArray } from '../arrays/matrix.ts';
import type { Prediction } from '../model/network.ts';
import type { ClassWeight } from './class-weights.ts';
import type { FittedEstimator } from './fitted-estimator.ts';
import type { Indicator, LabelRows } from './label-rows.ts';
import type { EstimatorOptions } from './options.ts';
import type { TrainPlan } from './plan.ts';
import type { Rows } from './rows.ts';
import type { ClassPassOptions, SampleOptions, ScoreOptions } from './sample-options.ts';

export interface ClassifierOptions extends EstimatorOptions {
  /**
   * Factors of the classes in the loss: `'balanced'`, or by label, as a record or as pairs `[label, factor]`
   * (1 for a label that is absent). Default none.
   */
  readonly classWeight?: ClassWeight;
  /**
   * t′ = (1 − e)·t + e/K. Default 0. With `classWeight` the whole smoothed loss of a row is multiplied by the factor of its
   * class; PyTorch weights each class inside the smoothed sum.
   */
  readonly labelSmoothing?: number;
  /** Rows to validate on in place of a split; the best weights on them come back. */
  readonly validationData?: {
    readonly rows: Rows;
    readonly labels: LabelInput | LabelRows;
    readonly sampleWeight?: ArrayLike<number>;
  };
}

/** A classifier that may not be fitted yet. */
export interface Classifier {
  readonly kind: 'classifier';
  /** As they were given, in a frozen copy; empty for a model that `vinculum train` saved. */
  readonly options: ClassifierOptions;
  /** How it trains, with every default applied: plain JSON, which a model file holds. */
  readonly plan: TrainPlan;
  /**
   * Learns from rows and labels.
   *
   * @param rows - records by column name, arrays, a table, or `{ data, shape: [rows, columns] }`; missing
   *   values (null, undefined, NaN in records and arrays) are filled, text becomes one-hot
   * @param labels - one a row: text, numbers or booleans, all of one type, at least two classes; or for rows that may have
   *   several labels a row of 0 and 1 (or false and true) each, one place for each label. The loss is then the binary
   *   cross-entropy, a mean over the labels where scikit-learn takes their sum
   * @param options - `sampleWeight`; `groups` or `time`, by which early stopping's rows are held out
   * @returns this same object, typed as fitted with the labels' type
   * @throws {TypeError} when rows or labels are of a wrong kind
   * @throws {RangeError} when there are not as many labels as rows
   * @throws {DataError} when a value cannot be used; with row and column
   * @throws {NonFiniteError} when training diverges; an earlier fit stays as it was
   */
  fit<const One extends Label>(
    rows: Rows,
    labels: readonly One[],
    options?: SampleOptions,
  ): Promise<FittedClassifier<One>>;
  fit(rows: Rows, labels: NumericArray, options?: SampleOptions): Promise<FittedClassifier<number>>;
  fit<One extends Indicator>(
    rows: Rows,
    labels: LabelRows<One>,
    options?: SampleOptions,
  ): Promise<FittedMultilabelClassifier<One>>;
  /**
   * Goes on learning: one pass over the rows. The first pass of a classifier without a fit learns the preparation from its rows;
   * later ones keep preparation and classes. Nothing is held out, so early stopping and calibration do not take part.
   *
   * @param rows - as for `fit`
   * @param labels - one a row
   * @param options - `classes`, needed for the first pass if its labels do not have all of them; `sampleWeight`
   * @returns this same object, typed as fitted
   * @throws as `fit` does; and {DataError} when a label is none of the classes. The classifier then stays as it was
   * @example
   * const model = new Classifier();
   * await model.partialFit(rows, ['cat', 'dog', 'cat'], { classes: ['cat', 'dog'] });
   *
   * Source: scikit-learn's MLPClassifier.partial_fit.
   */
  partialFit(rows: Rows, labels: LabelInput, options?: ClassPassOptions): Promise<FittedClassifier>;
  partialFit<One extends Indicator>(
    rows: Rows,
    labels: LabelRows<One>,
    options?: ClassPassOptions,
  ): Promise<FittedMultilabelClassifier<One>>;
}

/** A fitted classifier of labels of one type. */
export interface FittedClassifier<One extends Label = Label> extends Classifier, FittedEstimator {
  /** What the labels of a row are if it may have several; here it has one. */
  readonly labels: undefined;
  /** Numbers by value, text by code unit, false before true. */
  readonly classes: Classes<One>;
  /** The most probable label of each row; ties go to the first class. @throws {DataError} as `fit` does */
  predict(rows: Rows): One[];
  /** Probabilities, shape [rows, classes], in the order of `classes`; of an ensemble the mean of its members'. @throws {DataError} as `fit` does */
  predictProbabilities(rows: Rows): Prediction;
  /** The share of rows predicted right, in [0, 1]; with `sampleWeight` that of their weights. @throws {DataError} when there are no rows */
  score(rows: Rows, labels: LabelInput<One>, options?: ScoreOptions): number;
}

/** A fitted classifier of rows that may have several labels each. */
export interface FittedMultilabelClassifier<One extends Indicator = Indicator> extends Omit<
  FittedClassifier<number>,
  'labels' | 'predict' | 'predictProbabilities' | 'score'
> {
  /** What the labels of a row are: numbers 0 and 1, or booleans. */
  readonly labels: 'number' | 'boolean';
  /** The labels of each row: those whose probability is at least 0.5. @throws {DataError} as `fit` does */
  predict(rows: Rows): One[][];
  /** The probability of each label, shape [rows, labels]; of an ensemble the mean of its members'. @throws {DataError} as `fit` does */
  predictProbabilities(rows: Rows): Prediction;
  /**
   * The share of rows with every label right (subset accuracy, as in scikit-learn), in [0, 1]. One label a row is in the type
   * only so that a model from a file can be scored without knowing which kind of classifier it is.
   *
   * @throws {TypeError} when the labels are no rows of labels
   * @throws {DataError} when there are no rows
   */
  score(rows: Rows, labels: LabelRows<One> | LabelInput, options?: ScoreOptions): number;
}

/** What `new Classifier(…)` is. */
export interface ClassifierConstructor {
  /**
   * A classifier, to be fitted.
   *
   * @param options - see {@link ClassifierOptions}; the defaults are scikit-learn's, or those of the `preset`
   * @throws {TypeError} when an option is unknown or of a wrong kind
   * @throws {RangeError} when a value is wrong, or an option has no effect with `solver: 'lbfgs'`
   * @example
   * const model = await new Classifier({ hiddenLayerSizes: [64, 32] }).fit(rows, ['cat', 'dog', 'cat']);
   * model.predict(rows); // ('cat' | 'dog')[]
   *
   * Source: the interface of scikit-learn's MLPClassifier.
   */
  new (options?: ClassifierOptions): Classifier;
  readonly prototype: Classifier;
}
