/**
 * `Classifier`: rows in, labels out. It chooses nothing that its options do not say: it reads the rows,
 * prepares them, trains a network with softmax cross-entropy, and gives predictions in the caller's labels,
 * whose type it knows.
 */
import {
  encodeLabelsFor,
  findClassesFor,
  type Classes,
  type Label,
  type LabelInput,
} from '../arrays/labels.ts';
import type { NumericArray } from '../arrays/matrix.ts';
import type { TablePreparation } from '../tables/preparation.ts';
import { dataError, mustBe, rangeError, typeError } from '../words/fault.ts';
import type { Network, Prediction } from '../model/network.ts';
import {
  checkNumber,
  checkOptions,
  isRecord,
  numberOption,
  show,
  suggestion,
} from '../words/options.ts';
import type { History } from '../train/history.ts';
import { argmax } from '../metrics/class-of-row.ts';
import { Estimator, type Fitted, type SampleOptions } from './estimator.ts';
import { readEstimatorOptions, type EstimatorOptions, type EstimatorSettings } from './options.ts';
import { countRows, readRows, type Rows } from './rows.ts';
import type { SavedOptions } from './state.ts';
import { trainEstimator, type LabelledRows } from './training.ts';

export interface ClassifierOptions extends EstimatorOptions {
  /**
   * Factors of the classes in the loss: `'balanced'`, or by label, as a record or as pairs `[label, factor]`
   * (1 where absent). Default none.
   */
  readonly classWeight?: ClassWeight;
  /** t′ = (1 − e)·t + e/K. Default 0. */
  readonly labelSmoothing?: number;
  /** Rows to validate on in place of a split; the best weights on them come back. */
  readonly validationData?: { readonly rows: Rows; readonly labels: LabelInput };
}

/** The forms of the option `classWeight`. */
export type ClassWeight =
  'balanced' | Readonly<Record<string, number>> | readonly (readonly [Label, number])[];

/** A classifier that may not be fitted yet. */
export interface Classifier {
  readonly kind: 'classifier';
  readonly options: ClassifierOptions;
  /**
   * Learns from rows and labels.
   *
   * @param rows - records by column name, arrays, a table, or `{ data, shape: [rows, columns] }`; missing
   *   values (null, undefined, NaN in records and arrays) are filled, text becomes one-hot
   * @param labels - one a row: text, numbers or booleans, all of one type, at least two classes
   * @param options - `sampleWeight`
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
}

/** A fitted classifier of labels of one type. */
export interface FittedClassifier<One extends Label = Label> extends Classifier {
  /** Numbers by value, text by code unit, false before true. */
  readonly classes: Classes<One>;
  /** The trained network; its outputs are in the order of `classes`. */
  readonly network: Network;
  /** How the rows become the network's inputs. */
  readonly preparation: TablePreparation;
  /** Of the fit; without epochs for a classifier that was loaded from a file. */
  readonly history: History;
  /** The most probable label of each row; ties go to the first class. @throws {DataError} as `fit` does */
  predict(rows: Rows): One[];
  /** Probabilities, shape [rows, classes], in the order of `classes`. @throws {DataError} as `fit` does */
  predictProbabilities(rows: Rows): Prediction;
  /** The share of rows predicted right, in [0, 1]. @throws {DataError} when there are no rows */
  score(rows: Rows, labels: LabelInput<One>): number;
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
  readonly #settings: EstimatorSettings & {
    readonly labelSmoothing: number;
    readonly classWeight: 'balanced' | ClassFactors | undefined;
  };

  constructor(options: ClassifierOptions = {}, fitted?: FittedParts) {
    super(fitted);
    this.#settings = readEstimatorOptions('Classifier', options, CLASSIFIER_RULES);
    this.options = options;
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
    checkOptions(where, options, ['sampleWeight']);
    const given = readRows(where, rows);
    const classes = findClassesFor(where, labels);
    const training = labelledRows(where, given, classes, labels);
    if (classes.length < 2) {
      throw dataError({
        where,
        subject: 'labels',
        rule: 'must have at least 2 classes',
        got: classes.length === 0 ? 'none' : `only ${show(classes[0])}`,
      });
    }
    const { validationData: own } = this.options;
    checkOptions(where, own, ['rows', 'labels']);
    const { labelSmoothing, classWeight } = this.#settings;
    const result = await trainEstimator({
      where,
      training,
      validation: own && labelledRows(where, readRows(where, own.rows), classes, own.labels),
      sampleWeight: options.sampleWeight,
      outputs: classes.length,
      loss: { kind: 'softmax-cross-entropy', labelSmoothing },
      penaltyFactor: 1,
      score: 'accuracy',
      classWeights:
        typeof classWeight === 'object' ? factorsOf(where, classWeight, classes) : classWeight,
      settings: this.#settings,
      options: this.options,
      encodeTargets: () => (targets) => targets,
    });
    return this.keep({ ...result, classes });
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

  score(rows: Rows, labels: LabelInput): number {
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
    return truths.filter((truth, row) => truth === guesses[row]).length / truths.length;
  }

  protected override savedOptions(): SavedOptions {
    const options = super.savedOptions();
    const { classWeight } = this.#settings;
    // As pairs, since a class may be called `__proto__`, a name that strict readers refuse.
    return typeof classWeight === 'object'
      ? { ...options, classWeight: [...classWeight] }
      : options;
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
   * @param options - see {@link ClassifierOptions}; the defaults are scikit-learn's
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
): FittedClassifier {
  return new ClassifierModel(options, fitted);
}

function labelledRows(
  where: string,
  rows: LabelledRows['rows'],
  classes: Classes,
  labels: LabelInput,
): LabelledRows {
  return { rows, targets: encodeLabelsFor(where, classes, labels, countRows(rows)), columns: 1 };
}

/** Factors by label, as text. */
type ClassFactors = ReadonlyMap<string, number>;

function readClassWeight(
  where: string,
  name: string,
  given: unknown,
): 'balanced' | ClassFactors | undefined {
  if (given === undefined || given === 'balanced') return given;
  const pairs: unknown[] = Array.isArray(given)
    ? given
    : isRecord(given)
      ? Object.entries(given)
      : [0];
  return new Map(
    pairs.map((pair) => {
      if (Array.isArray(pair) && pair.length === 2) {
        const label = String(pair[0]);
        return [label, checkNumber(where, `${name}.${label}`, pair[1], { min: 0 })];
      }
      const rule = "'balanced', a record by label or pairs [label, factor]";
      throw typeError(mustBe(where, name, rule, given));
    }),
  );
}

function factorsOf(where: string, factors: ClassFactors, classes: Classes): number[] {
  const names = classes.map(String);
  for (const name of factors.keys()) {
    if (names.includes(name)) continue;
    const remedy = suggestion(name, names, 'The classes are');
    throw rangeError({
      where,
      subject: 'classWeight',
      rule: 'must name classes',
      got: show(name),
      remedy,
    });
  }
  return names.map((name) => factors.get(name) ?? 1);
}
