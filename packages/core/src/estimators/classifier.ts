/**
 * `Classifier`: rows in, labels out. It reads the rows, prepares them, trains a network with softmax cross-entropy, and
 * gives predictions in the caller's labels, whose type it knows. It makes no hidden choices: each one is an option.
 */
import { encodeLabelsFor, type Classes, type Label, type LabelInput } from '../arrays/labels.ts';
import type { NumericArray } from '../arrays/matrix.ts';
import { dataError } from '../words/fault.ts';
import type { Prediction } from '../model/network.ts';
import { checkOptions, numberOption } from '../words/options.ts';
import { readLoss } from '../losses/loss.ts';
import { MetricAccumulator } from '../metrics/accumulator.ts';
import { argmax } from '../metrics/class-of-row.ts';
import {
  checkSameTask,
  classTask,
  labelPlan,
  labelTask,
  wrongLabelCount,
} from './classifier-task.ts';
import type { FittedEstimator } from './fitted-estimator.ts';
import { Estimator, type Fitted } from './estimator.ts';
import {
  areLabelRows,
  labelRowsOf,
  readLabelRows,
  type Indicator,
  type LabelRows,
  type ReadLabelRows,
} from './label-rows.ts';
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
import { learn } from './recipe.ts';

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
   * for (const { rows, labels } of parts) await model.partialFit(rows, labels, { classes: ['cat', 'dog'] });
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

interface FittedParts extends Fitted {
  /** Of several labels a row their indices. */
  readonly classes: Classes;
  /** Undefined if a row has one label. */
  readonly labels?: ReadLabelRows['form'] | undefined;
}

const CLASSIFIER_RULES = {
  labelSmoothing: numberOption({ min: 0, below: 1 }, 0),
  classWeight: readClassWeight,
};

class ClassifierModel extends Estimator<FittedParts> implements Classifier {
  readonly kind = 'classifier' as const;
  readonly options: ClassifierOptions;
  readonly #plan: TrainPlan;

