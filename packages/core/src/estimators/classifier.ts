/**
 * `Classifier`: rows in, labels out. It reads the rows, prepares them, trains a network with softmax cross-entropy, and
 * gives predictions in the caller's labels, whose type it knows. It makes no hidden choices: each one is an option.
 */
import {
  encodeLabelsFor,
  findClassesFor,
  type Classes,
  type Label,
  type LabelInput,
} from '../arrays/labels.ts';
import type { NumericArray } from '../arrays/matrix.ts';
import { dataError } from '../words/fault.ts';
import type { Prediction } from '../model/network.ts';
import { checkOptions, numberOption, show } from '../words/options.ts';
import { readLoss } from '../losses/loss.ts';
import { argmax } from '../metrics/class-of-row.ts';
import type { FittedEstimator } from './fitted-estimator.ts';
import { Estimator, type Fitted } from './estimator.ts';
import { frozenOptions, readEstimatorOptions, type EstimatorOptions } from './options.ts';
import { countRows, readRows, type Rows } from './rows.ts';
import {
  readSampleOptions,
  readScoreOptions,
  type ClassPassOptions,
  type SampleOptions,
  type ScoreOptions,
} from './sample-options.ts';
import type { SavedOptions } from './state.ts';
import { learnFurther } from './partial-fit.ts';
import { classFactors, readClassWeight, type ClassWeight } from './class-weights.ts';
import { planOf } from './plan-of-options.ts';
import type { TrainPlan } from './plan.ts';
import { learn, type TargetRows } from './recipe.ts';

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
    readonly labels: LabelInput;
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
   * @param labels - one a row: text, numbers or booleans, all of one type, at least two classes
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
   * for (const { rows, labels } of parts) await model.partialFit(rows, labels, { classes: ['cat', 'dog'] });
   *
   * Source: scikit-learn's MLPClassifier.partial_fit.
   */
  partialFit(rows: Rows, labels: LabelInput, options?: ClassPassOptions): Promise<FittedClassifier>;
}

/** A fitted classifier of labels of one type. */
export interface FittedClassifier<One extends Label = Label> extends Classifier, FittedEstimator {
  /** Numbers by value, text by code unit, false before true. */
  readonly classes: Classes<One>;
  /** The most probable label of each row; ties go to the first class. @throws {DataError} as `fit` does */
  predict(rows: Rows): One[];
  /** Probabilities, shape [rows, classes], in the order of `classes`; of an ensemble the mean of its members'. @throws {DataError} as `fit` does */
  predictProbabilities(rows: Rows): Prediction;
  /** The share of rows predicted right, in [0, 1]; with `sampleWeight` that of their weights. @throws {DataError} when there are no rows */
  score(rows: Rows, labels: LabelInput<One>, options?: ScoreOptions): number;
}

interface FittedParts extends Fitted {
  readonly classes: Classes;
}

const CLASSIFIER_RULES = {
  labelSmoothing: numberOption({ min: 0, below: 1 }, 0),
  classWeight: readClassWeight,
};

class ClassifierModel extends Estimator<FittedParts> implements FittedClassifier {
  readonly kind = 'classifier' as const;
  readonly options: ClassifierOptions;
  readonly plan: TrainPlan;

  constructor(options: ClassifierOptions = {}, fitted?: FittedParts, plan?: TrainPlan) {
    super(fitted);
    const where = 'Classifier';
    const settings = readEstimatorOptions(where, options, CLASSIFIER_RULES);
    this.options = frozenOptions(options);
    const { labelSmoothing, classWeight: classWeights } = settings;
    const loss = readLoss(where, { kind: 'softmax-cross-entropy', labelSmoothing });
    this.plan =
      plan ??
      planOf({
        where,
        options: this.options,
        settings,
        loss,
        score: 'accuracy',
        classWeights,
        standardizeTarget: false,
      });
  }

  fit<const One extends Label>(
    rows: Rows,
    labels: readonly One[],
    options?: SampleOptions,
  ): Promise<FittedClassifier<One>>;
  fit(rows: Rows, labels: NumericArray, options?: SampleOptions): Promise<FittedClassifier<number>>;
  async fit(
    rows: Rows,
    labels: LabelInput,
    options: SampleOptions = {},
  ): Promise<FittedClassifier> {
    const where = 'Classifier.fit';
    const given = readRows(where, rows);
    const classes = classesOf(where, labels);
    const training = labelledRows(where, given, classes, labels);
    const { validationData: own } = this.options;
    checkOptions(where, own, ['rows', 'labels', 'sampleWeight']);
    const { classWeights } = this.plan;
    const { networks, preparation, histories, outOfFold, calibration } = await learn({
      where,
      plan: this.plan,
      known: { ...training, ...readSampleOptions(where, options, countRows(given)) },
      validation: own && {
        ...labelledRows(where, readRows(where, own.rows), classes, own.labels),
        sampleWeights: own.sampleWeight,
      },
      outputs: classes.length,
      classWeights: classFactors(where, classWeights, classes),
      run: this.options,
    });
    return this.keep({ networks, preparation, histories, outOfFold, calibration, classes });
  }

  async partialFit(
    rows: Rows,
    labels: LabelInput,
    options: ClassPassOptions = {},
  ): Promise<FittedClassifier> {
    const where = 'Classifier.partialFit';
    checkOptions(where, options, ['sampleWeight', 'classes']);
    const from = this.learned();
    const given = readRows(where, rows, from?.preparation);
    const classes = from?.classes ?? classesOf(where, options.classes ?? labels);
    const { optimiserStates, ...learned } = await learnFurther(
      {
        where,
        plan: this.plan,
        known: {
          ...labelledRows(where, given, classes, labels),
          sampleWeights: options.sampleWeight,
        },
        outputs: classes.length,
        classWeights: classFactors(where, this.plan.classWeights, classes),
        run: this.options,
      },
      from,
    );
    return this.keep({ ...learned, classes }, optimiserStates);
  }

  get classes(): Classes {
    return this.fitted('classes').classes;
  }

  predict(rows: Rows): Label[] {
    return Array.from(this.#guesses('Classifier.predict', rows), (one) => this.classes[one]!);
  }

  predictProbabilities(rows: Rows): Prediction {
    return this.outputs('Classifier.predictProbabilities', rows);
  }

  score(rows: Rows, labels: LabelInput, options: ScoreOptions = {}): number {
    const where = 'Classifier.score';
    const truths = encodeLabelsFor(where, this.fitted('score').classes, labels);
    const guesses = this.#guesses(where, rows);
    if (guesses.length !== truths.length || truths.length === 0) {
      throw dataError({
        where,
        subject: '',
        rule: 'there must be rows, and as many labels',
        got: `${guesses.length} rows and ${truths.length} labels`,
      });
    }
    const weights = readScoreOptions(where, options, truths.length);
    if (weights === undefined) {
      return truths.filter((truth, row) => truth === guesses[row]).length / truths.length;
    }
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return (
      weights.reduce((sum, w, row) => (truths[row] === guesses[row] ? sum + w : sum), 0) / total
    );
  }

  protected override savedOptions(): SavedOptions {
    const options = super.savedOptions();
    const { classWeight } = this.options;
    if (typeof classWeight !== 'object') return options;
    // The factors are saved as pairs, because a class may be called `__proto__`, a key that strict readers refuse.
    return { ...options, classWeight: readClassWeight('Classifier', 'classWeight', classWeight) };
  }

  /** The index of the most probable class of each row. */
  #guesses(where: string, rows: Rows): Int32Array {
    const { data, shape } = this.outputs(where, rows);
    const [length, columns] = shape;
    return Int32Array.from({ length }, (_, row) => argmax(data, row * columns, columns));
  }
}

/** What `new Classifier(…)` is. */
export interface ClassifierConstructor {
  /**
   * A classifier, to be fitted.
   *
   * @param options - see {@link ClassifierOptions}; the defaults are scikit-learn's, or those of the `preset`
   * @throws {TypeError} when an option is unknown or of a wrong kind
   * @throws {RangeError} when a value is wrong, or `solver` is `'lbfgs'`, which is not offered
   * @example
   * const model = await new Classifier({ hiddenLayerSizes: [64, 32] }).fit(rows, ['cat', 'dog', 'cat']);
   * model.predict(rows); // ('cat' | 'dog')[]
   *
   * Source: the interface of scikit-learn's MLPClassifier.
   */
  new (options?: ClassifierOptions): Classifier;
  readonly prototype: Classifier;
}

/** A classifier of rows by a feed-forward network; see {@link ClassifierConstructor}. */
export const Classifier: ClassifierConstructor = ClassifierModel;

/** A fitted classifier from checked parts, as a model file holds them. */
export function restoreClassifier(
  options: ClassifierOptions,
  fitted: FittedParts,
  plan: TrainPlan | undefined,
): FittedClassifier {
  return new ClassifierModel(options, fitted, plan);
}

/** The classes of labels. @throws {DataError} when there are fewer than two */
function classesOf(where: string, labels: LabelInput): Classes {
  const classes = findClassesFor(where, labels);
  if (classes.length >= 2) return classes;
  throw dataError({
    where,
    subject: 'labels',
    rule: 'must have at least 2 classes',
    got: classes.length === 0 ? 'none' : `only ${show(classes[0])}`,
  });
}

function labelledRows(
  where: string,
  rows: TargetRows['rows'],
  classes: Classes,
  labels: LabelInput,
): TargetRows {
  return { rows, targets: encodeLabelsFor(where, classes, labels, countRows(rows)), columns: 1 };
}