  constructor(options: ClassifierOptions = {}, fitted?: FittedParts, plan?: TrainPlan) {
    super(fitted);
    const where = 'Classifier';
    const settings = readEstimatorOptions(where, options, CLASSIFIER_RULES);
    this.options = frozenOptions(options);
    const { labelSmoothing, classWeight: classWeights } = settings;
    const loss = readLoss(where, { kind: 'softmax-cross-entropy', labelSmoothing });
    this.#plan =
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

  get plan(): TrainPlan {
    return this.isFitted() && this.labels !== undefined ? labelPlan(this.#plan) : this.#plan;
  }

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
  async fit(
    rows: Rows,
    labels: LabelInput | LabelRows,
    options: SampleOptions = {},
  ): Promise<FittedClassifier | FittedMultilabelClassifier> {
    const where = 'Classifier.fit';
    const given = readRows(where, rows);
    const task = areLabelRows(labels)
      ? labelTask(where, this.#plan, labels, countRows(given))
      : classTask(where, this.#plan, labels);
    const training = { rows: given, ...task.targetsOf(where, labels, countRows(given)) };
    const { validationData: own } = this.options;
    checkOptions(where, own, ['rows', 'labels', 'sampleWeight']);
    const ownRows = own && readRows(where, own.rows);
    const { networks, preparation, histories, outOfFold, calibration } = await learn({
      where,
      plan: task.plan,
      known: { ...training, ...readSampleOptions(where, options, countRows(given)) },
      validation: own && {
        rows: ownRows!,
        ...task.targetsOf(where, own.labels, countRows(ownRows!)),
        sampleWeights: own.sampleWeight,
      },
      outputs: task.classes.length,
      classWeights: classFactors(where, task.plan.classWeights, task.classes),
      run: this.options,
    });
    const { classes, form } = task;
    this.keep({
      networks,
      preparation,
      histories,
      outOfFold,
      calibration,
      classes,
      labels: form,
    });
    return this as unknown as FittedClassifier;
  }

  partialFit(rows: Rows, labels: LabelInput, options?: ClassPassOptions): Promise<FittedClassifier>;
  partialFit<One extends Indicator>(
    rows: Rows,
    labels: LabelRows<One>,
    options?: ClassPassOptions,
  ): Promise<FittedMultilabelClassifier<One>>;
  async partialFit(
    rows: Rows,
    labels: LabelInput | LabelRows,
    options: ClassPassOptions = {},
  ): Promise<FittedClassifier | FittedMultilabelClassifier> {
    const where = 'Classifier.partialFit';
    checkOptions(where, options, ['sampleWeight', 'classes']);
    const from = this.learned();
    const given = readRows(where, rows, from?.preparation);
    const count = countRows(given);
    const task = areLabelRows(labels)
      ? labelTask(where, this.#plan, labels, count)
      : classTask(where, this.#plan, from?.classes ?? options.classes ?? labels);
    checkSameTask(where, from, task);
    const { optimiserStates, ...learned } = await learnFurther(
      {
        where,
        plan: task.plan,
        known: {
          rows: given,
          ...task.targetsOf(where, labels, count),
          sampleWeights: options.sampleWeight,
        },
        outputs: task.classes.length,
        classWeights: classFactors(where, task.plan.classWeights, task.classes),
        run: this.options,
      },
      from,
    );
    this.keep({ ...learned, classes: task.classes, labels: task.form }, optimiserStates);
    return this as unknown as FittedClassifier;
  }

  get classes(): Classes {
    return this.fitted('classes').classes;
  }

  get labels(): ReadLabelRows['form'] | undefined {
    return this.fitted('labels').labels;
  }

  predict(rows: Rows): Label[] | Indicator[][] {
    const where = 'Classifier.predict';
    const { labels, classes } = this.fitted('predict');
    const output = this.outputs(where, rows);
    if (labels !== undefined) return labelRowsOf(output.data, output.shape[1], labels);
    return Array.from(guessesOf(output), (one) => classes[one]!);
  }

  predictProbabilities(rows: Rows): Prediction {
    return this.outputs('Classifier.predictProbabilities', rows);
  }

  score(rows: Rows, labels: LabelInput | LabelRows, options: ScoreOptions = {}): number {
    const where = 'Classifier.score';
    const { classes, labels: form } = this.fitted('score');
    const output = this.outputs(where, rows);
    const [length] = output.shape;
    const count = (labels as ArrayLike<unknown>).length;
    if (form === undefined && (length !== count || count === 0)) {
      throw dataError({
        where,
        subject: '',
        rule: 'there must be rows, and as many labels',
        got: `${length} rows and ${count} labels`,
      });
    }
    const metric = form === undefined ? 'accuracy' : 'subsetAccuracy';
    const loss = form === undefined ? 'softmax-cross-entropy' : 'binary-cross-entropy';
    const truths =
      form === undefined
        ? encodeLabelsFor(where, classes, labels as LabelInput)
        : this.#truthsOf(where, labels as LabelRows, length);
    const measured = new MetricAccumulator([metric], loss, classes.length);
    measured.add(output.data, truths, length, readScoreOptions(where, options, length));
    return measured.results()[metric]!;
  }

  protected override savedOptions(): SavedOptions {
    const options = super.savedOptions();
    const { classWeight } = this.options;
    if (typeof classWeight !== 'object') return options;
    // The factors are saved as pairs, because a class may be called `__proto__`, a key that strict readers refuse.
    return { ...options, classWeight: readClassWeight('Classifier', 'classWeight', classWeight) };
  }

  #truthsOf(where: string, labels: LabelRows, rows: number): Float64Array {
    const { length } = this.classes;
    if (rows === 0) throw dataError({ where, subject: '', rule: 'there must be rows', got: 0 });
    const { data, columns } = readLabelRows(where, labels, rows);
    if (columns !== length) throw wrongLabelCount(where, length, columns);
    return data;
  }
}

/** The index of the most probable class of each row. */
function guessesOf({ data, shape }: Prediction): Int32Array {
  const [length, columns] = shape;
  return Int32Array.from({ length }, (_, row) => argmax(data, row * columns, columns));
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
): FittedClassifier | FittedMultilabelClassifier {
  const model: unknown = new ClassifierModel(options, fitted, plan);
  return model as FittedClassifier | FittedMultilabelClassifier;
}
